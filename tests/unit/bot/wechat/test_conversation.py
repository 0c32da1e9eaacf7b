"""What a citizen reads, pushed over real HTTP in safe mode."""

import re
from datetime import timedelta

from sqlmodel import select

from cases.register.tables import Message
from tests.unit.bot.wechat.conftest import NUMBER, START, Town

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def test_a_message_gets_its_number_and_due_date_at_once(town: Town) -> None:
    said = town.say("ann", "请问公园几点开门？")
    assert NUMBER.findall(said)[0] == "20260302-0001"
    assert DAY.findall(NUMBER.sub("", said)) == ["2026-03-16"]
    assert "暂定" not in said


def test_a_date_past_the_official_calendar_is_called_provisional(town: Town) -> None:
    town.clock.ahead(days=295)  # 22 December: twenty working days end in 2027
    assert "（暂定）" in town.say("ann", "投诉楼下夜里施工")


def test_the_receipt_counts_from_the_platform_s_time(town: Town) -> None:
    town.push("ann", "text", START - timedelta(days=3), Content="投诉路灯不亮")
    assert town.cases()[0].received_at == START - timedelta(days=3)


def test_a_repeated_push_gets_the_same_answer_and_changes_nothing(town: Town) -> None:
    first = town.say("ann", "投诉路灯不亮", MsgId="9")
    assert town.say("ann", "投诉路灯不亮", MsgId="9") == first
    assert len(town.cases()) == 1
    assert (
        town.say("bob", "投诉路灯不亮", MsgId="9") != first
    )  # another person's push is never answered with it
    assert len(town.cases()) == 2


def test_chit_chat_makes_no_case(town: Town) -> None:
    assert "帮助" in town.say("ann", "你好")
    assert town.cases() == []


def test_further_messages_join_and_repeat_the_number(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    said = town.say("ann", "就在人民路口")
    assert no in said
    assert len(town.cases()) == 1


def test_danger_gets_the_safety_text_without_a_date(town: Town) -> None:
    said = town.say("ann", "我要跳楼")
    assert all(number in said for number in ("110", "120", "12356"))
    assert NUMBER.search(said)
    assert not DAY.search(NUMBER.sub("", said))


def test_the_knowledge_base_answers_marked_and_a_person_can_be_had(town: Town) -> None:
    said = town.say("ann", "社保卡丢了怎么办")
    assert "自动答复" in said
    assert "请带身份证到政务大厅补办。" in said
    assert "市社保局" in said
    assert "「人工」" in said
    no = NUMBER.findall(said)[0]
    assert town.case(no).status == "auto_answered"
    assert no in town.say("ann", "人工。")
    assert town.case(no).status == "new"


def test_nobody_sees_another_s_case(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    mine, hers = town.say("bob", f"查询 {no}"), town.say("bob", "查询 20260302-9999")
    assert mine.replace(no, "") == hers.replace("20260302-9999", "")
    assert "待认领" not in mine
    assert "待认领" in town.say("ann", f"查询{no}")
    assert no not in town.say("bob", "查询")
    assert no in town.say("ann", "查询")


def test_a_question_that_begins_like_a_command_is_a_question(town: Town) -> None:
    assert NUMBER.search(town.say("ann", "查询社保怎么办"))
    assert len(town.cases()) == 1


def test_what_looks_like_markup_comes_back_intact(town: Town) -> None:
    town.say("ann", "]]> <b>& 😀𠮷 灯不亮")
    assert "]]> <b>& 😀𠮷 灯不" in town.say("ann", "查询")


def test_plain_mode_speaks_the_same_words(plain_town: Town) -> None:
    said = plain_town.say("ann", "]]> <b>& 灯不亮")
    assert NUMBER.search(said)
    assert "]]> <b>& 灯不亮" in plain_town.say("ann", "查询")


def test_original_characters_are_kept(town: Town) -> None:
    no = town.open_case("ann", "零宽\u200b字符和表情👨‍👩‍👧，路灯不亮")
    vault = town.workplace.office.vault
    case = town.case(no)
    rows = town.workplace.look(
        lambda desk: desk.session.exec(select(Message).where(Message.case_id == case.id)).all()
    )
    assert [vault.open(row.sealed) for row in rows] == ["零宽\u200b字符和表情👨‍👩‍👧，路灯不亮"]
