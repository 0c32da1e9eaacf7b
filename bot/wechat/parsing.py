"""Pushes in, replies out: the one place that knows WeChat's signatures, encryption and XML.

wechatpy does the crypto and the parsing; what it lets through or trips over is caught here, so that
whatever a stranger sends ends in one of these errors.

BadRequest
├── BadSignature (403)   the signature is wrong
│   └── Stale            it is right, and its timestamp over ten minutes off
└── BadPush (400)        signed, but not WeChat XML, or plain where encryption is required
"""

import hashlib
import hmac
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException

from bot.wechat.accounts import Account
from cases.steps.triage import UNHEARD
from text.normalise import says_nothing

FRESH = timedelta(minutes=10)
_DEEPEST, _MOST_ELEMENTS = 12, 400
_LONGEST_NAME, _LONGEST_TEXT = 128, 1 << 20
_NUMBER = re.compile(r"[0-9]{1,12}")
# a phone can send them; no message is lost for it
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class BadRequest(Exception):
    """A request that is not from WeChat, or not one that we can read."""

    status = 400


class BadSignature(BadRequest):
    status = 403


class StalePush(BadSignature):
    """Signed by the platform for another time: `ahead` seconds from our clock."""

    def __init__(self, stamp: int, ahead: float) -> None:
        super().__init__(f"timestamp, {ahead:+.0f} s")
        self.stamp, self.ahead = stamp, ahead


class BadPush(BadRequest):
    status = 400


@dataclass(frozen=True, slots=True)
class Push:
    """One push as understood. `text` holds what can be read of any kind; `identity` is the same for a repeat."""

    account: Account
    openid: str
    to: str
    kind: str  # text, image, voice, video, shortvideo, location, link, event, or what WeChat calls it
    identity: str
    sent_at: datetime | None
    text: str = ""
    media: tuple[tuple[str, str], ...] = ()  # (kind, MediaId)
    event: str = ""  # lower case: subscribe, unsubscribe, click, view, scan, templatesendjobfinish, ...
    event_key: str = ""
    menu_id: str = ""  # bizmsgmenuid of a clicked customer-message menu
    heard: bool = True  # False for a voice message without a transcript
    opened_with: str = field(default="", repr=False)  # the AES key that opened the push, for its reply
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def unshown(self) -> bool:
        """Tell whether the text is the platform's own, in place of a sticker or what else it does not pass on."""
        return self.kind == "text" and platform_text(self.text)


def signature(*parts: str) -> str:
    """Return WeChat's SHA-1 over the sorted parts."""
    joined = "".join(sorted(parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def check_fresh(timestamp: str, now: datetime) -> None:
    """Look at the time of what is rightly signed. Raises: BadSignature when it is no number, StalePush when it is far off."""
    if not _NUMBER.fullmatch(timestamp):
        raise BadSignature("timestamp")
    ahead = int(timestamp) - now.timestamp()
    if abs(ahead) > FRESH.total_seconds():
        raise StalePush(int(timestamp), ahead)


def check_signature(
    account: Account, query: Mapping[str, str], now: datetime, *extra: str, name: str
) -> None:
    """Compare in constant time, then look at the time. Raises: BadSignature."""
    _compare(account, query, *extra, name=name)
    check_fresh(query.get("timestamp", ""), now)


def _compare(account: Account, query: Mapping[str, str], *extra: str, name: str) -> None:
    expected = signature(account.token, query.get("timestamp", ""), query.get("nonce", ""), *extra)
    if not hmac.compare_digest(expected.encode(), query.get(name, "").encode("utf-8", "surrogatepass")):
        raise BadSignature(name)


def read_push(account: Account, query: Mapping[str, str], body: bytes, now: datetime) -> Push:
    """Return what a request's body says. Raises: BadSignature, BadPush.

    In safe mode only `msg_signature` counts, as the platform's documentation demands.
    """
    sealed = query.get("encrypt_type", "").lower() == "aes" or "msg_signature" in query
    if not sealed or not account.aes_key:
        check_signature(account, query, now, name="signature")
        if sealed or account.aes_key:
            raise BadPush(
                "plain push in encrypted mode" if account.aes_key else "encrypted push in plain mode"
            )
        return _push(account, _flat(body))
    try:
        encrypted = _flat(body)["Encrypt"]
    except (BadPush, KeyError):
        check_signature(account, query, now, name="signature")
        raise BadPush("nothing encrypted") from None
    check_signature(account, query, now, encrypted, name="msg_signature")
    text, key = _decrypted(account, encrypted)
    return replace(_push(account, _flat(text.encode())), opened_with=key)


def _decrypted(account: Account, encrypted: str) -> tuple[str, str]:
    """Return what was sealed and the key that opened it. Raises: BadPush."""
    for key in filter(None, (account.aes_key, account.previous)):
        try:
            crypto = WeChatCrypto(account.token, key, account.app_id)
            text = str(PrpCrypto(crypto.key).decrypt(encrypted, account.app_id))
        except (WeChatException, ValueError, IndexError, TypeError, AssertionError, struct.error):
            continue
        if text:
            return text, key
    raise BadPush("cannot be decrypted")


class _Fields:
    """Collects the texts of the root's children while parsing; counts depth and elements."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = self._elements = 0
        self._name = ""

    def start(self, tag: str, _attributes: object) -> None:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise BadPush("too deep or too many elements")
        if self._depth == 1 and tag != "xml":
            raise BadPush("no <xml> element")
        if self._depth == 2:
            if tag in self.fields:
                raise BadPush(f"{tag[:40]} twice")
            self._name, self.fields[tag] = tag, ""

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._depth == 2:
            self.fields[self._name] += text

    def close(self) -> dict[str, str]:
        return self.fields


def _flat(body: bytes) -> dict[str, str]:
    """Return the fields of `<xml>…</xml>` without what is nested in them. Raises: BadPush."""
    try:
        parser = DefusedXMLParser(target=_Fields(), forbid_dtd=True)
        parser.feed(_NO_XML.sub("", body.decode("utf-8-sig")).encode())
        return cast("dict[str, str]", parser.close())
    except (ParseError, ExpatError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadPush(type(error).__name__) from None


def _push(account: Account, fields: dict[str, str]) -> Push:
    def word(name: str, longest: int = _LONGEST_TEXT) -> str:
        value = fields.get(name, "")
        if len(value) > longest:
            raise BadPush(name)
        return value if name == "Content" else value.strip()

    kind, openid, to = word("MsgType", 64).lower(), word("FromUserName", 128), word("ToUserName", 128)
    if not kind or not openid:
        raise BadPush("MsgType or FromUserName")
    created = word("CreateTime", 32)
    base: dict[str, Any] = {"account": account, "openid": openid, "to": to, "sent_at": _time(created)}
    if kind == "event":
        event = word("Event", 64).lower()
        if not event:
            raise BadPush("Event")
        return Push(
            **base,
            kind="event",
            identity=f"event\n{openid}\n{created}\n{event}",
            event=event,
            event_key=word("EventKey"),
            details={name: word(name) for name in ("Status", "MsgID")},
        )
    text, media, heard = _content(kind, word)
    message_id = word("MsgId", 64)
    if not message_id:
        message_id = signature(created, kind, text, *(media_id for _, media_id in media))
    return Push(
        **base,
        kind=kind,
        identity=f"message\n{openid}\n{message_id}",
        text=text,
        media=media,
        menu_id=word("bizmsgmenuid", _LONGEST_NAME),
        heard=heard,
    )


def _content(kind: str, word: Callable[..., str]) -> tuple[str, tuple[tuple[str, str], ...], bool]:
    """Return what can be read, what is to be fetched, and whether a voice was understood."""
    media = ((kind, word("MediaId", 512)),) if word("MediaId", 512) else ()
    if kind == "text":
        return word("Content"), (), True
    if kind == "voice":
        heard = word("Recognition")
        understood = not says_nothing(heard)
        return heard if understood else UNHEARD, media, understood
    if kind in ("video", "shortvideo"):
        return "[视频]", media, True
    if kind == "image":
        return "[图片]", media, True
    if kind == "location":
        place = word("Label") or word("Poiname")
        return f"[位置] {place}（{word('Location_X', 32)}, {word('Location_Y', 32)}）", (), True
    if kind == "link":
        parts = (word("Title"), word("Description"), word("Url"))
        return "[链接] " + "\n".join(part for part in parts if part), (), True
    return f"[{kind[:20]} 消息]", media, True


_UNSHOWN = re.compile(
    r"(?:收到)?(?:了)?(?:一条)?(?:暂时?)?不支持(?:显示|查看|展示)?(?:的|此|该|这种|这类)?(?:消息|内容)"
)
_UNSHOWN_ENGLISH = (
    "unsupported message",
    "received unsupported message",
    "this message type is not supported",
)
_LONGEST_UNSHOWN = 80


def platform_text(text: str) -> bool:
    """Tell whether a text is what the platform writes for a sticker or an old emoticon code, and nothing else.

    A citizen's own words beside it make it a letter.
    """
    text = text.strip()
    if len(text) > _LONGEST_UNSHOWN:
        return False
    if text.startswith("/:") and text.isascii() and " " not in text:
        return True
    bracketed = text[:1] in "【[" and text[-1:] in "】]" and not set(text[1:-1]) & set("【[】]")
    words = text.strip("【[】].。")
    if words.lower().startswith(_UNSHOWN_ENGLISH):
        return True
    return bool(_UNSHOWN.match(words)) and (bracketed or words.endswith(("无法显示", "无法查看", "消息类型")))


def _time(created: str) -> datetime | None:
    """Return the time of sending; None for what is no time."""
    return datetime.fromtimestamp(int(created), UTC) if re.fullmatch(r"[0-9]{1,11}", created) else None


def passive(push: Push, text: str, now: datetime) -> str:
    """Return the XML of a text reply; `]]>` inside the text is split over two CDATA sections."""
    return (
        f"<xml><ToUserName>{_cdata(push.openid)}</ToUserName><FromUserName>{_cdata(push.to)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{_cdata(text)}</Content></xml>"
    )


_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _cdata(text: str) -> str:
    clean = _NOT_XML.sub("\ufffd", text)
    return "<![CDATA[" + clean.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def sealed_reply(push: Push, xml: str, nonce: str, now: datetime) -> str:
    """Return a reply encrypted with the key that opened its push: while a key is changed the platform knows no other."""
    account = push.account
    crypto = WeChatCrypto(account.token, push.opened_with or account.aes_key, account.app_id)
    safe_nonce = nonce if re.fullmatch(r"\w{1,64}", nonce, re.ASCII) else "0"
    return str(crypto.encrypt_message(xml, safe_nonce, str(int(now.timestamp()))))


def decrypt_echo(account: Account, query: Mapping[str, str], now: datetime) -> str:
    """Return what URL verification echoes. Raises: BadSignature, BadPush.

    A plain one may be of any time: it changes nothing and tells nothing. A sealed one is opened here, and must be
    fresh, or whoever once caught a push could have it read out.
    """
    echo = query.get("echostr", "")
    if "msg_signature" in query and account.aes_key:
        check_signature(account, query, now, echo, name="msg_signature")
        return _decrypted(account, echo)[0]
    _compare(account, query, name="signature")
    return echo
