"""Warns before WeChat's 48 hours end with a case unanswered: afterwards an answer reaches its citizen less directly."""

from collections import defaultdict
from datetime import timedelta

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.rows import id_of
from cases.register.states import OPEN
from cases.register.tables import Case, Citizen
from cases.sending import announce, outbox

WINDOW = timedelta(hours=48)
AHEAD = timedelta(hours=4)
SHOWN = 20  # numbers in one warning


def warn(desk: Desk, limit: int = 500) -> int:
    """Tell each chat once which of its claimed cases' windows shut soon; returns how many cases. Call it by timer."""
    citizens = _shutting(desk, limit)
    cases = desk.session.exec(
        select(Case)
        .where(
            col(Case.citizen_id).in_(citizens),
            col(Case.status).in_(OPEN),
            col(Case.handler_id).is_not(None),
            Case.channel == "wechat",
        )
        .order_by(col(Case.id))
    ).all()
    by_chat: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        by_chat[announce.home(case)].append(case.no)
    for chat, numbers in by_chat.items():
        more = f"等 {len(numbers)} 件" if len(numbers) > SHOWN else ""
        announce.tell(
            desk,
            chat,
            f"【微信窗口】{'、'.join(numbers[:SHOWN])}{more} 的 48 小时窗口将在 {AHEAD.seconds // 3600} 小时内关闭，"
            "此后的答复要等来信人再来或以模板消息通知。",
            quiet=True,
            priority=outbox.BACKGROUND,
        )
    return len(cases)


def _shutting(desk: Desk, limit: int) -> list[int]:
    """Return the citizens whose windows shut soon, and note them as warned of."""
    opened, shutting = desk.now - WINDOW, desk.now - WINDOW + AHEAD
    query = (
        select(Citizen)
        .where(
            col(Citizen.last_message_at) > opened,
            col(Citizen.last_message_at) <= shutting,
            col(Citizen.warned_for).is_distinct_from(col(Citizen.last_message_at)),
        )
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    citizens = desk.session.exec(query).all()
    for citizen in citizens:
        citizen.warned_for = citizen.last_message_at
        desk.session.add(citizen)
    return [id_of(citizen) for citizen in citizens]
