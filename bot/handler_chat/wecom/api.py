"""企业微信 as a platform: application messages to people, or to a group chat that the application made.

A place is `~<user>` for one person, `@handlers`, `@supervisors`, `@reviewers` or `@department:<id>` for the colleagues
concerned, anything else the id of a group chat. People get cards with buttons; a group takes none, and gets the
words to send instead.
"""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
import structlog

from bot.handler_chat.cards.cards import Card
from bot.handler_chat.cards.platform import AskedPerson, ChatGone, PlatformDown, PostFixed, SlowDown
from bot.handler_chat.wecom import cards as wecom_cards
from bot.handler_chat.wecom.reply_codes import LONGEST_BYTES, in_markdown, in_words, pieces, spoken_text
from cases.register import measures, people
from cases.register.desk import Desk, Workplace
from cases.register.permissions import SUPERVISOR
from cases.sending import card_codes, chat, outside
from cases.sending.chat import Place
from cases.sending.ports import SendFailed
from text.normalise import storable

log = structlog.get_logger()
_TOKEN = (40014, 42001, 41001, 40001)
_BUSY = (-1, 6000, 50001)
_TOO_FAST = (45009, 45033, 45002)
_NO_CHAT = (81013, 82001, 86001, 86003, 86004, 60111, 40003, 40031, 60011)
AT_ONCE = 1000  # people of one sending
_EARLY = 300.0  # a token is renewed before it expires


class WecomApi:
    """The server API behind our port; one token for all calls, fetched once."""

    name = "wecom"

    def __init__(
        self, workplace: Workplace, *, corp_id: str, secret: str, agent_id: str, api_base: str
    ) -> None:
        self._workplace, self._corp_id, self._secret, self._agent = workplace, corp_id, secret, agent_id
        self._http = outside.client([api_base], timeout=15)
        self._http.base_url = api_base.rstrip("/")
        self._token, self._expires = "", 0.0
        self._fetching = asyncio.Lock()
        self._lost: set[str] | None = None  # of whom the last sending said that it did not reach them

    async def close(self) -> None:
        await self._http.aclose()

    async def post(
        self, place: Place, card: Card, *, reply_to: str = "", asks: AskedPerson | None = None
    ) -> str:
        """Send a card, in as many messages as it takes; returns the id of the one with the buttons, else of the last."""
        if place.chat_id[:1] not in ("~", "@"):
            return await self._post_in_group(place.chat_id, card)
        if card.buttons:
            try:
                return await self._post_card(place.chat_id, card)
            except SendFailed as failure:
                if not failure.final:
                    raise
                log.warning("wecom.card_refused", why=str(failure))
        return await self._post_text(place.chat_id, in_words(card))

    async def edit(self, chat_id: str, message_id: str, card: Card) -> None:
        """Put a card in the place of one that stands. Raises: PostFixed where the platform allows no change (now)."""
        made = wecom_cards.made(card, message_id, changes=True)
        await self._change(message_id, {"template_card": made.body}, wecom_cards.shows(card))

    async def grey(self, message_id: str, label: str) -> None:
        """Make a card's buttons one that cannot be pressed. Raises: PostFixed."""
        await self._change(message_id, {"button": {"replace_name": label}})

    async def _post_card(self, chat_id: str, card: Card) -> str:
        task_id = wecom_cards.new_id()
        made = wecom_cards.made(card, task_id)
        if not made.whole:
            await self._post_text(chat_id, spoken_text(card))
        answer = await self._to_people(chat_id, {"msgtype": "template_card", "template_card": made.body})
        code = str(answer.get("response_code") or "")
        await self._workplace.act_async(
            lambda desk: card_codes.keep(desk, task_id, code, wecom_cards.shows(card))
        )
        return task_id

    async def _post_text(self, chat_id: str, text: str) -> str:
        answer: dict[str, Any] = {}
        for piece in pieces(storable(text)):
            answer = await self._to_people(
                chat_id, {"msgtype": "text", "text": {"content": piece}, "safe": 0}
            )
        return f"{answer.get('msgid') or uuid4().hex}"

    async def _post_in_group(self, chat_id: str, card: Card) -> str:
        """In markdown, and as plain text where that is refused or would change what people read."""
        text = storable(in_words(card, "请在应用中发送"))
        shown = in_markdown(text)
        if shown is not None and len(shown.encode()) <= LONGEST_BYTES:
            try:
                body = {"msgtype": "markdown", "markdown": {"content": shown}}
                await self._call("appchat/send", {"chatid": chat_id, **body})
                return uuid4().hex
            except SendFailed as failure:
                if not failure.final:
                    raise
                log.warning("wecom.markdown_refused", why=str(failure))
        for piece in pieces(text):
            body = {"msgtype": "text", "text": {"content": piece}}
            await self._call("appchat/send", {"chatid": chat_id, **body, "safe": 0})
        return uuid4().hex

    async def _to_people(self, chat_id: str, body: dict[str, Any]) -> dict[str, Any]:
        users = [chat_id[1:]] if chat_id[0] == "~" else await self._members(chat_id)
        if not users:
            raise ChatGone(f"{chat_id} 没有绑定企业微信的工作人员")
        answer: dict[str, Any] = {}
        for at in range(0, len(users), AT_ONCE):
            some = users[at : at + AT_ONCE]
            to = {"touser": "|".join(some), "agentid": _number(self._agent)}
            answer = await self._call("message/send", {**to, **body})
            await self._reached(some, unreached(answer))
        return answer

    async def _reached(self, users: list[str], missed: set[str]) -> None:
        """Say of whom the platform took nothing, though it calls the sending a success. Raises: ChatGone if of all."""
        lost = [user for user in users if user.lower() in missed]
        if lost and len(lost) == len(users):
            raise ChatGone(f"企业微信没有送达：{'、'.join(lost[:20])} 不在应用的可见范围内或未激活")
        if self._lost is None:
            self._lost = await self._workplace.look_async(known_unreached)
        if lost or self._lost & set(users):
            self._lost = (self._lost - set(users)) | set(lost)
            await self._workplace.act_async(lambda desk: note_unreached(desk, users, lost))

    async def _change(self, message_id: str, change: dict[str, Any], shows: str = "") -> None:
        code = await self._workplace.act_async(lambda desk: card_codes.take(desk, message_id, shows))
        if not code:
            raise PostFixed("没有可用的更新凭据")
        body = {"atall": 1, "agentid": _number(self._agent), "response_code": code, **change}
        try:
            await self._call("message/update_template_card", body)
        except SendFailed as failure:
            if failure.final:
                await self._workplace.act_async(lambda desk: card_codes.not_shown(desk, message_id))
                raise PostFixed(str(failure)) from None
            await self._workplace.act_async(lambda desk: card_codes.keep(desk, message_id, code))
            raise

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
            with measures.timed(measures.DELIVERY.labels("chat")):
                response = await self._http.request(method, path, params=params, json=body)
            answer = response.json() if response.status_code < 500 else None
        except (httpx.HTTPError, ValueError) as error:
            measures.PLATFORM_ERRORS.labels("wecom", "0").inc()
            raise PlatformDown(f"企业微信暂不可用（{type(error).__name__}）") from None
        if not isinstance(answer, dict):
            raise PlatformDown(f"企业微信暂不可用（HTTP {response.status_code}）")
        return answer


def failure(code: int, message: str) -> SendFailed:
    """Return what an error code means for the sending."""
    measures.PLATFORM_ERRORS.labels("wecom", str(code)).inc()
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


def unreached(answer: dict[str, Any]) -> set[str]:
    """Return the accounts, in lower case, that an answer of `errcode` 0 names as not reached."""
    names: list[str] = []
    for field in ("invaliduser", "unlicenseduser"):
        value = answer.get(field) or ""
        names += value if isinstance(value, list) else str(value).split("|")
    return {str(name).lower() for name in names if name}


def known_unreached(desk: Desk) -> set[str]:
    found = (where.partition(":~") for where in chat.troubles(desk))
    return {user for platform, mark, user in found if mark and platform == "wecom"}


def note_unreached(desk: Desk, users: list[str], lost: list[str]) -> None:
    """Keep whom nothing reaches for the console, and tell the supervisors once a day; whoever is back is forgotten."""
    for user in users:
        if user in lost:
            staff = people.staff_by_chat(desk, "wecom", user)
            chat.unreached(desk, "wecom", f"~{user}", staff.name if staff else user)
        else:
            chat.recovered(desk, "wecom", f"~{user}")


def members(desk: Desk, chat_id: str) -> list[str]:
    """Return the accounts of the colleagues whom a place stands for; a department of nobody: the handlers."""
    staff = people.on_wecom(desk)
    if chat_id == "@supervisors":
        chosen = [one for one in staff if one.role == SUPERVISOR]
    elif chat_id == "@reviewers":
        chosen = people.office_reviewers(desk)
    elif chat_id.startswith("@department:"):
        chosen = [one for one in staff if str(one.department_id) == chat_id.partition(":")[2]]
    else:
        chosen = [one for one in staff if one.department_id is None] or staff
    if not chosen and chat_id.startswith("@department:"):
        return members(desk, "@handlers")
    return [one.wecom_id for one in chosen if one.wecom_id]


def _number(agent: str) -> int | str:
    return int(agent) if agent.isdecimal() else agent
