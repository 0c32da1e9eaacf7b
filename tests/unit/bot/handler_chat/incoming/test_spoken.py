"""Orders in words are read forgivingly, and what follows the number is kept as it was written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handler_chat.incoming import commands, spoken
from bot.handler_chat.incoming.commands import Asker, StaffCommand
from bot.handler_chat.incoming.spoken import Order
from cases.register.errors import Invalid, NotAllowed, Refusal, Stale
from cases.register.tables import Outbox
from cases.sending.chat import Chats, Place
from tests.builders import Bureau, a_bureau, a_store

CHATS = Chats("wecom", Place("~w1"), Place("~w2"))


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ("认领 0007", Order("认领", "0007")),
        ("认领0007", Order("认领", "0007")),
        ("  认领：　０００７  ", Order("认领", "0007")),
        ("认领 #7", Order("认领", "7")),
        ("认领 ＃7", Order("认领", "7")),
        ("认领 20260302-0007", Order("认领", "20260302-0007")),
        ("认领 20260302—0007", Order("认领", "20260302—0007")),
        ("认领 202603020007", Order("认领", "202603020007")),
        ("认领\n0007\n", Order("认领", "0007")),
        ("退回 0007 理由：写清楚时间", Order("退回", "0007", "理由：写清楚时间")),
        ("退回 0007：写清楚", Order("退回", "0007", "写清楚")),
        ("不受理 0007 广告", Order("不予受理", "0007", "广告")),
        ("不同意延期 0007", Order("不同意", "0007")),
        ("不同意 0007", Order("不同意", "0007")),
        ("同意延期 0007", Order("同意延期", "0007")),
        ("草稿 0007 已于３月２日修好\n请放心", Order("草稿", "0007", "已于３月２日修好\n请放心")),
        ("发布 a1b2c3d4e5f6", Order("发布", "a1b2c3d4e5f6")),
        ("我来处置 12345678", Order("我来处置", "1234567", "8")),
    ],
)
def test_an_order(said: str, order: Order) -> None:
    found = spoken.parse(said)
    if order.number == "1234567":  # eight digits are no number of a case, and none is cut out of them
        assert found is None
    else:
        assert found == order


@pytest.mark.parametrize(
    "said",
    [
        "",
        "认领",
        "认领 这件",
        "请认领 0007",
        "我认领 0007",
        "0007 认领",
        "认 领 0007",
        "通过率 0007",
        "草稿纸 3 张",
        "12345",
    ],
)
def test_what_is_no_order(said: str) -> None:
    assert spoken.parse(said) is None


@given(
    st.text(alphabet="路灯０9：: \n,，「」a-", min_size=1, max_size=80).filter(
        lambda t: t.strip(" \n:：") == t
    )
)
def test_the_words_of_a_draft_are_kept_to_the_letter(words: str) -> None:
    found = spoken.parse(f"草稿 0007 {words}")
    assert found == Order("草稿", "0007", words)


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("我的", StaffCommand("mine", "")),
        (" 在办 ", StaffCommand("mine", "")),
        ("逾期", StaffCommand("overdue", "")),
        ("帮助", StaffCommand("help", "")),
        ("知识库 居住证怎么办", StaffCommand("kb", "居住证怎么办")),
        ("知识库：居住证", StaffCommand("kb", "居住证")),
        ("绑定 123456", StaffCommand("join", "123456")),
        ("我的事项怎么办", None),
        ("查知识库", None),
    ],
)
def test_plain_words_for_a_command(said: str, command: StaffCommand | None) -> None:
    assert spoken.as_command(said) == command


@pytest.mark.parametrize(
    ("said", "bot", "command"),
    [
        ("/mine", "", StaffCommand("mine", "")),
        ("／MINE", "", StaffCommand("mine", "")),
        ("/case@huiyin_bot 0007", "Huiyin_Bot", StaffCommand("case", "0007")),
        ("/case@other_bot 0007", "huiyin_bot", None),
        ("/kb： 居住证\n怎么办", "", StaffCommand("kb", "居住证\n怎么办")),
        ("/", "", None),
        ("路径是 /etc/passwd", "", None),
        ("/etc/passwd", "", None),
        ("/" + "a" * 33, "", None),
    ],
)
def test_a_command_with_its_slash(said: str, bot: str, command: StaffCommand | None) -> None:
    assert commands.parse(said, bot) == command


@pytest.mark.parametrize(
    ("word", "category"),
    [
        ("投诉求助", "complaint"),
        ("投诉", "complaint"),
        (" 表扬 ", "praise"),
        ("咨询", "advice_inquiry"),
        ("建议", "advice_inquiry"),
    ],
)
def test_a_category_by_a_part_of_its_name(word: str, category: str) -> None:
    assert spoken.category_named(word) == category


@pytest.mark.parametrize("word", ["", " ", "求", "别的", "投诉求助类", "complaint"])
def test_no_category_is_guessed(word: str) -> None:
    if word == "求":
        assert spoken.category_named(word) == "complaint"  # one name alone holds it
        return
    with pytest.raises(Invalid, match="表扬感谢、咨询建议、投诉求助"):
        spoken.category_named(word)


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    return a_bureau(a_store(tmp_path / "spoken.db"), model_on=True)


def obeyed(office: Bureau, who: str, said: str) -> str:
    order = spoken.parse(said)
    assert order is not None
    place = Place("~w1")
    return office.act(
        who, lambda desk, staff: spoken.obey(desk, CHATS, staff, order, Asker(place, "", private=False))
    )


def test_a_draft_may_be_asked_for_in_words(office: Bureau) -> None:
    """The button has no room on a card of 企业微信: its words stand there in its place."""
    no = office.a_case()
    with pytest.raises(NotAllowed):
        obeyed(office, "张工", f"拟稿 {no}")
    obeyed(office, "张工", f"认领 {no}")
    assert "正在拟稿" in obeyed(office, "张工", f"拟稿 {no}") and office.drafts(no) == []
    (asked,) = office.rows(Outbox, kind="propose")
    assert asked.payload["case_id"] == office.case(no).id and asked.target == f"staff:{office.ids['张工']}"


def test_the_whole_way_in_words(office: Bureau) -> None:
    no = office.a_case("投诉水管漏水")
    short = no.rpartition("-")[2]
    assert "草稿" in obeyed(office, "张工", f"认领 {short}")
    assert (
        "时限" in obeyed(office, "张工", f"改类 {short} 咨询")
        and office.case(no).category == "advice_inquiry"
    )
    assert "待审核" in obeyed(office, "张工", f"草稿 {short} 本周内修好。")
    with pytest.raises(Stale, match="审核卡还没有发到"):
        obeyed(office, "李科长", f"通过 {short}")
    assert "已退回" in obeyed(office, "李科长", f"退回 {short} 请写明日期")
    assert office.drafts(no)[-1].reason == "请写明日期"
    assert "已提交" in obeyed(office, "张工", f"延期 {short} 现场勘查")
    assert "已延期至 2026-" in obeyed(office, "王主任", f"同意延期 {short}")
    assert office.case(no).extended


@pytest.mark.parametrize(
    ("who", "said", "why"),
    [
        ("张工", "草稿 0001", "请写成「草稿 0001 内容」"),
        ("张工", "延期 0001", "请写成「延期 "),
        ("张工", "转办 0001", "请写成「转办 0001 部门」"),
        ("张工", "改类 0001 别的", "类别请写"),
        ("张工", "采用建议 0001", "没有这条建议"),
        ("张工", "通过 0001", "审核"),
        ("李科长", "通过 0001", "没有等待审核的草稿"),
        ("李科长", "同意延期 0001", "督办"),
        ("王主任", "不同意 0001", "没有延期申请"),
        ("张工", "认领 0002", "0002"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    office: Bureau, who: str, said: str, why: str
) -> None:
    no = office.a_case()
    office.claim("张工", no)
    before = office.case(no).model_dump()
    with pytest.raises(Refusal, match=why):
        obeyed(office, who, said)
    assert office.case(no).model_dump() == before and office.drafts(no) == []
