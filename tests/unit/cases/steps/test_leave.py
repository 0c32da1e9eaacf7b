"""A colleague is gone: what they had is everybody's again at once, the head hears of it, danger is told anew."""

import pytest

from cases.register.errors import Invalid, NotAllowed
from cases.register.tables import Audit, Danger, Outbox
from cases.steps import assign, danger, leave
from tests.builders import Bureau


def gone(bureau: Bureau, who: str) -> list[str]:
    return bureau.workplace.act(lambda desk: leave.disable(desk, bureau.ids[who])[1])


def test_claimed_cases_go_back_at_once_and_the_head_is_told(bureau: Bureau) -> None:
    claimed, under, other, answered = (bureau.a_case(f"请问水管{n}") for n in range(4))
    for no in (claimed, under, answered):
        bureau.claim("张工", no)
    bureau.claim("刘工", other)
    bureau.draft("张工", under, "水管周五修好。")
    bureau.approve("李科长", bureau.draft("张工", answered, "水管将在3个工作日内修好。"))
    assert gone(bureau, "张工") == [claimed, under]
    assert [bureau.case(no).status for no in (claimed, under, other, answered)] == [
        "new", "new", "claimed", "answered",
    ]  # fmt: skip
    assert [bureau.case(no).handler_id for no in (claimed, under)] == [None, None]
    assert bureau.drafts(under)[0].state == "withdrawn"
    (said,) = bureau.told("supervisor", "【退回待认领】")
    assert "张工已停用" in said and "请赵局长安排" in said and f"2 件退回待认领：{claimed}、{under}" in said
    assert f"承诺待兑现 1 件：{answered}" in said
    cards = [row.payload["case_id"] for row in bureau.rows(Outbox, kind="fresh_card")]
    assert cards == [bureau.case(no).id for no in (claimed, under)]
    bureau.claim("刘工", claimed)
    bureau.clock.advance(hours=5)
    bureau.sweep()
    assert any(under in text for text in bureau.told("department:1", "【待认领】"))


def test_danger_that_they_had_in_hand_is_told_of_anew(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了，我要跳楼")
    bureau.on("张工", no, danger.take)
    bureau.clock.advance(minutes=1)
    gone(bureau, "张工")
    assert len(bureau.alarms()) == 2 and bureau.rows(Danger)[0].taken_by is None
    bureau.on("刘工", no, danger.take)


def test_whoever_had_nothing_leaves_without_a_word(bureau: Bureau) -> None:
    assert gone(bureau, "刘工") == [] and bureau.told() == []


def test_a_supervisor_gives_a_case_to_a_colleague(bureau: Bureau) -> None:
    no = bureau.a_case()

    def to(who: str, whom: str) -> None:
        bureau.on(
            who, no, lambda d, s, c: assign.assign(d, s, c, d.session.get_one(type(s), bureau.ids[whom]))
        )

    with pytest.raises(NotAllowed):
        to("张工", "刘工")
    with pytest.raises(Invalid, match="陈师傅不能办理本件"):
        to("赵局长", "陈师傅")
    to("赵局长", "刘工")
    assert (bureau.case(no).status, bureau.case(no).handler_id) == ("claimed", bureau.ids["刘工"])
    to("赵局长", "张工")
    assert bureau.case(no).handler_id == bureau.ids["张工"]
    assert "刘工：" in bureau.told("department:1", "由赵局长指派给您办理")[0]
    assert len(bureau.rows(Audit, action="case.assign_to")) == 2
    assert bureau.chain().ok
