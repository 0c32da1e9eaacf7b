"""Article comments: each becomes a case with the same clock; the approved answer is posted under the article."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlmodel import col, select

from cases.register import register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.kinds import Category, Job, Lane
from cases.register.permissions import REVIEWER, require, require_work
from cases.register.readonly import Article, Case, Staff
from cases.register.rows import id_of
from cases.register.states import OPEN, CommentState, Event
from cases.register.tables import Comment
from cases.sending import announce, outbox, payloads
from cases.steps import receive, review
from cases.steps.receive import Incoming

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage

DELETED = "留言已被删除，自动办结。"
REPLIED = "留言在公众平台上已有回复，自动办结。"


@dataclass(frozen=True, slots=True)
class Written:
    """A comment as the platform lists it. `openid` may be empty."""

    user_comment_id: str
    openid: str
    text: str
    at: datetime
    replied: bool = False


def known(desk: Desk, article: Article) -> set[str]:
    """Return the ids of the comments that are registered already."""
    return set(desk.session.exec(select(Comment.user_comment_id).where(Comment.article_id == article.id)))


def take(desk: Desk, article: Article, written: Sequence[tuple[Written, Triage]]) -> int:
    """Make a case of every comment that is not one yet; returns how many there were."""
    wanted = [each.user_comment_id for each, _ in written]
    query = select(Comment.user_comment_id).where(
        Comment.article_id == article.id, col(Comment.user_comment_id).in_(wanted)
    )
    there = set(desk.session.exec(query))
    new = {each.user_comment_id: (each, judged) for each, judged in written}
    new = {comment_id: pair for comment_id, pair in new.items() if comment_id not in there}
    if not new:
        return 0
    cases = receive.receive_comments(
        desk, [(_incoming(article, each), judged) for each, judged in new.values()]
    )
    opened = list(zip(new.values(), cases, strict=True))
    rows = [_row(desk, article, each, case) for (each, _), case in opened]
    desk.session.connection().execute(insert(Comment), rows)
    for (each, _), case in opened:
        if each.replied:
            _close(desk, case, REPLIED)
    return len(new)


def _incoming(article: Article, each: Written) -> Incoming:
    return Incoming(
        account=article.account,
        openid=each.openid or f"comment:{article.msg_data_id}:{article.idx}:{each.user_comment_id}",
        text=each.text,
        sent_at=each.at,
        channel="comment",
    )


def _row(desk: Desk, article: Article, each: Written, case: Case) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "user_comment_id": each.user_comment_id,
        "case_id": case.id,
        "state": "replied" if each.replied else "open",
        "seen_at": desk.now,
    }


def finish(desk: Desk, article_id: int, seen: Collection[str], total: int) -> int:
    """After a full reading: note how many comments there are and close those that were deleted."""
    article = by_id(desk, article_id)
    article.polled_at, article.high_water = desk.now, total
    desk.session.add(article)
    rows = desk.session.exec(
        select(Comment).where(Comment.article_id == article_id, Comment.state == CommentState.OPEN)
    ).all()
    gone = [row for row in rows if row.user_comment_id not in seen]
    for comment in gone:
        comment.state = CommentState.DELETED
        desk.session.add(comment)
        case = desk.session.get(tables.Case, comment.case_id) if comment.case_id else None
        if case is not None and case.status in OPEN:
            _close(desk, case, DELETED)
    return len(gone)


def elect(desk: Desk, staff: Staff, case: Case) -> None:
    """Have a praise comment shown as elect (精选). Raises: NotAllowed, Invalid, NotFound."""
    require(staff, REVIEWER)
    require_work(staff, case)
    comment, _ = of_case(desk, case)
    if case.category != Category.PRAISE:
        raise Invalid("只有表扬感谢类留言可以设为精选。")
    outbox.put(
        desk,
        key=f"elect:{comment.id}",
        lane=Lane.COMMENT,
        target=f"citizen:{case.citizen_id}",
        kind=Job.ELECT,
        now=desk.now,
        payload=payloads.OfCase(id_of(case)),
    )
    desk.audit("comment.elect", f"case:{case.no}", comment=comment.user_comment_id)


def of_case(desk: Desk, case: Case) -> tuple[Comment, Article]:
    """Return the comment behind a case, and its article. Raises: NotFound."""
    comment = desk.session.exec(select(Comment).where(Comment.case_id == case.id)).first()
    if comment is None:
        raise NotFound("本件不是图文留言。")
    return comment, by_id(desk, comment.article_id)


def by_id(desk: Desk, article_id: int) -> tables.Article:
    article = desk.session.get(tables.Article, article_id)
    if article is None:
        raise NotFound("没有这篇文章。")
    return article


def _close(desk: Desk, case: Case, note: str) -> None:
    review.withdraw(desk, case, note)
    register.move(desk, case, Event.CLOSE, closed_at=desk.now, close_note=note, review_since=None)
    announce.card(desk, case)
