"""What goes wrong at this door, in one shape: `{"error": {"code", "message"}}`, in Chinese."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

_BY_STATUS = {
    400: ("bad_request", "请求读不懂：正文应为 UTF-8 编码的 JSON。"),
    401: ("unauthorized", "密钥缺失、错误或已停用：请在 Authorization 头中写 Bearer 加密钥。"),
    404: ("not_found", "没有这个地址。"),
    405: ("method_not_allowed", "这个地址不支持该请求方法。"),
    413: ("too_large", "内容太长：正文不超过 1 MiB，text 不超过 20000 字。"),
    422: ("invalid", "内容不符合要求。"),
    429: ("too_many_requests", "请求太频繁：每个密钥每秒 50 次，请稍后再试。"),
    500: ("internal", "程序内部错误，没有登记；请稍后用同一编号重试。"),
    503: ("busy", "系统繁忙，没有登记；请稍后用同一编号重试。"),
}


class Failure(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


def answer(
    status: int, message: str = "", code: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer for a failure; words and code that are not given are the status's own."""
    usual_code, usual = _BY_STATUS.get(status, ("error", "请求没有完成。"))
    body: dict[str, Any] = {"error": {"code": code or usual_code, "message": message or usual}}
    return JSONResponse(body, status, dict(headers or {}))
