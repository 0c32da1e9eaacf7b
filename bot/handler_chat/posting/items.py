"""What waits for the courier, each row as the plan weighs it: its chat, its rank, whether it may share a message."""

from bot.handler_chat.posting.queue import Item
from cases.lists import views
from cases.register import register
from cases.register.desk import Desk
from cases.register.kinds import Job
from cases.register.readonly import Outbox
from cases.register.rows import id_of
from cases.register.states import State
from cases.sending import chat, outbox, payloads
from cases.sending.chat import Chats
from cases.steps.suggest import may_suggest


def waiting(platform: str, chats: Chats, desk: Desk) -> list[Item]:
    rows = chat.waiting(desk)
    ids = {payloads.OfCase.of(row).case_id for row in rows if row.kind == Job.CASE_CARD}
    standing = chat.cases_with_card(desk, platform, ids)
    return [_item(desk, chats, row, standing) for row in rows]


def _item(desk: Desk, chats: Chats, row: Outbox, standing: set[tuple[int, str]]) -> Item:
    target = payloads.to_of(row) or row.target
    place = chat.place_of(desk, chats, target)
    alert = row.kind == Job.ALERT
    case_id = None if alert else payloads.case_of(row)
    chat_id = place.chat_id if place is not None else ""
    card = row.kind == Job.CASE_CARD
    case = register.find(desk, case_id) if card else None
    stands = card and (case_id, chat_id) in standing
    new = case is not None and not stands and register.is_open(case)
    return Item(
        row_id=id_of(row),
        chat=chat_id,
        priority=row.priority,
        case_id=case_id,
        new_card=new,
        edit=card and not new,
        listable=new and case is not None and case.status == State.NEW and not case.urgent,
        ready=row.not_before <= desk.now,
        alert=str(place) if alert and place is not None else "",
    )


def asked_about(desk: Desk, row_id: int) -> views.CaseView | None:
    """Return the case that a card's suggestions are looked up for; None where the card has none."""
    row = outbox.find(desk, row_id)
    if row is None or row.kind not in (Job.CASE_CARD, Job.SHOW_CARD, Job.FRESH_CARD):
        return None
    case = register.by_id(desk, payloads.case_of(row))
    if not may_suggest(case):
        return None
    return views.view(desk, case)
