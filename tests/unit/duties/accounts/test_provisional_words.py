"""Dates of the duties are never shown bare where no official calendar reaches."""

from datetime import date

import pytest

from duties.accounts import register
from sla.deadline import PROVISIONAL
from tests.builders import Bureau


@pytest.mark.parametrize(("opened", "bare"), [(date(2026, 3, 2), True), (date(2026, 12, 30), False)])
def test_the_day_of_a_filing_says_that_it_is_provisional(bureau: Bureau, opened: date, bare: bool) -> None:
    new = register.NewAccount("某县发布", "微信", "某县政府办", opened, "qingdao", "政务公开")
    _, event = bureau.workplace.act(lambda desk: register.add(desk, None, new))
    assert register.filing_words(event).endswith(event.filing_due_on.isoformat()) is bare
    assert (PROVISIONAL in register.filing_words(event)) is not bare
