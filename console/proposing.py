"""「拟稿」 on a case's page: the office's own model proposes a text into the handler's edit box."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import Request, Response

from cases.lists import browse
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Refusal
from cases.register.readonly import Staff
from cases.steps import propose as proposing
from console import case_pages
from console.door import Visit
from knowledge_base.answering.answerer import Match

_LOOK = 0.25  # seconds between looks whether the browser is still there


async def propose(visit: Visit) -> Response:
    """Ask the model and show what it wrote. Whoever leaves the page has it cancelled."""
    house = visit.house
    try:
        row = await _proposed(visit)
    except NotFound:
        raise
    except _Left:
        return Response(status_code=204)
    except Refusal as refusal:
        said = refusal
        return await house.run(lambda: case_pages.show(visit, said, action="draft"))
    return await house.run(lambda: case_pages.show(visit, proposal=row))


async def _proposed(visit: Visit) -> Any:
    house, no, model = visit.house, visit.part("no"), visit.house.model
    if model is None:
        raise Invalid("没有接入拟稿服务。")

    def gather() -> proposing.Brief:
        letter, account = visit.look(lambda desk, me: _letter(desk, me, no))
        found: list[Match] = house.search(letter, proposing.ENTRIES, account) if letter.strip() else []
        tone = proposing.tone(house.var)
        return visit.look(lambda desk, me: proposing.brief(desk, me, browse.seen(desk, me, no), found, tone))

    brief = await house.run(gather)
    said = await _while_there(visit.request, model.complete(brief.messages))
    return await house.run(
        visit.act,
        lambda desk, me: proposing.keep(desk, me, browse.seen(desk, me, no), brief, said, model.name),
    )


def _letter(desk: Desk, me: Staff, no: str) -> tuple[str, str]:
    case = browse.seen(desk, me, no)
    return proposing.letter_of(desk, case), case.account


class _Left(Exception):
    """The browser went away."""


async def _while_there(request: Request, asked: Coroutine[Any, Any, str]) -> str:
    work = asyncio.ensure_future(asked)
    try:
        while not (await asyncio.wait({work}, timeout=_LOOK))[0]:
            if await request.is_disconnected():
                raise _Left
        return work.result()
    finally:
        work.cancel()
