from datetime import date

import pytest

from sla.calendar import WorkCalendar, shipped_years
from sla.calendar_check import main, missing_year

CALENDAR = WorkCalendar(shipped_years())


@pytest.mark.parametrize(
    ("today", "year"),
    [
        ("2026-11-30", None),
        ("2026-12-01", 2027),
        ("2026-12-31", 2027),
        ("2027-01-01", 2027),
        ("2027-06-30", 2027),
        ("2025-12-01", None),
    ],
)
def test_next_year_s_notice_is_asked_for_from_december(today: str, year: int | None) -> None:
    assert missing_year(date.fromisoformat(today), CALENDAR) == year


def test_the_command_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(date(2026, 12, 1)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "缺少 2027 年" in told.err
    assert "huiyin calendar import 2027.toml" in told.err
    assert told.err.count("\n") == 1


def test_the_command_is_content_while_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(date(2026, 11, 30)) == 0
    assert "2024–2026" in capsys.readouterr().out
