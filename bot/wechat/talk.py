"""One push on a desk, and what rides on the reply to it: what waits for this citizen, page by page."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.wechat import words
from bot.wechat.parsing import Push
from cases.register import citizens
from cases.register.desk import Desk
from cases.register.readonly import Citizen
from cases.register.rows import id_of
from cases.sending import announce
from cases.steps import rate, reply
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found out about the text before the transaction."""

    triage: Triage
    match: Match | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One push on a desk. `safety` returns the office's own safety text, or an empty one."""

    desk: Desk
    push: Push
    judged: Judged | None
    safety: Callable[[], str]
    citizen: Citizen
    key: str


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The plain first message of a citizen. None: not even their address is known."""

    push: Push
    judged: Judged
    key: str
    citizen: Citizen | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the citizen reads at once. Nothing rides on the safety text."""

    text: str
    alone: bool = False


def whole(talk: Talk, said: Said) -> str:
    """Return the reply with what waits for this citizen; long texts go page by page with 「继续」.

    What is handed over in pages counts as delivered only when its last page went out.
    """
    if said.alone:
        return said.text
    desk, citizen = talk.desk, talk.citizen
    waiting = announce.undelivered(desk, id_of(citizen))
    vault = desk.office.vault
    first, *rest = words.pages("\n\n".join([said.text, *(vault.open(row.text_sealed) for row in waiting)]))
    kept = {"pages": rest, "deliveries": [row.id for row in waiting]}
    citizens.keep_pages(desk, citizen, json.dumps(kept, ensure_ascii=False) if rest else "")
    if waiting and not rest:
        reply.handed_over(desk, waiting)
        rate.offer(desk, waiting)
    return first


def next_page(talk: Talk) -> str:
    desk, citizen = talk.desk, talk.citizen
    known = citizens.pages(desk, citizen)
    if not known:
        return whole(talk, Said(words.NOTHING_MORE))
    kept = json.loads(known)
    page, *rest = kept["pages"]
    citizens.keep_pages(
        desk, citizen, json.dumps({**kept, "pages": rest}, ensure_ascii=False) if rest else ""
    )
    if not rest:
        rows = [row for row in announce.undelivered(desk, id_of(citizen)) if row.id in kept["deliveries"]]
        reply.handed_over(desk, rows)
        rate.offer(desk, rows)
    return str(page)
