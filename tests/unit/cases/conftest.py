"""What tests of the workflow share: an office on SQLite, where which database it is does not matter."""

from pathlib import Path

import pytest

from tests.builders import Bureau, a_settled_bureau


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    return a_settled_bureau(tmp_path / "office.db")
