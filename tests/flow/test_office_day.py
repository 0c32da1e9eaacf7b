"""A full office day over real HTTP: six staff, three departments, sixty cases, two levels of review; a colleague
leaves, the platforms fail in between. Every case ends where it should, and every answer arrives once."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.fake_wechat import FakeWeChat
from tests.fakes import telegram, wechat, wecom
from tests.flow import on_telegram, on_wecom
from tests.flow.office_chats import PATIENCE, Chat
from tests.flow.on_telegram import OnTelegram
from tests.flow.on_wecom import OnWecom
from tests.flow.program import AES_KEY, APP_ID, HANDLERS, TOKEN, Program, until

CITIZENS = 59  # one of them writes twice, and the second message is split off: sixty cases
BUILDING, TRANSPORT, SCHOOLS = "城建局", "交通局", "教育局"
TOPICS = {BUILDING: "城乡建设", TRANSPORT: "交通运输", SCHOOLS: "教育文体"}
LETTERS = {
    BUILDING: "第{}小区的路灯坏了一个多月没人修，晚上走路看不见，请尽快修复",
    TRANSPORT: "{}路公交车总是晚点，早高峰等了半小时，请增加班次",
    SCHOOLS: "第{}幼儿园乱收费，开学要交各种费用，请教育局查处",
}
HANDLER = {BUILDING: "王芳", TRANSPORT: "赵敏", SCHOOLS: "钱伟"}
LEAVING, HEIR, REVIEWER, LEADER = "钱伟", "周洁", "李强", "孙局"
STAFF = (
    ("王芳", "handler", BUILDING), ("赵敏", "handler", TRANSPORT), (LEAVING, "handler", SCHOOLS),
    (HEIR, "handler", SCHOOLS), (REVIEWER, "reviewer", ""), (LEADER, "supervisor", ""),
)  # fmt: skip
FIRST, SECOND = "初审 1/2", "复审 2/2"


@dataclass
class Day:
    """The office between its stand-ins. `no` holds the citizens' case numbers, in the order of their writing."""

    program: Program
    chat: Chat
    wechat: FakeWeChat
    no: list[str] = field(default_factory=list)
    holder: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)  # case → the words that end it
    owner: dict[str, str] = field(default_factory=dict)  # case → the citizen

    def write(self, who: str, text: str) -> str:
        self.wechat.wrote(who)
        found = re.search(r"\d{8}-\d{4,}", self.program.write(who, text))
        assert found is not None
        self.owner.setdefault(found.group(), who)
        return found.group()

    def claim_and_draft(self, no: str, who: str, text: str = "") -> None:
        self.answers[no] = text or f"您好，{no} 反映的问题已经派人到现场核实处理完毕，感谢监督。"
        self.chat.claim(who, no)
        self.chat.draft(who, no, self.answers[no])

    def approve(self, numbers: Iterable[str]) -> None:
        """Both levels, each over all cases before the next one: as a morning's pile is worked off."""
        pile = list(numbers)
        for no in pile:
            self.chat.approve(REVIEWER, no, FIRST)
        for no in pile:
            self.chat.approve(LEADER, no, SECOND)

    def listed(self) -> dict[str, dict[str, Any]]:
        return {case["no"]: case for case in self.program.cases()}


@contextmanager
def _platform(name: str, folder: Path) -> Iterator[Day]:
    public = FakeWeChat(clock=lambda: datetime.now(UTC), app_id=APP_ID, secret="app-secret")
    settings = {
        "WECHAT_APP_ID": APP_ID, "WECHAT_APP_SECRET": "app-secret", "WECHAT_TOKEN": TOKEN, "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_COMMENT_POLL_SECONDS": "0", "SWEEP_SECONDS": "5", "REVIEW_LEVELS": "2", "SEMANTIC": "off",
        "MERGE_WINDOW_SECONDS": "3600", "TELEGRAM_GROUP_PER_MINUTE": "0",
    }  # fmt: skip
    names = [staff[0] for staff in STAFF]
    with wechat.serving_fake(public) as address:
        program = Program(folder, {**settings, "WECHAT_API_BASE": address})
        try:
            if name == "telegram":
                with telegram.FakeTelegram() as fake:
                    program.settings |= on_telegram.telegram_settings(fake, HANDLERS)
                    chat = OnTelegram(fake, {who: 21 + n for n, who in enumerate(names)})
                    yield Day(program, chat, public)
                    program.end()
            else:
                with wecom.FakeWecom() as fake_wecom:
                    program.settings |= on_wecom.wecom_settings(fake_wecom)
                    people = {who: f"user{n}" for n, who in enumerate(names)}
                    yield Day(program, OnWecom(fake_wecom, program, people), public)
                    program.end()
        finally:
            program.end()


@pytest.fixture(params=["telegram", "wecom"])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Day]:
    with _platform(request.param, tmp_path) as office:
        _settle_in(office, request.param)
        yield office


def _settle_in(day: Day, platform: str) -> None:
    for place, (name, topic) in enumerate(TOPICS.items()):
        group = ["--chat-id", str(HANDLERS - 10 - place)] if platform == "telegram" else []
        day.program.run("department", "add", name, "--topics", topic, *group)

    def hire(staff: tuple[str, str, str]) -> None:
        who, role, department = staff
        where = ["--department", department] if department else []
        day.program.run("staff", "add", "--name", who, "--role", role, *where, *day.chat.account(who))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hire, STAFF))
    day.program.start()


def _letters_arrive(day: Day) -> None:
    places = list(LETTERS)
    for n in range(CITIZENS):
        day.no.append(day.write(f"citizen-{n}", LETTERS[places[n % 3]].format(n + 1)))
    assert len(set(day.no)) == CITIZENS
    departments = {no: case["department"] for no, case in day.listed().items()}
    assert [departments[no] for no in day.no] == [places[n % 3] for n in range(CITIZENS)]
    day.holder = {no: HANDLER[departments[no]] for no in day.no}


def test_a_full_office_day(day: Day) -> None:
    _letters_arrive(day)
    chat, no = day.chat, day.no
    moved, longer, returned = no[0:6:3], no[1], no[4]  # 城建局's and 交通局's
    refused, left = no[7:16:3], no[2:15:3]  # 交通局's, and what the leaving colleague has
    lead, linked, shared, joined, other = no[18], [no[21], no[24]], no[27], no[30], no[33]
    special = {*moved, longer, returned, *refused, *left, lead, *linked, shared, joined, other}
    plain = [each for each in no if each not in special]

    for each in plain[:20]:
        day.claim_and_draft(each, day.holder[each])
    chat.fails()
    for each in plain[20:]:
        day.claim_and_draft(each, day.holder[each])

    for each in moved:  # 转办: the other department answers
        chat.transfer("王芳", each, TRANSPORT)
    for each in left:
        chat.claim(LEAVING, each)
    for each in refused:
        chat.claim("赵敏", each)
        day.answers[each] = f"{each} 反映的线路由省级部门管理，不属于本单位职责范围，请向省交通厅反映。"
        chat.refuse("赵敏", each, day.answers[each])
    chat.claim("赵敏", longer)
    chat.extend("赵敏", longer, "需要与公交公司会商线路调整方案")
    chat.consent(LEADER, longer)
    chat.claim("王芳", lead)
    for each in linked:
        chat.order("王芳", f"并案 {each} {lead}", f"已并入 {lead}")
    chat.claim("王芳", shared)
    chat.order("王芳", f"协办 {shared} {TRANSPORT} 请核实路灯电源归属", f"已请{TRANSPORT}协办")
    chat.seen("赵敏", "【协办】", shared)
    chat.order("赵敏", f"协办意见 {shared} 电源由我局公交站台供电，已恢复。", "已交主办部门")
    chat.seen("王芳", shared, "电源由我局公交站台供电")

    assert day.write(day.owner[joined], "另外第31幼儿园乱收费，请教育局查处") == joined
    chat.order("王芳", f"拆分 {joined} 2", "已拆分")
    chat.reclassify("王芳", other, "咨询建议")

    for each in left:
        chat.claimed(LEAVING, each)
    assert sorted(day.program.run("staff", "hand-over", "--from", LEAVING, "--to", HEIR)["moved"])[
        :5
    ] == sorted(left)
    day.program.run("staff", "disable", LEAVING)
    for each in moved:
        chat.seen("王芳", each, f"已转至{TRANSPORT}")

    for each in moved:
        day.claim_and_draft(each, "赵敏")
    for each in left:
        day.answers[each] = f"{each} 的收费已责令退还，并在园内公示收费标准。"
        chat.draft(HEIR, each, day.answers[each])
    day.answers |= {
        lead: f"{lead} 所在片区的路灯线路已更换，今晚全部亮灯。",
        shared: f"{shared} 的路灯已恢复供电。",
    }
    for each in (lead, shared):
        chat.draft("王芳", each, day.answers[each])
    day.answers[longer] = f"{longer} 线路早高峰已加开三班。"
    chat.draft("赵敏", longer, day.answers[longer])
    day.claim_and_draft(returned, "赵敏", f"{returned} 的初稿。")
    chat.send_back(REVIEWER, returned, "请写明加开的班次")
    split_off = next(each for each in day.listed() if each not in no)
    day.owner[split_off] = day.owner[joined]
    day.claim_and_draft(joined, "王芳")
    promise = f"{other} 的路灯已列入改造，我们将在5个工作日内完成安装。"
    day.claim_and_draft(other, "王芳", promise)
    day.claim_and_draft(split_off, HEIR)
    chat.seen("赵敏", returned, "请写明加开的班次")
    day.answers[returned] = f"{returned} 线路已加开 7:10、7:25、7:40 三班。"
    chat.draft("赵敏", returned, day.answers[returned])

    day.approve([*plain, *moved, *refused, *left, longer, lead, shared, joined, other, split_off])
    chat.seen(REVIEWER, returned, "7:40 三班")
    day.approve([returned])
    for each in linked:
        day.answers[each] = day.answers[lead]
    _ends_well(day, refused)
    chat.order("王芳", "我的", "5个工作日内")
    chat.order("王芳", f"兑现 {other}", "已兑现")
    chat.order("王芳", "我的", "我的在办：没有。")


def _ends_well(day: Day, refused: list[str]) -> None:
    numbers = set(day.answers)
    assert len(numbers) == CITIZENS + 1

    def arrived(no: str) -> int:
        return sum(day.answers[no] in text and no in text for text in day.wechat.texts(day.owner[no]))

    until(lambda: all(arrived(no) for no in numbers), PATIENCE)
    assert {arrived(no) for no in numbers} == {1}
    cases = day.listed()
    assert set(cases) == numbers
    ended = {no: "refused" if no in refused else "answered" for no in numbers}
    assert {no: case["status"] for no, case in cases.items()} == ended
    assert {case["handler"] for case in cases.values() if case["department"] == SCHOOLS} == {HEIR}
    assert day.program.run("audit", "verify")["ok"]
