"""Codes with which a platform lets a card be changed: each once, within its time, the newest first."""

from datetime import timedelta

from sqlmodel import col, delete, select

from cases.register.desk import Desk
from cases.register.tables import CardCode, ChangeableCard

LASTS = timedelta(hours=71)  # 企业微信 says 72
_MOST = 4  # codes of one card


def keep(desk: Desk, card: str, code: str, shows: str | None = None) -> None:
    """Note a code that may change a card once, and what the card `shows` now; codes that lapsed are forgotten."""
    if not card or not code:
        return
    for table in (CardCode, ChangeableCard):
        desk.session.execute(delete(table).where(col(table.at) < desk.now - LASTS))
    row = desk.session.get(ChangeableCard, card) or ChangeableCard(card=card)
    row.at, row.shown = desk.now, row.shown if shows is None else shows
    desk.session.add(row)
    desk.session.flush()
    for stale in _codes(desk, card)[_MOST - 1 :]:
        desk.session.delete(stale)
    desk.session.add(CardCode(card=card, code=code, at=desk.now))


def take(desk: Desk, card: str, shows: str = "") -> str:
    """Return the newest code of a card and use it up; empty where there is none.

    The last code is kept for a change that matters: `shows` names what the card is to show.
    """
    row = desk.session.get(ChangeableCard, card)
    alive = [code for code in _codes(desk, card) if code.at > desk.now - LASTS]
    if row is None or not alive or (len(alive) == 1 and shows and shows == row.shown):
        return ""
    row.shown = shows or row.shown
    desk.session.add(row)
    desk.session.delete(alive[0])
    return alive[0].code


def not_shown(desk: Desk, card: str) -> None:
    """The change for which a code was taken was refused: the card does not show what was noted."""
    row = desk.session.get(ChangeableCard, card)
    if row is not None:
        row.shown = ""
        desk.session.add(row)


def _codes(desk: Desk, card: str) -> list[CardCode]:
    query = select(CardCode).where(CardCode.card == card).order_by(col(CardCode.id).desc())
    return list(desk.session.exec(query).all())
