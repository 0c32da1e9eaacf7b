"""Reminders that quiet hours held back: told while they are still of use, and where those are whom they concern."""

import pytest
from sqlmodel import select

from bot.handler_chat.posting import rendering
from bot.handler_chat.posting.work import Work
from cases.register import drafts, people, register
from cases.register.desk import Desk
from cases.register.tables import Case, Outbox
from cases.sending import announce
from cases.sending.chat import Chats, Place
from cases.steps import assign, review
from cases.watch import digest
from tests.unit.bot.handler_chat.conftest import LI, WATER, ZHANG, Bureau

PLACES = Chats("telegram", Place("-1"), Place("-9"))
TEAMS = Chats("wecom", Place("@all"), Place("@supervisors"), personal=True)


def under_review(bureau: Bureau) -> str:
    no = bureau.letter("请问水管多久修好？")
    bureau.act(ZHANG, lambda d, staff: assign.claim(d, staff, register.by_number(d, no)))
    bureau.submit(ZHANG, no, "水管本周内修好。")
    return no


def rendered(
    bureau: Bureau, no: str, chats: Chats, *, reviewers: bool, while_open: bool = True, to: str = ""
) -> Work:
    def step(desk: Desk) -> Work:
        case: Case = register.by_number(desk, no)
        where = to or (announce.home(case) if reviewers else announce.SUPERVISORS)
        key = f"k{to}"
        announce.tell(
            desk, where, "【提醒】", key=key, case=case, while_open=while_open, to_reviewers=reviewers
        )
        desk.session.flush()
        row = desk.session.exec(select(Outbox).where(Outbox.key == key)).one()
        return rendering.work(desk, chats, row)

    return bureau.workplace.act(step)


def close(bureau: Bureau, no: str) -> None:
    def approve(desk: Desk, staff: object) -> None:
        under = drafts.under_review(desk, register.by_number(desk, no))
        assert under is not None
        review.approve(desk, staff, under, under.round)  # type: ignore[arg-type]

    bureau.act(LI, approve)


def _give(desk: Desk, no: str, department: str) -> None:
    case = register.by_number(desk, no)
    case.department_id = people.department_named(desk, department).id
    desk.session.add(case)


@pytest.mark.parametrize("reviewers", [True, False])
def test_a_reminder_of_a_case_that_was_closed_meanwhile_is_dropped(bureau: Bureau, reviewers: bool) -> None:
    no = under_review(bureau)
    close(bureau, no)
    work = rendered(bureau, no, PLACES, reviewers=reviewers)
    assert work.posts == () and "已办结" in work.dropped


def test_that_a_case_fell_overdue_is_told_although_it_was_answered_meanwhile(bureau: Bureau) -> None:
    no = under_review(bureau)
    close(bureau, no)
    (post,) = rendered(bureau, no, PLACES, reviewers=False, while_open=False).posts
    assert post.place.chat_id == "-9"


def test_reviewers_of_no_department_are_reminded_too_where_people_are_written_to_one_by_one(
    bureau: Bureau,
) -> None:
    no = under_review(bureau)
    bureau.workplace.act(lambda desk: _give(desk, no, "民政局"))  # a department without a chat of its own
    (post,) = rendered(bureau, no, TEAMS, reviewers=True).posts
    assert post.place.chat_id.startswith("@department:")
    (post,) = rendered(bureau, no, TEAMS, reviewers=True, to=announce.REVIEWERS).posts
    assert post.place.chat_id == "@reviewers"
    assert rendered(bureau, no, TEAMS, reviewers=True, to=announce.SUPERVISORS).posts == ()


def test_a_draft_that_was_withdrawn_reminds_nobody(bureau: Bureau) -> None:
    no = under_review(bureau)
    bureau.workplace.act(lambda d: review.withdraw(d, register.by_number(d, no), "撤回"))
    work = rendered(bureau, no, PLACES, reviewers=True)
    assert work.posts == () and "无待审核" in work.dropped


def test_where_handlers_and_supervisors_share_a_chat_a_line_is_read_once(bureau: Bureau) -> None:
    no = under_review(bureau)
    one = Chats("telegram", Place("-1"), Place(str(WATER)))

    def works(chats: Chats) -> Work:
        def step(desk: Desk) -> Work:
            case = register.by_number(desk, no)
            key = f"k{chats.supervisors.chat_id}"
            announce.tell(
                desk, announce.home(case), "【催办】", key=key, case=case, not_where=announce.SUPERVISORS
            )
            desk.session.flush()
            row = desk.session.exec(select(Outbox).where(Outbox.key == key)).one()
            return rendering.work(desk, chats, row)

        return bureau.workplace.act(step)

    assert works(one).posts == () and len(works(PLACES).posts) == 1


@pytest.mark.parametrize("late", [{"hours": 1}, {"days": 1}, {"days": 1, "hours": -1}, {"days": 200}])
def test_a_digest_that_could_not_be_sent_by_ten_is_dropped(bureau: Bureau, late: dict[str, float]) -> None:
    assert bureau.workplace.act(digest.tell)  # at nine; the chat is out of reach, or the clock jumps
    bureau.later(**late)
    work = rendered_digest(bureau)
    assert (work.posts, work.dropped) == ((), "已过时。")


def test_a_digest_that_waited_until_shortly_before_ten_is_sent(bureau: Bureau) -> None:
    assert bureau.workplace.act(digest.tell)
    bureau.later(minutes=58)
    (post,) = rendered_digest(bureau).posts
    assert post.place.chat_id == "-9" and "【晨报】2026-03-02" in post.card.text


def test_yesterdays_digest_is_dropped_and_todays_is_sent(bureau: Bureau) -> None:
    assert bureau.workplace.act(digest.tell)
    bureau.later(days=1)
    assert bureau.workplace.act(digest.tell)
    assert rendered_digest(bureau).dropped and rendered_digest(bureau, "2026-03-03").posts


def rendered_digest(bureau: Bureau, day: str = "2026-03-02") -> Work:
    def step(desk: Desk) -> Work:
        row = desk.session.exec(select(Outbox).where(Outbox.key == f"digest:{day}")).one()
        return rendering.work(desk, PLACES, row)

    return bureau.workplace.act(step)
