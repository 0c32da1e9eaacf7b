"""Single values that the register remembers: every kind of them is named here, with what its words mean.

A family of many has a value for each name (a chat, an account); the others have one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlmodel import Session, col, select

from cases.register.tables import Meta

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Family(Generic[T]):
    """`nothing` is what there is where none was noted."""

    key: str
    nothing: T
    read: Callable[[str], T]
    written: Callable[[T], str]

    def of(self, session: Session, name: str = "") -> T:
        row = session.get(Meta, self._of(name))
        return self.read(row.value) if row is not None and row.value else self.nothing

    def put(self, session: Session, value: T, name: str = "") -> None:
        row = session.get(Meta, self._of(name)) or Meta(key=self._of(name))
        row.value = "" if value == self.nothing else self.written(value)
        session.add(row)

    def end(self, session: Session, name: str = "") -> None:
        """Remember it no more."""
        row = session.get(Meta, self._of(name))
        if row is not None:
            session.delete(row)

    def all(self, session: Session) -> dict[str, T]:
        """Return what was noted for each name."""
        rows = session.exec(select(Meta).where(col(Meta.key).startswith(f"{self.key}:"))).all()
        return {row.key.removeprefix(f"{self.key}:"): self.read(row.value) for row in rows if row.value}

    def _of(self, name: str) -> str:
        return f"{self.key}:{name}" if name else self.key


@dataclass(frozen=True, slots=True)
class Trouble:
    """Since when something outside fails, and why."""

    since: datetime
    why: str

    def __str__(self) -> str:
        return f"{self.since.isoformat()} {self.why}"


@dataclass(frozen=True, slots=True)
class Tries:
    """How often something was tried in one hour, named `YYYYMMDDHH`."""

    hour: str
    count: int


@dataclass(frozen=True, slots=True)
class Spots:
    """Matters of many that were found at one time: the numbers of each, the one first whose words are its title.

    `since`: where there were more letters than are looked at, when the first of those that were came in.
    """

    at: datetime
    spots: tuple[tuple[str, ...], ...]
    since: datetime | None = None


def _text(key: str) -> Family[str]:
    return Family(key, "", str, str)


def _moment(key: str) -> Family[datetime | None]:
    return Family(key, None, datetime.fromisoformat, lambda at: at.isoformat() if at else "")


def _json(key: str) -> Family[Any]:
    return Family(key, None, json.loads, json.dumps)


def _trouble(key: str) -> Family[Trouble | None]:
    def read(words: str) -> Trouble:
        since, _, why = words.partition(" ")
        return Trouble(datetime.fromisoformat(since), why)

    return Family(key, None, read, str)


def _tries(words: str) -> Tries:
    hour, _, count = words.partition(":")
    return Tries(hour, int(count))


def _spots(words: str) -> Spots:
    noted = json.loads(words)
    since = datetime.fromisoformat(noted["since"]) if noted.get("since") else None
    return Spots(datetime.fromisoformat(noted["at"]), tuple(tuple(spot) for spot in noted["spots"]), since)


def _spots_written(found: Spots | None) -> str:
    if found is None:
        return ""
    since = found.since.isoformat() if found.since else ""
    return json.dumps({"at": found.at.isoformat(), "spots": found.spots, "since": since})


MODEL_IN_USE = _text("model_version")  # the version that `huiyin train` made; empty: the built-in one
CALENDAR_IMPORTED = _text("calendar_version")  # the moment of the latest import: running servers compare it
COUNTED_BY = _text("dates_counted_by")  # the calendar and the closing hour behind every open date
RECOUNT_BEGAN = _moment("recount_began")
SWEPT_AT = _moment("swept_at")
CHAT_POLLED = _moment("chat.polled_at")
CLOCK_OFF = Family("clock.off", 0.0, float, str)  # seconds by which the platform is ahead of this machine
BACKED_UP = _moment("backup.made_at")
# by account: articles known up to
DATACUBE: Family[date | None] = Family("datacube", None, date.fromisoformat, str)
# by chat account
JOIN_TRIES = Family("join_tries", Tries("", 0), _tries, lambda tries: f"{tries.hour}:{tries.count}")
CHAT_MOVED = _text("chat_moved")  # by chat: the id that it has now
CHAT_TROUBLE = _trouble("chat_trouble")  # by chat
MODEL_TROUBLE = _trouble("model_trouble")
# by span: the last days, or a month
HOT_SPOTS: Family[Spots | None] = Family("hot_spots", None, _spots, _spots_written)
DEMO = _json("demo_sample")  # how far the sample office was played
KEY_HANDOVER = _json("key_handover")
KEY_FINGERPRINT = _text("key_fingerprint")
KEY_HASHING = _json("key_hashing")  # hashing keys of earlier keys, sealed
KEY_HASHING_BEFORE = _text("key_hashing_before")  # the hashing key that a hand-over under way replaces
AUDIT_KEYS = _json("audit_keys")  # the keys of earlier parts of the trail, sealed
