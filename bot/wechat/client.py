"""Calls to the platform's HTTP API: one shared token, a time limit on each call, and errors with a meaning."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import httpx

from bot.wechat.accounts import Account
from cases.register import api_token, measures
from cases.register.desk import Workplace
from cases.sending import outside
from text.normalise import storable

T = TypeVar("T")
# seconds for one call: a platform that answers late has mostly taken it
PATIENCE, LONGEST_PATIENCE = (30.0, 90.0)
TIMEOUT = httpx.Timeout(LONGEST_PATIENCE, connect=5.0)
NO_ANSWER = "平台没有及时回答"  # it may have taken the call all the same
LARGEST_ANSWER = 8 << 20
_RENEW_EARLY = 300  # seconds
_WAIT_FOR_OTHER = 0.1  # seconds between looks while another process fetches the token


NO_WAIT = timedelta()


class Consequence(StrEnum):
    """What an error of the platform means for a sending."""

    AGAIN = "again"  # busy, too fast, no answer: the same call may succeed later
    TOKEN = "token"  # noqa: S105 - a kind of error
    QUOTA = "quota"  # this citizen cannot be written to now: another way
    GONE = "gone"  # this citizen does not want us now: nothing can be sent
    SETTING = "setting"  # something must be set right by the office first
    REFUSED = "refused"  # this very request will never be taken


_TOKEN_CODES = frozenset({40001, 40014, 42001})
_MEANINGS: dict[int, tuple[Consequence, str, timedelta]] = {
    -1: (Consequence.AGAIN, "平台繁忙", timedelta(seconds=2)),
    45011: (Consequence.AGAIN, "调用太频繁", timedelta(minutes=1)),
    45009: (Consequence.AGAIN, "当日调用次数用完", timedelta(hours=1)),
    40164: (Consequence.SETTING, "服务器 IP 未加入公众号白名单", timedelta(minutes=10)),
    40125: (Consequence.SETTING, "AppSecret 不正确", timedelta(minutes=10)),
    40013: (Consequence.SETTING, "AppID 不正确", timedelta(minutes=10)),
    43004: (Consequence.GONE, "来信人未关注公众号", timedelta()),
    48002: (Consequence.GONE, "来信人拒收消息", timedelta()),
    45015: (Consequence.QUOTA, "48 小时窗口已关闭", timedelta()),
    45047: (Consequence.QUOTA, "窗口内的条数已用完", timedelta()),
    48001: (Consequence.QUOTA, "公众号没有此接口权限", timedelta()),
    87009: (Consequence.REFUSED, "留言回复不存在", timedelta()),
    88000: (Consequence.REFUSED, "公众号没有留言权限", timedelta()),
    88001: (Consequence.REFUSED, "文章不存在", timedelta()),
    88005: (Consequence.REFUSED, "该留言已有回复", timedelta()),
    88008: (Consequence.REFUSED, "留言不存在或已删除", timedelta()),
    40007: (Consequence.REFUSED, "文件不存在或已过期", timedelta()),
    40200: (Consequence.REFUSED, "测试号没有菜单消息", timedelta()),
    40003: (Consequence.REFUSED, "来信人地址无效", timedelta()),
}


class ApiError(Exception):
    """A call that failed. `code` is the platform's, or 0 for the network; `wait` is how long to hold off."""

    def __init__(self, code: int, meaning: Consequence, why: str, wait: timedelta = NO_WAIT) -> None:
        super().__init__(f"{why}（{code}）" if code else why)
        self.code, self.meaning, self.wait = code, meaning, wait


def patience(attempts: int) -> float:
    """Return how long the answer to a try is waited for: longer each time, for each try may be one more copy."""
    return min(PATIENCE * max(1, attempts), LONGEST_PATIENCE)


def error_of(code: int) -> ApiError:
    """Return what a code of the platform means; an unknown one is taken for a refusal."""
    measures.PLATFORM_ERRORS.labels("wechat", str(code)).inc()
    if code in _TOKEN_CODES:
        return ApiError(code, Consequence.TOKEN, "访问令牌失效", timedelta(minutes=1))
    meaning, why, wait = _MEANINGS.get(code, (Consequence.REFUSED, "平台拒绝", timedelta()))
    return ApiError(code, meaning, why, wait)


def _network(why: str) -> ApiError:
    measures.PLATFORM_ERRORS.labels("wechat", "0").inc()
    return ApiError(0, Consequence.AGAIN, why, timedelta(seconds=5))


class WeChatApi:
    """The API of one account. The token is refreshed once when the platform refuses it."""

    def __init__(
        self,
        account: Account,
        workplace: Workplace,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.account = account
        self._workplace = workplace
        self._http = http or outside.client([account.api_base], timeout=TIMEOUT)
        self._name = f"wechat:{account.app_id}"
        self._one_fetch = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def post(self, path: str, body: dict[str, Any], patience: float = PATIENCE) -> dict[str, Any]:
        """POST JSON to `/cgi-bin/...` and return the answer, waited for so many seconds. Raises: ApiError."""
        content = storable(json.dumps(body, ensure_ascii=False)).encode()

        async def call(token: str) -> dict[str, Any]:
            url = f"{self.account.api_base}/{path}"
            query = {"access_token": token}
            response = await self._send("POST", url, patience, params=query, content=content)
            return _answer(response)

        return await self._with_token(call)

    async def get_file(self, path: str, query: dict[str, str], largest: int) -> tuple[bytes, str]:
        """GET a file; returns bytes and content type. Raises: ApiError, also when it is over `largest` bytes."""

        async def call(token: str) -> tuple[bytes, str]:
            url = f"{self.account.api_base}/{path}"
            return await self._download(url, {"access_token": token, **query}, largest)

        return await self._with_token(call)

    async def _with_token(self, call: Callable[[str], Awaitable[T]]) -> T:
        token = await self.token()
        try:
            return await call(token)
        except ApiError as error:
            if error.meaning is not Consequence.TOKEN:
                raise
        return await call(await self.token(refused=token))

    async def token(self, refused: str = "") -> str:
        """Return the token in force; a `refused` one is replaced. All processes share one. Raises: ApiError."""
        async with self._one_fetch:
            while True:
                kept = await self._workplace.look_async(lambda desk: api_token.fresh(desk, self._name))
                if kept is not None and kept != refused:
                    return kept
                if await self._workplace.act_async(
                    lambda desk: api_token.may_fetch(desk, self._name, refused)
                ):
                    return await self._fetch(refused)
                await asyncio.sleep(_WAIT_FOR_OTHER)

    async def _fetch(self, refused: str) -> str:
        """Fetch by `stable_token`: it gives every process the same token, and renews only when forced."""
        act = self._workplace.act_async
        try:
            answer = await self._ask_for_token(force=False)
            if answer.get("access_token") == refused:
                answer = await self._ask_for_token(force=True)
            token, seconds = str(answer["access_token"]), float(answer.get("expires_in", 7200))
        except BaseException as error:
            await act(lambda desk: api_token.give_back(desk, self._name))
            if isinstance(error, KeyError | TypeError | ValueError):
                raise _network("平台的令牌回答读不懂") from None
            raise
        life = timedelta(seconds=max(seconds - _RENEW_EARLY, seconds / 2))
        await act(lambda desk: api_token.keep(desk, self._name, token, life))
        return token

    async def _ask_for_token(self, *, force: bool) -> dict[str, Any]:
        body = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.secret,
            "force_refresh": force,
        }
        url = f"{self.account.api_base}/cgi-bin/stable_token"
        return _answer(await self._send("POST", url, content=json.dumps(body).encode()))

    async def _send(
        self, method: str, url: str, patience: float = PATIENCE, **options: Any
    ) -> httpx.Response:
        try:
            async with asyncio.timeout(patience):
                response = await self._http.request(method, url, **options)
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise _network("连不上平台") from None
        except (TimeoutError, httpx.TimeoutException, httpx.ReadError, httpx.RemoteProtocolError):
            raise _network(NO_ANSWER) from None
        except httpx.HTTPError as error:
            raise _network(f"连不上平台：{type(error).__name__}") from None
        if response.status_code != 200:
            raise _network(f"平台回答 HTTP {response.status_code}")
        return response

    async def _download(self, url: str, query: dict[str, str], largest: int) -> tuple[bytes, str]:
        try:
            async with asyncio.timeout(60), self._http.stream("GET", url, params=query) as response:
                if response.status_code != 200:
                    raise _network(f"平台回答 HTTP {response.status_code}")
                content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                data = bytearray()
                async for chunk in response.aiter_bytes():
                    data += chunk
                    if len(data) > largest:
                        raise ApiError(0, Consequence.REFUSED, f"文件超过 {largest >> 20} MB")
        except TimeoutError:
            raise _network("平台没有及时回答") from None
        except httpx.HTTPError as error:
            raise _network(f"连不上平台：{type(error).__name__}") from None
        if content_type in ("application/json", "text/plain"):
            code = _code(bytes(data))
            if code:
                raise error_of(code)
        return bytes(data), content_type


def _answer(response: httpx.Response) -> dict[str, Any]:
    if len(response.content) > LARGEST_ANSWER:
        raise _network("平台的回答过大")
    try:
        answer = json.loads(response.content.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        raise _network("平台的回答读不懂") from None
    if not isinstance(answer, dict):
        raise _network("平台的回答读不懂")
    code = answer.get("errcode", 0)
    if code:
        raise error_of(code if isinstance(code, int) else 0)
    return answer


def _code(data: bytes) -> int:
    try:
        answer = json.loads(data)
    except ValueError:
        return 0
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    return code if isinstance(code, int) else 0
