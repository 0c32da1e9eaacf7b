"""A page of comments is taken in one step: as many cases as comments, whoever wrote them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import event

from cases.register import articles
from cases.register.desk import Desk
from cases.register.tables import Case, Citizen, Comment, DueChange, Message, Outbox
from cases.steps import comments
from cases.steps.comments import Written
from tests.builders import ACCOUNT, Bureau, by_words


def take(bureau: Bureau, written: Sequence[Written]) -> int:
    def step(desk: Desk) -> int:
        article = articles.add(desk, ACCOUNT, "2247483650")
        return comments.take(desk, article, [(each, by_words(each.text)) for each in written])

    return bureau.workplace.act(step)


def page(bureau: Bureau, texts: Sequence[str], openid: str = "", first: int = 1) -> list[Written]:
    return [Written(str(n), openid, text, bureau.clock.now) for n, text in enumerate(texts, first)]


def test_each_comment_is_a_case_with_number_due_date_department_and_card(bureau: Bureau) -> None:
    assert take(bureau, page(bureau, ["水管坏了，投诉", "公交几点收班", "表扬保洁员"])) == 3
    found = [(c.no, c.category, c.channel, str(c.due_on), c.department_id) for c in bureau.rows(Case)]
    assert found == [
        ("20260302-0001", "complaint", "comment", "2026-03-30", 1),
        ("20260302-0002", "advice_inquiry", "comment", "2026-03-16", 2),
        ("20260302-0003", "praise", "comment", "2026-03-09", None),
    ]
    assert [row.case_id for row in bureau.rows(Message)] == [row.case_id for row in bureau.rows(Comment)]
    assert [(row.cause, row.working_days) for row in bureau.rows(DueChange)] == [
        ("received", 20), ("received", 10), ("received", 5),
    ]  # fmt: skip
    assert [row.payload["case_id"] for row in bureau.rows(Outbox, kind="case_card")] == [1, 2, 3]
    chain = bureau.chain()
    assert chain.ok


def test_comments_and_messages_share_one_row_of_numbers(bureau: Bureau) -> None:
    bureau.a_case()
    take(bureau, page(bureau, ["水管坏了"] * 3))
    assert bureau.a_case() == "20260302-0005"


def test_one_reader_may_write_many_comments_and_each_is_a_case(bureau: Bureau) -> None:
    bureau.a_case(openid="amy")
    take(bureau, page(bureau, ["水管坏了", "水管又坏了"], "amy"))
    assert len(bureau.rows(Citizen)) == 1
    assert len({case.citizen_id for case in bureau.rows(Case)}) == 1
    assert len(bureau.rows(Case)) == 3


def test_what_was_taken_is_not_taken_again_nor_twice_from_one_page(bureau: Bureau) -> None:
    take(bureau, page(bureau, ["水管坏了", "公交晚点"]))
    more = page(bureau, ["公交晚点", "路灯不亮"], first=2)
    assert take(bureau, [*more, *more]) == 1
    assert [row.user_comment_id for row in bureau.rows(Comment)] == ["1", "2", "3"]


def test_danger_in_a_page_is_told_at_once_and_has_its_first_answer_due(bureau: Bureau) -> None:
    take(bureau, page(bureau, ["水管坏了", "我要跳楼", "公交晚点"]))
    (alarmed,) = bureau.alarms()
    assert bureau.rows(Case)[1].id == alarmed
    urgent = bureau.rows(Case)[1]
    assert urgent.urgent_since == urgent.received_at
    assert urgent.first_answer_due_at and urgent.first_answer_due_at < urgent.due_at
    assert [case.first_answer_due_at for case in bureau.rows(Case)[::2]] == [None, None]


def test_a_page_that_fails_leaves_nothing(bureau: Bureau) -> None:
    bad = Written("2", "", "公交晚点", bureau.clock.now.replace(tzinfo=None))
    try:
        take(bureau, [*page(bureau, ["水管坏了"]), bad])
    except TypeError:
        pass
    assert bureau.rows(Case) == bureau.rows(Message) == bureau.rows(Comment) == bureau.rows(Outbox) == []
    assert bureau.a_case() == "20260302-0001"


def test_reading_is_as_cheap_for_a_page_as_for_one(bureau: Bureau) -> None:
    """Every look-up is made once for a page: departments, citizens, numbers, known comments."""
    seen: list[str] = []
    event.listen(bureau.store.engine, "before_cursor_execute", lambda *a: seen.append(a[2].split()[0]))
    take(bureau, page(bureau, ["水管坏了"]))
    one, seen[:] = seen.count("SELECT"), []
    bureau.clock.now += timedelta(hours=1)
    take(bureau, page(bureau, ["水管坏了"] * 40, first=2))
    assert seen.count("SELECT") == one
