"""「本月要办」 and the pages of the duties: what is due, registers to look at, papers to take away."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import Response

from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import NotAllowed
from cases.register.readonly import Staff
from console.door import Page, Visit, whole
from duties.accounts import forms, register, views
from duties.matters import incidents, suggestions
from duties.month import agenda
from duties.papers import fields
from duties.people import handover, roster, turns
from duties.releases import gaps, ledger
from duties.releases import views as release_views
from duties.rules import days, doer, policy, rights
from duties.rules.rights import manages
from duties.selfcheck import indicators, record
from duties.selfcheck import views as check_views

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def month(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        shown = [item for item in agenda.agenda(desk) if manages(me) or "/accounts" not in item.link]
        watch = [person.name for person in roster.on(desk, desk.today)]
        swaps = [(s, people.staff_name(desk, s.from_id)) for s in roster.asked_of(desk, me)]
        return {"items": shown, "today": desk.today, "watch": watch, "swaps": swaps}

    return _page(visit, "month", question)


def accounts(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        _managing(me)
        return {"rows": views.listed(desk), "standards": policy.load().standards}

    return _page(visit, "accounts", question, states=register.STATES)


def account(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        _managing(me)
        row = register.by_id(desk, _id(visit))
        of = fields.opening(row.standard, row.fields)
        line = views.account_line(desk, row) | {"version": register.version(row)}
        return {"row": line, "wanted": of.wanted, "optional": of.optional}

    return _page(visit, "account", question, states=register.STATES, kinds=register.KINDS)


def account_form(visit: Visit) -> Response:
    """The filing form as a Word file; what is still empty on it is listed on the account's page."""
    kind = visit.query("kind") or "open"

    def step(desk: Desk, me: Staff) -> forms.Form:
        _managing(me)
        row = register.by_id(desk, _id(visit))
        made = forms.form(desk, row, kind, visit.house.var / "forms")
        desk.audit("account.form", f"account:{row.id}", kind=kind, missing=made.missing)
        return made

    made = visit.act(step)
    return _file(made.content, _DOCX, f"account-{_id(visit)}-{kind}.docx")


def releases(visit: Visit) -> Response:
    wanted, words = visit.query("month"), visit.query("q")

    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        rows = list(reversed(release_views.listed(desk, wanted, words)))
        mine = {row["id"] for row in rows if ledger.may(desk, me, ledger.by_id(desk, row["id"]))}
        return {
            "rows": rows, "mine": mine, "accounts": register.in_use(desk), "silent": gaps.silences(desk),
            "unentered": gaps.unentered(desk), "this_month": days.month_of(desk.today),
        }  # fmt: skip

    return _page(
        visit, "releases", question, weights=ledger.WEIGHTS, states=ledger.STATES, month=wanted, q=words
    )


def release(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        row = ledger.by_id(desk, _id(visit))
        return {
            "row": release_views.line(desk, row), "body": row.body, "steps": ledger.steps(desk, row),
            "may": ledger.may(desk, me, row), "findings": ledger.findings(row),
        }  # fmt: skip

    return _page(
        visit, "release", question, weights=ledger.WEIGHTS, states=ledger.STATES, checks=ledger.CHECKS
    )


def release_export(visit: Visit) -> Response:
    wanted = visit.query("month")
    return _written(
        visit, f"ledger-{wanted}.xlsx", lambda desk, file: release_views.export(desk, wanted, file)
    )


def selfchecks(visit: Visit) -> Response:
    def question(desk: Desk, _me: Staff) -> dict[str, Any]:
        year = visit.number("year", desk.today.year)
        found = {"rows": check_views.year(desk, year), "year": year, "this_month": days.month_of(desk.today)}
        return {**found, "accounts": register.in_use(desk)}

    return _page(visit, "selfchecks", question)


def selfcheck(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        check = record.by_id(desk, _id(visit))
        seen = {item.code: record.version(item) for item in record.items(desk, check)}
        return {"row": check_views.sheet(desk, check), "seen": seen, "signs": rights.signs(me)}

    return _page(
        visit,
        "selfcheck",
        question,
        verdicts=record.VERDICTS,
        groups=indicators.GROUPS,
        asked=indicators.BY_CODE,
    )


def selfcheck_paper(visit: Visit) -> Response:
    ending = "xlsx" if visit.query("as") == "xlsx" else "docx"

    def write(desk: Desk, file: Path) -> None:
        check_views.export(desk, record.by_id(desk, _id(visit)), file, visit.house.var / "forms")

    return _written(visit, f"selfcheck-{_id(visit)}.{ending}", write)


def selfcheck_year(visit: Visit) -> Response:
    year = visit.number("year", 0)
    return _written(
        visit, f"selfcheck-{year}.xlsx", lambda desk, file: check_views.export_year(desk, year, file)
    )


def incident_list(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        return {"rows": [incidents.shown(desk, row) for row in reversed(incidents.listed(desk, me))]}

    return _page(visit, "incidents", question, kinds=incidents.KINDS, states=incidents.STATES)


def roster_month(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        wanted = visit.query("month") or days.month_of(desk.today)
        first, last = days.read_month(wanted)
        staff = doer.colleagues(desk)
        return {
            "days": [roster.shown(desk, day) for day in turns.days_between(first, last)], "month": wanted,
            "before": days.month_before(wanted), "after": days.month_of(date.fromordinal(last.toordinal() + 1)),
            "staff": staff, "today": desk.today, "manages": manages(me),
        }  # fmt: skip

    return _page(visit, "roster", question, kinds=turns.KIND_NAMES)


def suggestion_list(visit: Visit) -> Response:
    def question(desk: Desk, _me: Staff) -> dict[str, Any]:
        rows = [suggestions.shown(desk, row) for row in reversed(suggestions.listed(desk))]
        return {"rows": rows, "departments": desk.departments}

    return _page(visit, "suggestions", question, states=suggestions.STATES, told=suggestions.TOLD)


def handovers(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, Any]:
        rows = [handover.shown(desk, row) for row in handover.listed(desk)]
        if not manages(me):
            rows = [row for row in rows if row["to_id"] == me.id]
        of = {"accounts": register.listed(desk), "staff": doer.colleagues(desk)}
        return {"rows": rows, "manages": manages(me), **of}

    return _page(visit, "handovers", question)


def handover_paper(visit: Visit) -> Response:
    def question(desk: Desk, me: Staff) -> bytes:
        row = handover.by_id(desk, _id(visit))
        if not manages(me) and row.to_id != me.id:
            raise NotAllowed("承诺书由交接双方和管理人员查看。")
        return handover.undertaking(desk, row, visit.house.var / "forms")

    return _file(visit.look(question), _DOCX, f"handover-{_id(visit)}.docx")


GET: tuple[tuple[str, Page], ...] = (
    ("/duties", month),
    ("/duties/accounts", accounts),
    ("/duties/accounts/{id}", account),
    ("/duties/accounts/{id}/form", account_form),
    ("/duties/releases", releases),
    ("/duties/releases/export", release_export),
    ("/duties/releases/{id}", release),
    ("/duties/selfcheck", selfchecks),
    ("/duties/selfcheck/year", selfcheck_year),
    ("/duties/selfcheck/{id}", selfcheck),
    ("/duties/selfcheck/{id}/paper", selfcheck_paper),
    ("/duties/incidents", incident_list),
    ("/duties/roster", roster_month),
    ("/duties/suggestions", suggestion_list),
    ("/duties/handovers", handovers),
    ("/duties/handovers/{id}/paper", handover_paper),
)


def _page(
    visit: Visit, template: str, question: Callable[[Desk, Staff], dict[str, Any]], **more: Any
) -> Response:
    return visit.page(f"duties/{template}.html", manager=manages(visit.staff), **visit.look(question), **more)


def _managing(me: Staff) -> None:
    if not manages(me):
        raise NotAllowed("账号登记供督办人和管理员查看、办理。")


def _id(visit: Visit) -> int:
    return whole(visit.part("id"))


def _written(visit: Visit, name: str, write: Callable[[Desk, Path], object]) -> Response:
    """Have a paper written to a file, and send it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        visit.look(lambda desk, _me: write(desk, path))
        content = path.read_bytes()
    visit.act(lambda desk, _me: desk.audit("report.download", "report", name=name))
    return _file(content, _DOCX if name.endswith(".docx") else _XLSX, name)


def _file(content: bytes, kind: str, name: str) -> Response:
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-._"))
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{plain}"'}
    )
