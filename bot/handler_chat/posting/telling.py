"""Lines of text: whether they are still to be said when their time has come, and those of the watch in one message."""

from collections.abc import Sequence
from datetime import datetime

from bot.handler_chat.cards import lists
from bot.handler_chat.cards.lists import AlertLine
from bot.handler_chat.posting import deciding
from bot.handler_chat.posting.work import Bench, Post
from cases.register import drafts, register
from cases.register.errors import NotFound
from cases.register.kinds import Posted
from cases.register.readonly import Outbox
from cases.register.rows import id_of
from cases.register.states import OutboxState
from cases.sending import chat, payloads
from cases.sending.chat import Place


def place_of(bench: Bench, row: Outbox) -> Place:
    """Return where a line is said. Raises: NotFound if it need not be said any more, or not there."""
    said = payloads.NoticeLine.of(row)
    case = register.find(bench.desk, said.case_id)
    if said.while_open and case is not None and not register.is_open(case):
        raise NotFound("本件已办结，无需再提醒。")
    if (end := said.not_after) and bench.desk.now >= datetime.fromisoformat(end):
        raise NotFound("已过时。")
    place = bench.place(said.to)
    if (other := said.not_where) and place == bench.place(other):
        raise NotFound("同一个群里已有提示。")
    if said.to_reviewers and case is not None:
        under = drafts.under_review(bench.desk, case)
        if under is None:
            raise NotFound("已无待审核的草稿，无需再提醒。")
        if place not in deciding.review_places(bench, case, under):
            raise NotFound("审核卡不在这个群里。")
    return place


def alerts(bench: Bench, rows: Sequence[Outbox]) -> list[tuple[Post, list[int]]]:
    """Return the messages that say the lines of one place, each with its rows; what is past is settled as dropped."""
    lines: list[AlertLine] = []
    where: Place | None = None
    for row in rows:
        try:
            where = place_of(bench, row)
        except NotFound as gone:
            chat.settle(bench.desk, [id_of(row)], state=OutboxState.DROPPED, why=str(gone))
            continue
        said = payloads.WatchLine.of(row)
        lines.append(AlertLine(id_of(row), said.case_id or 0, said.no, said.text, said.grave))
    if where is None:
        return []
    pages = lists.alert_pages(_once(bench, lines), in_words=bench.chats.personal)
    posts = []
    for card, page in pages:
        record = {
            "kind": Posted.NOTICE,
            "case_id": page[0].case_id if len(page) == 1 and len(pages) == 1 else None,
        }
        posts.append((Post(where, card, record), [line.row_id for line in page]))
    return posts


def _once(bench: Bench, lines: Sequence[AlertLine]) -> list[AlertLine]:
    """Where several roles share a chat, a case is named once under each heading: by its gravest line."""
    kept: dict[tuple[int, str], AlertLine] = {}
    for line in sorted(lines, key=lambda line: line.grave):
        heading = (line.case_id, line.text.partition("】")[0])
        if heading in kept:
            chat.settle(bench.desk, [line.row_id], state=OutboxState.DROPPED, why="同一个群里已有提示。")
        else:
            kept[heading] = line
    return list(kept.values())
