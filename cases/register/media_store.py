"""Where citizens' files are kept, sealed, each under the hash of what it holds: a folder, or the database.

A folder serves one machine, or many where it is a shared one; the database serves every process that reaches it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sqlalchemy import delete
from sqlmodel import col, select

from cases.register.rows import hits
from cases.register.store import Store
from cases.register.tables import MediaFile

_DIGEST = re.compile(r"[0-9a-f]{64}")


class MediaStore(Protocol):
    """Whole files alone: one that is half written is not there."""

    def put(self, digest: str, sealed: bytes) -> None:
        """Keep a file, in the place of one of that name."""

    def has(self, digest: str) -> bool: ...

    def read(self, digest: str) -> bytes:
        """Return a file as it is sealed. Raises: FileNotFoundError."""

    def remove(self, digest: str) -> bool:
        """Return whether it was there."""

    def digests(self) -> Iterator[str]: ...


class InFolder:
    """Files of the machine's, or of a disk that several machines share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, digest: str, sealed: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{digest}.{uuid4().hex}.part"
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(sealed)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self._folder / digest)

    def has(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def read(self, digest: str) -> bytes:
        return self._path(digest).read_bytes()

    def remove(self, digest: str) -> bool:
        try:
            self._path(digest).unlink()
        except FileNotFoundError:
            return False
        return True

    def digests(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def _path(self, digest: str) -> Path:
        return self._folder / Path(digest).name


class InDatabase:
    """Rows of the register. What was kept in a folder before is still read from there, where it can be reached."""

    def __init__(self, store: Store, before: InFolder) -> None:
        self._store, self._before = store, before

    def put(self, digest: str, sealed: bytes) -> None:
        with self._store.write() as session:
            session.merge(MediaFile(sha256=digest, content=sealed))

    def has(self, digest: str) -> bool:
        with self._store.read() as session:
            there = session.exec(select(MediaFile.sha256).where(MediaFile.sha256 == digest)).first()
        return there is not None or self._before.has(digest)

    def read(self, digest: str) -> bytes:
        with self._store.read() as session:
            content = session.exec(select(MediaFile.content).where(MediaFile.sha256 == digest)).first()
        return self._before.read(digest) if content is None else content

    def remove(self, digest: str) -> bool:
        with self._store.write() as session:
            found = hits(session, delete(MediaFile).where(col(MediaFile.sha256) == digest))
        return self._before.remove(digest) or bool(found)

    def digests(self) -> Iterator[str]:
        with self._store.read() as session:
            here = list(session.exec(select(MediaFile.sha256).order_by(MediaFile.sha256)).all())
        yield from here
        yield from (digest for digest in self._before.digests() if digest not in set(here))
