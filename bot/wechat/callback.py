"""The address that WeChat pushes to: checks, keeps, answers within five seconds, and never with a 5xx."""

import asyncio
import re
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.wechat import conversation, late, parsing, words
from bot.wechat.accounts import Account
from bot.wechat.budget import Budget
from bot.wechat.company import Company
from bot.wechat.conversation import SILENT, Arrival
from bot.wechat.judging import Beforehand, Judge, Judging
from bot.wechat.parsing import BadRequest, Push
from bot.wechat.platform_clock import PlatformClock
from cases.register import measures
from cases.register.desk import Desk, Workplace
from cases.register.troubles import Unusable
from cases.register.turn import Turn, Withdrawn
from cases.watch import clock_off

log = structlog.get_logger()
LARGEST_BODY = 1 << 20
PUSHES_AT_ONCE, ASIDE_AT_ONCE = 16, 4
MOST_ASIDE = 2048  # pushes that wait to be put on disk; what comes beyond them is told that it was not taken
REFUSALS_SAID, SAID_EVERY = 5, 10.0  # lines of the log, within so many seconds
_NUMBER = re.compile(r"(?<!\d)\d{8}-\d{4,9}(?!\d)")
IN_TIME, LAST_MOMENT = 3.9, 4.7  # seconds after arrival; the platform waits five


def safety_text(var: Path) -> Callable[[], str]:
    """Return the reader of `safety.txt`, the office's own words for people in danger; empty: the built-in ones."""

    def read() -> str:
        try:
            return (var / "safety.txt").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    return read


class TooLarge(Exception):
    """A body over `LARGEST_BODY`."""


@dataclass(slots=True)
class Refusals:
    """Tells the log of refused requests, of a flood of them a line now and then with how many there were."""

    since: float = 0.0
    said: int = 0
    unsaid: int = 0

    def note(self, status: int, why: str) -> None:
        measures.REFUSED.labels("wechat", str(status)).inc()
        now = time.monotonic()
        if now - self.since >= SAID_EVERY:
            if self.unsaid:
                log.warning("wechat.refused", more=self.unsaid)
            self.since, self.said, self.unsaid = now, 0, 0
        if self.said < REFUSALS_SAID:
            self.said += 1
            log.info("wechat.refused", status=status, why=why)
        else:
            self.unsaid += 1


@dataclass(frozen=True, slots=True)
class PushDoor:
    workplace: Workplace
    company: Company
    aside: Company  # puts pushes on disk as they are
    budget: Budget = field(default_factory=Budget)
    refusals: Refusals = field(default_factory=Refusals)
    platform: PlatformClock = field(init=False)
    _telling: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        object.__setattr__(self, "platform", PlatformClock(self._clock_is_off))

    async def verify(self, account: Account, request: Request) -> Response:
        try:
            echo = parsing.decrypt_echo(account, request.query_params, self.workplace.clock())
        except BadRequest as refused:
            self.refusals.note(refused.status, str(refused))
            return Response(status_code=refused.status)
        return Response(echo, media_type="text/plain")

    async def push(self, account: Account, request: Request) -> Response:
        arrived = time.monotonic()
        try:
            body = await _body(request)
            push = self._read(account, request.query_params, body)
        except TooLarge:
            return Response(status_code=413)
        except BadRequest as refused:
            self.refusals.note(refused.status, str(refused))
            return Response(status_code=refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            with measures.timed(measures.INTAKE):
                said = await self._said(push, arrived)
        except Exception as error:  # the platform takes a 5xx for an outage and shows the citizen an error
            log.error("wechat.push", kind=push.kind, error=_where(error))
            said = words.BUSY
        told = _NUMBER.search(said)
        log.info(
            "wechat.push", kind=push.kind, case=told[0] if told else "",
            seconds=round(time.monotonic() - arrived, 3),
        )  # fmt: skip
        return self._response(push, said, request.query_params.get("nonce", ""))

    def _read(self, account: Account, query: Mapping[str, str], body: bytes) -> Push:
        """Return what a request says, judged by the platform's time where ours is known to be wrong. Raises: BadRequest."""
        now = self.workplace.clock()
        try:
            push = parsing.read_push(account, query, body, now)
        except parsing.StalePush as stale:
            if not self.platform.differs(stale.stamp, stale.ahead):
                raise
            return parsing.read_push(account, query, body, now + timedelta(seconds=stale.ahead))
        self.platform.agrees()
        return push

    def _clock_is_off(self, ahead: float) -> None:
        if ahead:
            log.error("wechat.clock_off", seconds=round(ahead))
        telling = asyncio.create_task(self._tell(ahead))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell(self, ahead: float) -> None:
        try:
            await self.workplace.act_async(lambda desk: clock_off.note(desk, ahead))
        except Exception as error:  # the log has said it
            log.error("wechat.clock_untold", error=_where(error))

    async def _said(self, push: Push, arrived: float) -> str:
        """Return the reply; if it is not there in time, withdraw the step, put the push on disk and stay silent.

        「没有登记成功」 is said only where both were withdrawn for sure before they could be committed.
        """
        if not conversation.matters(push):
            return SILENT
        if self.budget.full_for(_citizen(push)):
            return await self._put_aside(push, arrived + LAST_MOMENT)
        turn = Turn()
        work = asyncio.create_task(self._work(push, turn))
        work.add_done_callback(_seen)
        await _wait(work, arrived + IN_TIME)
        if _ended_well(work):
            return work.result()
        if not turn.withdraw():  # it is being committed at this very moment, or nobody knows whether it was
            await _wait(work, arrived + LAST_MOMENT)
            return work.result() if _ended_well(work) else words.UNKNOWN
        if work.done() and not isinstance(work.exception(), Unusable | OSError):
            return words.BUSY  # an error of ours: the same again would end the same
        work.cancel()  # it may still stand in its line
        return await self._put_aside(push, arrived + LAST_MOMENT)

    async def _put_aside(self, push: Push, until: float) -> str:
        if self.aside.waiting >= MOST_ASIDE:
            return words.BUSY
        turn = Turn()
        aside = asyncio.create_task(self.aside.answer(push, turn))
        aside.add_done_callback(_seen)
        await _wait(aside, until)
        if _ended_well(aside):
            log.warning("wechat.late", kind=push.kind)
            return SILENT
        return words.BUSY if turn.withdraw() else words.UNKNOWN

    async def _work(self, push: Push, turn: Turn) -> str:
        async with self.budget.place(_citizen(push)):
            return await self.company.answer(push, turn)

    def _response(self, push: Push, said: str, nonce: str) -> Response:
        if not said:
            return Response("success", media_type="text/plain")
        now = self.workplace.clock()
        xml = parsing.passive(push, said, now)
        if push.account.aes_key:
            xml = parsing.sealed_reply(push, xml, nonce, now)
        return Response(xml, media_type="application/xml")


def doors(
    workplace: Workplace, accounts: tuple[Account, ...], judge: Judge, *, var: Path = Path("var")
) -> dict[str, ASGIApp]:
    """Return what answers at `/wechat` (the first account) and at `/wechat/<name>` (each account that has one)."""
    own = replace(workplace, threads=ThreadPoolExecutor(PUSHES_AT_ONCE, "push"))
    beside = replace(workplace, threads=ThreadPoolExecutor(ASIDE_AT_ONCE, "aside"))
    safety = safety_text(var)
    ahead = Beforehand(judge)

    def answer(desk: Desk, arrivals: Sequence[Arrival]) -> list[str]:
        ahead.own_numbers = desk.own_numbers
        return conversation.answer_all(desk, arrivals, safety)

    door = PushDoor(own, Company(own, answer, Judging(ahead)), Company(beside, _hold))
    paths = dict(zip(("/wechat",), accounts, strict=False))
    paths |= {f"/wechat/{account.name}": account for account in accounts if account.name}
    return {path: _at(door, account) for path, account in paths.items()}


def _at(door: PushDoor, account: Account) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        if request.method == "POST":
            response = await door.push(account, request)
        elif request.method in ("GET", "HEAD"):
            response = await door.verify(account, request)
        else:
            response = Response(status_code=405, headers={"Allow": "GET, HEAD, POST"})
        await response(scope, receive, send)

    return answer


def _hold(desk: Desk, arrivals: Sequence[Arrival]) -> list[str]:
    for arrival in arrivals:
        late.hold(desk, arrival.push)
    return [SILENT] * len(arrivals)


def _citizen(push: Push) -> tuple[str, str]:
    return push.account.app_id, push.openid


async def _body(request: Request) -> bytes:
    """Read the body chunk by chunk; never more than the limit is held. Raises: TooLarge."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise TooLarge
    return bytes(body)


async def _wait(task: "asyncio.Task[Any]", until: float) -> None:
    """Wait for a task to end, however it ends, no longer than until this moment of the steady clock."""
    await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))


def _ended_well(task: "asyncio.Task[Any]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _seen(task: "asyncio.Task[Any]") -> None:
    """Note how a task ended that nobody may be waiting for any more."""
    if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, Withdrawn):
        log.error("wechat.step", error=_where(error))


def _where(error: BaseException) -> str:
    """Name an error and its place; its own words may hold a citizen's text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
