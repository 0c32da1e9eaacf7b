"""Builders: an office at work on a real store, with people in it, and citizens who write to it."""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel, col, select

from cases.register import audit, drafts, people, register
from cases.register.desk import Actor, Desk, Office, Workplace
from cases.register.states import Purpose
from cases.register.store import Store
from cases.register.tables import Case, Delivery, Draft, Outbox, Staff
from cases.register.vault import Vault
from cases.steps import assign, draft, receive, review
from cases.watch import watch
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from sla.calendar import WorkCalendar, shipped_years
from sla.policy import load_policy

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai; no holiday near
ACCOUNT = "gh_office"
TEST_KEY = b"a key for tests only, of 32 bytes"
CALENDAR = WorkCalendar(shipped_years())


@cache
def migrated() -> Path:
    """A migrated SQLite file, made once in this process, that tests copy."""
    file = Path(tempfile.mkdtemp(prefix="huiyin-template-")) / "huiyin.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    store = Store(f"sqlite:///{file}")
    store.migrate()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return file


def a_store(file: Path) -> Store:
    """Return the store of a fresh, migrated register in `file`."""
    shutil.copy(migrated(), file)
    return Store(f"sqlite:///{file}")


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def set(self, year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """Set the office's local time."""
        self.now = datetime(year, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)
        return self.now


def a_triage(category: str = "advice_inquiry", **more: Any) -> Triage:
    plain = Triage(category, 0.9, False, "", False, False, False, False, False, "", ())
    return replace(plain, **more)


def by_words(text: str) -> Triage:
    """A judge by plain words, for tests in which the model's opinion is not the point."""
    category = "complaint" if "投诉" in text else "praise" if "表扬" in text else "advice_inquiry"
    urgent = "跳楼" in text
    return a_triage(
        category,
        topic="城乡建设" if "水管" in text else "交通运输" if "公交" in text else "",
        urgent=urgent,
        sensitive="威胁" in text,
        accusation="举报局长" in text,
        chitchat=text in ("你好", "谢谢"),
        reasons=("提到跳楼",) if urgent else (),
    )


def an_office(**more: Any) -> Office:
    plain = Office(
        zone=SHANGHAI,
        vault=Vault(TEST_KEY),
        policy=load_policy(),
        calendar=lambda: CALENDAR,
        triage=by_words,
        match=lambda _text: None,
    )
    return replace(plain, **more)


def a_handler(name: str = "张工", department: str = "城建局", **more: str) -> people.NewStaff:
    return people.NewStaff(name, "handler", department, **more)


def a_reviewer(name: str = "李科长", department: str = "城建局", **more: str) -> people.NewStaff:
    return people.NewStaff(name, "reviewer", department, **more)


def a_supervisor(name: str = "王主任", department: str = "", **more: str) -> people.NewStaff:
    return people.NewStaff(name, "supervisor", department, **more)


def a_match(entry_id: str, answer: str = "请到政务大厅三楼办理。") -> Match:
    return Match(Entry(entry_id, "居住证怎么办", answer), 0.99, True)


@dataclass
class Bureau:
    """An office at work: what citizens and staff do, each in a transaction of its own."""

    workplace: Workplace
    clock: Clock
    ids: dict[str, int] = field(default_factory=dict)
    strangers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def store(self) -> Store:
        return self.workplace.store

    def with_office(self, **more: Any) -> "Bureau":
        """Return the same people in an office that has decided otherwise."""
        office = replace(self.workplace.office, **more)
        return replace(self, workplace=replace(self.workplace, office=office))

    def hire(self, new: people.NewStaff) -> str:
        staff = self.workplace.act(lambda desk: people.add_staff(desk, new))
        self.ids[new.name] = staff.id or 0
        return new.name

    def writes(self, text: str, openid: str = "", match: Match | None = None, **more: Any) -> receive.Outcome:
        """A citizen writes; a new one each time unless `openid` is given."""
        judged = more.pop("judged", None) or by_words(text)
        who = openid or f"citizen-{next(self.strangers)}"
        sent_at = more.pop("sent_at", None) or self.clock.now
        incoming = receive.Incoming(ACCOUNT, who, text, sent_at, **more)
        return self.workplace.act(lambda desk: receive.receive(desk, incoming, judged, match))

    def a_case(self, text: str = "请问水管多久修好", openid: str = "", **more: Any) -> str:
        """Return the number of the case that the message became or joined."""
        outcome = self.writes(text, openid, **more)
        assert not isinstance(outcome, receive.SmallTalk)
        return outcome.case.no

    def case(self, no: str) -> Case:
        return self.workplace.look(lambda desk: register.by_number(desk, no))

    def rows(self, table: type[Row], **where: Any) -> list[Row]:
        """Return the rows in the order of their keys."""
        query = select(table)
        for name, value in where.items():
            query = query.where(getattr(table, name) == value)
        keys = [col(column) for column in table.__table__.primary_key]  # type: ignore[attr-defined]
        return self.workplace.look(lambda desk: list(desk.session.exec(query.order_by(*keys)).all()))

    def act(self, who: str, step: Callable[[Desk, Staff], T]) -> T:
        """Let a colleague do a step."""
        actor = Actor(who, self.ids[who])
        return self.workplace.act(lambda desk: step(desk, desk.session.get_one(Staff, self.ids[who])), actor)

    def on(self, who: str, no: str, step: Callable[[Desk, Staff, Case], T]) -> T:
        return self.act(who, lambda desk, staff: step(desk, staff, register.by_number(desk, no)))

    def claim(self, who: str, no: str) -> None:
        self.on(who, no, assign.claim)

    def draft(self, who: str, no: str, text: str, purpose: Purpose = Purpose.ANSWER) -> int:
        """Put a text up for review; returns the draft's id."""
        return self.on(who, no, lambda d, staff, case: draft.submit(d, staff, case, text, purpose).id or 0)

    def approve(self, who: str, draft_id: int, round_: int = 1) -> bool:
        def step(desk: Desk, staff: Staff) -> bool:
            return review.approve(desk, staff, drafts.by_id(desk, draft_id), round_)

        return self.act(who, step)

    def send_back(self, who: str, draft_id: int, reason: str, round_: int = 1) -> None:
        def step(desk: Desk, staff: Staff) -> None:
            review.send_back(desk, staff, drafts.by_id(desk, draft_id), round_, reason)

        self.act(who, step)

    def answered(
        self, text: str = "请问水管多久修好", answer: str = "水管将在本周内修好。", **more: Any
    ) -> str:
        """Return the number of a case that was claimed by 张工 and answered with 李科长's approval."""
        no = self.a_case(text, **more)
        self.claim("张工", no)
        self.approve("李科长", self.draft("张工", no, answer))
        return no

    def sweep(self) -> int:
        """Sweep until nothing is left to look at; returns how many messages were told."""
        told = 0
        while True:
            swept = self.workplace.act(watch.sweep)
            told += swept.told
            if swept.looked_at < watch.BATCH:
                return told

    def told(self, to: str = "", word: str = "") -> list[str]:
        """Return the texts put up for a chat, oldest first."""
        rows = [row for row in self.rows(Outbox, lane="chat") if row.kind in ("notice", "alert")]
        rows = [row for row in rows if to in ("", row.target)]
        return [row.payload["text"] for row in rows if word in row.payload["text"]]

    def alarms(self) -> list[int]:
        """Return the case of each alarm put up for the supervisors, oldest first."""
        return [row.payload["case_id"] for row in self.rows(Outbox, kind="alarm", target="supervisor")]

    def notices(self) -> list[str]:
        """Return what citizens were told by fixed wording, oldest first."""
        vault = self.workplace.office.vault
        return [vault.open(row.text_sealed) for row in self.rows(Delivery, kind="notice")]

    def chain(self) -> audit.ChainFound:
        return self.workplace.look(lambda desk: audit.verify(desk.session, desk.office.vault))

    def drafts(self, no: str) -> list[Draft]:
        return self.rows(Draft, case_id=self.case(no).id)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to hold against what there is after a step that did nothing."""
        with self.store.read() as session:
            connection = session.connection()
            return {
                table.name: [tuple(row) for row in connection.execute(table.select())]
                for table in SQLModel.metadata.sorted_tables
            }


def a_bureau(store: Store, clock: Clock | None = None, **office: Any) -> Bureau:
    """Return an office with 城建局 and 交通局 and, by name, 张工 (handler), 李科长 (reviewer) and more."""
    clock = clock or Clock()
    bureau = Bureau(Workplace(store, an_office(**office), clock), clock)

    staff = (
        a_handler(),
        a_handler("刘工"),
        a_handler("陈师傅", "交通局"),
        a_reviewer(),
        a_reviewer("周科长"),
        a_supervisor("赵局长", "城建局"),
        a_supervisor(),
        people.NewStaff("钱管理", "admin"),
    )

    def settle_in(desk: Desk) -> None:
        people.add_department(desk, "城建局", "城乡建设")
        people.add_department(desk, "交通局", "交通运输")
        bureau.ids.update({new.name: people.add_staff(desk, new).id or 0 for new in staff})

    bureau.workplace.act(settle_in)
    return bureau


@cache
def settled() -> tuple[Path, dict[str, int]]:
    """The file of an office at work, made once in this process, that tests copy, and its people's numbers by name."""
    file = Path(tempfile.mkdtemp(prefix="huiyin-office-")) / "huiyin.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    office = a_bureau(a_store(file))
    with office.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    office.store.close()
    return file, office.ids


def a_settled_bureau(file: Path) -> Bureau:
    """As `a_bureau` on a fresh register in `file`, of which the people are there already: a sixth of its time."""
    made, ids = settled()
    shutil.copy(made, file)
    clock = Clock()
    return Bureau(Workplace(Store(f"sqlite:///{file}"), an_office(), clock), clock, dict(ids))
