"""A sending that was given up goes out again when a person says so, and only then."""

import pytest
from sqlmodel import select

from cases.register.desk import Desk
from cases.register.errors import NotAllowed, Stale
from cases.register.states import DeliveryState
from cases.register.tables import Delivery, Outbox
from cases.sending import outbox, resend
from cases.steps import reply
from tests.builders import Bureau


def failed(bureau: Bureau) -> list[resend.Failed]:
    return bureau.act("王主任", resend.failed)


def given_up(bureau: Bureau) -> int:
    """Return the outbox row of an answer that the platform refused for good."""
    bureau.answered()

    def refuse(desk: Desk) -> int:
        row = desk.session.exec(select(Outbox).where(Outbox.kind == "delivery")).one()
        assert outbox.claim(desk, row.id or 0)
        delivery = desk.session.get_one(Delivery, row.payload["delivery_id"])
        reply.delivered(desk, delivery, DeliveryState.FAILED, error="来信人已取消关注")
        outbox.drop(desk, row.id or 0, "来信人已取消关注")
        return row.id or 0

    return bureau.workplace.act(refuse)


def again(bureau: Bureau, who: str, row: int) -> None:
    bureau.act(who, lambda desk, staff: resend.again(desk, staff, row))


def test_it_is_listed_and_put_up_again(bureau: Bureau) -> None:
    row = given_up(bureau)
    assert [one.row.id for one in failed(bureau)] == [row]
    again(bureau, "王主任", row)
    assert failed(bureau) == []
    assert [(r.state, r.attempts) for r in bureau.rows(Outbox, id=row)] == [("pending", 0)]
    assert [d.state for d in bureau.rows(Delivery)] == ["pending"]
    with pytest.raises(Stale):
        again(bureau, "王主任", row)
    assert bureau.chain().ok


def test_what_went_another_way_since_is_not_sent_again(bureau: Bureau) -> None:
    row = given_up(bureau)

    def hand_over(desk: Desk) -> None:
        delivery = desk.session.exec(select(Delivery)).one()
        reply.delivered(desk, delivery, DeliveryState.HANDED_OVER, "passive")

    bureau.workplace.act(hand_over)
    assert failed(bureau) == []
    with pytest.raises(Stale):
        again(bureau, "王主任", row)
    assert [r.state for r in bureau.rows(Outbox, id=row)] == ["dropped"]


def test_handlers_do_not_decide_it(bureau: Bureau) -> None:
    row = given_up(bureau)
    with pytest.raises(NotAllowed):
        again(bureau, "张工", row)
