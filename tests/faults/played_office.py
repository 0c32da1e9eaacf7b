"""The office that chance plays: real steps, doors and delivery worker on a real database that is killed at any statement."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from sqlalchemy import event
from sqlmodel import select

from app.serve.delivery import LaneWorker
from bot.wechat import conversation
from bot.wechat.accounts import Account
from bot.wechat.client import WeChatApi
from bot.wechat.parsing import Push
from bot.wechat.sender import CitizenSender
from bot.wechat.talk import Judged
from cases.register import drafts, extensions
from cases.register.desk import CITIZEN, Desk, Workplace
from cases.register.errors import Refusal
from cases.register.states import Purpose
from cases.register.store import Store
from cases.register.tables import Case, Outbox, Staff
from cases.sending import outbox
from cases.steps import assign, draft, extend, review
from cases.watch import clock_back
from classifier.triage import Triage
from demo import fake_wechat
from tests import builders
from tests.builders import Bureau, Clock
from tests.faults.oracle import SERIAL, Oracle

T = TypeVar("T")
APP_ID, SECRET = "wxplayed000000000", "secret-of-the-stand-in"
CITIZENS = ("amy", "bob", "cai")
WRITERS = ("张工", "刘工", "李科长", "王主任")
REVIEWERS = ("李科长", "周科长", "王主任", "赵局长", "张工")
_PREFIX = re.compile(rf"^.*?{SERIAL.pattern}：")


class Killed(BaseException):
    """The process is gone at this very statement."""


@dataclass
class Fate:
    """Counts down the statements that are left to live; 0: no end is near."""

    left: int = 0
    dead: bool = False  # a process that is gone does nothing more, whichever of its threads met its end

    def watch(self, store: Store) -> None:
        for name in ("before_cursor_execute", "commit"):
            for engine in {store.engine, store._reading}:
                event.listen(engine, name, self._tick)

    def _tick(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            self.dead = not self.left
        if self.dead:
            raise Killed


class Line(httpx.AsyncBaseTransport):
    """The line to the platform: it may be cut before a call arrives, or before its answer does."""

    def __init__(self, fake: fake_wechat.FakeWeChat) -> None:
        self._inner = httpx.ASGITransport(app=fake_wechat.app(fake))
        self.cut: list[str] = []  # what happens to the next messages: "before", "after"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        cut = self.cut.pop(0) if self.cut and request.url.path.endswith("/send") else ""
        if cut == "before":
            raise httpx.ConnectTimeout("cut before it arrived")
        response = await self._inner.handle_async_request(request)
        if cut == "after":
            raise httpx.ReadTimeout("cut before the answer")
        return response


def judge(text: str) -> Triage:
    return builders.by_words(_PREFIX.sub("", text))


def _bureau(url: str, clock: Clock, levels: int) -> Bureau:
    return builders.a_bureau(Store(url), clock, triage=judge, review_levels=levels)


@dataclass
class PlayedOffice:
    """What can happen. Whatever is done may be killed at the n-th statement from now; then the office starts again."""

    url: str
    levels: int = 1
    clock: Clock = field(default_factory=Clock)
    oracle: Oracle = field(default_factory=Oracle)
    fate: Fate = field(default_factory=Fate)
    unheard: list[tuple[Push, int | None]] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self._runner = asyncio.Runner()
        self.platform = fake_wechat.FakeWeChat(self.clock, app_id=APP_ID, secret=SECRET)
        self.line = Line(self.platform)
        self.account = Account(APP_ID, SECRET, "token")
        self.bureau = _bureau(self.url, self.clock, self.levels)
        self.fate.watch(self.bureau.store)
        self._lane: LaneWorker | None = None
        self._pushes = 0

    def close(self) -> None:
        self._runner.close()
        self.bureau.store.close()

    def dying(self, at: int, what: Callable[[], T]) -> T | None:
        """Do something that is killed at the `at`-th statement, if it gets so far; None if it was."""
        self.fate.left = at
        try:
            return what()
        except Killed:
            self._start_again()
            return None
        except Refusal:
            return None
        finally:
            self.fate.left = 0

    def _start_again(self) -> None:
        self.kills += 1
        self._lane = None
        self._runner.run(_all_gone())
        self.bureau.store.close()
        self.fate.left, self.fate.dead = 0, False
        store = Store(self.url)
        self.fate.watch(store)
        place = self.bureau.workplace
        self.bureau.workplace = Workplace(store, place.office, place.clock)

    # citizens

    def letter(self, openid: str, words: str, before: str = "", *, at: int = 0, heard: bool = True) -> None:
        """A citizen writes a letter with its number in it."""
        number = self.oracle.writes(openid)
        self.send(self._push(openid, f"{before}第{number}封：{words}"), number, at=at, heard=heard)

    def say(self, openid: str, words: str, *, at: int = 0, heard: bool = True) -> None:
        """A citizen sends a command."""
        self.oracle.said.add(words)
        self.send(self._push(openid, words), None, at=at, heard=heard)

    def _push(self, openid: str, text: str) -> Push:
        self._pushes += 1
        self.platform.wrote(openid)
        return Push(self.account, openid, "gh_office", "text", f"msg:{self._pushes}", self.clock.now, text)

    def send(self, push: Push, letter: int | None, *, at: int = 0, heard: bool = True) -> None:
        """The platform pushes. Without an answer it pushes the very same again, later."""
        judged = Judged(judge(push.text)) if conversation.wants_judging(push) else None

        def answer() -> str:
            return self.bureau.workplace.act(
                lambda desk: conversation.answer(desk, push, judged, lambda: ""), CITIZEN
            )

        reply = self.dying(at, answer)
        if reply is None or not heard:
            self.unheard.append((push, letter))
            return
        self.oracle.hears(push.openid, reply, letter)

    def push_again(self, at: int = 0) -> None:
        if self.unheard:
            push, letter = self.unheard.pop(0)
            self.send(push, letter, at=at)

    # staff

    def staff(self, who: str, no: str, step: Callable[[Desk, Staff, Case], object], at: int = 0) -> None:
        self.dying(at, lambda: self.bureau.on(who, no, step))

    def claims(self, who: str, no: str, at: int = 0) -> None:
        self.staff(who, no, assign.claim, at)

    def writes_draft(self, who: str, no: str, text: str, purpose: Purpose, at: int = 0) -> None:
        self.staff(who, no, lambda d, staff, case: draft.submit(d, staff, case, text, purpose), at)

    def passes(self, who: str, no: str, at: int = 0) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            if (found := drafts.under_review(desk, case)) is not None:
                review.approve(desk, staff, found, found.round)

        self.staff(who, no, step, at)

    def returns(self, who: str, no: str, at: int = 0) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            if (found := drafts.under_review(desk, case)) is not None:
                review.send_back(desk, staff, found, found.round, "请写明日期")

        self.staff(who, no, step, at)

    def wants_longer(self, who: str, no: str, at: int = 0) -> None:
        self.staff(who, no, lambda d, staff, case: extend.ask(d, staff, case, "要等配件"), at)

    def decides(self, who: str, no: str, at: int = 0) -> None:
        def step(desk: Desk, staff: Staff, case: Case) -> None:
            if (wish := extensions.latest(desk, case)) is not None:
                extend.decide(desk, staff, wish, consent=True)

        self.staff(who, no, step, at)

    def reclassifies(self, who: str, no: str, category: str, at: int = 0) -> None:
        self.staff(who, no, lambda d, staff, case: assign.reclassify(d, staff, case, category), at)

    def transfers(self, who: str, no: str, to: str, at: int = 0) -> None:
        self.staff(who, no, lambda d, staff, case: assign.transfer(d, staff, case, to), at)

    def sweeps(self, at: int = 0) -> None:
        """The sweep of every minute."""

        def sweep() -> None:
            self.bureau.workplace.act(clock_back.notice)
            self.bureau.sweep()

        self.dying(at, sweep)

    @property
    def numbers(self) -> list[str]:
        return [case.no for case in self.bureau.rows(Case)]

    # the worker

    def deliver(self, at: int = 0) -> None:
        """Let the worker send what is due, until nothing is or until it is killed."""
        self.dying(at, lambda: self._runner.run(self._drain()))

    async def _drain(self) -> None:
        place = self.bureau.workplace
        if self._lane is None:  # a new leader, over the platform's real interface
            api = WeChatApi(self.account, place, httpx.AsyncClient(transport=self.line, base_url="http://x"))
            self._lane = LaneWorker("citizen", place, CitizenSender(place, {APP_ID: api}).send)
            await place.act_async(outbox.take_over)
        while await place.look_async(self._busy):
            await self._lane.drain()
            if self.fate.dead:
                raise Killed

    def _busy(self, desk: Desk) -> bool:
        under_way = select(Outbox.id).where(Outbox.lane == "citizen", Outbox.state == "sending")
        due = outbox.due(desk, "citizen")
        return bool(due) or desk.session.exec(under_way).first() is not None

    def settle(self) -> None:
        """All is well again: every push is repeated, and the worker has its time."""
        self.line.cut.clear()
        self.platform.troubles.clear()
        while self.unheard:
            self.push_again()
        for _ in range(3):
            self.sweeps()
            self.deliver()
            self.clock.advance(minutes=16)

    def faults(self) -> list[str]:
        place = self.bureau.workplace
        return self.oracle.faults(place.store, place.office.vault, self.platform.texts)


def _others() -> set["asyncio.Task[object]"]:
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


async def _all_gone() -> None:
    """A killed process's tasks do nothing more."""
    others = _others()
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
