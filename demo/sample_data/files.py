"""The sample files as frozen rows."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KNOWLEDGE = HERE / "knowledge.jsonl"


@dataclass(frozen=True, slots=True)
class SampleDepartment:
    name: str
    topics: str
    phone: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff whom visitors of the demo may play. The password is shown on the page."""

    key: str
    name: str
    role: str
    department: str
    telegram_id: str
    username: str
    password: str
    title: str


@dataclass(frozen=True, slots=True)
class Persona:
    """A citizen to play. `face` says how the page draws them; `lines` are words to try."""

    key: str
    openid: str
    name: str
    about: str
    face: dict[str, str]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleStep:
    """What was done about a message, `after` working days after its receipt, at `clock` (HH:MM)."""

    after: int
    clock: str
    do: str
    who: str = ""
    text: str = ""
    value: str = ""  # the department of a transfer, the grade of a rating


@dataclass(frozen=True, slots=True)
class Sample:
    """A message: `ago` working days back at `clock`, or `minutes_ago` where that is set.

    `flags`, `small_talk` and `answered_by` (an entry's id) say what it is, so that the sample office looks the
    same whichever model is in use; its category is the model's, put right by the one who claims it.
    """

    by: str
    text: str
    category: str
    ago: int = 0
    clock: str = ""
    minutes_ago: int = 0
    channel: str = "wechat"
    kind: str = "text"
    flags: tuple[str, ...] = ()
    small_talk: bool = False
    answered_by: str = ""
    then: tuple[SampleStep, ...] = field(default=())


def departments() -> list[SampleDepartment]:
    return [SampleDepartment(**row) for row in _json("departments.json")]


def staff() -> list[Member]:
    return [Member(**row) for row in _json("staff.json")]


def citizens() -> list[Persona]:
    return [Persona(**row) for row in _json("citizens.json")]


def messages() -> list[Sample]:
    lines = (HERE / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    return [_sample(json.loads(line)) for line in lines]


def _sample(row: dict[str, Any]) -> Sample:
    return Sample(
        by=row["by"],
        text=row["text"],
        category=row["category"],
        ago=row.get("ago", 0),
        clock=row.get("at", ""),
        minutes_ago=row.get("minutes_ago", 0),
        channel=row.get("channel", "wechat"),
        kind=row.get("kind", "text"),
        flags=tuple(row.get("flags", ())),
        small_talk=row.get("small_talk", False),
        answered_by=row.get("answered_by", ""),
        then=tuple(
            SampleStep(
                after=step["in"],
                clock=step["at"],
                do=step["do"],
                who=step.get("who", ""),
                text=step.get("text", ""),
                value=step.get("department") or step.get("grade") or "",
            )
            for step in row["then"]
        ),
    )


def _json(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))
