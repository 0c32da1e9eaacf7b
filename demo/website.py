"""The office's web site, played: a form whose server files what was written through `/api/v1/` and fetches answers."""

import hmac
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
_VISITOR, _NUMBERS = "demo_visitor", "demo_numbers"
_MARK = "~"  # between what a cookie says and our signature
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


def router(port: int, key: str, secret: bytes) -> APIRouter:
    """Return the routes of the form. The key stays on this side, as it would on the site's own server.

    `secret` signs what a visitor's browser keeps: whose cases they are is said by this site, not by a cookie.
    """
    routes, site = APIRouter(include_in_schema=False), _Site(port, key, secret)

    @routes.get("/demo/website")
    async def form(request: Request) -> Response:
        return await site.page(request)

    @routes.post("/demo/website")
    async def written(request: Request, id: str = Form(""), text: str = Form("")) -> Response:
        return await site.written(request, id, text)

    return routes


class _Site:
    """The site's own server: it hands letters to the office and asks how its visitor's cases are."""

    def __init__(self, port: int, key: str, secret: bytes) -> None:
        self._secret = secret
        self._client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers={"Authorization": f"Bearer {key}"},
            timeout=20, trust_env=False,
        )  # fmt: skip

    async def written(self, request: Request, id: str, text: str) -> Response:
        visitor = self._kept(request, _VISITOR) or secrets.token_urlsafe(12)
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
        visitor = visitor or self._kept(request, _VISITOR)
        kept = self._kept(request, _NUMBERS, visitor).split(".") if visitor else []
        numbers = [one for one in kept if _NUMBER.fullmatch(one)][-4:]
        if no and no not in numbers:
            numbers.append(no)
        cases = [found for found in [await self._case(one) for one in reversed(numbers)] if found]
        page = _PAGES.get_template("website.html").render(
            said=said, text=text, cases=cases, id=secrets.token_urlsafe(9)
        )
        answer = HTMLResponse(page)
        if visitor:
            self._keep(answer, _VISITOR, visitor)
        if no:
            self._keep(answer, _NUMBERS, ".".join(numbers), visitor)
        return answer

    async def _case(self, no: str) -> dict[str, Any] | None:
        try:
            found = await self._client.get(f"/cases/{no}")
        except httpx.HTTPError:
            return None
        return dict(found.json()) if found.status_code == 200 else None

    def _kept(self, request: Request, name: str, whose: str = "") -> str:
        """Return what this site had a browser keep under a name, empty if it is not what was signed."""
        said, _, mark = (request.cookies.get(name) or "").rpartition(_MARK)
        sound = hmac.compare_digest(mark.encode("utf-8", "replace"), self._signed(name, said, whose).encode())
        return said if sound else ""

    def _keep(self, answer: Response, name: str, value: str, whose: str = "") -> None:
        signed = f"{value}{_MARK}{self._signed(name, value, whose)}"
        answer.set_cookie(name, signed, path="/demo/website", httponly=True, samesite="lax")

    def _signed(self, name: str, value: str, whose: str) -> str:
        said = "\n".join((name, whose, value)).encode("utf-8", "replace")
        return hmac.digest(self._secret, said, "sha256").hex()
