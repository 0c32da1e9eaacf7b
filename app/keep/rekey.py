"""Changing the key while serving: everything is sealed and hashed anew, batch by batch, and it can be gone on with."""

import base64
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from app import keyring, secret_key
from app.keyring import DONE, READ, WRITE, KeyHandover
from app.wiring import Services
from cases.register import audit, binding, memo
from cases.register.citizens import FORGOTTEN
from cases.register.desk import COMMAND_LINE
from cases.register.errors import Invalid
from cases.register.kinds import Job
from cases.register.media_store import MediaStore
from cases.register.rows import table_of
from cases.register.tables import Citizen, Outbox
from cases.register.vault import Vault, WrongKey

BATCH = 200
SETTLE_SECONDS = 3.0  # within which every running process has followed
Progress = Callable[[int, int], None]


def rotate(
    opened: Services, new: bytes = b"", progress: Progress = lambda done, of: None, *, wait: bool = True
) -> dict[str, Any]:
    """Seal everything under `new`, or a fresh key where the key is kept in `var/secret.key`. Raises: Invalid.

    Called again after it was cut off, it goes on where it stopped.
    """
    store, vault = opened.store, opened.vault
    given = bool(opened.settings.secret_key.get_secret_value())
    change = _begun(opened, new, given)
    secret = change.opened(vault)
    if change.phase == READ:
        vault.also(secret)
        _settle(wait)
        with store.write() as session:
            change = keyring.step(session, change, WRITE)
            target = next(key for key in vault.keys if key.fingerprint == change.fingerprint)
            entry = audit.TrailEntry(
                opened.workplace.clock(), COMMAND_LINE.name, "key.rotate", "register", "{}"
            )
            before = base64.b64encode(vault.seal_bytes(vault.key.hashing, keyring.HASHING)).decode()
            memo.KEY_HASHING_BEFORE.put(session, before)
            audit.turn_to(session, vault, entry, target)
    vault.turn_to(secret)
    if change.phase != DONE:
        _settle(wait)
        count = _reseal_all(opened, progress)
        _finish(opened, change)
    else:
        count = 0
    if not given:
        secret_key.replace(opened.var, secret)
        with store.write() as session:
            memo.KEY_HANDOVER.put(session, None)
    return {"resealed": count, "fingerprint": vault.fingerprint, "setting_to_change": given}


def _begun(opened: Services, new: bytes, given: bool) -> KeyHandover:
    """Return the hand-over that is under way, or begin one."""
    with opened.store.write() as session:
        change = keyring.handover(session)
        if change is not None and _goes_on(opened.vault, change, new, given):
            return change
        standing = keyring.standing(session, opened.vault)
        if (
            given and not new and standing is not opened.vault.key
        ):  # the setting was changed, the register not yet
            new = opened.settings.secret_key.get_secret_value().encode()
        if given and not new:
            raise Invalid("密钥来自 HUIYIN_SECRET_KEY：请用 --new-key-stdin 从标准输入给出新密钥。")
        if new and len(new) < secret_key.SHORTEST:
            raise Invalid(f"新密钥太短：至少 {secret_key.SHORTEST} 个字符。")
        secret = new or secrets.token_urlsafe(48).encode()
        if Vault(secret).fingerprint == standing.fingerprint:
            raise Invalid("新密钥与现在的相同。")
        return keyring.begin(session, Vault.of(standing), secret)


def _goes_on(vault: Vault, change: KeyHandover, new: bytes, given: bool) -> bool:
    """Tell whether `change` is what is asked for: cut off, perhaps when all was done but the last word.

    Where the key is a file that was not replaced yet, the new one stands in the register alone: it is put there first.
    """
    try:
        secret = change.opened(vault)
    except WrongKey:
        return False  # it is this process's own by now
    if change.phase != DONE and new and secret != new:
        raise Invalid("已有一次更换密钥没有做完，用的是另一把新密钥：请先用那一把做完。")
    if change.phase == DONE and given and new and secret != new:  # the setting's key could not open a third
        raise Invalid("上一次换的新密钥还没有写进 HUIYIN_SECRET_KEY：请先改好设置并重启，再换下一把。")
    return change.phase != DONE or not given or secret == new


def _settle(wait: bool) -> None:
    if wait:
        time.sleep(SETTLE_SECONDS)


def _reseal_all(opened: Services, progress: Progress) -> int:
    with opened.store.read() as session:
        total = sum(
            session.exec(select(func.count()).select_from(model)).one() for model in binding.sealed_tables()
        )
    done = 0
    for model in binding.sealed_tables():
        for count in _reseal(opened, model):
            done += count
            progress(done, total)
    with opened.store.write() as session:
        _reseal_payloads(session, opened.vault)
        audit.reseal_keys(session, opened.vault)
    _reseal_media(opened.media, opened.vault)
    return done


def _reseal(opened: Services, model: Any) -> Iterator[int]:
    """Seal a table's rows for their places under the present key; yields how many each transaction did."""
    (key,) = model.__table__.primary_key.columns
    last: Any = None
    while True:
        with opened.store.write() as session:
            query = select(model).order_by(key).limit(BATCH).with_for_update()
            rows = session.exec(query if last is None else query.where(key > last)).all()
            for row in rows:
                _reseal_row(opened.vault, row)
            last = getattr(rows[-1], key.name) if rows else None
        if not rows:
            return
        yield len(rows)


def _reseal_row(vault: Vault, row: SQLModel) -> None:
    table = table_of(row)
    (key,) = table.primary_key.columns
    for column in binding.sealed_columns(type(row)):
        value = getattr(row, column)
        at = binding.place(table.name, column, getattr(row, key.name))
        if value and not vault.is_present(value, at):
            setattr(row, column, vault.bind(value, at))
    if isinstance(row, Citizen) and not row.openid_hash.startswith(FORGOTTEN):  # no address is left to hash
        row.openid_hash = vault.lookup(f"{row.account}\n{vault.open(row.openid_sealed)}")


def _reseal_payloads(session: Session, vault: Vault) -> None:
    rows = session.exec(select(Outbox).where(col(Outbox.kind).in_((Job.LATE, Job.TEXT)))).all()
    for row in rows:
        if "sealed" in row.payload:
            text = vault.open(base64.b64decode(row.payload["sealed"]))
            row.payload = {**row.payload, "sealed": base64.b64encode(vault.seal(text)).decode()}
            session.add(row)


def _reseal_media(kept: MediaStore, vault: Vault) -> None:
    present = Vault.of(vault.key)
    for digest in kept.digests():
        sealed = kept.read(digest)
        try:
            present.open_bytes(sealed)
        except WrongKey:
            kept.put(digest, vault.seal_bytes(vault.open_bytes(sealed)))


def _finish(opened: Services, change: KeyHandover) -> None:
    """Nothing stands under the earlier key any more: only its hashing key is kept, for pushes seen before."""
    vault = opened.vault
    with opened.store.write() as session:
        if before := memo.KEY_HASHING_BEFORE.of(session):
            hashing = vault.open_bytes(base64.b64decode(before), keyring.HASHING)
            memo.KEY_HASHING_BEFORE.end(session)
            earlier = [*(memo.KEY_HASHING.of(session) or ()), base64.b64encode(hashing).decode()]
            memo.KEY_HASHING.put(session, earlier[-2:])
        memo.KEY_FINGERPRINT.put(session, change.fingerprint)
        keyring.step(session, change, DONE)
    vault.forget_others()
