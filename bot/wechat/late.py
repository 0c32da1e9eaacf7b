"""Slow moments: a push that cannot be answered in time is put on disk as it is and worked off by the worker."""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from bot.wechat import conversation
from bot.wechat.accounts import Account, account_of
from bot.wechat.judging import Judging
from bot.wechat.parsing import Push
from cases.register import citizens, pushes
from cases.register.desk import CITIZEN, Desk, Workplace
from cases.register.kinds import Job, Lane
from cases.register.readonly import Outbox
from cases.register.rows import id_of
from cases.sending import announce, outbox, payloads
from cases.sending.ports import SendFailed

LANE = "push"


def hold(desk: Desk, push: Push) -> None:
    """Keep a push whose reply is late; what is acknowledged with `success` is on disk."""
    key = conversation.key_of(desk, push)
    fields = asdict(replace(push, account=Account("", "", ""), opened_with=""))
    fields.update(account=push.account.app_id, sent_at=push.sent_at.isoformat() if push.sent_at else None)
    sealed = desk.office.vault.seal(json.dumps(fields))
    outbox.put(
        desk,
        key=f"late:{key}",
        lane=LANE,
        target=f"push:{citizens.at(desk, push.account.app_id, push.openid).id}",
        kind=Job.LATE,
        now=desk.now,
        priority=outbox.PEOPLE,
        payload=payloads.LatePush(base64.b64encode(sealed).decode()),
    )


class LatePushes:
    """Works off the lane `push`: does what the push asked for, and sends its receipt by another way."""

    def __init__(
        self, workplace: Workplace, accounts: tuple[Account, ...], judging: Judging, safety: Callable[[], str]
    ) -> None:
        self._workplace, self._accounts, self._judging, self._safety = workplace, accounts, judging, safety

    async def send(self, row: Outbox) -> None:
        """Do the push of `row` once. Raises: SendFailed if its account is gone."""
        push = self._push(row)
        judged = await self._judging.at_last(push) if conversation.wants_judging(push) else None

        def step(desk: Desk) -> None:
            said = conversation.answer(desk, push, judged, self._safety)
            if outbox.once_for(desk, row.id, "told"):
                _tell(desk, push, said)

        await self._workplace.act_async(step, CITIZEN)

    def _push(self, row: Outbox) -> Push:
        sealed = base64.b64decode(payloads.LatePush.of(row).sealed)
        fields: dict[str, Any] = json.loads(self._workplace.office.vault.open(sealed))
        account = account_of(self._accounts, fields.pop("account"))
        if account is None:
            raise SendFailed("公众号已不在设置中", final=True)
        sent_at = fields.pop("sent_at")
        media = tuple((kind, media_id) for kind, media_id in fields.pop("media"))
        return Push(
            **fields,
            account=account,
            media=media,
            sent_at=datetime.fromisoformat(sent_at) if sent_at else None,
        )


def _tell(desk: Desk, push: Push, said: str) -> None:
    if not said:
        return
    key = conversation.key_of(desk, push)
    case = pushes.case_of(desk, key)
    if case is not None:
        announce.citizen(desk, case, said)
        return
    citizen = citizens.at(desk, push.account.app_id, push.openid)
    sealed = base64.b64encode(desk.office.vault.seal(said)).decode()
    outbox.put(
        desk,
        key=f"late-text:{key}",
        lane=Lane.CITIZEN,
        target=f"citizen:{citizen.id}",
        kind=Job.TEXT,
        now=desk.now,
        payload=payloads.LateReply(id_of(citizen), sealed),
    )
