"""An office with three departments and six colleagues over a real SQLite file, and its chat over real HTTP."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiogram.client.session import aiohttp as bot_session

from bot.handler_chat.telegram.chat import TelegramChat, TelegramConfig
from bot.handler_chat.wecom.chat import WecomChat
from cases.register import people, register
from cases.register.desk import Desk, Office, Workplace
from cases.register.tables import Case, Staff
from cases.register.vault import Vault
from cases.steps import draft, receive
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match
from sla.calendar import WorkCalendar, shipped_years
from sla.policy import load_policy
from tests import builders
from tests.fakes import prompt
from tests.fakes.telegram import TOKEN, FakeTelegram

HANDLERS, SUPERVISORS, WATER, ROADS = -1001, -1002, -1003, -1004
ZHANG, LI, WANG, ZHAO, QIAN, CHEN = 11, 12, 13, 14, 15, 16  # Telegram ids
STRANGER = 99
prompt.without_naps(bot_session)


def judge(text: str) -> Triage:
    """A judge by plain words: what the model makes of a text is tested elsewhere."""
    category = "complaint" if "投诉" in text else "praise" if "感谢" in text else "advice_inquiry"
    topic = "城乡建设" if "水" in text else "交通运输" if "路" in text else ""
    return Triage(
        category=category,
        confidence=0.87,
        needs_review="是否" in text,
        topic=topic,
        urgent="跳楼" in text,
        sensitive=False,
        accusation="举报科长" in text,
        chitchat=False,
        ad=False,
        procedure="",
        reasons=("提到跳楼",) if "跳楼" in text else (),
    )


@dataclass
class Bureau:
    """The office under test."""

    workplace: Workplace
    staff: dict[int, int]
    minutes: timedelta = field(default_factory=timedelta)
    citizens: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def letter(self, text: str, openid: str = "", **more: object) -> str:
        """A citizen writes; returns the case's number."""
        openid = openid or f"citizen{next(self.citizens)}"

        def step(desk: Desk) -> str:
            incoming = receive.Incoming("gh_1", openid, text, desk.now, **more)  # type: ignore[arg-type]
            outcome = receive.receive(desk, incoming, judge(text))
            return outcome.case.no  # type: ignore[union-attr]

        return self.workplace.act(step)

    def case(self, no: str) -> Case:
        return self.workplace.look(lambda desk: register.by_number(desk, no))

    def drafts(self, no: str) -> list[str]:
        def read(desk: Desk) -> list[str]:
            from sqlmodel import col, select

            from cases.register.tables import Draft

            case = register.by_number(desk, no)
            rows = desk.session.exec(select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.id)))
            return [f"{row.purpose}:{row.state}" for row in rows]

        return self.workplace.look(read)

    def act(self, account: int, step: Callable[[Desk, Staff], object]) -> None:
        self.workplace.act(lambda desk: step(desk, people.staff_by_id(desk, self.staff[account])))

    def submit(self, account: int, no: str, text: str) -> None:
        self.act(account, lambda d, staff: draft.submit(d, staff, register.by_number(d, no), text))

    def later(self, **by: float) -> None:
        self.minutes += timedelta(**by)


START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai


def make_bureau(path: Path, review_levels: int = 1) -> Bureau:
    store = builders.a_store(path)
    calendar = WorkCalendar(shipped_years())
    office = Office(
        zone=ZoneInfo("Asia/Shanghai"),
        vault=Vault(b"k" * 32),
        policy=load_policy(),
        calendar=lambda: calendar,
        triage=judge,
        match=lambda _text: None,
        review_levels=review_levels,
    )
    bureau = Bureau(Workplace(store, office, lambda: START), {})
    began = time.monotonic()

    def now() -> datetime:
        return START + bureau.minutes + timedelta(seconds=time.monotonic() - began)

    bureau.workplace = Workplace(store, office, now)
    bureau.workplace.act(lambda desk: _people(desk, bureau))
    return bureau


def _people(desk: Desk, bureau: Bureau) -> None:
    people.add_department(desk, "供水公司", "城乡建设", str(WATER))
    people.add_department(desk, "公路局", "交通运输", str(ROADS))
    people.add_department(desk, "民政局", "民政")
    for account, name, role, department in (
        (ZHANG, "张三", "handler", ""),
        (LI, "李四", "reviewer", ""),
        (WANG, "王五", "supervisor", ""),
        (ZHAO, "赵六", "handler", "供水公司"),
        (QIAN, "钱七", "reviewer", "供水公司"),
        (CHEN, "陈八", "supervisor", "供水公司"),
    ):
        new = people.NewStaff(name, role, department, telegram_id=str(account), wecom_id=f"u{account}")
        bureau.staff[account] = people.add_staff(desk, new).id or 0


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    made = make_bureau(tmp_path / "huiyin.db")
    yield made
    made.workplace.store.close()


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


def config(telegram: FakeTelegram, per_minute: int = 0, **more: str) -> TelegramConfig:
    return TelegramConfig(
        token=TOKEN,
        api_base=telegram.base,
        handler_chat_id=str(HANDLERS),
        supervisor_chat_id=str(SUPERVISORS),
        group_per_minute=per_minute,
        **more,
    )


def nothing(_text: str, _top: int, _account: str | None) -> list[Match]:
    return []


@contextlib.asynccontextmanager
async def running(door: TelegramChat | WecomChat) -> AsyncIterator[None]:
    """Let the door work as a server does: updates taken, the lane drained."""

    async def drain() -> None:
        while True:
            pause = await door.drain()
            await asyncio.sleep(min(pause, 0.02))

    tasks = [asyncio.create_task(drain())]
    if isinstance(door, TelegramChat):
        tasks.append(asyncio.create_task(door.poll()))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await door.close()


@pytest.fixture
async def chat(bureau: Bureau, telegram: FakeTelegram) -> AsyncIterator[TelegramChat]:
    door = TelegramChat(bureau.workplace, config(telegram), nothing)
    async with running(door):
        yield door
