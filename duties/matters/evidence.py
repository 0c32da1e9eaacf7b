"""How long the sealed evidence of an incident stays: until it is closed and its term is over, then it goes.

Who asks to be forgotten is forgotten here, too: what can be read goes at once, the sealed part when its term is over
(个人信息保护法 art. 47: where a law's term has not ended, nothing is done with the data but keep them safe).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, or_
from sqlmodel import col, select

from cases.register import citizens
from cases.register.desk import Desk
from cases.register.duty_kinds import IncidentState
from cases.register.rows import id_of
from cases.register.tables import Case, Citizen, Message
from cases.register.tables.duties import Incident, IncidentFile, IncidentText
from cases.steps.forget import GONE
from duties.matters.incidents import until
from duties.rules import policy

# A sealed empty text has 32 bytes, the shortest evidence some 200: what is erased needs no column of its own.
_EMPTY = 48


@dataclass(frozen=True, slots=True)
class Kept:
    """Evidence that outlives a wish to be forgotten. `until` is None while the incident is open."""

    incident: int
    until: date | None
    years: int

    def said(self) -> str:
        """Return in words what stays, why and until when."""
        term = f"办结后保留 {self.years} 年（行政处罚法第三十六条的追责期限）"
        if self.until is None:
            return f"第 {self.incident} 号事件尚未办结，封存的证据依法保留：{term}，到期自动删除。"
        return f"第 {self.incident} 号事件封存的证据依法保留至 {self.until}：{term}，到期自动删除。"


def of_citizens(desk: Desk, citizen_ids: Collection[int | None]) -> list[Incident]:
    """Return the incidents that hold evidence of these citizens."""
    cases = select(Case.id).where(col(Case.citizen_id).in_(citizen_ids))
    whose = or_(col(Incident.citizen_id).in_(citizen_ids), col(Incident.case_id).in_(cases))
    query = select(Incident).where(whose, func.length(Incident.evidence_sealed) > _EMPTY)
    return list(desk.session.exec(query.order_by(col(Incident.id)).with_for_update()).all())


def forget(desk: Desk, rows: Sequence[Incident]) -> list[Kept]:
    """Take from incidents of a forgotten citizen what can be read, and the evidence whose term is over; return what stays."""
    years = policy.load().evidence_years
    kept = []
    for row in rows:
        end = until(row.closed_at, years) if row.state == IncidentState.CLOSED else None
        if end is not None and end <= desk.now:
            _erase(desk, row)
            continue
        row.excerpt = GONE
        desk.session.add(row)
        day = end.astimezone(desk.office.zone).date() if end else None
        desk.audit("incident.keep", f"incident:{row.id}", until=str(day) if day else "")
        kept.append(Kept(id_of(row), day, years))
    return kept


def end_of_term(desk: Desk, before: datetime | None = None) -> int:
    """Erase evidence whose term is over, unless the letters that it is of are still kept; return how much went.

    What is of no citizen goes once it was closed `before` the moment up to which the office keeps letters.
    """
    years = policy.load().evidence_years
    query = select(Incident).where(
        Incident.state == IncidentState.CLOSED, func.length(Incident.evidence_sealed) > _EMPTY
    )
    gone = 0
    for row in desk.session.exec(query.order_by(col(Incident.id)).with_for_update()).all():
        end = until(row.closed_at, years)
        if end is not None and end <= desk.now and not _letters_kept(desk, row, before):
            _erase(desk, row)
            gone += 1
    return gone


def _letters_kept(desk: Desk, row: Incident, before: datetime | None) -> bool:
    if row.citizen_id is None and row.case_id is None:
        return before is None or row.closed_at is None or row.closed_at >= before
    forgotten = select(Citizen.id).where(
        Citizen.id == row.citizen_id, col(Citizen.openid_hash).startswith(citizens.FORGOTTEN)
    )
    if desk.session.exec(forgotten).first() is not None:
        return False
    letters = select(Message.id).where(Message.case_id == row.case_id, Message.masked != GONE)
    return desk.session.exec(letters).first() is not None


def _erase(desk: Desk, row: Incident) -> None:
    """Number, kind, times and hashes stay: that there was evidence, and which, can still be shown."""
    row.evidence_sealed, row.excerpt = desk.office.vault.seal(""), GONE
    desk.session.add(row)
    for file in desk.session.exec(select(IncidentFile).where(IncidentFile.incident_id == row.id)).all():
        file.content_sealed, file.name = desk.office.vault.seal_bytes(b""), ""
        desk.session.add(file)
    desk.session.execute(delete(IncidentText).where(col(IncidentText.incident_id) == row.id))
    desk.session.flush()
    desk.audit("incident.erase", f"incident:{row.id}", sha256=row.sha256)
