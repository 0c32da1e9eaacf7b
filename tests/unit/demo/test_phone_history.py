"""What the phones show of days gone by is what happened, and what the platform knows of them is what the register knows."""

from datetime import timedelta
from pathlib import Path

import pytest

from cases.register import citizens, deliveries
from cases.register.desk import Desk
from cases.register.states import DeliveryState, Purpose
from cases.register.tables import Citizen, Delivery
from cases.steps import receive, reply
from demo import phone_history
from demo.phone_history import Bubble
from demo.phones import PHONE, WeChatWithPhones
from demo.stage import Stage
from demo.wechat_platform import PER_WINDOW
from tests.builders import Bureau, a_bureau, a_match, a_store, a_triage


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return a_bureau(a_store(tmp_path / "demo.db"))


def history(bureau: Bureau) -> list[Bubble]:
    return bureau.workplace.look(phone_history.bubbles)


def said(bureau: Bureau, openid: str) -> list[tuple[bool, str, str]]:
    return [(one.mine, one.kind, one.text) for one in history(bureau) if one.openid == openid]


def arrive(bureau: Bureau, state: DeliveryState, channel: str = "customer_message") -> None:
    """Let the newest sending end so."""

    def step(desk: Desk) -> None:
        newest = max(row.id or 0 for row in bureau.rows(Delivery))
        reply.delivered(desk, deliveries.by_id(desk, newest), state, channel)

    bureau.workplace.act(step)


def test_a_letter_its_number_and_its_answer_in_the_order_of_time(bureau: Bureau) -> None:
    no = bureau.answered("水管何时修好", "本周内修好。", openid="resident")
    bureau.clock.advance(hours=1)
    arrive(bureau, DeliveryState.SENT)
    letter, note, answer = said(bureau, "resident")
    assert letter == (True, "text", "水管何时修好") and note == (False, "note", f"已登记，编号 {no}")
    assert answer[:2] == (False, "text") and "本周内修好。" in answer[2]


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (DeliveryState.SENT, True),
        (DeliveryState.HANDED_OVER, True),
        (DeliveryState.WAITING, False),
        (DeliveryState.NOTIFIED, False),
        (DeliveryState.FAILED, False),
        (None, False),
    ],
)
def test_only_what_reached_a_phone_is_on_it(bureau: Bureau, state: DeliveryState | None, seen: bool) -> None:
    bureau.answered("水管何时修好", "本周内修好。", openid="resident")
    if state is not None:
        arrive(bureau, state)
    assert any("本周内修好。" in text for _, _, text in said(bureau, "resident")) is seen


def test_a_case_is_numbered_once_however_many_letters_it_has(bureau: Bureau) -> None:
    bureau.a_case("水管坏了", "resident")
    bureau.clock.advance(seconds=30)
    bureau.a_case("在三号楼下面", "resident")
    kinds = [kind for _, kind, _ in said(bureau, "resident")]
    assert kinds == ["text", "note", "text"]


def test_an_automatic_answer_stands_in_place_of_the_number(bureau: Bureau) -> None:
    outcome = bureau.writes("居住证怎么办", "resident", a_match("e1", "请到三楼办理。"))
    assert isinstance(outcome, receive.AutoAnswered)
    shown = said(bureau, "resident")
    assert [kind for _, kind, _ in shown] == ["text", "text"] and "请到三楼办理。" in shown[1][2]


def test_small_talk_is_shown_without_a_number(bureau: Bureau) -> None:
    bureau.writes("你好", "resident", judged=a_triage(chitchat=True))
    assert said(bureau, "resident") == [(True, "text", "你好")]


def test_a_comment_is_under_its_article_and_on_no_phone(bureau: Bureau) -> None:
    bureau.writes("什么时候轮到我们小区？", "resident", channel="comment")
    assert history(bureau) == []


def test_nobody_s_phone_shows_what_is_another_s(bureau: Bureau) -> None:
    bureau.answered("水管何时修好", "本周内修好。", openid="one")
    arrive(bureau, DeliveryState.SENT)
    bureau.a_case("路灯坏了", "two")
    assert {text for _, kind, text in said(bureau, "two") if kind == "text"} == {"路灯坏了"}
    assert {one.openid for one in history(bureau)} == {"one", "two"}


def test_the_history_is_drawn_on_empty_phones_alone(bureau: Bureau) -> None:
    bureau.a_case("水管坏了", "resident")
    stage = Stage()
    phone_history.draw(stage, history(bureau))
    phone_history.draw(stage, history(bureau))
    drawn = [item.body for item in stage.of(PHONE)]
    assert [body["kind"] for body in drawn] == ["text", "note"]
    assert drawn[0] == {
        "openid": "resident", "mine": True, "kind": "text", "text": "水管坏了", "at": bureau.clock.now.timestamp(),
    }  # fmt: skip


@pytest.mark.parametrize("sent", [0, 2, PER_WINDOW, PER_WINDOW + 3])
def test_a_platform_that_starts_again_knows_whom_it_may_still_reach(bureau: Bureau, sent: int) -> None:
    bureau.a_case("水管坏了", "writer")
    wrote = bureau.clock.now
    bureau.a_case("路灯坏了", "leaver")
    (first, second) = bureau.rows(Citizen)

    def happen(desk: Desk) -> None:
        for _ in range(sent):
            citizens.one_more_sent(desk, first.id or 0)
        citizens.follows(desk, citizens.by_id(desk, second.id or 0), following=False)

    bureau.workplace.act(happen)
    bureau.clock.advance(hours=47)
    platform = WeChatWithPhones(Stage(), bureau.clock, "wx", "s")
    bureau.workplace.look(lambda desk: phone_history.windows(desk, platform))
    writer, leaver = (platform.followers[openid] for openid in ("writer", "leaver"))
    assert (writer.wrote_at, writer.used, writer.following) == (wrote, min(sent, PER_WINDOW), True)
    assert not leaver.following


def test_how_many_answers_wait_for_each_citizen(bureau: Bureau) -> None:
    for openid in ("one", "one", "two"):
        bureau.clock.advance(hours=1)
        bureau.answered(f"水管何时修好{bureau.clock.now:%H}", "本周内修好。", openid=openid)
        arrive(bureau, DeliveryState.WAITING)
    bureau.a_case("路灯坏了", "three")
    assert bureau.workplace.look(phone_history.waiting) == {"one": 2, "two": 1}
    bureau.clock.advance(hours=1)
    arrive(bureau, DeliveryState.HANDED_OVER, "passive")
    assert bureau.workplace.look(phone_history.waiting) == {"one": 2}


def test_a_question_to_a_citizen_is_on_the_phone_before_the_answer(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", "resident")
    bureau.claim("张工", no)
    bureau.clock.advance(minutes=5)
    bureau.approve("李科长", bureau.draft("张工", no, "请问是几号楼？", Purpose.QUESTION))
    arrive(bureau, DeliveryState.SENT)
    bureau.clock.advance(minutes=5)
    bureau.approve("李科长", bureau.draft("张工", no, "本周内修好。"))
    arrive(bureau, DeliveryState.SENT)
    texts = [text for mine, kind, text in said(bureau, "resident") if kind == "text" and not mine]
    assert "请问是几号楼？" in texts[0] and "本周内修好。" in texts[1]
    times = [one.at for one in history(bureau)]
    assert times == sorted(times) and times[-1] - times[0] >= timedelta(minutes=10)
