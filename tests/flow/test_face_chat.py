"""The handler chat, sentence by sentence of the interface: one program, one office, many cases."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.fakes.telegram import Post
from tests.flow.program import HANDLERS, SUPERVISORS, Office, office, until

WORKS = -1001000000003  # the chat of a department
OWN_MOBILE = "13900001111"
COMPLAINT = "小区的路灯坏了两个月没人修，"
ANSWER = "您好，路灯已于今天上午修好，请放心通行。"
CITIZENS = (f"chat-citizen-{n}" for n in range(1000))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("chat")
    with office(folder, AUTO_ANSWER="false", SEMANTIC="off", SWEEP_SECONDS="60") as opened:
        opened.program.start()
        opened.register_staff()
        opened.program.run("department", "add", "城管局", "--chat-id", str(WORKS), "--phone", OWN_MOBILE)
        yield opened


def ask(here: Office, text: str = COMPLAINT, *, plain: bool = False, **more: object) -> tuple[str, str]:
    """A citizen of their own writes; returns the number and who it was. `plain`: the words alone, without a place."""
    citizen = next(CITIZENS)
    receipt = here.write(citizen, text if plain else f"{text}{citizen[-1]}号楼前", **more)
    found = re.search(r"\d{8}-\d{4,}", receipt)
    assert found, receipt
    return found.group(), citizen


def claimed(here: Office, who: int = 0, **more: str) -> tuple[str, str, Post]:
    no, citizen = ask(here, **more)
    card = here.card(no, "认领")
    assert "已认领" in here.press(who or here.HANDLER, card, "认领")
    return no, citizen, card


def says(here: Office, who: int, text: str, to: Post) -> int:
    return here.telegram.say(who, text, chat=int(to.chat_id), reply_to=to.message_id)


def refused(here: Office, who: int, text: str, to: Post) -> str:
    """Reply, and return the line that the bot answers with."""
    return line_after(here, says(here, who, text, to))


def line_after(here: Office, message_id: int) -> str:
    return until(lambda: [p for p in here.telegram.posts if p.reply_to == message_id])[-1].text


def drafted(here: Office, no: str, card: Post, text: str = ANSWER, who: int = 0) -> Post:
    says(here, who or here.HANDLER, text, card)
    return until(
        lambda: next(
            (
                p
                for p in here.telegram.in_chat(int(card.chat_id), no)
                if "通过" in p.labels and text[:9] in p.text
            ),
            None,
        )
    )


def got(here: Office, citizen: str, words: str) -> str:
    return until(lambda: next((t for t in here.wechat.texts(citizen) if words in t), ""))


def question(here: Office, no: str, word: str, chat: int = HANDLERS) -> Post:
    return until(
        lambda: next((p for p in here.telegram.in_chat(chat, no) if p.force_reply and word in p.text), None)
    )


def test_a_card_shows_the_case_with_personal_data_masked(here: Office) -> None:
    no, citizen = ask(here, "小区的路灯坏了两个月没人修，电话13812345678，身份证11010519491231002X，")
    card = here.card(no, "认领")
    assert card.chat_id == str(HANDLERS)
    assert re.search(r"(投诉求助|咨询建议|表扬感谢)（\d+%）", card.text)
    assert re.search(r"\d{4}-\d\d-\d\d", card.text)
    assert "路灯坏了" in card.text
    assert "13812345678" not in card.text and "11010519491231002X" not in card.text
    assert set(card.labels) == {"认领", "改类", "转办", "延期", "追问", "不予受理"}
    assert no in here.write(citizen, "", kind="image", MediaId="m1", PicUrl="http://127.0.0.1:9/never")
    until(lambda: re.search(r"图片\s?1", card.text))


def test_a_draft_by_reply_is_passed_by_another_and_sent_once(here: Office) -> None:
    no, citizen = ask(here)
    card = here.card(no, "认领")
    assert "认领" in refused(here, here.HANDLER, ANSWER, card)  # not claimed yet
    here.press(here.HANDLER, card, "认领")
    assert "其他同事" in refused(here, here.COLLEAGUE, ANSWER, card)
    review = drafted(here, no, card)
    assert no in review.text and review.labels == ["通过", "退回"]
    assert "自己" in here.press(here.HANDLER, review, "通过")
    assert "审核人权限" in here.press(here.COLLEAGUE, review, "通过")
    assert here.wechat.texts(citizen) == []
    here.press(here.REVIEWER, review, "通过")
    assert no in got(here, citizen, ANSWER)
    again = here.telegram.press_data(here.SUPERVISOR, review, "pass:1:1")
    until(lambda: here.telegram.answers.get(again))
    assert len(here.wechat.texts(citizen)) == 1


def test_a_new_reply_replaces_the_draft_and_the_old_review_card_is_dead(here: Office) -> None:
    no, citizen, card = claimed(here)
    old = drafted(here, no, card, "您好，路灯第一稿。")
    data = old.data("通过")
    new = drafted(here, no, card, "您好，路灯第二稿。")
    assert old.message_id != new.message_id
    query = here.telegram.press_data(here.REVIEWER, old, data)
    assert "失效" in until(lambda: here.telegram.answers.get(query))["text"]
    until(lambda: not old.labels)
    here.press(here.REVIEWER, new, "通过")
    assert "第二稿" in got(here, citizen, "路灯")
    assert not any("第一稿" in text for text in here.wechat.texts(citizen))


@pytest.mark.parametrize("by_card", [False, True])
def test_returning_asks_for_a_reason(here: Office, by_card: bool) -> None:
    no, citizen, card = claimed(here)
    review = drafted(here, no, card)
    assert "权限" in here.press(here.COLLEAGUE, review, "退回")
    here.press(here.REVIEWER, review, "退回")
    asked = question(here, no, "退回")
    assert "另一位" in refused(here, here.SUPERVISOR, "别人的理由", asked)
    says(here, here.REVIEWER, "请写明修好的日期", review if by_card else asked)
    until(lambda: "请写明修好的日期" in review.text and not review.labels)
    until(lambda: "请写明修好的日期" in card.text)
    again = drafted(here, no, card, "您好，路灯已于11月20日修好。")
    here.press(here.REVIEWER, again, "通过")
    got(here, citizen, "11月20日修好")


@pytest.mark.parametrize(
    ("text", "why"),
    [("您好，路灯将于【请填写日期】修好。", "占位"), ("您好，路灯将于____修好。", "占位"), ("\u200b", "")],
)
def test_a_draft_with_a_hole_is_refused(here: Office, text: str, why: str) -> None:
    _no, _citizen, card = claimed(here)
    assert why in refused(here, here.HANDLER, text, card)
    assert "待审核" not in card.text


def test_everything_else_is_a_warning(here: Office) -> None:
    no, citizen, card = claimed(here)
    text = "不归我们管，请自行解决。（请提前预约，电话：13812345678）" + "长" * 700
    review = drafted(here, no, card, text)
    assert "⚠" in review.text
    here.press(here.REVIEWER, review, "通过")
    got(here, citizen, "请提前预约，电话：13812345678")  # an answer to one person is not public


def test_an_addition_during_the_review_voids_it(here: Office) -> None:
    no, citizen, card = claimed(here)
    review = drafted(here, no, card)
    data = review.data("通过")
    assert no in here.write(citizen, "补充一下，还有一盏路灯也不亮了")
    query = here.telegram.press_data(here.REVIEWER, review, data)
    assert "失效" in until(lambda: here.telegram.answers.get(query))["text"]
    fresh = until(
        lambda: next(
            (p for p in here.telegram.in_chat(HANDLERS, no) if "通过" in p.labels and p is not review), None
        )
    )
    assert "还有一盏路灯" in fresh.text
    assert here.wechat.texts(citizen) == []
    here.press(here.REVIEWER, fresh, "通过")
    got(here, citizen, ANSWER)


def test_a_change_of_category_counts_anew_from_receipt(here: Office) -> None:
    sent = datetime.now(UTC) - timedelta(days=4)
    no, citizen = ask(here, "请问办理居住证需要什么材料？我住在", at=sent)
    card = here.card(no, "改类")
    before = due_on(card)
    here.press(here.COLLEAGUE, card, "改类")
    until(lambda: "投诉求助" in card.labels)
    assert [label for label in card.labels if label != "返回"] == ["表扬感谢", "咨询建议", "投诉求助"]
    here.press(here.COLLEAGUE, card, "投诉求助")
    until(lambda: due_on(card) > before and "认领" in card.labels)
    wanted = here.program.run("deadline", "--category", "complaint", "--received", sent.isoformat())["due_on"]
    assert due_on(card).isoformat() == wanted
    assert wanted in got(here, citizen, no)
    until(lambda: here.telegram.in_chat(SUPERVISORS, no))
    shown = here.program.show(no)
    assert (shown["category"], shown["due_on"], shown["status"]) == ("complaint", wanted, "new")


def due_on(card: Post) -> date:
    found = re.search(r"\d{4}-\d\d-\d\d", card.text)
    assert found
    return date.fromisoformat(found.group())


def test_more_time_needs_a_reason_and_another_persons_consent(here: Office) -> None:
    no, citizen, card = claimed(here)
    before = due_on(card)
    here.press(here.HANDLER, card, "延期")
    says(here, here.HANDLER, "需要等配件到货", question(here, no, "延期"))
    wish = here.card(no, "同意延期", chat=SUPERVISORS)
    assert wish.labels == ["同意延期", "不同意"] and "需要等配件到货" in wish.text
    assert "权限" in here.press(here.REVIEWER, wish, "同意延期")
    here.press(here.SUPERVISOR, wish, "同意延期")
    until(lambda: due_on(card) > before and "延期" not in card.labels)
    told = got(here, citizen, no)
    assert due_on(card).isoformat() in told and "配件" not in told
    query = here.telegram.press_data(here.HANDLER, card, f"ext:{card.data('改类').split(':')[1]}")
    assert "一次" in until(lambda: here.telegram.answers.get(query))["text"]


def test_nobody_consents_to_their_own_and_no_late_case_is_extended(here: Office) -> None:
    no, _citizen, card = claimed(here, here.SUPERVISOR)
    here.press(here.SUPERVISOR, card, "延期")
    says(here, here.SUPERVISOR, "需要勘察", question(here, no, "延期"))
    wish = here.card(no, "同意延期", chat=SUPERVISORS)
    assert "自己" in here.press(here.SUPERVISOR, wish, "同意延期")
    assert "自己" in here.press(here.SUPERVISOR, wish, "不同意")
    late, _ = ask(here, at=datetime.now(UTC) - timedelta(days=100))
    card = here.card(late, "认领")
    here.press(here.HANDLER, card, "认领")
    forged = here.telegram.press_data(here.HANDLER, card, card.data("追问").replace("ask:", "ext:"))
    assert "截止" in until(lambda: here.telegram.answers.get(forged))["text"]  # the button is not offered


def test_a_transfer_moves_the_card_and_leaves_the_clock(here: Office) -> None:
    no, citizen, card = claimed(here)
    due = due_on(card)
    assert "其他同事" in here.press(here.COLLEAGUE, card, "转办")
    here.press(here.HANDLER, card, "转办")
    until(lambda: "城管局" in card.labels)
    here.press(here.HANDLER, card, "城管局")
    moved = here.card(no, "认领", chat=WORKS)
    assert due_on(moved) == due and "待认领" in moved.text and "城管局" in moved.text
    until(lambda: not card.labels)
    assert "路灯" not in card.text
    shown = here.program.show(no)
    assert (shown["handler"], shown["department"], shown["due_on"]) == ("", "城管局", due.isoformat())
    assert due.isoformat() in got(here, citizen, no)
    here.press(here.COLLEAGUE, moved, "认领")
    review = drafted(here, no, moved, who=here.COLLEAGUE)
    assert review.chat_id == str(WORKS)


def test_a_question_to_the_citizen_keeps_the_case_open(here: Office) -> None:
    no, citizen, card = claimed(here)
    here.press(here.HANDLER, card, "追问")
    says(here, here.HANDLER, "请问是哪一栋楼前的路灯？", question(here, no, "追问"))
    review = until(
        lambda: next((p for p in here.telegram.in_chat(HANDLERS, "哪一栋楼前") if "通过" in p.labels), None)
    )
    assert here.wechat.texts(citizen) == []
    here.press(here.REVIEWER, review, "通过")
    got(here, citizen, "哪一栋楼前")
    assert here.program.show(no)["status"] == "claimed"
    assert no in here.write(citizen, "是3栋楼前的那一盏")
    here.press(here.REVIEWER, drafted(here, no, card), "通过")
    got(here, citizen, ANSWER)


def test_a_refusal_closes_with_a_reason_and_an_answer_can_be_corrected(here: Office) -> None:
    no, citizen, card = claimed(here)
    here.press(here.HANDLER, card, "不予受理")
    says(here, here.HANDLER, "该事项与您此前来信重复。", question(here, no, "不予受理"))
    review = here.card("与您此前来信重复", "通过")
    here.press(here.REVIEWER, review, "通过")
    got(here, citizen, "与您此前来信重复")
    until(lambda: not card.labels)
    assert no in [case["no"] for case in here.program.cases("closed")]

    no, citizen, card = claimed(here)
    here.press(here.REVIEWER, drafted(here, no, card), "通过")
    got(here, citizen, ANSWER)
    until(lambda: card.labels == ["更正"])
    here.press(here.HANDLER, card, "更正")
    says(here, here.HANDLER, "更正：路灯将于明天修好。", question(here, no, "更正"))
    review = here.card("路灯将于明天修好", "通过")
    here.press(here.REVIEWER, review, "通过")
    assert no in got(here, citizen, "路灯将于明天修好")


def test_strangers_and_admins_and_the_disabled_learn_nothing(here: Office) -> None:
    no, _ = ask(here)
    card = here.card(no, "认领")
    for words in (here.press(99, card, "认领"), refused(here, 99, "你好", card)):
        assert "权限" in words and "\n" not in words and "路灯" not in words and no not in words
    for order in ("/mine", f"/case {no}", "/overdue", "/kb 路灯", "/help"):
        said = line_after(here, here.telegram.say(99, order))
        assert "权限" in said and "\n" not in said and "路灯" not in said
    here.program.run("staff", "add", "--name", "周新", "--role", "handler", "--telegram-id", "77")
    assert "已认领" in here.press(77, card, "认领")
    here.program.run("staff", "disable", "周新")
    assert "权限" in refused(here, 77, ANSWER, card)
    until(lambda: len(here.telegram.in_chat(HANDLERS, no)) > 1)  # back to everybody, with a card of its own
    assert "权限" in here.press(77, card, "延期")
    here.program.run("staff", "add", "--name", "吴管", "--role", "admin", "--telegram-id", "78")
    for label in ("延期", "改类", "追问"):
        assert "权限" in here.press(78, card, label)


def test_commands(here: Office) -> None:
    entry = {"id": "jzz", "question": "居住证怎么办理", "answer": "居住证请带身份证到派出所办理。"}
    file = here.program.folder / "kb.jsonl"
    file.write_text(json.dumps(entry, ensure_ascii=False))
    here.program.run("kb", "import", str(file))
    no, _, _card = claimed(here, here.COLLEAGUE)
    assert no in line_after(here, here.telegram.say(here.COLLEAGUE, "/mine"))
    shown = here.telegram.say(here.COLLEAGUE, f"/case {no}")
    assert no in line_after(here, shown)
    assert "没有" in line_after(here, here.telegram.say(here.COLLEAGUE, "/case 20200101-0001"))
    assert "逾期" in line_after(here, here.telegram.say(here.COLLEAGUE, "/overdue", chat=HANDLERS))
    assert "/overdue" in line_after(here, here.telegram.say(here.COLLEAGUE, "/help"))
    assert "派出所办理" in line_after(here, here.telegram.say(here.COLLEAGUE, "/kb 居住证怎么办理"))
    asked, citizen = ask(here, "请问居住证怎么办理呢？", plain=True)
    card = here.card(asked, "采用建议")
    assert "派出所办理" in card.text
    here.press(here.HANDLER, card, "采用建议")
    review = here.card("派出所办理", "通过")
    assert asked in review.text
    here.press(here.REVIEWER, review, "通过")
    got(here, citizen, "派出所办理")


def test_danger_is_told_to_the_supervisors_at_once(here: Office) -> None:
    citizen = next(CITIZENS)
    said = here.write(citizen, "我不想活了，今晚就从楼上跳下去")
    assert "110" in said and "120" in said and "12356" in said
    found = re.search(r"\d{8}-\d{4,}", said)
    assert found and not re.search(r"\d{4}-\d\d-\d\d", said)
    until(lambda: [p for p in here.telegram.in_chat(SUPERVISORS, found.group()) if "紧急" in p.text], 5)


def test_three_levels_pass_in_order_by_different_people(here: Office) -> None:
    here.program.stop()
    here.program.settings["REVIEW_LEVELS"] = "3"
    here.program.start()
    here.program.run("staff", "add", "--name", "郑审", "--role", "reviewer", "--telegram-id", "79")
    no, citizen, card = claimed(here)
    seen: list[Post] = []
    drafted(here, no, card)
    for level, who in (("初审", here.REVIEWER), ("复审", here.SUPERVISOR), ("终审", 79)):
        at = until(
            lambda level=level: next(
                (p for p in here.telegram.in_chat(HANDLERS, no) if "通过" in p.labels and level in p.text),
                None,
            )
        )
        for earlier in seen:
            until(lambda earlier=earlier: not earlier.labels)
        if seen:
            assert "两级" in here.press(here.REVIEWER, at, "通过")
        assert here.wechat.texts(citizen) == []
        here.press(who, at, "通过")
        seen.append(at)
    got(here, citizen, ANSWER)
    assert here.program.run("audit", "verify")["ok"]
