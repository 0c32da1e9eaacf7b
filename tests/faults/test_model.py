"""An office played by chance: citizens, staff, the clock, the line and kills, against an oracle of what must be true."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from cases.register.states import Purpose
from tests.faults.played_office import CITIZENS, REVIEWERS, WRITERS, PlayedOffice

WORDS = ("请问水管多久修好", "投诉公交总是晚点", "表扬窗口的同志", "有人要跳楼", "举报局长收钱")
PURPOSES = (Purpose.ANSWER, Purpose.QUESTION, Purpose.REFUSAL, Purpose.CORRECTION)
EXAMPLES = int(os.environ.get("HUIYIN_TEST_PLAYS", "6"))  # plays on each database; `make soak` sets more

citizens, words = st.sampled_from(CITIZENS), st.sampled_from(WORDS)
writers, reviewers = st.sampled_from(WRITERS), st.sampled_from(REVIEWERS)
dying = st.one_of(
    st.just(0), st.integers(1, 60)
)  # the statement at which the process is killed; 0: it is not
which = st.integers(0, 20)


class Play(RuleBasedStateMachine):
    """One office from its first day on."""

    fresh: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.office = PlayedOffice(type(self).fresh())

    def _no(self, which: int) -> str:
        numbers = self.office.numbers
        return numbers[which % len(numbers)]

    @rule(openid=citizens, words=words, at=dying, heard=st.booleans())
    def write(self, openid: str, words: str, at: int, heard: bool) -> None:
        self.office.letter(openid, words, at=at, heard=heard)

    @rule(at=dying)
    def push_again(self, at: int) -> None:
        self.office.push_again(at)

    @precondition(lambda self: self.office.numbers)
    @rule(openid=citizens, which=which, at=dying)
    def add(self, openid: str, which: int, at: int) -> None:
        self.office.letter(openid, "水管还在漏", f"补充 {self._no(which)} ", at=at)

    @rule(openid=citizens, words=st.sampled_from(("查询", "人工", "没解决", "继续", "帮助")), at=dying)
    def ask(self, openid: str, words: str, at: int) -> None:
        self.office.say(openid, words, at=at)

    @precondition(lambda self: self.office.numbers)
    @rule(openid=citizens, which=which, grade=st.sampled_from(("满意", "不满意")), at=dying)
    def rate(self, openid: str, which: int, grade: str, at: int) -> None:
        self.office.say(openid, f"评价 {self._no(which)} {grade}", at=at)

    @precondition(lambda self: self.office.numbers)
    @rule(who=writers, which=which, at=dying)
    def claim(self, who: str, which: int, at: int) -> None:
        self.office.claims(who, self._no(which), at)

    @precondition(lambda self: self.office.numbers)
    @rule(which=which, purpose=st.sampled_from(PURPOSES), serial=st.integers(1, 10**9), at=dying)
    def draft(self, which: int, purpose: Purpose, serial: int, at: int) -> None:
        """The handler writes, or somebody who may not."""
        no = self._no(which)
        for who in WRITERS:
            self.office.writes_draft(who, no, f"水管和公交的事，答复文稿{serial}号。", purpose, at)

    @precondition(lambda self: self.office.numbers)
    @rule(who=reviewers, which=which, at=dying)
    def approve(self, who: str, which: int, at: int) -> None:
        self.office.passes(who, self._no(which), at)

    @precondition(lambda self: self.office.numbers)
    @rule(which=which, serial=st.integers(1, 10**9), at=dying)
    def answer(self, which: int, serial: int, at: int) -> None:
        """The usual way in one go, cut off anywhere."""
        no = self._no(which)
        self.office.claims("张工", no)
        self.office.writes_draft("张工", no, f"水管和公交的事已办，文稿{serial}号。", Purpose.ANSWER)
        self.office.passes("王主任", no, at)

    @precondition(lambda self: self.office.numbers)
    @rule(who=reviewers, which=which, at=dying)
    def send_back(self, who: str, which: int, at: int) -> None:
        self.office.returns(who, self._no(which), at)

    @precondition(lambda self: self.office.numbers)
    @rule(
        who=writers,
        which=which,
        category=st.sampled_from(("praise", "advice_inquiry", "complaint")),
        at=dying,
    )
    def reclassify(self, who: str, which: int, category: str, at: int) -> None:
        self.office.reclassifies(who, self._no(which), category, at)

    @precondition(lambda self: self.office.numbers)
    @rule(who=writers, which=which, to=st.sampled_from(("城建局", "交通局")), at=dying)
    def transfer(self, who: str, which: int, to: str, at: int) -> None:
        self.office.transfers(who, self._no(which), to, at)

    @precondition(lambda self: self.office.numbers)
    @rule(who=writers, which=which, at=dying, by=reviewers)
    def extend(self, who: str, which: int, at: int, by: str) -> None:
        self.office.wants_longer(who, self._no(which), at)
        self.office.decides(by, self._no(which), at)

    @rule(at=dying)
    def deliver(self, at: int) -> None:
        self.office.deliver(at)

    @rule(cuts=st.lists(st.sampled_from(("before", "after")), min_size=1, max_size=3), at=dying)
    def deliver_over_a_bad_line(self, cuts: list[str], at: int) -> None:
        self.office.line.cut[:] = cuts
        self.office.deliver(at)

    @rule(code=st.sampled_from((-1, 45015, 45047, 43004)))
    def the_platform_refuses(self, code: int) -> None:
        self.office.platform.trouble("custom/send", code=code)

    @rule(
        by=st.sampled_from(
            ((1, 0), (6, 0), (0, 5), (0, 30), (0, 50), (0, 24 * 8), (0, 24 * 40), (-90, 0), (0, -30))
        )
    )
    def the_clock_goes(self, by: tuple[int, int]) -> None:
        self.office.sweeps()
        self.office.clock.now += timedelta(minutes=by[0], hours=by[1])

    @rule(at=dying)
    def sweep(self, at: int) -> None:
        self.office.sweeps(at)

    def teardown(self) -> None:
        office = self.office
        try:
            office.settle()
            _none(office.faults())
            for openid in CITIZENS:  # who asks is handed what waits for them
                office.say(openid, "查询")
            _none(office.faults())
        finally:
            office.close()


def _none(faults: list[str]) -> None:
    assert not faults, "\n".join(faults)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """What makes a new, migrated database of one kind."""
    numbers = count()
    if request.param == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")

        def copy() -> str:
            file = tmp_path / f"{next(numbers)}.db"
            shutil.copy(template, file)
            return f"sqlite:///{file}"

        yield copy
        return
    server = request.getfixturevalue("postgres")
    if isinstance(server, str):
        pytest.skip(f"PostgreSQL: {server}")
    yield server.new_database


def test_an_office_played_by_chance_keeps_its_promises(fresh: Callable[[], str]) -> None:
    class Played(Play):
        pass

    Played.fresh = staticmethod(fresh)  # type: ignore[assignment]
    run_state_machine_as_test(
        Played,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,) if EXAMPLES > 1 else tuple(Phase),
            database=None,
        ),
    )
