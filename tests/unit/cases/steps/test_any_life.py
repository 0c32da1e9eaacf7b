"""A case through any life: whatever is done in whatever order, its date, its history and its trail agree."""

import shutil
import tempfile
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cases.lists import ledger, progress, views
from cases.register import drafts, extensions, register
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.states import OPEN, DeliveryState, DraftState, State
from cases.register.tables import Case, Delivery, Draft, DueChange, Extension, Lapse, Outcome, Staff
from cases.steps import assign, cohandle, draft, extend, link, rate, review
from cases.steps.allowed import Action, allowed
from tests.builders import CALENDAR, SHANGHAI, Bureau, a_bureau, a_store

WHO = st.sampled_from(["张工", "刘工", "陈师傅", "李科长", "周科长", "赵局长", "王主任", "钱管理"])
CASES = st.integers(0, 2)
LIMITS = {"praise": 5, "advice_inquiry": 10, "complaint": 20}


def counted(received: date, days: int) -> date:
    """Return the day on which `days` working days are over, one day after the other."""
    day = received
    while days:
        day += timedelta(days=1)
        days -= CALENDAR.count(day - timedelta(days=1), day)
    return day


class Lives(RuleBasedStateMachine):
    """Three cases of two citizens, everybody who works there, and any of their steps."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="huiyin-lives-"))
        self.office: Bureau = a_bureau(a_store(self.folder / "office.db"))
        self.numbers: list[str] = []

    def teardown(self) -> None:
        self.office.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize()
    def letters(self) -> None:
        self.numbers = [
            self.office.a_case("请问水管多久修好", "amy"), self.office.a_case("投诉公交噪音", "bob"),
            self.office.a_case("投诉水管漏水", "amy", sent_at=self.office.clock.now - timedelta(days=12)),
        ]  # fmt: skip
        self.numbers[2] = self.office.a_case("投诉水管漏水", "joe")

    def tried(self, step: object) -> None:
        """Do a step that may be refused: then nothing has changed."""
        before = self.rows()
        try:
            step()  # type: ignore[operator]
        except Refusal:
            assert self.rows() == before

    def rows(self) -> list[object]:
        return [
            [(case.status, case.due_on, case.handler_id, case.category) for case in self.office.rows(Case)],
            [(row.state, row.level) for row in self.office.rows(Draft)],
            len(self.office.rows(DueChange)),
        ]

    @rule(hours=st.sampled_from([1, 26, 80, 200]))
    def time_goes_by(self, hours: int) -> None:
        self.office.clock.advance(hours=hours)

    @rule(who=WHO, one=CASES)
    def claims(self, who: str, one: int) -> None:
        self.tried(lambda: self.office.on(who, self.numbers[one], assign.claim))

    @rule(who=WHO, one=CASES, category=st.sampled_from([*LIMITS]))
    def reclassifies(self, who: str, one: int, category: str) -> None:
        step = self.office.on
        self.tried(lambda: step(who, self.numbers[one], lambda d, s, c: assign.reclassify(d, s, c, category)))

    @rule(who=WHO, one=CASES, to=st.sampled_from(["城建局", "交通局", "没有的局"]))
    def transfers(self, who: str, one: int, to: str) -> None:
        step = self.office.on
        self.tried(
            lambda: step(who, self.numbers[one], lambda d, s, c: assign.transfer(d, s, c, to, "属于该局"))
        )

    @rule(who=WHO, one=CASES, to=st.sampled_from(["城建局", "交通局"]))
    def asks_for_an_opinion(self, who: str, one: int, to: str) -> None:
        step = self.office.on
        self.tried(lambda: step(who, self.numbers[one], lambda d, s, c: cohandle.ask(d, s, c, to)))

    @rule(who=WHO, one=CASES)
    def gives_an_opinion(self, who: str, one: int) -> None:
        self.tried(
            lambda: self.office.on(who, self.numbers[one], lambda d, s, c: cohandle.give(d, s, c, "同意。"))
        )

    @rule(who=WHO, one=CASES, text=st.sampled_from(["水管本周修好。", "", "请到【地点】办理"]))
    def drafts(self, who: str, one: int, text: str) -> None:
        self.tried(
            lambda: self.office.on(who, self.numbers[one], lambda d, s, c: draft.submit(d, s, c, text))
        )

    @rule(who=WHO, one=CASES, passes=st.booleans())
    def reviews(self, who: str, one: int, passes: bool) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            waiting = drafts.under_review(desk, case)
            if waiting is None:
                return
            if passes:
                review.approve(desk, staff, waiting, waiting.round)
            else:
                review.send_back(desk, staff, waiting, waiting.round, "请写明时间")

        self.tried(lambda: self.office.on(who, self.numbers[one], step))

    @rule(who=WHO, one=CASES)
    def asks_for_time(self, who: str, one: int) -> None:
        self.tried(
            lambda: self.office.on(who, self.numbers[one], lambda d, s, c: extend.ask(d, s, c, "需勘查"))
        )

    @rule(who=WHO, one=CASES, consent=st.booleans())
    def decides(self, who: str, one: int, consent: bool) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            asked = extensions.latest(desk, case)
            if asked is not None:
                extend.decide(desk, staff, asked, consent)

        self.tried(lambda: self.office.on(who, self.numbers[one], step))

    @rule(one=CASES, grade=st.sampled_from([*rate.GRADES, "一般"]))
    def is_rated(self, one: int, grade: str) -> None:
        act = self.office.workplace.act
        self.tried(
            lambda: act(lambda desk: rate.rate(desk, register.by_number(desk, self.numbers[one]), grade))
        )

    @rule(who=WHO, one=CASES, other=CASES)
    def links(self, who: str, one: int, other: int) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            link.link(desk, staff, case, register.by_number(desk, self.numbers[other]))

        self.tried(lambda: self.office.on(who, self.numbers[one], step))

    @rule(
        openid=st.sampled_from(["amy", "bob", "joe"]),
        text=st.sampled_from(["还在漏", "威胁我", "举报局长收钱"]),
    )
    def writes_more(self, openid: str, text: str) -> None:
        self.office.writes(text, openid)

    @rule()
    def is_swept(self) -> None:
        self.office.sweep()

    @invariant()
    def the_date_is_what_the_calendar_says(self) -> None:
        for case in self.office.rows(Case):
            start = case.clock_from.astimezone(SHANGHAI).date()
            assert case.due_on == counted(start, LIMITS[case.category] + (10 if case.extended else 0))

    @invariant()
    def each_move_of_a_date_begins_where_the_last_one_ended(self) -> None:
        for case in self.office.rows(Case):
            moves = self.office.rows(DueChange, case_id=case.id)
            assert moves and moves[0].was_due_on is None and moves[-1].due_on == case.due_on
            assert [move.was_due_on for move in moves[1:]] == [move.due_on for move in moves[:-1]]
            assert all(one.at <= other.at for one, other in pairwise(moves))

    @invariant()
    def state_handler_and_draft_agree(self) -> None:
        for case in self.office.rows(Case):
            waiting = [
                row for row in self.office.rows(Draft, case_id=case.id) if row.state == DraftState.REVIEW
            ]
            assert len(waiting) <= 1
            if case.status == State.IN_REVIEW:
                assert len(waiting) == 1 and case.handler_id is not None
            if case.status == State.NEW:
                assert case.handler_id is None and not waiting
            assert (case.released_at is None) is (case.status in OPEN)
            if case.extended:
                granted = self.office.rows(Extension, case_id=case.id, state="granted")
                assert granted and all(row.decided_by != row.asked_by for row in granted)

    @invariant()
    def nothing_was_sent_that_another_did_not_release(self) -> None:
        by_id = {row.id: row for row in self.office.rows(Draft)}
        for row in self.office.rows(Delivery):
            assert row.state in (DeliveryState.PENDING, DeliveryState.WAITING)
            if row.draft_id is not None:
                assert by_id[row.draft_id].state == DraftState.APPROVED
        assert all(outcome.working_days >= 0 for outcome in self.office.rows(Outcome))
        for case in self.office.rows(Case):
            spans = [span for span in self.office.rows(Lapse, case_id=case.id) if span.until is None]
            assert len(spans) <= 1 and (bool(spans) <= (case.overdue_since is not None))

    @invariant()
    def pages_can_be_drawn_and_the_trail_is_whole(self) -> None:
        assert self.office.chain().ok
        for name in ("张工", "王主任"):
            for no in self.numbers:
                self.office.on(name, no, lambda d, s, c: (allowed(d, s, c), views.line(d, c)))
        for no in self.numbers:
            steps = self.office.workplace.look(
                lambda desk, no=no: progress.of(desk, register.by_number(desk, no))
            )
            assert steps[0].what == "已收到" and [one.at for one in steps] == sorted(one.at for one in steps)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=8, stateful_step_count=14, deadline=None)


def test_the_ledger_and_the_actions_have_names() -> None:
    assert ledger.__doc__ and len(set(Action)) == len(Action)
    assert counted(date(2026, 2, 13), 1) == date(2026, 2, 14)  # a Saturday on which people work
    assert counted(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert datetime(2026, 2, 24, tzinfo=SHANGHAI).date() == date(2026, 2, 24)
