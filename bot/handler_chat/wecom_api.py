"""企业微信 as a platform: application messages to people, or to a group chat that the application made.

A place is `~<user>` for one person, `@handlers`, `@supervisors`, `@reviewers` or `@department:<id>` for the colleagues
concerned, anything else the id of a group chat. Posts cannot be edited.
"""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import col, select

from bot.handler_chat.cards import Card
from bot.handler_chat.platform import Answerer, ChatGone, PlatformDown, SlowDown
from bot.handler_chat.reply_codes import in_words, pieces
from cases import people
from cases.chat import Place
from cases.desk import Desk, Workplace
from cases.permissions import ADMIN, SUPERVISOR
from cases.ports import SendFailed
from cases.tables import Staff
from text.normalise import storable

_TOKEN = (40014, 42001, 41001, 40001)
_BUSY = (-1, 6000, 50001)
_TOO_FAST = (45009, 45033, 45002)
_NO_CHAT = (81013, 82001, 86001, 86003, 86004, 60111, 40003, 40031, 60011)
_EARLY = 300.0  # a token is renewed before it expires


class WecomApi:
    """The server API behind our port; one token for all calls, fetched once."""

    name = "wecom"
    edits = False

    def __init__(
        self, workplace: Workplace, *, corp_id: str, secret: str, agent_id: str, api_base: str
    ) -> None:
        self._workplace, self._corp_id, self._secret, self._agent = workplace, corp_id, secret, agent_id
        self._http = httpx.AsyncClient(base_url=api_base.rstrip("/"), timeout=15)
        self._token, self._expires = "", 0.0
        self._fetching = asyncio.Lock()

    async def close(self) -> None:
        await self._http.aclose()

    async def post(
        self, place: Place, card: Card, *, reply_to: str = "", asks: Answerer | None = None
    ) -> str:
        """Send a card in as many messages as it takes; returns the id of the last."""
        message_id = ""
        for piece in pieces(storable(in_words(card))):
            message_id = await self._post(place.chat_id, piece)
        return message_id

    async def edit(self, chat_id: str, message_id: str, card: Card) -> None:
        """A text that was sent stays as it is."""

    async def _post(self, chat_id: str, text: str) -> str:
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}, "safe": 0}
        if chat_id[:1] not in ("~", "@"):
            await self._call("appchat/send", {"chatid": chat_id, **body})
            return uuid4().hex
        users = [chat_id[1:]] if chat_id[0] == "~" else await self._members(chat_id)
        if not users:
            raise ChatGone(f"{chat_id} 没有绑定企业微信的工作人员")
        answer = await self._call(
            "message/send", {"touser": "|".join(users[:1000]), "agentid": _number(self._agent), **body}
        )
        return f"{answer.get('msgid') or uuid4().hex}"

    async def _members(self, chat_id: str) -> list[str]:
        return await self._workplace.look_async(lambda desk: members(desk, chat_id))

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        for last in (False, True):
            token = await self._access_token()
            answer = await self._request("POST", f"/cgi-bin/{path}", {"access_token": token}, body)
            code = int(answer.get("errcode", 0))
            if code in _TOKEN and not last:
                self._token = ""
                continue
            if code:
                raise failure(code, str(answer.get("errmsg", "")))
            return answer
        raise PlatformDown("凭证无效")

    async def _access_token(self) -> str:
        async with self._fetching:
            if not self._token or time.monotonic() > self._expires:
                given = {"corpid": self._corp_id, "corpsecret": self._secret}
                answer = await self._request("GET", "/cgi-bin/gettoken", given, None)
                if answer.get("errcode") or not answer.get("access_token"):
                    raise PlatformDown(f"取不到凭证（errcode {answer.get('errcode')}）")
                self._token = str(answer["access_token"])
                self._expires = time.monotonic() + float(answer.get("expires_in", 7200)) - _EARLY
            return self._token

    async def _request(
        self, method: str, path: str, params: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        try:
            response = await self._http.request(method, path, params=params, json=body)
            answer = response.json() if response.status_code < 500 else None
        except (httpx.HTTPError, ValueError) as error:
            raise PlatformDown(f"企业微信暂不可用（{type(error).__name__}）") from None
        if not isinstance(answer, dict):
            raise PlatformDown(f"企业微信暂不可用（HTTP {response.status_code}）")
        return answer


def failure(code: int, message: str) -> SendFailed:
    """Return what an error code means for the sending."""
    why = f"企业微信 {code} {message[:120]}"
    if code in _BUSY:
        return PlatformDown(why)
    if code in _TOO_FAST:
        return SlowDown(why, 60.0)
    if code in _NO_CHAT:
        return ChatGone(why)
    if code in _TOKEN or code == 60020:
        return PlatformDown(why)
    return SendFailed(why, final=True)


def members(desk: Desk, chat_id: str) -> list[str]:
    """Return the accounts of the colleagues whom a place stands for; a department of nobody: the handlers."""
    query = select(Staff).where(
        col(Staff.active).is_(True), col(Staff.wecom_id).is_not(None), Staff.role != ADMIN
    )
    staff = desk.session.exec(query.order_by(col(Staff.id))).all()
    if chat_id == "@supervisors":
        chosen = [one for one in staff if one.role == SUPERVISOR]
    elif chat_id == "@reviewers":
        chosen = people.office_reviewers(desk.session)
    elif chat_id.startswith("@department:"):
        chosen = [one for one in staff if str(one.department_id) == chat_id.partition(":")[2]]
    else:
        chosen = [one for one in staff if one.department_id is None] or list(staff)
    if not chosen and chat_id.startswith("@department:"):
        return members(desk, "@handlers")
    return [one.wecom_id for one in chosen if one.wecom_id]


def _number(agent: str) -> int | str:
    return int(agent) if agent.isdigit() else agent
