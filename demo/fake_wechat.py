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


def app(fake: FakeWeChat) -> FastAPI:
    """Return the API as an application: mount it, or run it on 127.0.0.1."""
    api = FastAPI(openapi_url=None)
    posts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "/cgi-bin/message/custom/send": fake.custom_send,
        "/cgi-bin/message/template/send": fake.template_send,
        "/cgi-bin/comment/list": fake.comment_list,
        "/cgi-bin/comment/reply/add": fake.comment_reply,
        "/cgi-bin/comment/reply/delete": fake.comment_unreply,
        "/cgi-bin/comment/markelect": fake.mark_elect,
        "/datacube/getarticletotaldetail": fake.article_detail,
    }

    async def troubled(path: str) -> Response | None:
        fake.calls.append(path)
        trouble = fake.fault(path)
        if trouble is None:
            return None
        if trouble.hang:
            await asyncio.sleep(trouble.hang)
        if trouble.status:
            return Response("upstream error", status_code=trouble.status)
        return _json({"errcode": trouble.code, "errmsg": "injected"}) if trouble.code else None

    def answered(path: str, work: Callable[[], dict[str, Any]], token: str | None) -> Response:
        try:
            if token is not None:
                fake.check_token(token)
            return _json({"errcode": 0, "errmsg": "ok", **work()})
        except PlatformRefusal as refused:
            return _json({"errcode": refused.code, "errmsg": refused.message})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return _json({"errcode": 47001, "errmsg": f"data format error {path}"})

    async def token(request: Request) -> Response:
        path = request.url.path
        if (failed := await troubled(path)) is not None:
            return failed
        if path.endswith("stable_token"):
            raw = await request.body()
            return answered(path, lambda: fake.stable_token(json.loads(raw)), None)
        query = request.query_params
        return answered(path, lambda: fake.plain_token(query.get("appid", ""), query.get("secret", "")), None)

    def posting(work: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            path = request.url.path
            if (failed := await troubled(path)) is not None:
                return failed
            raw = await request.body()
            return answered(path, lambda: work(json.loads(raw)), request.query_params.get("access_token", ""))

        return endpoint

    async def media(request: Request) -> Response:
        path, query = request.url.path, request.query_params
        if (failed := await troubled(path)) is not None:
            return failed
        try:
            fake.check_token(query.get("access_token", ""))
        except PlatformRefusal as refused:
            return _json({"errcode": refused.code, "errmsg": refused.message})
        found = fake.media.get(query.get("media_id", ""))
        if found is None:
            return _json({"errcode": 40007, "errmsg": "invalid media_id"})
        return Response(found[0], media_type=found[1])

    async def user(request: Request) -> Response:
        path, query = request.url.path, request.query_params
        if (failed := await troubled(path)) is not None:
            return failed
        return answered(path, lambda: fake.user_info(query.get("openid", "")), query.get("access_token", ""))

    def create_menu(body: dict[str, Any]) -> dict[str, Any]:
        fake.menu = body
        return {}

    api.add_api_route("/cgi-bin/token", token, methods=["GET"])
    api.add_api_route("/cgi-bin/stable_token", token, methods=["POST"])
    api.add_api_route("/cgi-bin/media/get", media, methods=["GET"])
    api.add_api_route("/cgi-bin/user/info", user, methods=["GET"])
    for path, work in {**posts, "/cgi-bin/menu/create": create_menu}.items():
        api.add_api_route(path, posting(work), methods=["POST"])
    return api


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")
