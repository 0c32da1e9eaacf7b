"""Carries what was released to the address of its source, signed; what does not arrive there can still be fetched."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import httpx

from api import door
from api.addresses import NotNamed, resolve
from cases.register import deliveries, measures, sources
from cases.register.desk import Desk, Workplace
from cases.register.readonly import Outbox
from cases.register.states import DeliveryState
from cases.sending import outside, payloads
from cases.sending.ports import SendFailed
from cases.steps import collect, reply

SIGNATURE = "X-Huiyin-Signature"
SECONDS = 10.0
LAST_ATTEMPT = 38  # of the outbox's forty: then the text waits to be fetched
LONG_PAUSE = timedelta(
    hours=2
)  # after each try past `SOON`: twenty-eight such pauses make more than two days
SOON = 9
HOLDS_OTHERS = 3  # tries in which a text keeps its place; then its receiver is asked about the later ones too
_LATER = (408, 425, 429)  # of the answers that blame the request: nothing is wrong with the text itself


@dataclass(frozen=True, slots=True)
class _Call:
    url: str
    named: tuple[str, ...]
    body: bytes
    key: str


class CallbackSender:
    """Works off the lane `api`: the rows of one source in order, but one that is refused holds back no other."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._client = outside.client(timeout=SECONDS)

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, row: Outbox) -> None:
        """Call the source with one released text. Raises: SendFailed."""
        delivery_id = payloads.ToDeliver.of(row).delivery_id
        call = await self._workplace.look_async(lambda desk: _call(desk, delivery_id))
        if call is None:
            return
        if not call.url:
            await self._workplace.act_async(
                lambda desk: _waits(desk, delivery_id, "渠道已停用或不再有回调地址")
            )
            return
        why, wished, refused = await self._post(call)
        if not why:
            await self._workplace.record(lambda desk: _arrived(desk, delivery_id))
            return
        if row.attempts >= LAST_ATTEMPT:
            await self._workplace.act_async(lambda desk: _waits(desk, delivery_id, why))
            return
        await self._workplace.act_async(lambda desk: deliveries.tried(desk, delivery_id, why, row.attempts))
        aside = refused or row.attempts >= HOLDS_OTHERS
        raise SendFailed(why, wait=wished or (LONG_PAUSE if row.attempts > SOON else None), aside=aside)

    async def _post(self, call: _Call) -> tuple[str, timedelta | None, bool]:
        """Return why it did not arrive, empty if it did, when its receiver wishes to be called again, and
        whether it refused this very text.
        """
        try:
            address = await resolve(call.url, call.named)
        except NotNamed as refused:
            return str(refused), None, False
        except OSError:
            return "回调域名解析不到地址", None, False
        parts = urlsplit(call.url)
        host = f"[{address}]" if ":" in address else address
        target = urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))
        digest = hmac.new(call.key.encode(), call.body, hashlib.sha256).hexdigest()
        headers = {
            "Host": parts.netloc, "Content-Type": "application/json; charset=utf-8", SIGNATURE: f"sha256={digest}",
            "User-Agent": "huiyin",
        }  # fmt: skip
        outside.name(target)
        sni = {"sni_hostname": parts.hostname or ""} if parts.scheme == "https" else {}
        try:
            async with self._client.stream(
                "POST", target, content=call.body, headers=headers, extensions=sni
            ) as answer:  # its words are not read: nobody asked for them
                status, wished = answer.status_code, answer.headers.get("retry-after", "")
        except httpx.HTTPError as error:
            measures.PLATFORM_ERRORS.labels("callback", "0").inc()
            return f"回调地址连不上（{type(error).__name__}）", None, False
        if 200 <= status < 300:
            return "", None, False
        measures.PLATFORM_ERRORS.labels("callback", str(status)).inc()
        said = (
            f"回调地址要求转到别处（{status}），没有跟随" if 300 <= status < 400 else f"回调地址回应 {status}"
        )
        again = timedelta(seconds=min(int(wished), 7200)) if wished.isdecimal() and len(wished) < 6 else None
        return said, again, 400 <= status < 500 and status not in _LATER


def _call(desk: Desk, delivery_id: int) -> _Call | None:
    """Return what is to be sent; None if it reached its source in another way."""
    delivery = deliveries.find(desk, delivery_id)
    if delivery is None or delivery.state != DeliveryState.PENDING:
        return None
    source = sources.by_id(desk, delivery.source_id)
    key = desk.office.vault.open(source.key_sealed) if source.key_sealed is not None else ""
    if not source.active or not source.callback or not key:
        return _Call("", (), b"", "")
    body = json.dumps(door.row(collect.released(desk, delivery)), ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    return _Call(source.callback, tuple(filter(None, source.addresses.split(","))), body, key)


def _arrived(desk: Desk, delivery_id: int) -> None:
    delivery = deliveries.by_id(desk, delivery_id)
    if delivery.state == DeliveryState.PENDING:
        reply.delivered(desk, delivery, DeliveryState.SENT, "callback")


def _waits(desk: Desk, delivery_id: int, why: str) -> None:
    delivery = deliveries.by_id(desk, delivery_id)
    if delivery.state == DeliveryState.PENDING:
        reply.delivered(desk, delivery, DeliveryState.WAITING, error=why)
