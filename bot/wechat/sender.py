"""The ways to a citizen, tried in order: customer-service message, template message, pick-up.

The record says what happened: a part counts as sent when the platform took it.
"""

import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.wechat import rating, words
from bot.wechat.accounts import Account, account_of
from bot.wechat.client import NO_ANSWER, ApiError, Consequence, WeChatApi, patience
from bot.wechat.quota import PER_WINDOW, RESERVED, left_in_window
from cases.register import citizens, deliveries, register
from cases.register.desk import Desk, Workplace
from cases.register.kinds import Job, Sent
from cases.register.readonly import Outbox
from cases.register.rows import id_of
from cases.register.states import DeliveryState
from cases.sending import outbox, payloads
from cases.sending.ports import SendFailed
from cases.steps import rate, reply

log = structlog.get_logger()
LAST_ATTEMPT = 38  # of the outbox's forty: then the text waits for pick-up instead of being dropped
_TITLE = "您反映的事项已有答复"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text on its way, as it stands in the register. `delivery_id` is 0 for a text without a record."""

    account: Account | None
    citizen_id: int
    openid: str
    text: str
    following: bool
    left: int  # messages that the window still takes; 0 when it is shut
    delivery_id: int = 0
    kind: str = Sent.NOTICE
    parts_sent: int = 0
    no: str = ""
    over: bool = False  # delivered, or given up, already
    attempts: int = 1
    doubted: bool = False  # nobody knows whether the platform took it the last time


def _unknown(error: str) -> bool:
    """Tell whether the last try ended without anybody knowing whether the platform took the text."""
    return error.startswith(NO_ANSWER) or error == outbox.CUT_OFF


def may_write(letter: Parcel, parts: int) -> bool:
    """Whether the rest of a text fits into the window; a notice leaves the reserve untouched."""
    todo = parts - letter.parts_sent
    reserve = RESERVED if letter.kind == Sent.NOTICE else 0
    return todo <= letter.left - reserve


class CitizenSender:
    """Works off the lane `citizen`."""

    def __init__(self, workplace: Workplace, apis: dict[str, WeChatApi]) -> None:
        self._workplace, self._apis = workplace, apis
        self._accounts = tuple(api.account for api in apis.values())

    async def send(self, row: Outbox) -> None:
        """Send one row by the first way that is open. Raises: SendFailed."""
        if row.kind == Job.RATING:
            await self._offer_rating(row)
            return
        letter = await self._workplace.look_async(lambda desk: self._letter(desk, row))
        if letter.over:
            return
        if letter.doubted:
            await self._doubt(letter)
        if letter.account is None:
            await self._wait(letter, "没有可用的公众号")
            return
        api = self._apis[letter.account.app_id]
        try:
            why = await self._by_customer_message(api, letter)
            if why is None:
                return
            if letter.delivery_id and letter.kind != Sent.NOTICE and letter.account.template_id:
                why = await self._by_template(api, letter)
                if why is None:
                    return
        except ApiError as error:
            await self._failed(letter, error, row.attempts)
            return
        await self._wait(letter, why)

    async def _doubt(self, letter: Parcel) -> None:
        """A second copy may go out now: say so where it will be read, before it does."""
        log.warning(
            "delivery.may_be_twice", delivery=letter.delivery_id, case=letter.no, attempt=letter.attempts
        )
        if letter.delivery_id:
            await self._workplace.act_async(lambda desk: deliveries.doubt(desk, letter.delivery_id))

    async def _offer_rating(self, row: Outbox) -> None:
        """Send the menu of a rating once, or not at all. Raises: SendFailed, never to be tried again."""
        offer = await self._workplace.look_async(lambda desk: rating.open_offer(desk, row, self._accounts))
        if offer is None:
            return
        try:
            await rating.send(self._apis[offer.account.app_id], offer)
        except ApiError as error:
            if error.meaning is Consequence.QUOTA:
                await self._workplace.act_async(
                    lambda desk: citizens.window_used(desk, offer.citizen_id, PER_WINDOW)
                )
            raise SendFailed(str(error), final=True) from None
        await self._workplace.record(lambda desk: citizens.one_more_sent(desk, offer.citizen_id))

    def _letter(self, desk: Desk, row: Outbox) -> Parcel:
        late = payloads.LateReply.of(row) if row.kind == Job.TEXT else None
        delivery = deliveries.find(desk, None if late else payloads.ToDeliver.of(row).delivery_id)
        citizen = citizens.by_id(desk, late.citizen_id if late else delivery.citizen_id if delivery else None)
        vault = desk.office.vault
        letter = Parcel(
            account=account_of(self._accounts, citizen.account),
            citizen_id=id_of(citizen),
            openid=vault.open(citizen.openid_sealed),
            text="",
            following=citizen.following,
            left=left_in_window(citizen, desk.now),
            attempts=row.attempts,
            doubted=_unknown(row.error),
        )
        if late is not None or delivery is None:
            return replace(letter, text=vault.open(base64.b64decode(late.sealed if late else "")))
        return replace(
            letter,
            text=vault.open(delivery.text_sealed),
            delivery_id=id_of(delivery),
            kind=delivery.kind,
            parts_sent=delivery.parts_sent,
            no=register.by_id(desk, delivery.case_id).no,
            over=delivery.state != DeliveryState.PENDING,
        )

    async def _by_customer_message(self, api: WeChatApi, letter: Parcel) -> str | None:
        """Send part by part, each recorded as it went; returns why not, None when all is out."""
        if not api.account.customer_messages:
            return "未开通客服消息"
        if not letter.following:
            raise ApiError(0, Consequence.GONE, "来信人已取消关注")
        parts = words.split(letter.text)
        if not may_write(letter, len(parts)):
            return "48 小时窗口已关闭" if not letter.left else "窗口内余下的条数不够"
        for index in range(letter.parts_sent, len(parts)):
            body = {"touser": letter.openid, "msgtype": "text", "text": {"content": parts[index]}}
            try:
                await api.post("cgi-bin/message/custom/send", body, patience(letter.attempts))
            except ApiError as error:
                if error.meaning not in (Consequence.QUOTA, Consequence.REFUSED):
                    raise
                await self._window_over(letter, error)
                return str(error)
            await self._workplace.record(partial(_part_out, letter=letter, sent=index + 1, of=len(parts)))
        return None

    async def _window_over(self, letter: Parcel, error: ApiError) -> None:
        if error.meaning is Consequence.QUOTA:
            await self._workplace.act_async(
                lambda desk: citizens.window_used(desk, letter.citizen_id, PER_WINDOW)
            )

    async def _by_template(self, api: WeChatApi, letter: Parcel) -> str | None:
        today = self._workplace.office.today(self._workplace.clock())
        slots = {"no": letter.no, "title": _TITLE, "date": today.isoformat()}
        data: dict[str, Any] = {
            name: {"value": slots[slot][:20]} for slot, name in api.account.template_fields if slot in slots
        }
        body = {"touser": letter.openid, "template_id": api.account.template_id, "data": data}
        try:
            answer = await api.post("cgi-bin/message/template/send", body, patience(letter.attempts))
        except ApiError as error:
            if error.meaning not in (Consequence.QUOTA, Consequence.REFUSED):
                raise
            return str(error)
        message_id = str(answer.get("msgid", ""))
        await self._workplace.record(lambda desk: _notified(desk, letter, message_id))
        return None

    async def _wait(self, letter: Parcel, why: str) -> None:
        """Let the text wait for the citizen's next passive reply."""
        if letter.delivery_id:
            await self._workplace.act_async(lambda desk: _waits(desk, letter, why))

    async def _failed(self, letter: Parcel, error: ApiError, attempts: int) -> None:
        """Say what became of a failed call: never again, pick-up after very many tries, or again later."""
        if error.meaning is Consequence.GONE:
            await self._workplace.act_async(lambda desk: _gone(desk, letter, str(error)))
            raise SendFailed(str(error), final=True)
        if not letter.delivery_id:
            raise SendFailed(str(error), final=True)  # a courtesy without a record is not worth a queue
        if attempts >= LAST_ATTEMPT:
            await self._wait(letter, str(error))
            return
        await self._workplace.act_async(
            lambda desk: deliveries.tried(desk, letter.delivery_id, str(error), attempts)
        )
        raise SendFailed(str(error), wait=error.wait)


def _part_out(desk: Desk, letter: Parcel, sent: int, of: int) -> None:
    citizens.one_more_sent(desk, letter.citizen_id)
    if not letter.delivery_id:
        return
    delivery = deliveries.by_id(desk, letter.delivery_id)
    reply.part_sent(desk, delivery, sent)
    if sent == of:
        reply.delivered(desk, delivery, DeliveryState.SENT, "customer_message")
        rate.offer(desk, [delivery])


def _waits(desk: Desk, letter: Parcel, why: str) -> None:
    """Put the text down for pick-up, unless the citizen wrote this very moment and the window is open again."""
    citizen = citizens.find(desk, letter.citizen_id)
    if citizen is not None and left_in_window(citizen, desk.now) > letter.left:
        raise SendFailed("来信人刚刚来信，窗口重新打开", wait=timedelta())
    reply.delivered(desk, deliveries.by_id(desk, letter.delivery_id), DeliveryState.WAITING, error=why)


def _notified(desk: Desk, letter: Parcel, message_id: str) -> None:
    reply.notified(desk, deliveries.by_id(desk, letter.delivery_id), message_id)


def _gone(desk: Desk, letter: Parcel, why: str) -> None:
    citizen = citizens.find(desk, letter.citizen_id)
    if citizen is not None:
        citizens.follows(desk, citizen, False)
    if letter.delivery_id:
        lost = letter.kind == Sent.NOTICE  # an answer waits for the day on which they come back
        state = DeliveryState.FAILED if lost else DeliveryState.WAITING
        reply.delivered(desk, deliveries.by_id(desk, letter.delivery_id), state, error=why)
