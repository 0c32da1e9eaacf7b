"""The parts of a push are timed on the program as it is."""

import pytest

from bench import parts


def test_each_part_of_a_group_is_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "_WARM", 0)
    parts.main(size=3, groups=2)
    told = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if " us a push" in line]
    assert told == ["read", "masked and judged", "written"]
