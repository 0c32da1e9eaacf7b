"""The rating offered by a menu message after an answer. A courtesy: it never takes what an answer may need."""

from dataclasses import dataclass
from typing import Any

from bot.wechat.accounts import Account, account_of
from bot.wechat.client import WeChatApi
from bot.wechat.quota import RESERVED, left_in_window
from cases.register import citizens, deliveries, register
from cases.register.desk import Desk
from cases.register.readonly import Outbox
from cases.register.rows import id_of
from cases.register.states import State
from cases.sending import payloads
from cases.steps.rate import GRADES

_RATED = (State.ANSWERED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A menu that may be sent now."""

    account: Account
    citizen_id: int
    openid: str
    no: str


def open_offer(desk: Desk, row: Outbox, accounts: tuple[Account, ...]) -> Offer | None:
    """Return the menu of `row`; None where it is not wanted any more, or window and quota leave no room for it."""
    case = register.find(desk, payloads.OfCase.of(row).case_id)
    citizen = citizens.find(desk, case.citizen_id) if case else None
    account = account_of(accounts, citizen.account) if citizen else None
    if case is None or citizen is None or account is None:
        return None
    if case.status not in _RATED or case.rating or not citizen.following or not account.customer_messages:
        return None
    if left_in_window(citizen, desk.now) - 1 < RESERVED or deliveries.answer_pending(desk, citizen):
        return None
    return Offer(account, id_of(citizen), desk.office.vault.open(citizen.openid_sealed), case.no)


def body(offer: Offer) -> dict[str, Any]:
    """Return the message as the platform takes it; a choice comes back as a text with its `bizmsgmenuid`."""
    choices = [{"id": f"rate-{offer.no}-{place}", "content": name} for place, name in enumerate(GRADES, 1)]
    return {
        "touser": offer.openid,
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": f"编号 {offer.no} 的答复，您满意吗？请点选：",
            "list": choices,
            "tail_content": "您的评价会计入部门的办理质量。",
        },
    }


async def send(api: WeChatApi, offer: Offer) -> None:
    """Raises: ApiError, as for a test account, which has no menu messages (40200)."""
    await api.post("cgi-bin/message/custom/send", body(offer))
