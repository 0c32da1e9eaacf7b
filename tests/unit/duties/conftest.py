"""Duties are tested on SQLite; what asks for both databases parametrizes `database_url`, and the year runs on both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "huiyin.db")
        yield f"sqlite:///{tmp_path / 'huiyin.db'}"
        return
    server = request.getfixturevalue("postgres")
    if isinstance(server, str):
        pytest.skip(f"PostgreSQL: {server}")
    url = server.new_database()
    yield url
    server.drop(url)
