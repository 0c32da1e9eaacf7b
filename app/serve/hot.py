"""Hot spots of the register: what many citizens write about at once, told to the supervisors."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import true
from sqlmodel import col, select

from app.wiring import Services
from cases.lists import hot, matters, statistics
from cases.register.desk import Desk
from cases.register.tables import Case, Message
from cases.sending import announce

if TYPE_CHECKING:  # scikit-learn takes two seconds to import: loaded when there is something to group
    from classifier.hotspots import HotSpot, Mention

WATCHED_DAYS = 7
TOLD_FROM = 5  # distinct citizens


def letters_of_register(desk: Desk, days: int | None = None) -> list[Mention]:
    """Return the register's letters, masked. Accusations are left out: they never become a title."""
    from classifier.hotspots import Mention

    query = (
        select(Case.no, Message.masked, Message.received_at, Case.citizen_id)
        .where(Message.case_id == Case.id, col(Case.accusation).is_(False), Message.kind == "text")
        .order_by(col(Message.id))
    )
    if days is not None:
        query = query.where(col(Message.received_at) >= desk.now - timedelta(days=days))
    return [Mention(no, text, at, str(citizen)) for no, text, at, citizen in desk.session.exec(query).all()]


async def watch_hotspots(services: Services) -> int:
    """Tell the supervisors of each hot spot once, and again when it has doubled; returns how many were told."""
    letters = await services.workplace.look_async(lambda desk: letters_of_register(desk, WATCHED_DAYS))
    if len(letters) < TOLD_FROM:
        return 0
    found = await asyncio.to_thread(_grouped, letters)
    told = [spot for spot in found if spot.users >= TOLD_FROM]
    await services.workplace.act_async(lambda desk: _tell(desk, told))
    return len(told)


def _grouped(letters: list[Mention]) -> list[HotSpot]:
    from classifier.hotspots import hotspots

    return hotspots(letters, WATCHED_DAYS)


async def keep_matters(services: Services) -> None:
    """Keep what many write about, of more letters than a page groups while somebody waits for it."""
    for name, since, until in await services.workplace.look_async(_wanting):
        rows = await services.workplace.look_async(partial(_letters, since=since, until=until))
        found = await asyncio.to_thread(matters.found, rows)
        await services.workplace.act_async(partial(matters.keep, name=name, rows=rows, spots=found))


def _letters(desk: Desk, since: datetime, until: datetime) -> list[hot.Row]:
    return hot.letters(desk, true(), since, until)


def _wanting(desk: Desk) -> list[tuple[str, datetime, datetime]]:
    """Return the spans whose matters were found too long ago: the last days, this month, and one that is over.

    Of the months that are over each is found once, the latest first, and one in a round: nobody waits for it here.
    """
    zone = desk.office.zone
    months = [statistics.span(name, zone, desk.now) for name in statistics.months_back(desk.now, zone)]
    this, *over = [(one.name, one.start - (one.cut - one.start), one.cut) for one in months]
    spans = [(matters.WEEK, desk.now - timedelta(days=2 * WATCHED_DAYS), desk.now), this]
    found = [span for span in spans if matters.wants(desk, *span)]
    return found or [span for span in over if matters.wants(desk, *span)][:1]


def _tell(desk: Desk, spots: list[HotSpot]) -> None:
    for spot in spots:
        numbers = list(dict.fromkeys(str(no) for no in spot.ids))
        step = spot.users.bit_length()
        text = f"【热点】{spot.title}\n{spot.users} 人反映，{spot.size} 条：{'、'.join(numbers[:20])}"
        announce.supervisors(desk, text, key=f"{announce.HOT_SPOT}{min(numbers)}:{step}")
