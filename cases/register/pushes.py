"""Pushes that were answered: each once by its key, with the reply that is given again."""

from collections.abc import Collection, Mapping

from sqlmodel import select

from cases.register import binding, bulk, listed, register
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.rows import table_of
from cases.register.tables import KeptPush, Message

_TABLE = table_of(KeptPush)
_KNOWN = 'SELECT "key", reply_sealed FROM push WHERE "key" IN ({})'


def reply_to(desk: Desk, key: str) -> str | None:
    """Return the reply given to an earlier push with this key, if there was one."""
    push = desk.session.get(KeptPush, key)
    return desk.office.vault.open(push.reply_sealed) if push else None


def replies_to(desk: Desk, keys: Collection[str]) -> dict[str, str]:
    """Return the replies given to earlier pushes with these keys."""
    rows = listed.rows(desk.session, _KNOWN, list(keys)) if keys else []
    opened = desk.office.vault.open
    return {key: opened(reply, binding.place("push", "reply_sealed", key)) for key, reply in rows}


def case_of(desk: Desk, key: str) -> Case | None:
    """Return the case that the message of a push belongs to."""
    message = desk.session.exec(select(Message).where(Message.push_key == key)).first()
    return register.find(desk, message.case_id) if message is not None else None


def keep(desk: Desk, key: str, reply: str) -> None:
    """Keep the reply under the push's unique key: a second push with it fails here and changes nothing."""
    keep_all(desk, {key: reply})


def keep_all(desk: Desk, replies: Mapping[str, str]) -> None:
    """Keep the replies of pushes that came together; raises as `keep` does if one is known already."""
    desk.session.flush()
    seal = desk.office.vault.seal
    rows = [
        {
            "key": key,
            "received_at": desk.now,
            "reply_sealed": seal(said, binding.place("push", "reply_sealed", key)),
        }
        for key, said in replies.items()
    ]
    bulk.insert(desk.session, _TABLE, rows)
