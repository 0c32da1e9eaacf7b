"""Codes with which a platform lets a card be changed: each once, within its time, the newest first.

A row of the register's single values holds a card's: what it shows, then a line for each code.
"""

from datetime import datetime, timedelta

from sqlmodel import col, delete

from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import Meta

LASTS = timedelta(hours=71)  # 企业微信 says 72
_KEY = "wecom_card:"
_MOST = 4  # codes of one card


def keep(desk: Desk, card: str, code: str, shows: str | None = None) -> None:
    """Note a code that may change a card once, and what the card `shows` now; codes that lapsed are forgotten."""
    if not card or not code:
        return
    lapsed = (desk.now - LASTS).isoformat()
    desk.session.execute(delete(Meta).where(col(Meta.key).startswith(_KEY), col(Meta.value) < lapsed))
    head, *codes = memo.read(desk, _KEY + card).splitlines() or [" "]
    shown = head.partition(" ")[2] if shows is None else shows
    now = desk.now.isoformat()
    memo.write(desk, _KEY + card, "\n".join([f"{now} {shown}", f"{now} {code}", *codes[: _MOST - 1]]))


def take(desk: Desk, card: str, shows: str = "") -> str:
    """Return the newest code of a card and use it up; empty where there is none.

    The last code is kept for a change that matters: `shows` names what the card is to show.
    """
    head, *codes = memo.read(desk, _KEY + card).splitlines() or [""]
    at, _, shown = head.partition(" ")
    alive = [code for code in codes if datetime.fromisoformat(code.partition(" ")[0]) > desk.now - LASTS]
    if not alive or (len(alive) == 1 and shows and shows == shown):
        return ""
    memo.write(desk, _KEY + card, "\n".join([f"{at} {shows or shown}", *alive[1:]]))
    return alive[0].partition(" ")[2]


def not_shown(desk: Desk, card: str) -> None:
    """The change for which a code was taken was refused: the card does not show what was noted."""
    head, *codes = memo.read(desk, _KEY + card).splitlines() or [""]
    if head:
        memo.write(desk, _KEY + card, "\n".join([f"{head.partition(' ')[0]} ", *codes]))
