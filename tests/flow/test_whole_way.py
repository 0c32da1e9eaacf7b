"""The way of a message, end to end, through the outside face and real HTTP to both platforms."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flow.program import SUPERVISORS, Office, office, until

QUESTION = "请问办理居住证需要带哪些材料，去哪里办？"
ANSWER = "办理居住证请带身份证和居住证明（租房合同即可），到居住地派出所办理，十五个工作日办结，不收费。"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as opened:
        yield opened


def number_in(text: str) -> str:
    found = re.search(r"\d{8}-\d{4,}", text)
    assert found, text
    return found.group()


def answer_by_chat(here: Office, no: str, text: str) -> None:
    """Claim, draft by reply, and have another person pass it."""
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    card = until(
        lambda: next((p for p in here.telegram.in_chat(int(card.chat_id), no) if "王芳" in p.text), None)
    )
    here.telegram.say(here.HANDLER, text, chat=int(card.chat_id), reply_to=card.message_id)
    review = here.card(no, "通过")
    assert "自己" in here.press(here.HANDLER, review, "通过") or "权限" in here.press(
        here.HANDLER, review, "通过"
    )
    here.press(here.REVIEWER, review, "通过")


def test_a_question_is_answered_by_people_and_the_next_time_by_itself(here: Office) -> None:
    here.program.start()
    here.register_staff()
    receipt = here.write("citizen-a", QUESTION)
    no = number_in(receipt)
    due = here.program.show(no)["due_on"]
    assert due in receipt

    answer_by_chat(here, no, ANSWER)

    until(lambda: any(ANSWER in text for text in here.wechat.texts("citizen-a")))
    shown = until(lambda: (s := here.program.show(no))["status"] == "answered" and s["deliveries"] and s)
    assert until(lambda: here.program.show(no)["deliveries"][0]["state"] == "sent")
    assert shown["on_time"] is True

    candidate = until(lambda: here.program.run("kb", "list", "--status", "candidate"))[0]
    assert candidate["answer"] == ANSWER
    here.program.run("kb", "publish", candidate["id"])

    def asked_again() -> str:
        said = here.write(f"citizen-{datetime.now(UTC).timestamp()}", QUESTION)
        return said if ANSWER in said else ""

    said = until(asked_again, 6)
    assert "自动" in said
    assert "人工" in said
    auto = here.program.show(number_in(said))
    assert auto["status"] == "auto_answered"
    assert not here.telegram.in_chat(-1001000000001, number_in(said))


def test_an_overdue_case_reaches_the_supervisors_once(here: Office) -> None:
    here.program.start()
    here.register_staff()
    no = number_in(
        here.write("citizen-b", "小区路灯坏了两个月没人修", at=datetime.now(UTC) - timedelta(days=90))
    )
    here.card(no, chat=SUPERVISORS)
    told = until(lambda: [p for p in here.telegram.in_chat(SUPERVISORS, no) if "逾期" in p.text])
    assert len(told) == 1
    assert here.program.cases("overdue")[0]["no"] == no


def test_the_same_push_again_changes_nothing(here: Office) -> None:
    here.program.start()
    first = here.write("citizen-c", QUESTION, msg_id="42")
    again = here.write("citizen-c", QUESTION, msg_id="42")
    assert first == again
    assert len(here.program.cases()) == 1


def test_a_kill_loses_and_doubles_nothing(here: Office) -> None:
    here.program.start()
    here.register_staff()
    numbers = [
        number_in(here.write(f"citizen-{n}", f"第{n}小学门口的红绿灯坏了，过马路很危险请修一下"))
        for n in range(5)
    ]
    here.program.kill()
    here.program.start()
    assert sorted(case["no"] for case in here.program.cases()) == sorted(numbers)
    for no in numbers:
        card = here.card(no)
        assert card is not None
    verdict = here.program.run("audit", "verify")
    assert verdict["ok"]
