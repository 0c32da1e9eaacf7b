"""Trained models in the register: packed as they stand on disk, unpacked where a machine lacks them."""

import io
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session, col, select

from cases.register.tables import TrainedModel

_FILES = ("numbers.npz", "model.json", "card.json", "manifest.json")


def put(session: Session, version: str, folder: Path, now: datetime) -> None:
    """Keep the model of `folder` under its version, once."""
    if session.get(TrainedModel, version) is not None:
        return
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _FILES:
            archive.write(folder / name, name)
    session.add(TrainedModel(version=version, made_at=now, packed=packed.getvalue()))


def versions(session: Session) -> set[str]:
    """Return the versions that are kept."""
    return set(session.exec(select(col(TrainedModel.version))).all())


def fetch(session: Session, version: str, folder: Path) -> bool:
    """Unpack a version into `folder`, whole or not at all; False if it is not kept."""
    row = session.get(TrainedModel, version)
    if row is None:
        return False
    part = folder.with_name(f".{folder.name}.{uuid4().hex}")
    part.mkdir(parents=True, mode=0o700)
    try:
        with zipfile.ZipFile(io.BytesIO(row.packed)) as archive:
            for name in _FILES:
                (part / name).write_bytes(archive.read(name))
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except OSError:
        if not folder.is_dir():  # else another process was faster
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return True
