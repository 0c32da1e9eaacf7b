"""How an answer reaches its citizen, comments, and the alerts of the watch: one program, seen from outside."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo.fake_wechat import FakeWeChat
from sla.calendar import WorkCalendar, shipped_years
from tests.fakes.telegram import Post
from tests.flow.program import HANDLERS, SUPERVISORS, Office, office, until

ANSWER = "您好，路灯已于今天上午修好，请放心通行。"
OWN_MOBILE = "13900001111"
CUSTOM, TEMPLATE = "message/custom/send", "message/template/send"
CITIZENS = (f"delivery-citizen-{n}" for n in range(1000))
CALENDARS = Path(__file__).parents[2] / "sla" / "calendars"
TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("delivery")
    settings = {
        "AUTO_ANSWER": "false",
        "SEMANTIC": "off",
        "WECHAT_TEMPLATE_ID": "tpl",
        "WECHAT_TEMPLATE_FIELDS": "no:character_string1,title:thing2,date:time3",
        "WECHAT_COMMENT_POLL_SECONDS": "1",
    }
    with office(folder, **settings) as opened:
        opened.program.start()
        opened.register_staff()
        opened.program.run("article", "add", "2247483650", "--index", "1")
        opened.wechat.add_article("2247483650", 1)
        opened.program.run("department", "add", "城管局", "--phone", OWN_MOBILE)
        yield opened


def ask(here: Office) -> tuple[str, str]:
    citizen = next(CITIZENS)
    receipt = here.write(citizen, f"小区的路灯坏了两个月没人修，{citizen[-1]}号楼前")
    found = re.search(r"\d{8}-\d{4,}", receipt)
    assert found, receipt
    return found.group(), citizen


def answer(here: Office, no: str, text: str = ANSWER) -> Post:
    """Claim, draft and pass; returns the case's card."""
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    pass_text(here, no, card, text)
    return card


def pass_text(here: Office, no: str, to: Post, text: str) -> None:
    here.telegram.say(here.HANDLER, text, chat=int(to.chat_id), reply_to=to.message_id)
    review = until(
        lambda: next(
            (p for p in here.telegram.in_chat(HANDLERS, no) if "通过" in p.labels and text[:8] in p.text),
            None,
        )
    )
    here.press(here.REVIEWER, review, "通过")


def state(here: Office, no: str) -> str:
    return str(next(d for d in here.program.show(no)["deliveries"] if d["kind"] == "answer")["state"])


def sent(wechat: FakeWeChat, citizen: str, kind: str = "text") -> list[str]:
    return [each.text for each in wechat.inbox.get(citizen, []) if each.kind == kind]


def test_an_answer_goes_by_customer_message(here: Office) -> None:
    no, citizen = ask(here)
    answer(here, no)
    until(lambda: any(ANSWER in text and no in text for text in sent(here.wechat, citizen)))
    until(lambda: "已送达" in here.card(no, "更正").text)
    assert state(here, no) == "sent"


@pytest.mark.parametrize("trouble", [{"code": -1}, {"status": 502}, {"code": 45011}])
def test_a_failed_sending_is_tried_again_within_ten_seconds(here: Office, trouble: dict[str, int]) -> None:
    no, citizen = ask(here)
    here.wechat.trouble(CUSTOM, **trouble)
    answer(here, no)
    until(lambda: sent(here.wechat, citizen), 12)
    assert len(sent(here.wechat, citizen)) == 1


def test_with_the_window_shut_a_template_says_that_the_answer_is_there(here: Office) -> None:
    no, citizen = ask(here)
    here.wechat.trouble(CUSTOM, code=45015)
    answer(here, no)
    until(lambda: any(no in text for text in sent(here.wechat, citizen, "template")))
    assert sent(here.wechat, citizen) == []
    until(lambda: state(here, no) == "notified")
    assert ANSWER in here.write(citizen, f"查询 {no}")


def test_without_any_way_the_answer_waits_for_the_next_passive_reply(here: Office) -> None:
    no, citizen = ask(here)
    here.wechat.trouble(CUSTOM, code=45015)
    here.wechat.trouble(TEMPLATE, code=47003)
    card = answer(here, no)
    until(lambda: "待送达" in card.text)
    assert state(here, no) == "waiting"
    assert ANSWER in here.write(citizen, "查询")
    assert state(here, no) == "handed_over"
    assert ANSWER not in here.write(citizen, "帮助")
    assert here.wechat.inbox.get(citizen, []) == []


def test_who_unfollowed_gets_the_answer_on_coming_back(here: Office) -> None:
    no, citizen = ask(here)
    here.wechat.unfollow(citizen)
    card = answer(here, no)
    until(lambda: "待送达" in card.text)
    assert ANSWER in here.write(citizen, "你好")


def test_a_comment_is_a_case_and_the_answer_its_public_reply(here: Office) -> None:
    article = here.wechat.articles["2247483650", 1]
    written = here.wechat.comment(article, "文章里说的路灯还是坏的，两个月没人修", "reader-1")
    card = here.card("文章里说的路灯", "认领")
    found = re.search(r"\d{8}-\d{4,}", card.text)
    assert found
    no = found.group()
    here.press(here.HANDLER, card, "认领")
    for private in ("请打13812345678", "身份证11010519491231002X", "卡号6222021234567890123"):
        message = here.telegram.say(
            here.HANDLER, f"您好，{private}。", chat=HANDLERS, reply_to=card.message_id
        )
        line = until(lambda message=message: [p for p in here.telegram.posts if p.reply_to == message])[-1]
        assert "个人信息" in line.text
    here.press(here.HANDLER, card, "追问")
    asked = until(lambda: [p for p in here.telegram.in_chat(HANDLERS, no) if p.force_reply])[-1]
    pass_text(here, no, asked, "请问是哪条路上的路灯？")
    until(lambda: written.reply == "请问是哪条路上的路灯？")
    text = f"您好，路灯已修好。咨询可拨打12345、4001234567或{OWN_MOBILE}。"
    pass_text(here, no, card, text)
    until(lambda: written.reply == text)
    shown = until(lambda: (s := here.program.show(no))["deliveries"][-1]["state"] == "posted" and s)
    assert (shown["channel"], shown["status"]) == ("comment", "answered")


def test_due_soon_and_overdue_are_told_once_each(here: Office) -> None:
    calendar, notice = WorkCalendar(shipped_years()), CALENDARS / f"{TODAY.year}.toml"
    works = calendar.is_workday(TODAY)
    if (
        calendar.reason(TODAY) == "周末" and notice.is_file()
    ):  # nothing falls due on it: call it a working day
        file = here.program.folder / "year.toml"
        text = notice.read_text("utf-8").replace("workdays = [", f"workdays = [\n    {TODAY},")
        file.write_text(text, "utf-8")
        here.program.run("calendar", "import", str(file))
        works = True
    now = datetime.now(UTC)
    rows = [
        {
            "channel": "wechat",
            "openid": f"imported-{back}",
            "text": f"感谢民警{back}号帮我找回了钱包",
            "received_at": (now - timedelta(days=back)).isoformat(),
            "category": "praise",
        }
        for back in (0, 4, 5, 6, 7, 8, 9, 20)
    ]
    file = here.program.folder / "old.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    numbers = here.program.run("case", "import", str(file))["numbers"]
    listed = {case["no"]: case for case in here.program.cases("open") if case["no"] in numbers}
    assert len(listed) == len(rows)
    today = [no for no, case in listed.items() if date.fromisoformat(case["due_on"]) == TODAY]
    late = [no for no, case in listed.items() if case["overdue"]]
    assert late and bool(today) == works and not set(today) & set(late)

    def told(no: str, word: str) -> list[str]:
        lines = [line for p in here.telegram.in_chat(SUPERVISORS, no) for line in p.text.splitlines()]
        return [line for line in lines if no in line and f"【{word}】" in line]

    for no in numbers:
        until(lambda no=no: here.telegram.in_chat(HANDLERS, no))
    until(lambda: all(told(no, "逾期") for no in late) and all(told(no, "即将到期") for no in today))
    assert {case["no"] for case in here.program.cases("overdue")} >= set(late)  # some sweeps later
    assert all(len(told(no, "逾期")) == (no in late) for no in numbers)
    assert all(len(told(no, "即将到期")) == (no in today) for no in numbers)


def test_what_failed_is_tried_again_at_the_start_and_an_unverified_account_lets_answers_wait(
    here: Office,
) -> None:
    no, citizen = ask(here)
    here.wechat.trouble(CUSTOM, code=-1, times=50)
    answer(here, no)
    until(lambda: here.wechat.calls.count(f"/cgi-bin/{CUSTOM}") and state(here, no) == "pending")
    here.program.stop()
    here.wechat.troubles.clear()
    here.program.start()
    until(lambda: sent(here.wechat, citizen), 8)

    here.program.stop()
    for name in ("WECHAT_TEMPLATE_ID", "WECHAT_TEMPLATE_FIELDS"):
        del here.program.settings[name]
    here.program.settings["WECHAT_CUSTOMER_MESSAGES"] = "false"
    here.program.start()
    no, citizen = ask(here)
    card = answer(here, no)
    until(lambda: "待送达" in card.text)
    assert here.wechat.inbox.get(citizen, []) == []
    assert ANSWER in here.write(citizen, "查询")
    assert state(here, no) == "handed_over"
    assert here.program.run("audit", "verify")["ok"]
