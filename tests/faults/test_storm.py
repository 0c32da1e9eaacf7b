"""The real program, killed at random moments under load: nothing acknowledged is lost, nothing doubled in silence."""

import os
from pathlib import Path

import pytest

from tests.faults.storm import Raised

KILLS = int(os.environ.get("HUIYIN_TEST_KILLS", "30"))  # on each database; `make soak` has a thousand


@pytest.mark.slow
@pytest.mark.timeout(60 + 30 * KILLS)
def test_a_program_killed_again_and_again_keeps_its_promises(database_url: str, tmp_path: Path) -> None:
    with Raised(tmp_path, database_url, seed=1) as storm:
        storm.rage(KILLS)
        assert storm.came_to() == []
        assert len(storm.oracle.heard) > 3  # or nothing was tried
        assert storm.program.run("audit", "verify")["ok"]
