"""What the rows of a case are, from its first letter to its answer, without playing every step of it.

The steps themselves would take hours for so many. What they would have left is written instead: sealed values bound to
their places, due dates counted by `sla`, texts masked, an audit entry for every event. `tests/unit/bench` holds it to them.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from sqlmodel import SQLModel

from cases.register import audit, binding
from cases.register.desk import CITIZEN, SYSTEM, Office
from cases.register.rows import table_of
from cases.register.tables import (
    Approval,
    AutoAnswer,
    Case,
    Citizen,
    Delivery,
    Draft,
    DueChange,
    KeptPush,
    Message,
    Outbox,
    Outcome,
)  # fmt: skip
from classifier.fit.corpus import read_corpus
from sla.deadline import Deadline, deadline
from text.masking import mask

ACCOUNT = "wxbig"
PER_CITIZEN = 3  # cases, on average
_SIGNS = "松柏桃李江河湖海山川云雨"
_OPEN, _STATES = 0.05, (("answered", 0.6), ("auto_answered", 0.32), ("refused", 0.04), ("closed", 0.04))
_ANSWERS = (
    "您好，来信收悉。经核查，已安排人员到现场处理，预计五个工作日内完成，请您继续监督。",
    "您好，感谢您的建议。我们已转请有关科室研究，将在年度计划中统筹考虑。",
    "您好，办理时请携带身份证原件到政务服务大厅二楼窗口，工作日上午九时至下午五时。",
    "您好，您反映的问题属实，责任单位已整改完毕，欢迎再次来信。",
)


@dataclass(frozen=True, slots=True)
class People:
    """Who works in the office: department by topic, and for each a handler and a reviewer (id, name)."""

    departments: dict[str, tuple[int, str]]
    handlers: dict[int, tuple[int, str]]
    reviewers: dict[int, tuple[int, str]]


@dataclass
class Chunk:
    """Rows by table, and what the trail says of them."""

    rows: dict[type[SQLModel], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    trail: list[audit.TrailEntry] = field(default_factory=list)

    def note(self, at: datetime, actor: str, action: str, no: str, **facts: Any) -> None:
        self.trail.append(audit.TrailEntry(at, actor, action, f"case:{no}", audit.detail(**facts)))


@dataclass(eq=False)
class Lives:
    """Lives of `cases` cases with `messages` messages in all, in the `days` up to `now`."""

    office: Office
    people: People
    now: datetime
    cases: int
    messages: int
    days: int = 360

    def __post_init__(self) -> None:
        self._draw = random.Random(1)
        self._day_count: dict[date, int] = {}
        self._next: dict[str, int] = defaultdict(lambda: 1)

    @cached_property
    def _letters(self) -> list[tuple[str, str, str, str]]:
        """Return (text, masked, category, topic) of every letter of the corpus that is one."""
        found = [m for m in read_corpus() if m.category and len(m.text) <= 200]
        return [(m.text, mask(m.text), m.category, m.topic) for m in found]

    @property
    def numbers(self) -> dict[str, int]:
        """Return the last number of each day, for the register to go on after."""
        return {day.strftime("%Y%m%d"): last for day, last in self._day_count.items()}

    def chunk(self, start: int, end: int) -> Chunk:
        made = Chunk()
        for n in range(start, end):
            self._live(made, n)
        made.trail.sort(key=lambda entry: entry.at)
        return made

    def _id(self, table: str) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def _seal(self, text: str, table: str, column: str, key: object) -> bytes:
        return self.office.vault.seal(text, binding.place(table, column, key))

    def _live(self, made: Chunk, n: int) -> None:
        draw, number = self._draw, self._id("cases")
        at = self.now - timedelta(days=self.days) * (1 - (n + draw.random()) / (self.cases + 1))
        text, masked, category, topic = draw.choice(self._letters)
        no, department = self._no(at), self.people.departments.get(topic)
        due = self._due(at, category)
        case: dict[str, Any] = {
            "id": number, "no": no, "account": ACCOUNT, "citizen_id": self._citizen(made, n, at, number),
            "status": "new", "category": category, "confidence": round(draw.uniform(0.6, 1), 3), "topic": topic,
            "urgent": draw.random() < 0.005, "sensitive": draw.random() < 0.01, "accusation": draw.random() < 0.004,
            "received_at": at, "registered_at": at, "clock_from": at, "due_on": due.due_on, "due_at": due.due_at,
            "provisional": due.provisional, "unclaimed_since": at,
        }  # fmt: skip
        if case["accusation"]:
            department = None
        case["department_id"] = department[0] if department else None
        facts = {"category": category, "channel": "wechat", "topic": topic}
        made.note(at, CITIZEN.name, "case.due", no, cause="received", due_on=due.due_on,
                  provisional=due.provisional, was=None, was_provisional=False, days=due.working_days)  # fmt: skip
        made.note(at, CITIZEN.name, "case.open", no, **facts, department=department[1] if department else "")
        made.rows[DueChange].append({
            "id": self._id("due_change"), "case_id": number, "at": at, "cause": "received", "category": category,
            "working_days": due.working_days, "counted_from": at, "due_on": due.due_on, "due_at": due.due_at,
            "provisional": due.provisional, "named_days": self._named(due.received_on, due.due_on),
        })  # fmt: skip
        self._card(made, number, at)
        self._said(made, case, at, text, masked)
        more = self.messages * (n + 1) // self.cases - self.messages * n // self.cases - 1
        for _ in range(more):
            text, masked, *_rest = draw.choice(self._letters)
            self._said(made, case, at + timedelta(seconds=draw.uniform(5, 290)), text, masked)
        self._handled(made, case, at)
        made.rows[Case].append(case)

    def _no(self, at: datetime) -> str:
        day = self.office.today(at)
        self._day_count[day] = self._day_count.get(day, 0) + 1
        return f"{day:%Y%m%d}-{self._day_count[day]:04d}"

    def _due(self, at: datetime, category: str) -> Deadline:
        return self._counted(self.office.today(at), self.office.policy.limit(category))

    @cache  # noqa: B019 - one of these lives as long as the filling
    def _counted(self, day: date, working_days: int) -> Deadline:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self.office.zone)
        return deadline(
            noon, working_days, self.office.calendar(), self.office.zone, self.office.office_close
        )

    @cache  # noqa: B019 - as above
    def _named(self, first: date, last: date) -> dict[str, str]:
        return {day.isoformat(): name for day, name in self.office.calendar().named_days(first, last).items()}

    def _citizen(self, made: Chunk, n: int, at: datetime, case_id: int) -> int:
        """Return who wrote the n-th case: a new citizen at first, later also one who wrote before."""
        if n and self._draw.random() > 1 / PER_CITIZEN:
            return self._draw.randrange(1, self._next["citizen"])
        number = self._id("citizen")
        openid = f"o-big-{number}"
        made.rows[Citizen].append({
            "id": number, "account": ACCOUNT, "openid_hash": self.office.vault.lookup(f"{ACCOUNT}\n{openid}"),
            "openid_sealed": self._seal(openid, "citizen", "openid_sealed", number),
            "last_message_at": at, "last_case_message_at": at, "last_case_id": case_id,
        })  # fmt: skip
        return number

    def _said(self, made: Chunk, case: dict[str, Any], at: datetime, text: str, masked: str) -> None:
        """Keep a letter, told apart by its street, and the reply to its push."""
        number, at = self._id("message"), min(at, self.now)
        where = f"，地点在{''.join(self._draw.choices(_SIGNS, k=3))}路"
        key = self.office.vault.lookup(f"{ACCOUNT}\nbig-{number}")
        made.rows[Message].append({
            "id": number, "case_id": case["id"], "citizen_id": case["citizen_id"], "push_key": key,
            "masked": masked + where, "sealed": self._seal(text + where, "message", "sealed", number),
            "received_at": at,
        })  # fmt: skip
        reply = f"已收到，编号 {case['no']}，答复时限 {case['due_on']}。"
        made.rows[KeptPush].append(
            {"key": key, "received_at": at, "reply_sealed": self._seal(reply, "push", "reply_sealed", key)}
        )

    def _card(self, made: Chunk, case_id: int, at: datetime) -> None:
        number = self._id("outbox")
        made.rows[Outbox].append({
            "id": number, "key": f"case_card:big-{number}", "lane": "chat", "target": f"case:{case_id}", "kind": "case_card",
            "payload": {"case_id": case_id}, "state": "done", "not_before": at, "created_at": at, "attempts": 1,
            "done_at": at,
        })  # fmt: skip

    def _handled(self, made: Chunk, case: dict[str, Any], at: datetime) -> None:
        """Say how far the case has come: all of the last months may still be open, of the others few are."""
        draw = self._draw
        if draw.random() < _OPEN * min(3.0, 0.5 + 0.5 * self.days * (case["id"] / self.cases) ** 8):
            self._in_hand(made, case, at, draw.choices(("new", "claimed", "in_review"), (0.55, 0.3, 0.15))[0])
            return
        state = draw.choices([name for name, _ in _STATES], [share for _, share in _STATES])[0]
        flagged = case["urgent"] or case["sensitive"] or case["accusation"]
        if state == "auto_answered" and (case["category"] != "advice_inquiry" or flagged):
            state = "answered"
        if state == "auto_answered":
            self._answered_itself(made, case, at)
        elif state == "closed":
            end = min(self.now, at + timedelta(hours=draw.uniform(1, 200)))
            case |= {"status": "closed", "closed_at": end, "close_note": "重复来信"}
            made.note(end, SYSTEM.name, "case.close", case["no"], before="new", after="closed")
        else:
            self._answered(made, case, at, state)

    def _in_hand(self, made: Chunk, case: dict[str, Any], at: datetime, state: str) -> None:
        """Leave the case open; the sweep is to look at it."""
        case |= {"status": state, "next_look_at": self.now}
        if state != "new":
            taken = self._claimed(made, case, at)
            if state == "in_review":
                self._draft(made, case, min(self.now, taken + timedelta(hours=3)), "answer", "review")

    def _claimed(self, made: Chunk, case: dict[str, Any], at: datetime) -> datetime:
        who, name = self._one(self.people.handlers, case)
        taken = min(self.now, at + timedelta(hours=self._draw.uniform(0.1, 60)))
        case |= {"handler_id": who, "claimed_at": taken}
        made.note(taken, name, "case.claim", case["no"], before="new", after="claimed", handler_id=who)
        return taken

    def _one(self, of: dict[int, tuple[int, str]], case: dict[str, Any]) -> tuple[int, str]:
        return of.get(case["department_id"] or 0) or next(iter(of.values()))

    def _draft(
        self, made: Chunk, case: dict[str, Any], at: datetime, purpose: str, state: str
    ) -> tuple[int, str]:
        number, text = self._id("draft"), self._draw.choice(_ANSWERS)
        who, name = self._one(self.people.handlers, case)
        if state == "review":
            case["review_since"] = at
        made.rows[Draft].append({
            "id": number, "case_id": case["id"], "version": 1, "purpose": purpose, "state": state,
            "level": int(state == "approved"), "levels": 1, "text_sealed": self._seal(text, "draft", "text_sealed", number),
            "masked": text, "text_hash": sha256(text.encode()).hexdigest(), "author_id": who, "created_at": at,
        })  # fmt: skip
        made.note(at, name, "draft.submit", case["no"], draft=number, version=1, purpose=purpose)
        return number, text

    def _answered(self, made: Chunk, case: dict[str, Any], at: datetime, state: str) -> None:
        """Answered or refused: claimed, drafted, approved and released, one in twelve too late."""
        taken, whole = self._claimed(made, case, at), case["due_at"] - at
        share = (
            self._draw.uniform(0.2, 0.9) if self._draw.random() < 11 / 12 else self._draw.uniform(1.02, 1.4)
        )
        end = min(self.now, max(taken, at + whole * share))
        purpose = "answer" if state == "answered" else "refusal"
        draft, text = self._draft(made, case, max(taken, end - timedelta(hours=2)), purpose, "approved")
        made.rows[Draft][-1]["decided_at"] = end
        on_time, (reviewer, name) = end < case["due_at"], self._one(self.people.reviewers, case)
        digest = made.rows[Draft][-1]["text_hash"]
        made.rows[Approval].append({
            "id": self._id("approval"), "draft_id": draft, "round": 1, "level": 1, "reviewer_id": reviewer,
            "text_hash": digest, "at": end,
        })  # fmt: skip
        case |= {
            "status": state, "released_at": end, "closed_at": end, "first_answered_at": end, "on_time": on_time,
            "rating": self._draw.choices(("", "满意", "基本满意", "不满意"), (0.7, 0.2, 0.07, 0.03))[0],
        }  # fmt: skip
        delivery = self._sent(
            made, case, end, purpose, text, draft_id=draft, state="sent", channel="customer_message"
        )
        self._stood(made, case, end, purpose)
        made.note(end, name, "draft.approve", case["no"], draft=draft, level=1, text=digest)
        made.note(end, name, "reply.release", case["no"], draft=draft, delivery=delivery, on_time=on_time)
        made.note(
            end, SYSTEM.name, "delivery", case["no"], delivery=delivery, kind=purpose, state="sent", error=""
        )

    def _answered_itself(self, made: Chunk, case: dict[str, Any], at: datetime) -> None:
        text, entry = self._draw.choice(_ANSWERS), f"K{self._draw.randrange(1, 200):04d}"
        case |= {
            "status": "auto_answered", "released_at": at, "closed_at": at, "first_answered_at": at, "on_time": True,
        }  # fmt: skip
        made.rows[AutoAnswer].append({
            "id": self._id("auto_answer"), "case_id": case["id"], "entry_id": entry, "entry_version": 1, "score": 0.97,
            "masked_question": made.rows[Message][-1]["masked"], "answer": text, "at": at,
        })  # fmt: skip
        self._sent(made, case, at, "auto", text, state="handed_over", channel="passive")
        self._stood(made, case, at, "auto")
        made.note(at, CITIZEN.name, "kb.answer", case["no"], entry=entry, version=1, score=0.97, chosen=False)

    def _sent(
        self, made: Chunk, case: dict[str, Any], at: datetime, kind: str, text: str, **more: Any
    ) -> int:
        number = self._id("delivery")
        made.rows[Delivery].append({
            "id": number, "case_id": case["id"], "citizen_id": case["citizen_id"], "kind": kind,
            "text_sealed": self._seal(text, "delivery", "text_sealed", number), "created_at": at, "finished_at": at,
        } | more)  # fmt: skip
        return number

    def _stood(self, made: Chunk, case: dict[str, Any], at: datetime, kind: str) -> None:
        made.rows[Outcome].append({
            "id": self._id("outcome"), "case_id": case["id"], "kind": kind, "at": at, "category": case["category"],
            "department_id": case["department_id"], "channel": "wechat", "due_on": case["due_on"],
            "on_time": case["on_time"], "rating": case.get("rating", ""),
            "working_days": self._between(self.office.today(case["clock_from"]), self.office.today(at)),
        })  # fmt: skip

    @cache  # noqa: B019 - as above
    def _between(self, first: date, last: date) -> int:
        return max(0, self.office.calendar().count(first, last))


def order_of_tables(rows: Mapping[type[SQLModel], Sequence[dict[str, Any]]]) -> list[type[SQLModel]]:
    """Return the tables so that what is referred to comes first."""
    place = {table: n for n, table in enumerate(SQLModel.metadata.sorted_tables)}
    return sorted(rows, key=lambda model: place[table_of(model)])
