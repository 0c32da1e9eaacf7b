"""What is kept of citizens: given out to one who asks, erased on request, forgotten after the office's years."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from app.keep import own_files
from app.keep.backups import whole
from app.wiring import Services
from cases.lists import views
from cases.register.desk import COMMAND_LINE, Actor, Desk
from cases.register.errors import Invalid
from cases.register.media_store import MediaStore
from cases.register.scrub import scrub
from cases.register.states import MediaState
from cases.register.tables import Case, Citizen, Delivery, Media, Message
from cases.register.vault import WrongKey
from cases.steps import forget
from cases.steps.forget import Forgotten
from duties.matters import evidence
from duties.matters.evidence import Kept

Progress = Callable[[int, int], None]
_YEAR = timedelta(days=365.25)


def account_named(opened: Services, given: str) -> str:
    """Return the app id of an account that is called by it, or by its name in `accounts.toml`."""
    named = next((account.app_id for account in opened.accounts if account.name == given), None)
    return named or given


def export(opened: Services, account: str, openid: str, file: Path) -> dict[str, Any]:
    """Write all that is kept of one citizen into a ZIP, originals included. Raises: NotFound."""
    app_id = account_named(opened, account)
    own_files.spare(opened.settings, file, opened.var)

    def collect(desk: Desk) -> tuple[list[dict[str, Any]], list[Media]]:
        found = forget.citizens(desk, app_id, openid)
        return [_all_of(desk, citizen) for citizen in found], _files(desk, found)

    people, files = opened.workplace.look(collect)
    kept = 0
    with whole(file) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        content = {"account": app_id, "openid": openid, "records": people}
        archive.writestr("资料.json", json.dumps(content, ensure_ascii=False, indent=1, default=str))
        for media in files:
            try:
                data = opened.vault.open_bytes(opened.media.read(media.sha256))
            except (OSError, WrongKey):
                continue
            archive.writestr(f"附件/{media.id}", data)
            kept += 1
    opened.workplace.act(
        lambda desk: desk.audit("person.export", f"citizen:{forget.citizens(desk, app_id, openid)[0].id}"),
        COMMAND_LINE,
    )
    return {
        "file": str(file),
        "cases": sum(len(each["cases"]) for each in people),
        "messages": sum(len(each["messages"]) for each in people),
        "files": kept,
    }


def erase(opened: Services, account: str, openid: str) -> dict[str, Any]:
    """Forget one citizen, and say which evidence of incidents the law keeps, and until when. Raises: NotFound."""
    app_id = account_named(opened, account)

    def step(desk: Desk) -> tuple[Forgotten, list[Kept]]:
        found = [citizen.id for citizen in forget.citizens(desk, app_id, openid)]
        gone = forget.person(desk, app_id, openid)
        return gone, evidence.forget(desk, evidence.of_citizens(desk, found))

    gone, kept = opened.workplace.act(step, COMMAND_LINE)
    removed = _remove(opened.media, gone)
    scrub(opened.store)
    return {
        "cases": gone.cases,
        "messages": gone.messages,
        "candidates": gone.candidates,
        "files_removed": removed,
        "evidence_kept": [
            {"incident": each.incident, "until": each.until, "why": each.said()} for each in kept
        ],
    }


def retain(
    opened: Services,
    years: int,
    *,
    dry: bool = False,
    actor: Actor = COMMAND_LINE,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """Forget what was closed more than `years` ago, batch by batch. Raises: Invalid."""
    if years < 1:
        raise Invalid("没有设置保存年限：请设置 HUIYIN_RETENTION_YEARS，或用 --years 写明（至少 1 年）。")
    before = opened.workplace.clock() - years * _YEAR
    open_still = opened.workplace.look(lambda desk: forget.kept_open(desk, before))
    found = opened.workplace.look(lambda desk: forget.old(desk, before, dry=True)).cases
    if dry:
        return {"anonymised": found, "files_removed": 0, "kept_open": open_still, "dry_run": True}
    cases = letters = removed = 0
    while True:
        gone = opened.workplace.act(lambda desk: forget.old(desk, before), actor)
        removed += _remove(opened.media, gone)
        cases, letters = cases + gone.cases, letters + gone.messages
        progress(cases, max(found, cases))
        if not gone.cases and not gone.messages:
            break
    ended = end_of_term(opened, before, actor)
    if cases or letters or ended:
        scrub(opened.store)
    return {"anonymised": cases, "files_removed": removed, "kept_open": open_still, "evidence_removed": ended}


def end_of_term(opened: Services, before: datetime | None = None, actor: Actor = COMMAND_LINE) -> int:
    """Erase evidence of incidents whose term is over; return how much went."""
    return opened.workplace.act(lambda desk: evidence.end_of_term(desk, before), actor)


def _remove(kept: MediaStore, gone: Forgotten) -> int:
    return sum(kept.remove(digest) for digest in gone.files)


def _files(desk: Desk, citizens: list[Citizen]) -> list[Media]:
    ids = [citizen.id for citizen in citizens]
    query = (
        select(Media).join(Message).where(col(Message.citizen_id).in_(ids), Media.state == MediaState.KEPT)
    )
    return list(desk.session.exec(query).all())


def _all_of(desk: Desk, citizen: Citizen) -> dict[str, Any]:
    vault = desk.office.vault
    cases = desk.session.exec(select(Case).where(Case.citizen_id == citizen.id)).all()
    messages = desk.session.exec(select(Message).where(Message.citizen_id == citizen.id)).all()
    deliveries = desk.session.exec(select(Delivery).where(Delivery.citizen_id == citizen.id)).all()
    numbers = {case.id: case.no for case in cases}
    return {
        "following": citizen.following,
        "last_message_at": _at(citizen.last_message_at),
        "cases": [
            {
                "no": case.no, "category": case.category, "status": case.status, "topic": case.topic,
                "received_at": _at(case.received_at), "due_on": case.due_on.isoformat(),
                "closed_at": _at(case.closed_at), "rating": case.rating,
                "department": views.line(desk, case).department,
            }
            for case in cases
        ],
        "messages": [
            {"no": numbers.get(m.case_id), "kind": m.kind, "at": _at(m.received_at), "text": vault.open(m.sealed)}
            for m in messages
        ],
        "answers": [
            {"no": numbers.get(d.case_id), "kind": d.kind, "state": d.state, "at": _at(d.created_at),
             "text": vault.open(d.text_sealed)}
            for d in deliveries
        ],
    }  # fmt: skip


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
