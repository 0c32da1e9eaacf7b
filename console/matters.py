"""Matters of many: what citizens write about at once, and what they ask that the knowledge base does not know."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Response

from cases.knowledge import wordings
from cases.lists import browse, hot
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.permissions import HANDLER, require
from cases.register.tables import Staff
from cases.steps import link
from console.door import Visit
from knowledge_base.answering.gaps import Gap, gap_report
from knowledge_base.base.entries import CANDIDATE

DAYS, LOOKED_AT, SHOWN, FROM = 7, 14, 20, 3
GAP_DAYS, GAPS = 30, 30


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter of the last days. `growth`: how many more than in as many days before."""

    title: str
    users: int
    size: int
    growth: int
    numbers: tuple[str, ...]
    open: tuple[str, ...]


def hotspots(visit: Visit) -> Response:
    return visit.page("hotspots.html", matters=_matters(visit), days=DAYS, said="")


def link_these(visit: Visit) -> Response:
    """「并案」 of what is ticked, with the oldest as lead; each is a step of its own rules, and all or none is done."""
    numbers = sorted(set(visit.fields("no")))

    def step(desk: Desk, me: Staff) -> tuple[str, str]:
        lead = link.together(desk, me, [browse.seen(desk, me, no) for no in numbers])
        return lead.no, f"已将 {len(numbers) - 1} 件并入 {lead.no}，由其统一答复，各自时限不变。"

    try:
        lead, word = visit.act(step)
    except Refusal as refused:
        return visit.page("hotspots.html", 400, matters=_matters(visit), days=DAYS, said=str(refused))
    return visit.go(f"/console/cases/{lead}", word)


def gaps(visit: Visit) -> Response:
    """Open questions, the most asked first, without those that a published entry answers by itself."""
    visit.look(lambda _desk, me: require(me, HANDLER))
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
    return next((row.id for row in wordings.find(desk.session, question) if row.status == CANDIDATE), "")


def _matters(visit: Visit) -> list[Matter]:
    from classifier.hotspots import Letter
    from classifier.hotspots import hotspots as grouped  # scikit-learn is loaded when somebody looks

    rows = visit.look(lambda desk, me: hot.letters(desk, me, LOOKED_AT))
    if len(rows) < FROM:
        return []
    spots = grouped([Letter(no, text, at, str(citizen)) for no, text, at, citizen in rows])
    newest = max(at for _, _, at, _ in rows)
    times = {no: at for no, _, at, _ in rows}
    opened = visit.look(lambda desk, _me: hot.linkable(desk, [str(no) for spot in spots for no in spot.ids]))
    matters = []
    for spot in spots:
        numbers = tuple(dict.fromkeys(str(no) for no in spot.ids))
        recent = sum(times[no] > newest - timedelta(days=DAYS) for no in numbers)
        if spot.users >= FROM and recent:
            still = tuple(no for no in numbers if no in opened)
            matters.append(
                Matter(spot.title, spot.users, spot.size, 2 * recent - len(numbers), numbers, still)
            )
    return matters[:SHOWN]
