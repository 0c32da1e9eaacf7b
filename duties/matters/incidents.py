"""Unlawful or harmful content, impostor accounts and rumours: evidence sealed, reported, closed with a note.

Source: Anning 2021 art. 29 (rumours), art. 39 (records kept, reported to cyberspace, police and the superior; impostors);
Qingdao 2020-88 art. 16; Hengnan 2023-2 §4(2), §4(4); Baoding art. 9, 13.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from cases.register import register as cases
from cases.register import tables
from cases.register.desk import Desk
from cases.register.duty_kinds import IncidentKind, IncidentState
from cases.register.errors import Invalid, Malformed, NotFound, Stale
from cases.register.media_store import MediaStore
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.states import MediaState
from cases.register.tables import Citizen, Media, Message
from cases.register.tables.duties import Incident, IncidentFile, IncidentReport, IncidentText
from cases.sending import announce, outbox
from cases.steps import withheld
from duties.rules import doer, policy, rights
from duties.rules.doer import Doer
from text.masking import mask
from text.normalise import storable

KINDS: dict[str, str] = {
    IncidentKind.UNLAWFUL: "违法有害信息",
    IncidentKind.IMPOSTOR: "假冒账号",
    IncidentKind.RUMOUR: "谣言",
}
STATES: dict[str, str] = {
    IncidentState.OPEN: "待报告",
    IncidentState.REPORTED: "已报告",
    IncidentState.CLOSED: "已办结",
}
LARGEST = 20 << 20


def add(
    desk: Desk, who: Doer, kind: str, *, case: Case | None = None, text: str = "", files: Sequence[Path] = (),
    media: MediaStore | None = None,
) -> Incident:  # fmt: skip
    """Seal the evidence with its time and hash, and tell the supervisors.

    Of a case: all its messages as they were written, the sender and the files that were kept in `media`.
    Raises: NotFound for a case out of sight; Invalid unless exactly one of case and text is given.
    """
    if kind not in KINDS:
        raise Malformed(f"没有「{kind[:20]}」这一类，应为 {'、'.join(KINDS)} 之一。", field="kind")
    text = storable(text).strip()
    if case is not None:
        rights.require_sight(who, case)
    if (case is None) == (not text):
        raise Malformed("请写明事项编号或内容，二者取一。", field="text", options="--case、--text")
    messages = _messages(desk, case) if case is not None else []
    evidence = _evidence(desk, case, messages, text)
    sealed_files = [*_given(files), *(_kept(desk, messages, media) if media else [])]
    evidence["files"] = [{"name": name, "sha256": _sha(content)} for name, content in sealed_files]
    written = json.dumps(evidence, ensure_ascii=False, sort_keys=True)
    row = Incident(
        kind=kind, case_id=case.id if case else None, citizen_id=case.citizen_id if case else None,
        evidence_sealed=desk.office.vault.seal(written), sha256=_sha(written.encode("utf-8", "surrogatepass")),
        excerpt=mask(text, desk.own_numbers)[:500] if text else "\n".join(m.masked for m in messages)[:500],
        taken_at=desk.now, taken_by=doer.name_of(desk, who),
    )  # fmt: skip
    desk.session.add(row)
    desk.session.flush()
    desk.session.add_all(_sealed(desk, row, name, content) for name, content in sealed_files)
    if kind == IncidentKind.UNLAWFUL:
        _remember_words(desk, row, [text] if text else [desk.office.vault.open(m.sealed) for m in messages])
    desk.session.flush()
    facts = {"kind": kind, "case": case.no if case else "", "sha256": row.sha256, "files": len(sealed_files)}
    desk.audit("incident.add", f"incident:{row.id}", **facts)
    of = f"（{case.no}）" if case else ""
    words = f"【{KINDS[kind]}】已登记第 {row.id} 号事件{of}，证据已封存，请及时报告和处置。"
    announce.supervisors(desk, words, key=f"incident:{row.id}", priority=outbox.ALERT)
    return row


def _sealed(desk: Desk, row: Incident, name: str, content: bytes) -> IncidentFile:
    return IncidentFile(
        incident_id=id_of(row), name=name[:200], content_sealed=desk.office.vault.seal_bytes(content),
        sha256=_sha(content), size=len(content),
    )  # fmt: skip


def report(desk: Desk, who: Doer, row: Incident, to: str) -> IncidentReport:
    """Note to whom it was reported, and when. Raises: NotFound out of sight; Invalid, Stale once closed."""
    _require_sight(desk, who, row)
    _lock(desk, row)
    to = storable(to).strip()[:200]
    if not to:
        raise Malformed("请写明报告给谁。", field="to")
    told = IncidentReport(incident_id=id_of(row), to=to, at=desk.now, by=doer.name_of(desk, who))
    row.state = IncidentState.REPORTED
    desk.session.add_all([told, row])
    desk.audit("incident.report", f"incident:{row.id}", to=to)
    return told


def close(desk: Desk, who: Doer, row: Incident, note: str) -> Incident:
    """Close it with a note on what came of it. Raises: NotFound out of sight; Invalid without one, Stale once closed."""
    _require_sight(desk, who, row)
    _lock(desk, row)
    note = mask(storable(note).strip(), desk.own_numbers)[:2000]
    if not note:
        raise Malformed("请写明处置结果。", field="text")
    row.state, row.note, row.closed_at, row.closed_by = (
        IncidentState.CLOSED,
        note,
        desk.now,
        doer.name_of(desk, who),
    )
    desk.session.add(row)
    desk.audit("incident.close", f"incident:{row.id}", note=note)
    return row


def shown(desk: Desk, row: Incident) -> dict[str, Any]:
    """Return an incident; `intact` tells whether the sealed evidence still has the hash it was sealed with.

    `erased`: its term is over and the evidence went; then nothing can be told of it but the hash.
    """
    session = desk.session
    evidence = desk.office.vault.open(row.evidence_sealed)
    case = session.get(tables.Case, row.case_id) if row.case_id else None
    query = select(IncidentReport).where(IncidentReport.incident_id == row.id)
    reports = session.exec(query.order_by(col(IncidentReport.id))).all()
    files = session.exec(select(IncidentFile).where(IncidentFile.incident_id == row.id)).all()
    return {
        "id": row.id,
        "kind": row.kind,
        "case": case.no if case else None,
        "at": row.taken_at,
        "by": row.taken_by,
        "sha256": row.sha256,
        "intact": _sha(evidence.encode("utf-8", "surrogatepass")) == row.sha256,
        "erased": not evidence,
        "kept_until": _kept_until(desk, row) if evidence else None,
        "excerpt": row.excerpt,
        "state": row.state,
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
        "reports": [{"to": told.to, "at": told.at, "by": told.by} for told in reports],
        "note": row.note,
        "closed_at": row.closed_at,
    }


def until(closed_at: datetime | None, years: int) -> datetime | None:
    """Return when evidence may go; None while the incident is open."""
    if closed_at is None:
        return None
    try:
        return closed_at.replace(year=closed_at.year + years)
    except ValueError:  # the 29th of February
        return closed_at.replace(year=closed_at.year + years, month=3, day=1)


def _kept_until(desk: Desk, row: Incident) -> date | None:
    """Return the day on which the law lets the evidence go; none while the incident is open."""
    end = until(row.closed_at, policy.load().evidence_years) if row.state == IncidentState.CLOSED else None
    return end.astimezone(desk.office.zone).date() if end else None


def listed(desk: Desk, who: Doer = None) -> list[Incident]:
    """Return the incidents, but for a colleague those of cases out of sight."""
    rows = desk.session.exec(select(Incident).order_by(col(Incident.id))).all()
    return [row for row in rows if rights.sees(who, cases.find(desk, row.case_id))]


def by_id(desk: Desk, incident_id: int) -> Incident:
    row = desk.session.get(Incident, incident_id) if 0 < incident_id < 1 << 31 else None
    if row is None:
        raise NotFound(f"没有编号为 {incident_id} 的事件。")
    return row


def _require_sight(desk: Desk, who: Doer, row: Incident) -> None:
    """What is of a case out of sight is there for nobody who cannot see the case."""
    if not rights.sees(who, cases.find(desk, row.case_id)):
        raise NotFound(f"没有编号为 {row.id} 的事件。")


def _evidence(desk: Desk, case: Case | None, messages: Sequence[Message], text: str) -> dict[str, Any]:
    """Return what is sealed: the words as they were written, and who wrote them when, by which account."""
    vault = desk.office.vault
    found: dict[str, Any] = {"sealed_at": desk.now.isoformat(), "text": text}
    if case is not None:
        citizen = desk.session.get_one(Citizen, case.citizen_id)
        found |= {
            "case": case.no, "account": citizen.account, "openid": vault.open(citizen.openid_sealed),
            "messages": [
                {"at": m.received_at.isoformat(), "kind": m.kind, "push": m.push_key, "text": vault.open(m.sealed)}
                for m in messages
            ],
        }  # fmt: skip
    return found


def _messages(desk: Desk, case: Case | None) -> list[Message]:
    query = select(Message).where(Message.case_id == (case.id if case else None))
    return list(desk.session.exec(query.order_by(col(Message.id))).all())


def _remember_words(desk: Desk, row: Incident, texts: Sequence[str]) -> None:
    for mark in {withheld.fingerprint(text) for text in texts if text.strip()}:
        desk.session.add(IncidentText(incident_id=id_of(row), sha256=mark))


def _given(files: Sequence[Path]) -> list[tuple[str, bytes]]:
    found = []
    for file in files:
        if file.stat().st_size > LARGEST:
            raise Invalid(f"{file.name} 超过 20 MB，请另行封存后写明。")
        found.append((file.name, file.read_bytes()))
    return found


def _kept(desk: Desk, messages: Sequence[Message], kept: MediaStore) -> list[tuple[str, bytes]]:
    """Return the citizen's files: sealed copies that stay when the register's own are cleared away."""
    ids = [message.id for message in messages]
    rows = desk.session.exec(
        select(Media).where(col(Media.message_id).in_(ids), Media.state == MediaState.KEPT)
    ).all()
    there = [row for row in rows if re.fullmatch(r"[0-9a-f]{64}", row.sha256) and kept.has(row.sha256)]
    return [(f"{row.kind}-{row.id}", desk.office.vault.open_bytes(kept.read(row.sha256))) for row in there]


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _lock(desk: Desk, row: Incident) -> None:
    desk.session.refresh(row, with_for_update=True)
    if row.state == IncidentState.CLOSED:
        raise Stale(f"第 {row.id} 号事件已经办结。")
