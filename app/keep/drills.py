"""The drill of a restore: a backup is worth what comes out of it, so it is restored beside the office and looked through."""

import base64
import hashlib
import tempfile
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from app import secret_key
from app.keep import anchors, backups
from app.settings import Settings
from app.wiring import VAR
from cases.register import audit, binding
from cases.register.errors import Invalid
from cases.register.states import MediaState
from cases.register.store import Store
from cases.register.tables import Media, Outbox
from cases.register.tables.duties import Incident, IncidentFile
from cases.register.vault import Vault, WrongKey


def drill(
    settings: Settings, file: Path, var: Path = VAR, progress: backups.Progress = backups.silent
) -> dict[str, Any]:
    """Restore `file` into a register of its own, which is thrown away, and look through all of it.

    Every sealed column of every table is opened, every kept file and piece of evidence compared with its hash, the
    trail verified, also against the anchors noted before. Raises: Invalid, naming what would not come back.
    """
    vault = secret_key.vault(settings, var)
    with tempfile.TemporaryDirectory(prefix="drill-", dir=var if var.is_dir() else None) as folder:
        there = Path(folder)
        url = f"sqlite:///{there / 'huiyin.db'}"
        spare = settings.model_copy(update={"database_url": url, "media_store": ""})
        result = backups.restore(spare, file, there, progress, key_in=var)
        store = Store(url)
        try:
            with store.read() as session:
                opened = _open_all(session, vault)
                files = _compare_files(session, vault, there / "media")
                evidence = _compare_evidence(session, vault)
                entries = _verify(session, vault, var / anchors.FILE, progress)
        finally:
            store.close()
    return {"rows": result["rows"], "texts": opened, "files": files, "evidence": evidence, "trail": entries}


def _open_all(session: Session, vault: Vault) -> int:
    opened = 0
    for model in binding.sealed_tables():
        columns = binding.sealed_columns(model)
        for row in session.exec(select(model).execution_options(yield_per=500)):
            for column in columns:
                if not (value := getattr(row, column)):
                    continue
                _open(vault, value, f"{model.__tablename__} 第 {binding.key_of(row)} 行")
                opened += 1
    for job in session.exec(select(Outbox).execution_options(yield_per=500)):
        if "sealed" in job.payload:
            _open(vault, base64.b64decode(job.payload["sealed"]), f"outbox 第 {job.id} 行")
            opened += 1
    return opened


def _open(vault: Vault, value: bytes, where: str) -> bytes:
    try:
        return vault.open_bytes(value)
    except WrongKey:
        raise Invalid(f"备份无效：{where}的封存内容打不开。") from None


def _compare_evidence(session: Session, vault: Vault) -> int:
    """Compare what incidents hold with the hash that it was sealed with; what was erased after its term is empty."""
    compared = 0
    evidence: tuple[tuple[Any, str], ...] = (
        (Incident, "evidence_sealed"),
        (IncidentFile, "content_sealed"),
    )
    for model, column in evidence:
        for row in session.exec(select(model)):
            content = vault.open_bytes(getattr(row, column))
            if content and hashlib.sha256(content).hexdigest() != row.sha256:
                raise Invalid(f"备份无效：{model.__tablename__} 第 {row.id} 行的证据与封存时的指纹不符。")
            compared += 1
    return compared


def _compare_files(session: Session, vault: Vault, folder: Path) -> int:
    compared = 0
    for row in session.exec(select(Media).where(Media.state == MediaState.KEPT)):
        try:
            content = vault.open_bytes((folder / row.sha256).read_bytes())
        except (OSError, WrongKey):
            raise Invalid(f"备份无效：文件 {row.sha256[:12]}… 不在备份中，或打不开。") from None
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise Invalid(f"备份无效：文件 {row.sha256[:12]}… 与登记的指纹不符。")
        compared += 1
    return compared


def _verify(session: Session, vault: Vault, file: Path, progress: backups.Progress) -> int:
    head = audit.head(session)
    noted = [
        anchor for anchor in anchors.read(file) if anchor.seq <= head.seq
    ]  # later ones are of a later trail
    verdict = audit.verify(session, vault, noted, progress)
    if not verdict.ok:
        raise Invalid(f"备份无效：操作记录链在第 {verdict.first_bad} 条断开。")
    return verdict.entries
