"""The audit trail: pages of it, and whether the chain holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Response

from cases.lists import browse
from cases.register import audit, permissions
from cases.register.desk import Desk
from cases.register.errors import NotAllowed
from cases.register.readonly import Audit, Staff
from console import wording
from console.door import Visit

_HIDDEN: dict[str, object] = {"内容": "检举件，仅督办人可见"}


@dataclass(frozen=True, slots=True)
class TrailRow:
    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, object]
    hash: str


def trail(visit: Visit) -> Response:
    words, before = visit.query("q")[:80], visit.number("before", 0)

    def question(desk: Desk, me: Staff) -> tuple[browse.Page[Audit], int, list[TrailRow]]:
        _require(me)
        codes = wording.actions_called(words)
        page, earlier = browse.trail(desk, me, words, codes, visit.number("page"), before)
        return page, earlier, _rows(desk, me, page.rows)

    page, earlier, rows = visit.look(question)
    return visit.page(
        "audit.html", page=page, rows=rows, words=words, before=before, earlier=earlier, verdict=None
    )


def verify(visit: Visit) -> Response:
    """Recompute the whole chain."""

    def question(desk: Desk, me: Staff) -> tuple[browse.Page[Audit], list[TrailRow], audit.ChainFound]:
        _require(me)
        page, _ = browse.trail(desk, me)
        verdict = browse.chain(desk)
        return page, _rows(desk, me, page.rows), verdict

    page, rows, verdict = visit.look(question)
    return visit.page("audit.html", page=page, rows=rows, words="", before=0, earlier=0, verdict=verdict)


def _require(me: Staff) -> None:
    if not (permissions.holds(me, permissions.SUPERVISOR) or permissions.holds(me, permissions.ADMIN)):
        raise NotAllowed("审计记录供督办人和管理员查看。")


def _rows(desk: Desk, me: Staff, rows: Sequence[Audit]) -> list[TrailRow]:
    hidden = set() if permissions.holds(me, permissions.SUPERVISOR) else _accusations(desk, rows)
    return [
        TrailRow(
            r.seq, r.at, r.actor, r.action, r.subject,
            _HIDDEN if r.subject in hidden else json.loads(r.detail or "{}"), r.hash,
        )
        for r in rows
    ]  # fmt: skip


def _accusations(desk: Desk, rows: Sequence[Audit]) -> set[str]:
    numbers = [row.subject.removeprefix("case:") for row in rows if row.subject.startswith("case:")]
    return {f"case:{no}" for no in browse.accusations(desk, numbers)}
