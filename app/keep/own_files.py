"""The files that the program lives by: nothing that it writes for people takes their place."""

from pathlib import Path

from app import accounts
from app.settings import Settings, sqlite_file
from app.wiring import VAR
from cases.register.errors import Invalid

_BESIDE = ("-wal", "-shm", "-journal", ".leader")  # what the database and its leader keep next to it


def spare(settings: Settings, file: Path, var: Path = VAR) -> None:
    """Raises: Invalid where writing `file` would destroy the register, its key or the settings."""
    wanted = file.resolve()
    own = [var / "secret.key", var / "audit.anchor", Path(".env"), accounts.FILE]
    if settings.database_url.startswith("sqlite"):
        database = sqlite_file(settings.database_url)
        own += [database, *(database.with_name(database.name + ending) for ending in _BESIDE)]
    if any(wanted == each.resolve() for each in own) or (var / "media").resolve() in wanted.parents:
        raise Invalid(f"{file} 是本程序自己的文件，不能写到那里，请换一个文件名。")
