"""What an earlier register kept within strings, taken apart: for its migration, and for a backup made of it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from knowledge_base.base import timely

_CARD = "wecom_card:"


def topics(department_id: int, joined: str) -> list[dict[str, Any]]:
    """Return the rows for 「城乡建设,环境保护」."""
    named = dict.fromkeys(topic.strip() for topic in joined.split(",") if topic.strip())
    return [
        {"department_id": department_id, "topic": topic, "place": place} for place, topic in enumerate(named)
    ]


def reasons(joined: str) -> tuple[str, ...]:
    """Return the reasons that stood in one line; a list is one already."""
    if joined.startswith("["):
        return tuple(json.loads(joined))
    return tuple(reason for reason in joined.split("；") if reason)


def question(citizen_id: int, asking: str) -> dict[str, Any] | None:
    """Return the row for `belongs:<case>:<earlier case>:<until>` or `choose:<JSON>`; None where nothing was asked."""
    kind, _, rest = asking.partition(":")
    plain: dict[str, Any] = {
        "citizen_id": citizen_id,
        "kind": kind,
        "before_id": None,
        "entries": (),
        "score": 0.0,
    }
    if kind == "belongs" and rest.count(":") == 2:
        case_id, before_id, until = (int(part) for part in rest.split(":"))
        return plain | {"case_id": case_id, "before_id": before_id, "until": _moment(until)}
    if kind == "choose":
        kept = json.loads(rest)
        return plain | {
            "case_id": kept["case"],
            "entries": tuple(kept["entries"]),
            "score": kept["score"],
            "until": _moment(kept["until"]),
        }
    return None


def card(key: str, value: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """Return the card and its codes of `wecom_card:<card>`: a line of what it shows, then codes, the newest first."""
    name = key.removeprefix(_CARD)
    head, *codes = value.splitlines() or [""]
    at, _, shown = head.partition(" ")
    if name == key or not at:
        return None
    oldest_first = [line.partition(" ") for line in reversed(codes)]
    return {"card": name, "shown": shown, "at": datetime.fromisoformat(at)}, [
        {"card": name, "code": code, "at": datetime.fromisoformat(when)} for when, _, code in oldest_first
    ]


def review_day(answer: str, edited: date) -> date:
    """Return the day of review of an entry that was published without: nothing answers by itself for ever.

    As long as its words, read on the day of its last edit, can be true; a year where they speak of no time.
    """
    found = timely.expiry(answer, edited)
    return found.on if found else edited + timely.YEARLY


def taken_apart(table: str, row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows that a row of an earlier backup is today, each with its table."""
    row, more = dict(row), []
    if table == "department" and "topics" in row:
        more = [("department_topic", each) for each in topics(row["id"], row.pop("topics"))]
    elif table == "citizen" and "asking" in row:
        asked = question(row["id"], row.pop("asking"))
        more = [("citizen_question", asked)] if asked else []
    elif table == "cases":
        row.pop("co_departments", None)
        if isinstance(row.get("reasons"), str):
            row["reasons"] = reasons(row["reasons"])
    elif table == "knowledge_entry" and row.get("status") == "published" and not row.get("review_on"):
        row["review_on"] = review_day(row["answer"], row["changed_at"].date())
    elif table == "meta" and row["key"].startswith(_CARD):
        kept, codes = card(row["key"], row["value"]) or (None, [])
        yield from [("changeable_card", kept)] if kept else []
        yield from (("card_code", code) for code in codes)
        return
    yield table, row
    yield from more


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
