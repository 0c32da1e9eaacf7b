"""A draft is checked and put up for review; a new one takes the place of the old."""

import pytest

from cases.register.errors import Invalid, NotAllowed, Stale
from cases.register.states import Purpose
from cases.register.tables import Outbox
from cases.steps import draft
from tests.builders import Bureau

PLAIN = "您好，水管将于周五修好，届时恢复供水。"


@pytest.mark.parametrize(
    ("text", "public", "blocks", "word"),
    [
        (PLAIN, False, False, ""),
        (PLAIN, True, False, ""),
        ("", False, True, "空"),
        ("  \n\u200b", False, True, "空"),
        ("水管将于【日期】修好", False, True, "占位"),
        ("水管将于{时间}修好", False, True, "占位"),
        ("请联系 XX 修水管", False, True, "占位"),
        ("水管将于___修好", False, True, "占位"),
        ("水管联系人电话13812345678", True, True, "个人信息"),
        ("水管机主身份证11010519491231002X", True, True, "个人信息"),
        ("水管联系人电话13812345678", False, False, ""),
        ("水管问题请拨打12345", True, False, ""),
        ("水管问题请拨打400-123-4567", True, False, ""),
        ("今天天气晴朗", False, False, "没有共同的词"),
        ("自来水管网今晚抢修", False, False, ""),
        ("水管事宜已收悉，我们高度重视", False, False, "套话"),
        ("水管不归我们管", False, False, "偏冷"),
        ("水管在{路口名}附近", False, True, "占位"),
        ("水管在XX路", False, True, "占位"),
        ("水管由某某负责", False, True, "占位"),
        ("水管负责人一三八零零一三八零零零", True, True, "个人信息"),
        ("水管负责人138/0013/8000", True, True, "个人信息"),
        ("水管" * 400, False, False, "分条"),
    ],
)
def test_only_holes_emptiness_and_public_personal_data_block(
    text: str, public: bool, blocks: bool, word: str
) -> None:
    found = draft.check(text, question="水管多久修好", public=public)
    assert any(finding.blocks for finding in found) is blocks
    assert word in "".join(finding.text for finding in found)


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("本周五前修好水管。", "本周五"),
        ("水管三日内修好。", "三日内"),
        ("水管已于2月10日修好。", ""),
        ("水管很好。", ""),
    ],
)
def test_a_promise_is_warned_of_and_a_past_day_is_none(bureau: Bureau, text: str, warned: str) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    found = bureau.on("张工", no, lambda desk, _staff, case: draft.findings_on(desk, case, text))
    said = [finding.text for finding in found if "承诺" in finding.text]
    assert not any(finding.blocks for finding in found)
    assert [warned in word for word in said] == ([True] if warned else [])


def test_the_offices_own_numbers_are_no_personal_data() -> None:
    text = "水管请找值班手机13812345678"
    assert any(f.blocks for f in draft.check(text, question="水管", public=True))
    found = draft.check(text, question="水管", public=True, own_numbers=("13812345678",))
    assert not any(f.blocks for f in found)


def test_a_case_must_be_claimed_by_the_author(bureau: Bureau) -> None:
    no = bureau.a_case()
    with pytest.raises(NotAllowed, match="先认领"):
        bureau.draft("张工", no, PLAIN)
    bureau.claim("张工", no)
    with pytest.raises(NotAllowed):
        bureau.draft("刘工", no, PLAIN)
    with pytest.raises(NotAllowed):
        bureau.draft("王主任", no, PLAIN)


def test_a_draft_that_blocks_changes_nothing(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    with pytest.raises(Invalid, match="占位"):
        bureau.draft("张工", no, "水管将于【日期】修好")
    assert bureau.case(no).status == "claimed" and bureau.drafts(no) == []


def test_a_public_answer_with_personal_data_is_refused(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", channel="comment", kind="comment")
    bureau.claim("张工", no)
    with pytest.raises(Invalid, match="个人信息"):
        bureau.draft("张工", no, "水管请联系13812345678")


def test_a_new_version_replaces_the_one_under_review(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    first = bureau.draft("张工", no, PLAIN)
    second = bureau.draft("张工", no, PLAIN + "谢谢。")
    assert [(row.version, row.state) for row in bureau.drafts(no)] == [(1, "replaced"), (2, "review")]
    with pytest.raises(Stale):
        bureau.approve("李科长", first)
    assert bureau.approve("李科长", second)
    assert len(bureau.rows(Outbox, kind="review_card")) == 2


def test_any_text_is_stored_whole(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    bureau.draft("张工", no, "水管\x00修好\ud800了😀")
    (row,) = bureau.drafts(no)
    assert row.masked == "水管\ufffd修好\ufffd了😀"


def test_an_answered_case_takes_no_second_answer(bureau: Bureau) -> None:
    no = bureau.answered()
    with pytest.raises(Stale):
        bureau.draft("张工", no, PLAIN)


@pytest.mark.parametrize(
    ("purpose", "warned"),
    [(Purpose.ANSWER, True), (Purpose.CORRECTION, True), (Purpose.QUESTION, False), (Purpose.REFUSAL, False)],
)
def test_only_what_answers_is_held_against_the_words_of_the_letter(
    bureau: Bureau, purpose: Purpose, warned: bool
) -> None:
    no = bureau.a_case("投诉：小区停水")
    bureau.claim("张工", no)
    found = bureau.on(
        "张工", no, lambda desk, _s, case: draft.findings_on(desk, case, "在哪一幢楼？", purpose)
    )
    assert any("没有共同的词" in one.text for one in found) is warned
