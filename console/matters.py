"""Matters of many: what citizens write about at once, and what they ask that the knowledge base does not know."""

from typing import Any

from fastapi import Response

from cases.knowledge import wordings
from cases.lists import browse, filters, hot, matters
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.readonly import Staff
from cases.steps import link
from console.door import Visit
from knowledge_base.answering.gaps import Gap, gap_report
from knowledge_base.base.entries import CANDIDATE

DAYS = 7
GAP_DAYS, GAPS = 30, 30


def hotspots(visit: Visit) -> Response:
    return visit.page("hotspots.html", days=DAYS, said="", **_matters(visit))


def link_these(visit: Visit) -> Response:
    """「并案」 of what is ticked, with the oldest as lead; each is a step of its own rules, and all or none is done."""
    numbers = sorted(set(visit.fields("no")))

    def step(desk: Desk, me: Staff) -> tuple[str, str]:
        lead = link.together(desk, me, [browse.seen(desk, me, no) for no in numbers])
        return lead.no, f"已将 {len(numbers) - 1} 件并入 {lead.no}，由其统一答复，各自时限不变。"

    try:
        lead, word = visit.act(step)
    except Refusal as refused:
        return visit.page("hotspots.html", 400, days=DAYS, said=str(refused), **_matters(visit))
    return visit.go(f"/console/cases/{lead}", word)


def gaps(visit: Visit) -> Response:
    """Open questions, the most asked first, without those that a published entry answers by itself."""
    found = gap_report(visit.look(lambda desk, _me: hot.questions(desk, GAP_DAYS)))
    shown: list[tuple[Gap, str, str]] = []
    waiting = visit.look(
        lambda desk, _me: {gap.title: _candidate(desk, gap.title) for gap in found[: GAPS * 2]}
    )
    for gap in found[: GAPS * 2]:
        best = next(iter(visit.house.search(gap.title, 1, None)), None)
        if best is None or not best.auto:
            near = best.entry.question if best and best.score > 0.5 else ""
            shown.append((gap, near, waiting[gap.title]))
    return visit.page("gaps.html", gaps=shown[:GAPS], days=GAP_DAYS)


def _candidate(desk: Desk, question: str) -> str:
    """Return the entry that waits for publication with this very question, if there is one."""
    return next((row.id for row in wordings.find(desk, question) if row.status == CANDIDATE), "")


def _matters(visit: Visit) -> dict[str, Any]:
    def question(desk: Desk, me: Staff) -> matters.MattersFound:
        return matters.of_many(desk, filters.in_sight(me), desk.now, DAYS, kept=matters.WEEK)

    found = visit.look(question)
    return {
        "matters": found.matters,
        "kept_at": found.kept_at,
        "awaited": found.awaited,
        "since": found.since,
    }
