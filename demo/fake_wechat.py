"""A stand-in for the platform's HTTP API: the demo mounts it, tests run it on 127.0.0.1.

`FakeWeChat` holds the platform's state; look into its `inbox` for what reached a citizen.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response

from demo.wechat_platform import FakeWeChat
from demo.wechat_records import PlatformRefusal

__all__ = ["FakeWeChat", "app"]

Body = dict[str, Any]


def app(fake: FakeWeChat) -> FastAPI:
    """Return the API as an application: mount it, or run it on 127.0.0.1."""
    api, calls = FastAPI(openapi_url=None), _Calls(fake)
    api.add_api_route("/cgi-bin/token", calls.token, methods=["GET"])
    api.add_api_route("/cgi-bin/stable_token", calls.token, methods=["POST"])
    api.add_api_route("/cgi-bin/media/get", calls.media, methods=["GET"])
    api.add_api_route("/cgi-bin/user/info", calls.user, methods=["GET"])
    posts: dict[str, Callable[[Body], Body]] = {
        "/cgi-bin/message/custom/send": fake.custom_send,
        "/cgi-bin/message/template/send": fake.template_send,
        "/cgi-bin/comment/list": fake.comment_list,
        "/cgi-bin/comment/reply/add": fake.comment_reply,
        "/cgi-bin/comment/reply/delete": fake.comment_unreply,
        "/cgi-bin/comment/markelect": fake.mark_elect,
        "/cgi-bin/menu/create": calls.create_menu,
        "/datacube/getarticletotaldetail": fake.article_detail,
    }
    for path, work in posts.items():
        api.add_api_route(path, calls.posting(work), methods=["POST"])
    return api


class _Calls:
    """What the platform does with a request: its fault first, then the token, then the work."""

    def __init__(self, fake: FakeWeChat) -> None:
        self._fake = fake

    async def token(self, request: Request) -> Response:
        path, query = request.url.path, request.query_params
        if (failed := await self._troubled(path)) is not None:
            return failed
        if path.endswith("stable_token"):
            raw = await request.body()
            return self._answered(path, lambda: self._fake.stable_token(json.loads(raw)), None)
        return self._answered(
            path, lambda: self._fake.plain_token(query.get("appid", ""), query.get("secret", "")), None
        )

    async def media(self, request: Request) -> Response:
        path, query = request.url.path, request.query_params
        if (failed := await self._troubled(path)) is not None:
            return failed
        try:
            self._fake.check_token(query.get("access_token", ""))
        except PlatformRefusal as refused:
            return _error(refused.code, refused.message)
        found = self._fake.media.get(query.get("media_id", ""))
        return Response(found[0], media_type=found[1]) if found else _error(40007, "invalid media_id")

    async def user(self, request: Request) -> Response:
        path, query = request.url.path, request.query_params
        if (failed := await self._troubled(path)) is not None:
            return failed
        openid = query.get("openid", "")
        return self._answered(path, lambda: self._fake.user_info(openid), query.get("access_token", ""))

    def posting(self, work: Callable[[Body], Body]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            path = request.url.path
            if (failed := await self._troubled(path)) is not None:
                return failed
            raw, token = await request.body(), request.query_params.get("access_token", "")
            return self._answered(path, lambda: work(json.loads(raw)), token)

        return endpoint

    def create_menu(self, body: Body) -> Body:
        self._fake.menu = body
        return {}

    async def _troubled(self, path: str) -> Response | None:
        self._fake.calls.append(path)
        trouble = self._fake.fault(path)
        if trouble is None:
            return None
        if trouble.hang:
            await asyncio.sleep(trouble.hang)
        if trouble.status:
            return Response("upstream error", status_code=trouble.status)
        return _error(trouble.code, "injected") if trouble.code else None

    def _answered(self, path: str, work: Callable[[], Body], token: str | None) -> Response:
        try:
            if token is not None:
                self._fake.check_token(token)
            return _json({"errcode": 0, "errmsg": "ok", **work()})
        except PlatformRefusal as refused:
            return _error(refused.code, refused.message)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return _error(47001, f"data format error {path}")


def _error(code: int, message: str) -> Response:
    return _json({"errcode": code, "errmsg": message})


def _json(body: Body) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")
