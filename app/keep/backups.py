"""A consistent copy of the register, on either database, into one file; and back into an empty one.

The file is a ZIP of one JSON Lines file per table and a manifest. It holds sealed texts as they are and never
the key; the manifest names the key by its fingerprint.
"""

import base64
import errno
import glob
import json
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlalchemy.exc import CompileError, OperationalError, StatementError
from sqlmodel import SQLModel

from app import clock, secret_key
from app.keep import anchors, own_files
from app.settings import Settings
from app.wiring import VAR, check_key, media_store, open_store
from cases.register import audit, earlier, memo
from cases.register.errors import Invalid
from cases.register.media_store import MediaStore
from cases.register.store import Store

Progress = Callable[[int, int], None]  # how much is done, of how much

_FORMAT = 1
_BATCH = 500
_LARGEST_FILE, _LARGEST_NOTE = 64 << 20, 1 << 20  # bytes of a citizen's file, of the manifest and the words
# what the office wrote itself beside the register
_OWN_WORDS = re.compile(r"safety\.txt|tone\.txt|forms/[^/\\]+\.docx")
# What reading a file that is none of ours may end in; RuntimeError: encrypted, or nested beyond all measure.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError, OverflowError,
    RuntimeError, CompileError,
)  # fmt: skip
_NOT_KEPT = {
    "lease",
    "api_token",
    "recent",
    "media_file",
}  # worthless elsewhere; files stand in the copy as files


def silent(done: int, of: int) -> None:
    """The progress that nobody watches."""


def backup(settings: Settings, file: Path, var: Path = VAR, progress: Progress = silent) -> dict[str, Any]:
    """Write the copy; the file appears only when it is whole."""
    vault = secret_key.vault(settings, var)
    store = open_store(settings)
    check_key(store, vault)
    if not file.parent.is_dir():
        raise Invalid(f"没有 {file.parent} 这个目录。")
    if file.is_dir():
        raise Invalid(f"{file} 是目录，请写上文件名。")
    own_files.spare(settings, file, var)
    counts: dict[str, int] = {}
    with (
        whole(file) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        store.long() as connection,
    ):
        if not store.sqlite:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        kept = media_store(settings, store, var)
        digests = list(kept.digests())
        steps = _Steps(progress, _count(connection) + len(digests))
        for table in _tables():
            counts[table.name] = _write(archive, connection, table, steps)
        for digest in digests:
            with suppress(FileNotFoundError):  # of a citizen who was forgotten meanwhile
                archive.writestr(f"media/{digest}", kept.read(digest))
            steps.forward()
        _keep_own_words(archive, var)
        manifest = {
            "format": _FORMAT,
            "made_at": clock.now().isoformat(),
            "key_fingerprint": vault.fingerprint,
            "rows": counts,
            "holds_key": False,
        }
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    with store.write() as session:
        memo.BACKED_UP.put(session, clock.now())
    return {"file": str(file), "rows": sum(counts.values()), "holds_key": False}


def _keep_own_words(archive: zipfile.ZipFile, var: Path) -> None:
    for own in sorted([*var.glob("*.txt"), *var.glob("forms/*.docx")]):
        name = own.relative_to(var).as_posix()
        if _OWN_WORDS.fullmatch(name):
            archive.write(own, f"var/{name}")


@contextmanager
def whole(file: Path) -> Iterator[IO[bytes]]:
    """Yield a stream that becomes `file`, readable by its owner alone, when all is written; else nothing is left.

    Where the file system can, the file has no name until then, so that not even a kill leaves a part.
    Raises: OSError that names `file`, not the part.
    """
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(file))
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(file.parent))
    for part in file.parent.glob(f".{glob.escape(file.name)}.*.part"):  # of a backup that was killed
        part.unlink(missing_ok=True)
    named = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(file.parent, os.O_TMPFILE | os.O_RDWR, 0o600)
        unnamed = True
    except OSError:
        handle = os.open(named, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        unnamed = False
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            if unnamed:
                own = f"/proc/self/fd/{stream.fileno()}"
                # the number: else not followed
                os.link(own, named, src_dir_fd=stream.fileno(), follow_symlinks=True)
        named.replace(file)
    finally:
        named.unlink(missing_ok=True)


def restore(
    settings: Settings,
    file: Path,
    var: Path = VAR,
    progress: Progress = silent,
    *,
    key_in: Path | None = None,
) -> dict[str, Any]:
    """Fill an empty database; the key is where the program has it, or in `key_in`.

    Raises: Invalid if it is not empty, the key differs, or the file is none of ours.
    """
    damaged = Invalid(f"{file} 不是回音的备份文件，或已损坏。")
    try:
        with zipfile.ZipFile(file) as archive:
            if any(member.file_size > _largest(member.filename) for member in archive.infolist()):
                raise damaged
            manifest = json.loads(archive.read("manifest.json"))
            if manifest["format"] != _FORMAT:
                raise Invalid("备份文件的版本与本程序不符。")
            if archive.testzip() is not None:
                raise damaged
            if manifest["key_fingerprint"] != secret_key.vault(settings, key_in or var).fingerprint:
                raise Invalid(
                    "密钥与备份不符：请先放好备份时的 var/secret.key（或 HUIYIN_SECRET_KEY）再恢复。"
                )
            rows = sum(manifest["rows"].values())  # before anything is changed: a damaged note ends here
            store = open_store(settings)
            _fill(store, archive, _Steps(progress, rows))
            _restore_media(archive, media_store(settings, store, var), var)
            anchors.set_aside(var, clock.now().date())
            return {"file": str(file), "rows": rows}
    except _DAMAGE:
        raise damaged from None
    except StatementError as error:
        if isinstance(error, OperationalError):
            raise
        raise damaged from None


def _largest(name: str) -> float:
    """Return what a member may unpack to. Tables are read row by row, so only the disk bounds them."""
    if name.endswith(".jsonl"):
        return float("inf")
    return _LARGEST_FILE if name.startswith(("media/", "var/forms/")) else _LARGEST_NOTE


def _fill(store: Store, archive: zipfile.ZipFile, steps: "_Steps") -> None:
    """Insert every row in one transaction. Raises: Invalid if the database is not empty."""
    with (
        store.long() as opened,
        opened.execution_options(huiyin_write=True) as connection,
        connection.begin(),
    ):
        _require_empty(connection)
        _require_known_tables(archive)
        for table in reversed(_tables()):
            connection.execute(table.delete())
        apart: dict[str, list[dict[str, Any]]] = {}  # rows that an earlier version kept within others
        for table in _tables():
            if f"{table.name}.jsonl" in archive.namelist():  # else: of a version that did not have it
                for batch in _batches(archive, table):
                    steps.forward(len(batch))
                    rows = [pair for row in batch for pair in earlier.taken_apart(table.name, row)]
                    if own := [row for name, row in rows if name == table.name]:
                        _require_known(table, own[0])
                        connection.execute(insert(table), own)
                    for name, row in rows:
                        if name != table.name:
                            apart.setdefault(name, []).append(row)
            if rows_apart := apart.get(table.name):
                connection.execute(insert(table), rows_apart)
            if not store.sqlite:
                _advance_sequence(connection, table)
        audit.note_unkeyed(connection)


def _require_known_tables(archive: zipfile.ZipFile) -> None:
    """Raises: Invalid for rows of a table that this program does not have: they would be lost."""
    names = [Path(member.filename) for member in archive.infolist() if member.file_size]
    tables = SQLModel.metadata.tables
    if strange := [name.stem for name in names if name.suffix == ".jsonl" and name.stem not in tables]:
        raise Invalid(f"备份来自更新的程序：本程序没有 {'、'.join(strange)} 这些表，请用更新的程序恢复。")


def _require_known(table: Table, row: dict[str, Any]) -> None:
    """Raises: Invalid for a column that this program does not keep: a later one's, and it would be lost."""
    if strange := [name for name in row if name not in table.columns]:
        raise Invalid(
            f"备份来自更新的程序：{table.name} 中的 {'、'.join(strange)} 本程序不认识，请用更新的程序恢复。"
        )


class _Steps:
    """Tells how far the work has come, of a number known before."""

    def __init__(self, progress: Progress, of: int) -> None:
        self._progress, self._of, self._done = progress, of, 0

    def forward(self, by: int = 1) -> None:
        self._done += by
        self._progress(self._done, max(self._of, self._done))


def _count(connection: Connection) -> int:
    return sum(
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _tables()
    )


def _tables() -> list[Table]:
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _NOT_KEPT]


def _require_empty(connection: Connection) -> None:
    for name in ("cases", "message", "staff", "knowledge_entry", "audit"):
        table = SQLModel.metadata.tables[name]
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise Invalid("数据库不是空的：恢复只能到新的数据库，原有数据没有改动。")


def _write(archive: zipfile.ZipFile, connection: Connection, table: Table, steps: _Steps) -> int:
    count = 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as stream:
        order = [*table.primary_key.columns]
        for row in (
            connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*order)).mappings()
        ):
            stream.write(
                (json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False) + "\n").encode()
            )
            count += 1
            if not count % _BATCH:
                steps.forward(_BATCH)
    steps.forward(count % _BATCH)
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"t": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        if "b" in value:
            return base64.b64decode(value["b"])
        if "t" in value:
            return datetime.fromisoformat(value["t"])
        if "d" in value:
            return date.fromisoformat(value["d"])
    return value


def _batches(archive: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with archive.open(f"{table.name}.jsonl") as stream:
        for line in stream:
            rows.append({key: _read(value) for key, value in json.loads(line).items()})
            if len(rows) == _BATCH:
                yield rows
                rows = []
    if rows:
        yield rows


def _advance_sequence(connection: Connection, table: Table) -> None:
    if "id" in table.columns and table.columns["id"].type.python_type is int:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "  # noqa: S608 - our own table names
                f'COALESCE((SELECT MAX(id) FROM "{table.name}"), 0) + 1, false)'
            )
        )


def _restore_media(archive: zipfile.ZipFile, kept: MediaStore, var: Path) -> None:
    for name in archive.namelist():
        folder, _, rest = name.partition("/")
        if folder == "media" and rest and Path(rest).name == rest:
            kept.put(rest, archive.read(name))
        if folder == "var" and _OWN_WORDS.fullmatch(rest) and not (var / rest).exists():
            (var / rest).parent.mkdir(parents=True, exist_ok=True)
            (var / rest).write_bytes(archive.read(name))
