"""What an outbox row carries is of one class a kind, and what an earlier version wrote is read as well."""

from dataclasses import MISSING, fields
from datetime import UTC, datetime
from typing import Any

import pytest

from cases.register.kinds import Job, Lane
from cases.register.tables import Outbox
from cases.sending import payloads
from cases.sending.payloads import Payload

AT = datetime(2026, 3, 2, tzinfo=UTC)
PLAIN: dict[str, Any] = {"int": 7, "str": "x", "bool": True, "tuple[int, str]": (2, "x")}


def classes() -> list[type[Payload]]:
    return [each for each in vars(payloads).values() if isinstance(each, type) and getattr(each, "jobs", ())]


def row(kind: Job, payload: dict[str, Any]) -> Outbox:
    return Outbox(
        id=1, key="k", lane=Lane.CHAT, target="t", kind=kind, payload=payload, not_before=AT, created_at=AT
    )


def test_every_job_has_one_class() -> None:
    assert sorted(job for each in classes() for job in each.jobs) == sorted(Job)


@pytest.mark.parametrize("of", classes(), ids=lambda each: each.__name__)
def test_what_is_dumped_is_parsed(of: type[Payload]) -> None:
    named = {"buttons": (("是", "yes:1"),), "case_id": 7}
    given = {each.name: named.get(each.name, PLAIN.get(str(each.type))) for each in fields(of)}
    whole = of(**given)
    assert of.of(row(of.jobs[0], whole.dump())) == whole
    least = of(**{each.name: given[each.name] for each in fields(of) if each.default is MISSING})
    assert set(least.dump()) == {each.name for each in fields(of) if each.default is MISSING}
    assert of.of(row(of.jobs[0], least.dump())) == least


def test_a_row_of_an_earlier_version_is_read() -> None:
    written = {
        "to": "supervisor",
        "text": "逾期",
        "case_id": 3,
        "no": "N",
        "grave": [1, "2026"],
        "shown": True,
    }
    assert payloads.WatchLine.of(row(Job.ALERT, written)).grave == (1, "2026")


def test_what_lacks_is_named() -> None:
    with pytest.raises(KeyError, match="review_card 1: round"):
        payloads.ReviewCard.of(row(Job.REVIEW_CARD, {"draft_id": 1, "case_id": 1}))
