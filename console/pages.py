"""The console's pages and the ways to them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, RedirectResponse

from cases.register.desk import Workplace
from cases.register.errors import NotFound
from cases.register.media_store import InFolder, MediaStore
from cases.sending.ports import LanguageModel
from console import (
    account,
    audit_pages,
    case_actions,
    case_list,
    case_pages,
    duty_actions,
    duty_pages,
    knowledge_files,
    knowledge_pages,
    matters,
    office_pages,
    overview,
    proposing,
    reports,
    signin,
    staff_pages,
    template_pages,
)
from console.door import Facts, House, ModelShelf, Page, SlowPage, Visit, entrance, open_to_all, signed_in
from console.gate import Gate
from console.sessions import IDLE, Sessions
from console.sheet import STATIC, Sheets
from knowledge_base.answering.answerer import Match

_GET: tuple[tuple[str, Page], ...] = (
    ("/", overview.overview),
    ("/alive", signin.alive),
    ("/account", account.account),
    ("/sessions", account.sessions),
    ("/second-factor", account.begin_factor),
    ("/cases", case_list.cases),
    ("/failed", overview.failed),
    ("/cases/{no}", case_pages.case),
    ("/cases/{no}/files/{file}/preview", case_actions.preview),
    ("/messages", case_pages.messages),
    ("/knowledge", knowledge_pages.knowledge),
    ("/knowledge/new", knowledge_pages.blank),
    ("/knowledge/gaps", matters.gaps),
    ("/knowledge/review", knowledge_pages.review),
    ("/hotspots", matters.hotspots),
    ("/departments", office_pages.departments),
    ("/accounts", office_pages.accounts),
    ("/policy", office_pages.policy),
    ("/models", office_pages.models),
    ("/settings", office_pages.settings),
    ("/templates", template_pages.listed),
    ("/knowledge/export", knowledge_files.take_out),
    ("/knowledge/{id}", knowledge_pages.entry),
    ("/reports", reports.reports),
    ("/reports/download", reports.download),
    ("/reports/ledger", reports.released),
    ("/staff", staff_pages.staff),
    ("/audit", audit_pages.trail),
    *duty_pages.GET,
)
_POST: tuple[tuple[str, Page | SlowPage], ...] = (
    ("/signout", signin.leave),
    ("/account", account.own_password),
    ("/sessions/end", account.end_session),
    ("/sessions/end-all", account.end_all),
    ("/second-factor", account.confirm_factor),
    ("/second-factor/off", account.end_factor),
    ("/cases/bulk", case_list.many),
    ("/cases/{no}/reveal", case_actions.originals),
    ("/cases/{no}/files/{file}", case_actions.file),
    ("/cases/{no}/propose", proposing.propose),
    ("/cases/{no}/{action}", case_actions.act),
    ("/messages/{message}", case_actions.to_case),
    ("/templates", template_pages.save),
    ("/templates/{template}/delete", template_pages.remove),
    ("/views", case_list.save),
    ("/views/{view}/delete", case_list.forget),
    ("/nudge", overview.urge),
    ("/outbox/{row}", overview.send_again),
    ("/knowledge/new", knowledge_pages.write),
    ("/hotspots", matters.link_these),
    ("/policy", office_pages.try_notice),
    ("/models", office_pages.use_model),
    ("/knowledge/import", knowledge_files.bring_in),
    ("/knowledge/publish", knowledge_pages.publish_many),
    ("/knowledge/source-changed", knowledge_pages.source_changed),
    ("/knowledge/{id}/{action}", knowledge_pages.act),
    ("/staff/{action}", staff_pages.act),
    ("/audit", audit_pages.verify),
    *duty_actions.POST,
)
_STATIC_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def router(
    workplace: Workplace,
    knowledge_search: Callable[[str, int, str | None], list[Match]],
    var: Path,
    clock: Callable[[], datetime] | None = None,
    idle: timedelta = IDLE,
    facts: Facts | None = None,
    model: LanguageModel | None = None,
    shelf: ModelShelf | None = None,
    media: MediaStore | None = None,
) -> APIRouter:
    """Return the routes under `/console`. `clock` counts idle time; without one it is the workplace's."""
    sessions = Sessions(workplace.office.vault.derived("session"), idle)
    kept = media or InFolder(var / "media")
    house = House(
        workplace, knowledge_search, var, kept, sessions, Sheets(workplace.office.zone), clock or workplace.clock,
        Gate(workplace), facts or Facts(), model, shelf,
    )  # fmt: skip
    routes = APIRouter(prefix="/console", include_in_schema=False)
    routes.add_api_route("", _home, methods=["GET"])
    routes.add_api_route("/static/{name}", _static, methods=["GET"])
    routes.add_api_route("/signin", open_to_all(house, signin.form), methods=["GET"])
    routes.add_api_route("/signin", entrance(house, signin.enter), methods=["POST"])
    for path, page in _GET:
        routes.add_api_route(path, signed_in(house, page), methods=["GET"])
    for path, deed in _POST:
        routes.add_api_route(path, signed_in(house, deed), methods=["POST"])
    routes.add_api_route("/{rest:path}", signed_in(house, _unknown), methods=["GET", "POST"])
    return routes


async def _home() -> Response:
    return RedirectResponse("/console/", 307)


async def _static(name: str) -> Response:
    path = STATIC / name
    kind = _STATIC_KINDS.get(path.suffix)
    if kind is None or path.parent != STATIC or not path.is_file():
        return Response(status_code=404)
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=kind, headers=headers)


def _unknown(_visit: Visit) -> Response:
    raise NotFound("没有这个页面。")
