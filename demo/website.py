"""The office's web site, played: a form whose server files what was written through `/api/v1/` and fetches answers."""

import re
import secrets
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from cases.register import sources
from cases.register.desk import Desk, Workplace

NAME = "网站"
_VISITOR = "demo_visitor"
_NUMBER = re.compile(r"[0-9]{8}-[0-9]{4,9}")
_FAILED = "网站暂时提交不了，请稍后再试。"
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape()
)


def new_key(workplace: Workplace) -> str:
    """Return a key for the played web site; each start of the demo makes a new one."""

    def step(desk: Desk) -> str:
        if any(row.name == NAME and row.active for row in sources.all_of(desk)):
            sources.disable(desk, NAME)
        return sources.add(desk, sources.NewSource(NAME))[1]

    return workplace.act(step)


def router(port: int, key: str) -> APIRouter:
    """Return the routes of the form. The key stays on this side, as it would on the site's own server."""
    routes, site = APIRouter(include_in_schema=False), _Site(port, key)

    @routes.get("/demo/website")
    async def form(request: Request) -> Response:
        return await site.page(request)

    @routes.post("/demo/website")
    async def written(request: Request, id: str = Form(""), text: str = Form("")) -> Response:
        return await site.written(request, id, text)

    return routes


class _Site:
    """The site's own server: it hands letters to the office and asks how its visitor's cases are."""

    def __init__(self, port: int, key: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {key}"},
            timeout=20, trust_env=False,
        )  # fmt: skip

    async def written(self, request: Request, id: str, text: str) -> Response:
        visitor = request.cookies.get(_VISITOR) or secrets.token_urlsafe(12)
        letter = {"id": id, "user": visitor, "text": text}
        try:
            taken = (await self._client.post("/messages", json=letter)).json()
            if "error" in taken:
                return await self.page(request, taken["error"]["message"], text, visitor)
            said = "\n".join(part for part in (taken["receipt"], taken.get("answer")) if part)
            no = taken.get("no", "")
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            return await self.page(request, _FAILED, text, visitor)
        return await self.page(request, said, "", visitor, no)

    async def page(
        self, request: Request, said: str = "", text: str = "", visitor: str = "", no: str = ""
    ) -> Response:
        kept = (request.cookies.get("demo_numbers") or "").split(".")
        numbers = [one for one in kept if _NUMBER.fullmatch(one)][-4:]  # a cookie may hold anything
        if no and no not in numbers:
            numbers.append(no)
        cases = [found for found in [await self._case(one) for one in reversed(numbers)] if found]
        page = _PAGES.get_template("website.html").render(
            said=said, text=text, cases=cases, id=secrets.token_urlsafe(9)
        )
        answer = HTMLResponse(page)
        if visitor:
            _keep(answer, _VISITOR, visitor)
        if no:
            _keep(answer, "demo_numbers", ".".join(numbers))
        return answer

    async def _case(self, no: str) -> dict[str, Any] | None:
        try:
            found = await self._client.get(f"/cases/{no}")
        except httpx.HTTPError:
            return None
        return dict(found.json()) if found.status_code == 200 else None


def _keep(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/demo/website", httponly=True, samesite="lax")
