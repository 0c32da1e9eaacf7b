"""What tests of the workflow share: an office on SQLite, where which database it is does not matter."""

from pathlib import Path

import pytest

from tests.builders import Bureau, a_bureau, a_store


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    return a_bureau(a_store(tmp_path / "office.db"))
