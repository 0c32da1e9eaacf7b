"""What handlers do, once for every chat: Telegram, 企业微信 by buttons and by words, and the demo's own chat.

One program a platform, reached by its outside face alone; the demo, which takes longest to start, starts first.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import telegram, wecom
from tests.flow import on_telegram, on_wecom
from tests.flow.demo_chat import Demo, OnDemo
from tests.flow.office_chats import Chat, NeverHappens
from tests.flow.on_telegram import OnTelegram
from tests.flow.on_wecom import OnWecom, OnWecomCards
from tests.flow.program import HANDLERS, Program

HANDLER, COLLEAGUE, REVIEWER, LEADER, STRANGER = "王芳", "赵敏", "李强", "孙局", "路人"
LEAVERS = ("周新", "吴双")  # of the buttons, and of the words
STAFF = {HANDLER: "handler", COLLEAGUE: "handler", REVIEWER: "reviewer", LEADER: "supervisor"}
STAFF |= dict.fromkeys(LEAVERS, "handler")
NUMBERS = {name: 71 + place for place, name in enumerate([*STAFF, STRANGER])}
WORKS = "城管局"
ANSWER = "您好，窗口每个工作日九点开门，请带身份证前来。"
CASES = 16  # for each chat
NO_RIGHT = "您没有使用权限。"


@dataclass
class Room:
    """A chat at work. `ends` gathers what the register must say at the end."""

    chat: Chat
    office: Program
    numbers: list[str]
    words: bool = False
    ends: dict[str, dict[str, str]] = field(default_factory=dict)

    def case(self, **ends: str) -> str:
        no = self.numbers.pop()
        self.ends[no] = ends
        return no

    def claimed(self, who: str = HANDLER, **ends: str) -> str:
        no = self.case(**ends)
        self.chat.claim(who, no)
        self.chat.claimed(who, no)
        return no

    def drafted(self, who: str = HANDLER, text: str = ANSWER, **ends: str) -> str:
        no = self.claimed(who, **ends)
        self.chat.draft(who, no, text)
        self.chat.seen(REVIEWER, "【待审核】", no)
        return no


def settle_in(office: Program, chat: Chat, group: list[str], cases: int = CASES) -> list[str]:
    """Register the staff, a department and letters, by the command line; return the cases' numbers."""
    letters = office.folder / "letters.jsonl"
    now = datetime.now(UTC).isoformat()
    with letters.open("w", encoding="utf-8") as file:
        for n in range(cases):
            text = f"第{n + 1}封信：请问贵单位的对外窗口几点开门，需要带什么东西"
            row = {"channel": "wechat", "account": "gh_1", "openid": f"citizen-{n}", "text": text}
            file.write(json.dumps({**row, "received_at": now, "category": "advice_inquiry"}) + "\n")
    commands = [["department", "add", WORKS, *group]]
    for name, role in STAFF.items():
        commands.append(["staff", "add", "--name", name, "--role", role, *chat.account(name)])
    for words in commands:
        office.plain(*words)
    found: list[str] = office.run("case", "import", str(letters))["numbers"]
    return found


@dataclass
class Offices:
    """The three programs, each being made ready while the tests of another run."""

    telegram: Future[Room]
    wecom: Future[tuple[wecom.FakeWecom, Program, list[str]]]
    demo: Demo


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    folders = [tmp_path_factory.mktemp(name) for name in ("telegram", "wecom", "demo")]
    with ExitStack() as stack:
        demo = Demo(folders[2])
        stack.callback(demo.stop)
        maker = stack.enter_context(ThreadPoolExecutor(1))
        first = maker.submit(_on_telegram, stack, folders[0])
        yield Offices(first, maker.submit(_on_wecom, stack, folders[1]), demo)


@pytest.fixture(scope="module", params=["telegram", "wecom", "wecom-words", "demo"])
def here(request: pytest.FixtureRequest, offices: Offices) -> Room:
    if request.param == "telegram":
        return offices.telegram.result()
    if request.param == "demo":
        return _on_demo(offices.demo)
    fake, office, numbers = offices.wecom.result()
    words = request.param == "wecom-words"
    mine = numbers[CASES:] if words else numbers[:CASES]
    return Room((OnWecom if words else OnWecomCards)(fake, office, _accounts()), office, mine, words)


def _settings(chat: dict[str, str]) -> dict[str, str]:
    more = {
        "SEMANTIC": "off",
        "AUTO_ANSWER": "false",
        "SWEEP_SECONDS": "60",
        "TELEGRAM_GROUP_PER_MINUTE": "0",
    }
    return {**more, **chat}


def _accounts() -> dict[str, str]:
    return {name: f"user{number}" for name, number in NUMBERS.items()}


def _on_telegram(stack: ExitStack, folder: Path) -> Room:
    fake = stack.enter_context(telegram.FakeTelegram())
    office = Program(folder, _settings(on_telegram.telegram_settings(fake, HANDLERS)))
    chat = OnTelegram(fake, NUMBERS)
    numbers = settle_in(office, chat, ["--chat-id", str(HANDLERS - 10)])
    stack.callback(office.end)
    office.start()
    return Room(chat, office, numbers)


def _on_wecom(stack: ExitStack, folder: Path) -> tuple[wecom.FakeWecom, Program, list[str]]:
    fake = stack.enter_context(wecom.FakeWecom())
    office = Program(folder, _settings(on_wecom.wecom_settings(fake)))
    numbers = settle_in(office, OnWecom(fake, office, _accounts()), [], CASES * 2)
    stack.callback(office.end)
    office.start()
    return fake, office, numbers


def _on_demo(demo: Demo) -> Room:
    chat = OnDemo(demo.ready(), NUMBERS)
    office = demo.office
    return Room(chat, office, settle_in(office, chat, ["--chat-id", str(HANDLERS - 10)]))


def test_of_two_claims_one_wins(here: Room) -> None:
    no = here.case(status="claimed")
    held = here.chat.hold("认领", no)
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda who: here.chat.presses(who, held), (HANDLER, COLLEAGUE)))
    assert sum(f"已认领 {no}" in words for words in said) == 1
    assert sum("认领" in words and "本件已" in words for words in said) == 1


def test_a_draft_is_passed_by_another(here: Room) -> None:
    no = here.case(status="answered", handler=HANDLER)
    here.chat.claim(HANDLER, no)
    here.chat.claimed(HANDLER, no)
    assert "其他同事" in here.chat.draft_refused(COLLEAGUE, no, ANSWER)
    here.chat.draft(HANDLER, no, ANSWER)
    here.chat.seen(REVIEWER, "【待审核】", no)
    assert "审核人权限" in here.chat.tries(COLLEAGUE, "通过", no)
    held = here.chat.hold("通过", no)
    here.chat.approve(REVIEWER, no, "")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")
    said = here.chat.presses(LEADER, held)
    assert "失效" in said or "没有等待审核" in said


def test_a_new_draft_replaces_the_one_under_review(here: Room) -> None:
    no = here.drafted(text="您好，这是第一稿。", status="answered")
    old = here.chat.hold("通过", no)
    here.chat.draft(HANDLER, no, "您好，这是第二稿。")
    here.chat.seen(REVIEWER, "【待审核】", no, "第二稿")
    if not here.words:  # a word always means the text that was shown last
        assert "失效" in here.chat.presses(REVIEWER, old)
    here.chat.approve(REVIEWER, no, "第 2 稿")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")


def test_nobody_passes_their_own_draft(here: Room) -> None:
    no = here.drafted(REVIEWER, status="in_review", handler=REVIEWER)
    assert "自己起草" in here.chat.tries(REVIEWER, "通过", no)


def test_a_draft_is_sent_back_with_a_reason(here: Room) -> None:
    no = here.drafted(status="answered")
    assert "权限" in here.chat.tries(COLLEAGUE, "退回", no)
    here.chat.send_back(REVIEWER, no, "请写明窗口的地址")
    here.chat.seen(HANDLER, no, "请写明窗口的地址")
    here.chat.draft(HANDLER, no, "您好，窗口在人民路一号，九点开门。")
    here.chat.seen(REVIEWER, "【待审核】", no, "人民路一号")
    here.chat.approve(REVIEWER, no, "第 2 稿")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")


def test_a_change_of_category_takes_effect_at_once(here: Room) -> None:
    no = here.case(status="new", category="complaint")
    here.chat.reclassify(COLLEAGUE, no, "投诉求助")
    here.chat.seen(HANDLER, no, "投诉求助（100%）")


def test_more_time_needs_the_supervisors_consent(here: Room) -> None:
    no = here.claimed(status="claimed")
    here.chat.extend(HANDLER, no, "需要与物业核对开门时间")
    here.chat.seen(LEADER, "【延期申请】", no)
    assert "督办人权限" in here.chat.tries(REVIEWER, "同意延期", no)
    here.chat.consent(LEADER, no)
    here.chat.seen(LEADER, "【延期申请】", no, f"已同意（{LEADER}）")


def test_a_transfer_offers_the_case_anew(here: Room) -> None:
    no = here.claimed(status="claimed", department=WORKS, handler=COLLEAGUE)
    here.chat.transfer(HANDLER, no, WORKS)
    here.chat.seen(COLLEAGUE, no, "待认领", WORKS)
    here.chat.claim(COLLEAGUE, no)
    here.chat.claimed(COLLEAGUE, no)
    assert "其他同事" in here.chat.draft_refused(HANDLER, no, ANSWER)


def test_a_question_to_the_citizen_keeps_the_case_open(here: Room) -> None:
    no = here.claimed(status="claimed", handler=HANDLER)
    here.chat.ask(HANDLER, no, "请问您要办的是哪一项业务？")
    here.chat.seen(REVIEWER, "【待审核】", no, "哪一项业务")
    here.chat.approve(REVIEWER, no, "追问")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")


def test_a_refusal_closes_after_its_review(here: Room) -> None:
    no = here.claimed(status="refused")
    here.chat.refuse(HANDLER, no, "该事项与您此前来信重复。")
    here.chat.seen(REVIEWER, "【待审核】", no, "此前来信重复")
    here.chat.approve(REVIEWER, no, "不予受理")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")


def test_a_sent_answer_is_corrected(here: Room) -> None:
    no = here.drafted(status="answered")
    here.chat.approve(REVIEWER, no, "")
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")
    here.chat.correct(HANDLER, no, "更正：窗口每个工作日八点半开门。")
    here.chat.seen(REVIEWER, "【待审核】", no, "八点半开门")
    here.chat.approve(REVIEWER, no, "更正")
    here.chat.seen(REVIEWER, no, "更正（第 2 稿） 已通过")


def test_a_stranger_is_refused_and_learns_nothing(here: Room) -> None:
    no = here.case(status="new", handler="")
    assert here.chat.tries(STRANGER, "认领", no) == NO_RIGHT
    assert here.chat.draft_refused(STRANGER, no, ANSWER) == NO_RIGHT


def test_disabled_staff_are_refused_at_once(here: Room) -> None:
    leaver = LEAVERS[here.words]
    no = here.claimed(leaver, status="new", handler="")  # what a leaver had in hand is free at once
    here.office.run("staff", "disable", leaver)
    assert here.chat.tries(leaver, "追问", no) == NO_RIGHT
    assert here.chat.draft_refused(leaver, no, ANSWER) == NO_RIGHT


def test_what_is_delivered_twice_is_acted_on_once(here: Room) -> None:
    no = here.claimed(status="answered", handler=HANDLER)
    try:
        here.chat.again()
        here.chat.draft(HANDLER, no, ANSWER)
        here.chat.seen(REVIEWER, "【待审核】", no)
        here.chat.again()
    except NeverHappens as why:
        here.ends[no] = {}
        pytest.skip(str(why))
    here.chat.approve(REVIEWER, no, "")
    here.chat.again()
    here.chat.seen(REVIEWER, no, f"已通过（{REVIEWER}）")
    assert not here.chat.saw(REVIEWER, no, "第 2 稿")


def test_the_register_says_the_same(here: Room) -> None:
    cases: dict[str, dict[str, Any]] = {case["no"]: case for case in here.office.cases()}
    wrong = {
        no: (name, cases[no][name]) for no, ends in here.ends.items() for name, end in ends.items()
        if cases[no][name] != end
    }  # fmt: skip
    assert not wrong
