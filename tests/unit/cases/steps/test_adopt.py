"""「采用建议」: an entry's words go up for review like anybody's, never past a flag, a colleague or a retirement."""

import pytest

from cases.knowledge import learn
from cases.register.errors import Refusal
from cases.register.tables import Draft, KnowledgeEntry
from cases.steps import adopt, suggest
from knowledge_base.base.entries import Entry
from tests import stages
from tests.builders import Bureau

ANSWER = "水管报修请拨打12345。"


@pytest.fixture
def desk_of(office: Bureau) -> Bureau:
    entry = Entry("K1", "水管怎么报修", ANSWER, status="published", source="《办法》")
    office.workplace.act(lambda desk: learn.bring_in(desk, entry))
    return office


def adopts(office: Bureau, who: str, no: str, entry: str | None = "K1") -> int:
    return office.on(who, no, lambda desk, staff, case: adopt.adopt(desk, staff, case, entry).id or 0)


def test_a_case_that_nobody_has_is_claimed_and_the_words_wait_for_a_reviewer(desk_of: Bureau) -> None:
    no = stages.new(desk_of)
    adopts(desk_of, "张工", no)
    case = desk_of.case(no)
    assert (case.status, case.handler_id) == ("in_review", desk_of.ids["张工"])
    (draft,) = desk_of.drafts(no)
    assert (draft.masked, draft.entry_id, draft.state) == (ANSWER, "K1", "review")
    with pytest.raises(Refusal, match="自己起草"):
        desk_of.approve("张工", draft.id or 0)


def test_who_has_claimed_it_adopts_and_nobody_else(desk_of: Bureau) -> None:
    no = stages.claimed(desk_of)
    before = desk_of.everything()
    for other in ("刘工", "李科长", "王主任"):
        with pytest.raises(Refusal, match="其他同事办理"):
            adopts(desk_of, other, no)
    assert desk_of.everything() == before
    adopts(desk_of, "张工", no)
    assert desk_of.case(no).status == "in_review"


# at these stages no entry is adopted, and the case is as it was
NOT_NOW: list[tuple[str, str]] = [
    ("in_review", "不再采用建议"),
    ("urgent", "不再采用建议"),
    ("linked", "不再采用建议"),
    ("answered", "本件"),
    ("refused", "本件"),
    ("automatic", "本件"),
]


@pytest.mark.parametrize(("stage", "why"), NOT_NOW)
def test_danger_and_what_is_past_it_is_answered_in_a_person_s_own_words(
    desk_of: Bureau, stage: str, why: str
) -> None:
    no = stages.STAGES[stage](desk_of)
    before = desk_of.everything()
    with pytest.raises(Refusal, match=why):
        adopts(desk_of, "张工", no)
    assert desk_of.everything() == before


def test_an_accusation_is_adopted_for_by_nobody(desk_of: Bureau) -> None:
    no = stages.accusation(desk_of)
    before = desk_of.everything()
    for who in ("张工", "李科长", "王主任", "钱管理"):
        with pytest.raises(Refusal):
            adopts(desk_of, who, no)
    assert desk_of.everything() == before


@pytest.mark.parametrize("entry", ["none", "", None])
def test_an_entry_that_is_not_there_claims_nothing(desk_of: Bureau, entry: str | None) -> None:
    no = stages.new(desk_of)
    before = desk_of.everything()
    with pytest.raises(Refusal, match="已下架"):
        adopts(desk_of, "张工", no, entry)
    assert desk_of.everything() == before


@pytest.mark.parametrize("status", ["candidate", "retired"])
def test_an_entry_that_is_not_published_is_not_sent(desk_of: Bureau, status: str) -> None:
    def change(desk):  # type: ignore[no-untyped-def]
        row = desk.session.get_one(KnowledgeEntry, "K1")
        row.status = status
        desk.session.add(row)

    desk_of.workplace.act(change)
    no = stages.claimed(desk_of)
    with pytest.raises(Refusal, match="已下架"):
        adopts(desk_of, "张工", no)
    assert desk_of.rows(Draft) == []


def test_an_entry_with_a_hole_in_it_is_refused_and_the_case_is_not_claimed_either(desk_of: Bureau) -> None:
    entry = Entry("K2", "水管怎么报修", "请到【请填写地点】办理。", status="published", source="《办法》")
    desk_of.workplace.act(lambda desk: learn.bring_in(desk, entry))
    no = stages.new(desk_of)
    before = desk_of.everything()
    with pytest.raises(Refusal, match="占位"):
        adopts(desk_of, "张工", no, "K2")
    assert desk_of.everything() == before


@pytest.mark.parametrize(
    ("stage", "may"),
    [("new", True), ("claimed", True), ("returned", True), ("in_review", False), ("urgent", False),
     ("accusation", False), ("linked", False), ("answered", False), ("reopened", True), ("comment", True)],
)  # fmt: skip
def test_where_an_entry_is_suggested(desk_of: Bureau, stage: str, may: bool) -> None:
    assert suggest.may_suggest(desk_of.case(stages.STAGES[stage](desk_of))) is may


@pytest.mark.parametrize(
    ("masked", "looked_up"),
    [
        ("我叫〔姓名〕，水管漏水", "我叫，水管漏水"),
        ("〔手机〕〔地址〕", ""),
        ("没有遮盖", "没有遮盖"),
        ("〔" + "长" * 13 + "〕", "〔" + "长" * 13 + "〕"),
        ("半个〔括号", "半个〔括号"),
    ],
)
def test_a_mask_is_not_looked_up(masked: str, looked_up: str) -> None:
    assert suggest.wording(masked) == looked_up
