"""Review dates remind their owner once and once more; a changed source stops what cites it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from cases.knowledge import learn, upkeep
from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound
from cases.register.tables import Audit, KnowledgeEntry, Outbox
from cases.steps import receive
from cases.watch import digest
from knowledge_base.base.entries import Entry
from tests.builders import Bureau, a_handler, a_match

TODAY = date(2026, 3, 16)
GUIDE = "公安局《办事指南》第 1 项"


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    """The bureau on a Monday at eight, in which 张工 can be written to."""
    bureau.workplace.act(lambda desk: _with_account(desk, bureau.ids["张工"]))
    bureau.clock.set(TODAY.year, TODAY.month, TODAY.day, 8)
    return bureau


def _with_account(desk: Desk, staff_id: int) -> None:
    people.staff_by_id(desk, staff_id).telegram_id = str(1000 + staff_id)


def bring_in(bureau: Bureau, entry_id: str, days: int | None = None, **more: Any) -> None:
    on = None if days is None else TODAY + timedelta(days=days)
    new = Entry(entry_id, more.pop("question", f"第{entry_id}问"), "答。", review_on=on, **more)
    bureau.workplace.act(lambda desk: learn.bring_in(desk, new))


def morning(bureau: Bureau, day: int = 16) -> dict[str, str]:
    """Return what was told of entries with that day's digest, by chat."""
    bureau.clock.set(2026, 3, day, 8)
    before = len(bureau.rows(Outbox))
    assert bureau.workplace.act(digest.tell) is True
    rows = bureau.rows(Outbox)[before:]
    return {row.target: row.payload["text"] for row in rows if row.key.startswith("kb_review:")}


def personal(bureau: Bureau, name: str = "张工") -> str:
    return f"staff:{bureau.ids[name]}"


def test_an_owner_is_told_once_before_and_once_when_the_day_has_come(office: Bureau) -> None:
    bring_in(office, "E1", 14, owner="张工")
    bring_in(office, "E2", 15, owner="张工")
    first = morning(office)
    assert list(first) == [personal(office)]
    assert "1 条将在 14 天内到复核日期：\n· 第E1问（2026-03-30）" in first[personal(office)]
    second = morning(office, 17)
    assert "第E2问" in second[personal(office)] and "第E1问" not in second[personal(office)]
    assert [morning(office, day) for day in (18, 19, 20, 23, 24, 25, 26, 27)] == [{}] * 8
    come = morning(office, 30)
    assert "1 条复核日期已到" in come[personal(office)] and "第E1问" in come[personal(office)]
    assert [row.reminded for row in office.rows(KnowledgeEntry)] == ["2026-03-30:due", "2026-03-31:soon"]


def test_a_new_review_day_is_told_anew(office: Bureau) -> None:
    bring_in(office, "E1", -3, owner="张工")
    assert "复核日期已到" in morning(office)[personal(office)]
    bring_in(office, "E1", 10, owner="张工")
    assert "10" not in morning(office, 17)[personal(office)].splitlines()[0]
    assert morning(office, 18) == {}


def test_one_message_for_each_chat_however_many_entries(office: Bureau) -> None:
    for number in range(20):
        bring_in(office, f"E{number:02}", 1 + number % 3, owner="张工", question="居住证" * 40)
    bring_in(office, "late", -1, owner="张工")
    (text,) = morning(office).values()
    assert "1 条复核日期已到" in text and "20 条将在" in text
    assert f"……另有 {20 - upkeep.SHOWN} 条" in text
    assert len(text) < 600


@pytest.mark.parametrize(
    ("owner", "department", "chat"),
    [
        ("张工", "交通局", "staff"),
        ("刘工", "城建局", "department"),  # no account
        ("没这人", "城建局", "department"),
        ("", "交通局", "department"),
        ("没这人", "没这局", "supervisor"),
        ("", "", "supervisor"),
    ],
)
def test_without_an_owner_who_can_be_reached_the_department_or_the_supervisors_are_told(
    office: Bureau, owner: str, department: str, chat: str
) -> None:
    bring_in(office, "E1", 1, owner=owner, department=department)
    ((to, text),) = morning(office).items()
    assert to.partition(":")[0] == chat
    assert text.startswith("【知识库】赵局长：") is (chat == "department" and department == "城建局")


def test_somebody_who_left_or_one_of_two_namesakes_is_not_taken_for_the_owner(office: Bureau) -> None:
    bring_in(office, "E1", 1, owner="张工", department="城建局")
    namesake = people.NewStaff("张工", "handler", "交通局", telegram_id="77")
    office.workplace.act(lambda desk: people.add_staff(desk, namesake))
    assert list(morning(office)) == [personal(office)]  # the one of the entry's department
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["张工"]))
    bring_in(office, "E2", 1, owner="张工")
    assert list(morning(office, 17)) != [personal(office)]


def test_only_published_entries_remind_and_questions_are_masked(office: Bureau) -> None:
    bring_in(office, "E1", 1, status="candidate")
    bring_in(office, "E2", 1, status="retired")
    bring_in(office, "E3", 1, question="打0873-6123456问居住证")
    (text,) = morning(office).values()
    assert "E1" not in text and "E2" not in text and "6123456" not in text and "1 条将在" in text


def changed(bureau: Bureau, title: str, who: str = "周科长") -> list[str]:
    ids = bureau.workplace.look(lambda desk: upkeep.citing(desk, title))
    return bureau.act(who, lambda desk, staff: upkeep.source_changed(desk, title, ids, staff))


def muted(bureau: Bureau) -> dict[str, str]:
    return {row.id: row.muted for row in bureau.rows(KnowledgeEntry) if row.muted}


def test_what_cites_a_changed_document_stops_and_its_owner_is_told_once(office: Bureau) -> None:
    bring_in(office, "E1", source=GUIDE, owner="张工")
    bring_in(office, "E2", source="《办事指南》（2025 年版）", owner="张工")
    bring_in(office, "E3", source="《别的指南》", owner="张工")
    bring_in(office, "E4", source=GUIDE, status="candidate")
    assert changed(office, "办事指南") == ["E1", "E2"]
    assert muted(office) == {"E1": "source", "E2": "source"}
    (text,) = office.told(personal(office))
    assert text.startswith("【知识库】《办事指南》有变动，引用它的 2 条已停止自动答复")
    assert changed(office, "《办事指南》") == ["E1", "E2"]  # again: nothing new to tell
    assert len(office.told(personal(office))) == 1
    query = select(Audit.subject).where(Audit.action == "kb.source_changed")
    noted = office.workplace.look(lambda desk: desk.session.exec(query).all())
    assert noted == ["entry:E1", "entry:E2"] and office.chain().ok


def test_the_index_hears_of_it_and_a_match_found_before_is_not_sent(office: Bureau) -> None:
    bring_in(office, "E1", source=GUIDE)
    assert isinstance(office.writes("居住证在哪办", match=a_match("E1")), receive.AutoAnswered)
    before = office.workplace.look(learn.last_seq)
    changed(office, "办事指南")
    rows = office.workplace.look(lambda desk: learn.changes_since(desk.session, before))
    assert [(row.id, row.status, row.muted) for row in rows] == [("E1", "published", "source")]
    assert isinstance(office.writes("居住证在哪办", match=a_match("E1")), receive.Registered)


def test_publishing_or_editing_lets_it_answer_again_and_the_same_file_does_not(office: Bureau) -> None:
    for entry_id in ("E1", "E2", "E3"):
        bring_in(office, entry_id, source=GUIDE)
    changed(office, "办事指南")
    office.act("周科长", lambda desk, staff: learn.publish(desk, "E1", staff))
    bring_in(office, "E2", source="《办事指南》（2026 年修订）")
    bring_in(office, "E3", source=GUIDE)
    assert muted(office) == {"E3": "source"}
    assert changed(office, "办事指南") == ["E1", "E2", "E3"]  # it changed once more
    assert len(office.told(word="有变动")) == 2


def test_an_edit_by_staff_waits_for_another_person(office: Bureau) -> None:
    bring_in(office, "E1", source=GUIDE)
    changed(office, "办事指南")
    office.act("周科长", lambda desk, staff: learn.edit(desk, Entry("E1", "问", "新的答。"), staff))
    assert [(row.status, row.muted) for row in office.rows(KnowledgeEntry)] == [("candidate", "")]


def test_a_document_that_nothing_cites_is_refused_in_words(office: Bureau) -> None:
    bring_in(office, "E1", source=GUIDE)
    with pytest.raises(NotFound, match="没有已发布的条目引用《条例》"):
        changed(office, "条例")
    with pytest.raises(Invalid):
        changed(office, "《》")


@pytest.mark.parametrize("who", ["张工", "钱管理"])
def test_whoever_may_not_publish_stops_nothing(office: Bureau, who: str) -> None:
    bring_in(office, "E1", source=GUIDE)
    with pytest.raises(NotAllowed):
        changed(office, "办事指南", who)
    assert muted(office) == {}


def test_what_was_retired_meanwhile_is_left_alone(office: Bureau) -> None:
    bring_in(office, "E1", source=GUIDE)
    office.workplace.act(lambda desk: learn.retire(desk, "E1"))
    stopped = office.workplace.act(lambda desk: upkeep.source_changed(desk, "办事指南", ["E1", "gone"]))
    assert stopped == [] and muted(office) == {}


def test_a_handler_hired_later_is_reached(office: Bureau) -> None:
    name = office.hire(a_handler("孙工", telegram_id="55"))
    bring_in(office, "E1", 2, owner=f" {name} ")
    assert list(morning(office)) == [personal(office, name)]
