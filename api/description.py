"""The description of this door: `openapi.json`, and a page made of it that needs no other host. Both without a key."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup, escape

from api.gate import PER_SECOND
from api.shapes import Error

_CALLBACK = "X-Huiyin-Signature"
_ABOUT = f"""本单位的 App、网站、热线和微博采集程序用它登记来信、取回答复。

密钥由管理员用 `huiyin source add 渠道名` 登记，只显示一次；每次请求放在 `Authorization: Bearer 密钥` 头中。
每个密钥每秒 {PER_SECOND} 次，超过的以 429 和 `Retry-After` 拒绝。出错时正文都是 `{{"error": {{"code", "message"}}}}`。
登记了回调地址的渠道，每份文字签发后以 POST 推送与 `answers` 中同样的一行，
头 `{_CALLBACK}: sha256=<以密钥对正文做 HMAC-SHA256 的十六进制>`；回应 2xx 为收到，其他情况（含重定向）按退避重试两天多，
其间和之后都可以用 `answers` 取到。同一行可能推送两次，被拒收（4xx）或三次不成的一行不挡住后面的：
请按 `cursor` 排序、去重。"""
_WORDS = {
    400: "正文不是 JSON",
    401: "密钥缺失、错误或已停用",
    404: "没有这件事项，或不是本渠道、本人的",
    405: "不支持该请求方法",
    413: "text 超过 20000 字，或正文超过 1 MiB",
    422: "字段不符合要求",
    429: f"一秒内超过 {PER_SECOND} 次；`Retry-After` 为应等的秒数",
    503: "系统繁忙，没有登记；用同一编号重试",
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the failures of a call for its description: its own, and those of every call."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 401, 429, 503}):
        found[status] = {"model": Error, "description": _WORDS[status]}
    found[429]["headers"] = {
        "Retry-After": {"description": "秒", "schema": {"type": "integer", "minimum": 1}}
    }
    return found


def add(app: FastAPI) -> None:
    """Add `openapi.json` and `docs`."""

    @cache
    def described() -> dict[str, Any]:
        return _described(app)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return described()

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return Response(_page(described()), media_type="text/html; charset=utf-8")


def _described(app: FastAPI) -> dict[str, Any]:
    whole = get_openapi(
        title=app.title,
        version=app.version,
        description=_ABOUT,
        routes=app.routes,
        servers=[{"url": "/api/v1"}],
    )
    whole["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    whole["security"] = [{"key": []}]
    for unused in ("HTTPValidationError", "ValidationError"):
        whole["components"]["schemas"].pop(unused, None)
    return whole


def _page(whole: dict[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape()
    )
    schemas = whole["components"]["schemas"]

    def name(schema: dict[str, Any]) -> str:
        return str(schema.get("$ref", "")).rpartition("/")[2]

    calls = [
        {
            "method": method.upper(),
            "path": f"/api/v1{path}",
            "call": call,
            "body": name(
                call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            ),
            "answers": [
                (
                    status,
                    answer["description"],
                    name(answer.get("content", {}).get("application/json", {}).get("schema", {})),
                )
                for status, answer in call["responses"].items()
            ],
        }
        for path, methods in whole["paths"].items()
        for method, call in methods.items()
    ]
    return environment.get_template("docs.html").render(
        about=whole["info"], calls=calls, schemas=schemas, kind=_kind, coded=_coded, example=_example
    )


def _coded(text: str) -> Markup:
    """Return a text with what stands between back quotes as code."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )


def _example(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _kind(schema: dict[str, Any]) -> str:
    """Return a field's type in a word or two."""
    if "anyOf" in schema:
        return " 或 ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return "、".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])} 的列表"
    words = {
        "string": "文字",
        "integer": "整数",
        "boolean": "true 或 false",
        "null": "null",
        "object": "对象",
    }
    return (
        "时间（ISO 8601）" if schema.get("format") == "date-time" else words.get(schema.get("type", ""), "")
    )
