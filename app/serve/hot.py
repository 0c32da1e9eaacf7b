"""Hot spots of the register: what many citizens write about at once, told to the supervisors."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from app.wiring import Services
from cases.register.desk import Desk
from cases.register.tables import Case, Message
from cases.sending import announce

if TYPE_CHECKING:  # scikit-learn takes two seconds to import: loaded when there is something to group
    from classifier.hotspots import HotSpot, Letter

WATCHED_DAYS = 7
TOLD_FROM = 5  # distinct citizens


def letters_of_register(desk: Desk, days: int | None = None) -> list[Letter]:
    """Return the register's letters, masked. Accusations are left out: they never become a title."""
    from classifier.hotspots import Letter

    query = (
        select(Case.no, Message.masked, Message.received_at, Case.citizen_id)
        .where(Message.case_id == Case.id, col(Case.accusation).is_(False), Message.kind == "text")
        .order_by(col(Message.id))
    )
    if days is not None:
        query = query.where(col(Message.received_at) >= desk.now - timedelta(days=days))
    return [Letter(no, text, at, str(citizen)) for no, text, at, citizen in desk.session.exec(query).all()]


async def watch_hotspots(services: Services) -> int:
    """Tell the supervisors of each hot spot once, and again when it has doubled; returns how many were told."""
    letters = await services.workplace.look_async(lambda desk: letters_of_register(desk, WATCHED_DAYS))
    if len(letters) < TOLD_FROM:
        return 0
    found = await asyncio.to_thread(_grouped, letters)
    hot = [spot for spot in found if spot.users >= TOLD_FROM]
    await services.workplace.act_async(lambda desk: _tell(desk, hot))
    return len(hot)


def _grouped(letters: list[Letter]) -> list[HotSpot]:
    from classifier.hotspots import hotspots

    return hotspots(letters, WATCHED_DAYS)


def _tell(desk: Desk, spots: list[HotSpot]) -> None:
    for spot in spots:
        numbers = list(dict.fromkeys(str(no) for no in spot.ids))
        step = spot.users.bit_length()
        text = f"【热点】{spot.title}\n{spot.users} 人反映，{spot.size} 条：{'、'.join(numbers[:20])}"
        announce.supervisors(desk, text, key=f"hotspot:{min(numbers)}:{step}")
