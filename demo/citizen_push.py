"""A citizen's message as the platform pushes it: XML, encrypted and signed, to the office's own address over HTTP."""

import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from xml.etree.ElementTree import ParseError
from xml.sax.saxutils import escape

import httpx
from defusedxml import ElementTree
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from text.printable import printable

TRIES, PATIENCE = 3, 5.0  # the platform waits five seconds and pushes up to three times
TO = "gh_huiyin_demo"
# what reading a reply that is none may end in
_UNREADABLE = (ParseError, WeChatException, ValueError, KeyError, IndexError, TypeError, struct.error)


class NoAnswer(Exception):
    """The office's address did not take the push; the message says so in Chinese."""


@dataclass(frozen=True, slots=True)
class PushKeys:
    """The keys that the simulated account shares with the office."""

    app_id: str
    token: str
    aes_key: str


class Postman:
    """Pushes to `url`. Times are those of the demo's clock, on which the office checks the signature."""

    def __init__(self, url: str, account: PushKeys, clock: Callable[[], datetime]) -> None:
        self.url, self._account, self._clock = url, account, clock
        self._numbers = count(int(clock().timestamp() * 1_000_000))
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    async def push(self, openid: str, kind: str, fields: dict[str, str]) -> str:
        """Push one message and return the passive reply's text, empty when there is none. Raises: NoAnswer."""
        now = int(self._clock().timestamp())
        whole = {
            "ToUserName": TO,
            "FromUserName": openid,
            "CreateTime": str(now),
            "MsgType": kind,
            **fields,
        }
        if kind != "event":
            whole["MsgId"] = str(next(self._numbers))
        xml = (
            "<xml>"
            + "".join(f"<{name}>{escape(printable(value))}</{name}>" for name, value in whole.items())
            + "</xml>"
        )
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                answer = await self._once(xml)
            except httpx.HTTPError:
                if last:
                    raise NoAnswer("该公众号提供的服务出现故障，请稍后再试") from None
                continue
            if answer.status_code == 200:
                return self._text(answer.text)
            if last or answer.status_code < 500:
                raise NoAnswer(f"该公众号提供的服务出现故障（HTTP {answer.status_code}）")
        return ""

    async def close(self) -> None:
        await self._client.aclose()

    async def _once(self, xml: str) -> httpx.Response:
        timestamp, nonce = str(int(self._clock().timestamp())), secrets.token_hex(5)
        crypto = WeChatCrypto(self._account.token, self._account.aes_key, self._account.app_id)
        body = str(crypto.encrypt_message(xml, nonce, timestamp))
        signer = WeChatSigner()
        signer.add_data(self._account.token, timestamp, nonce)
        query = {
            "signature": signer.signature,
            "timestamp": timestamp,
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": ElementTree.fromstring(body).findtext("MsgSignature") or "",
        }
        return await self._client.post(
            self.url, params=query, content=body.encode(), headers={"Content-Type": "text/xml"}
        )

    def _text(self, body: str) -> str:
        try:
            return "" if body in ("", "success") else self._opened(body)
        except _UNREADABLE:
            raise NoAnswer("该公众号提供的服务出现故障：回复读不懂") from None

    def _opened(self, body: str) -> str:
        outer = ElementTree.fromstring(body)
        crypto = WeChatCrypto(self._account.token, self._account.aes_key, self._account.app_id)
        xml = crypto.decrypt_message(
            body, outer.findtext("MsgSignature"), outer.findtext("TimeStamp"), outer.findtext("Nonce")
        )
        return str(ElementTree.fromstring(xml).findtext("Content") or "")
