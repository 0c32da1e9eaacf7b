"""What may be published is asked of one rule, whichever way an entry comes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.knowledge import learn
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.tables import AutoAnswer, KnowledgeEntry
from cases.steps import receive
from knowledge_base.base.entries import CANDIDATE, Entry
from tests.builders import Bureau, a_match

GOOD = Entry("E1", "水管坏了找谁", "请拨打供水热线报修。")
PRIVATE = [
    replace(GOOD, answer="请打老王 13812345678。"),
    replace(GOOD, answer="请打一三八一二三四五六七八。"),
    replace(GOOD, question="13812345678 的水管坏了找谁"),
    replace(GOOD, aliases=("水管漏了", "水管漏了请回 13812345678")),
    replace(GOOD, answer="他的身份证是 11010519491231002X。"),
    replace(GOOD, answer="户主住兴和小区3栋2单元501。"),
    replace(GOOD, answer="加微信 wangwu123 报修。"),
    replace(GOOD, source="王工 13812345678"),
]


def _imported(desk: Desk, entry: Entry) -> object:
    return learn.bring_in(desk, entry)


def _edited(desk: Desk, entry: Entry) -> object:
    learn.bring_in(desk, GOOD)
    return learn.edit(desk, entry)


def _published(desk: Desk, entry: Entry) -> object:
    learn.bring_in(desk, replace(entry, status=CANDIDATE))
    return learn.publish(desk, entry.id)


WAYS = [_imported, _edited, _published]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("entry", PRIVATE)
def test_personal_data_is_published_by_no_way(
    bureau: Bureau, entry: Entry, way: Callable[[Desk, Entry], object]
) -> None:
    with pytest.raises(Invalid, match="个人信息"):
        bureau.workplace.act(lambda desk: way(desk, entry))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "answer",
    [
        "请拨 0873-6123456 或 12345。",
        "请发邮件到 gongshui@ml.gov.cn。",
        "窗口在温泉路 88 号 2 号楼。",
        "请打供水站 13887654321。",
    ],
)
def test_how_an_office_is_reached_is_no_personal_data(
    bureau: Bureau, answer: str, way: Callable[[Desk, Entry], object]
) -> None:
    bureau.workplace.act(lambda desk: people.add_department(desk, "供水站", "", "", "13887654321"))
    bureau.workplace.act(lambda desk: way(desk, replace(GOOD, answer=answer)))
    assert [(row.status, row.answer) for row in bureau.rows(KnowledgeEntry)] == [("published", answer)]


def test_a_refused_row_leaves_what_stood_there(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, GOOD))
    with pytest.raises(Invalid):
        bureau.workplace.act(lambda desk: learn.bring_in(desk, PRIVATE[0]))
    assert [(row.status, row.answer) for row in bureau.rows(KnowledgeEntry)] == [("published", GOOD.answer)]


def test_what_grew_from_an_answer_is_held_to_the_same_when_a_file_publishes_it(bureau: Bureau) -> None:
    bureau.answered(answer="您的申请已于周三通过。")
    (row,) = bureau.rows(KnowledgeEntry)
    entry = replace(learn.as_entry(row), status="published")
    with pytest.raises(Invalid, match="一个人"):
        bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))
    plain = replace(entry, answer="水管坏了请拨打供水热线报修，全天有人接听。")
    said = [bureau.workplace.act(lambda desk: learn.bring_in(desk, plain)) for _ in range(2)]
    (row,) = bureau.rows(KnowledgeEntry)
    assert said == ["updated", "same"] and "审定的答复" in row.source


def test_an_entry_of_earlier_days_with_personal_data_answers_nobody_by_itself(bureau: Bureau) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, replace(PRIVATE[0], status=CANDIDATE)))

    def as_it_was(desk: Desk) -> None:
        row = desk.session.get(KnowledgeEntry, "E1")
        assert row is not None
        row.status = "published"

    bureau.workplace.act(as_it_was)
    match = a_match("E1")
    match = replace(match, entry=PRIVATE[0])
    assert isinstance(bureau.writes("水管坏了找谁", "amy", match), receive.Registered)
    assert bureau.rows(AutoAnswer) == []
