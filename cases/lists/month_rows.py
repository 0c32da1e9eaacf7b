"""The rows that a month's figures are made of: apart by department, category, channel and topic, or as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, True_, and_, case, func, not_, or_
from sqlalchemy import select as columns
from sqlmodel import col

from cases.register.desk import Desk
from cases.register.states import OPEN
from cases.register.tables import Case, Lapse, Outcome

Table = type[Case] | type[Outcome] | type[Lapse]


@dataclass(frozen=True, slots=True)
class Span:
    """A month of the office's zone as two UTC instants; `cut` is its end, or now while it is running."""

    name: str
    start: datetime
    end: datetime
    cut: datetime


@dataclass(frozen=True, slots=True)
class Rows:
    """Each row says of how many it speaks: `number`. `where` says whose cases count."""

    desk: Desk
    when: Span
    where: ColumnElement[bool]
    apart: bool

    def received(self) -> Sequence[Row[Any]]:
        """Return what came in, with how many of it were extended and reopened."""
        extended = func.sum(case((col(Case.extended).is_(True), 1), else_=0))
        reopened = func.sum(case((col(Case.reopened) > 0, 1), else_=0))
        within = _within(col(Case.received_at), self.when)
        return self._counted(Case, *within, beside=(extended.label("extended"), reopened.label("reopened")))

    def outcomes(self) -> Sequence[Row[Any]]:
        """Return the answers, those together that are alike in everything that counts."""
        alike = (col(Outcome.kind), col(Outcome.on_time), col(Outcome.rating), col(Outcome.working_days))
        return self._counted(Outcome, *_within(col(Outcome.at), self.when), stood(self.when), alike=alike)

    def unsolved(self) -> Sequence[Row[Any]]:
        """Return the automatic answers that were not accepted in this month."""
        return self._counted(
            Outcome,
            and_(col(Outcome.withdrawn)),
            col(Outcome.at) < self.when.end,  # it was not accepted after it was given
            *_within(func.coalesce(Outcome.withdrawn_at, Outcome.at), self.when),
        )

    def open_overdue(self) -> Sequence[Row[Any]]:
        """Return what was open and overdue at the cut, as it was then.

        Spans that were noted never change; what no sweep has seen yet is counted as it stands.
        """
        cut = self.when.cut
        open_then = or_(col(Lapse.until).is_(None), col(Lapse.until) > cut)
        noted = self._counted(Lapse, col(Lapse.since) <= cut, open_then)
        fresh = self._counted(
            Case,
            col(Case.status).in_(OPEN),
            col(Case.overdue_since).is_(None),
            col(Case.due_at) <= cut,
            col(Case.clock_from) <= cut,
        )
        return [*noted, *fresh]

    def _counted(
        self,
        table: Table,
        *where: ColumnElement[bool],
        alike: tuple[Any, ...] = (),
        beside: tuple[Any, ...] = (),
    ) -> Sequence[Row[Any]]:
        kinds = (*self._kinds(table), *alike)
        chosen = columns(*kinds, func.count().label("number"), *beside)
        query = of_case(chosen, table, self.where, needed=self.apart)
        return fetched(self.desk, query.where(*where).group_by(*kinds))

    def _kinds(self, table: Any) -> tuple[Any, ...]:
        if not self.apart:
            return ()
        channel = Case.channel if table is Lapse else table.channel
        return (col(table.department_id), col(table.category), col(channel), col(Case.topic))


def stood(when: Span) -> ColumnElement[bool]:
    """An automatic answer that was not accepted is none from that moment; the months before keep it."""
    return or_(not_(col(Outcome.withdrawn)), func.coalesce(Outcome.withdrawn_at, Outcome.at) > when.cut)


def of_case(query: Any, table: Table, where: ColumnElement[bool], *, needed: bool = False) -> Any:
    """Return `query` over a table for the cases of which `where` holds.

    They are joined where that says more than that all count, or where they are `needed` for something else.
    """
    if table is Case:
        return query.select_from(Case).where(where)
    query = query.select_from(table)
    if isinstance(where, True_) and not needed:
        return query
    of: Any = table  # each of the others says which case it is of
    return query.join(Case, col(Case.id) == col(of.case_id)).where(where)


def fetched(desk: Desk, query: Any) -> Sequence[Row[Any]]:
    return desk.session.connection().execute(query).all()


def _within(moment: Any, when: Span) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return moment >= when.start, moment < when.end
