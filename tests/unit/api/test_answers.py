"""Released texts are fetched in order; asking with a later cursor is what says that they arrived."""

from datetime import date
from typing import get_args

import httpx

from api.shapes import Answer
from cases.register import sources
from cases.register.desk import Desk
from cases.register.kinds import Sent
from cases.register.tables import Delivery, KeptPush, Message, Outbox
from cases.steps import assign
from duties.matters import suggestions
from tests.builders import Bureau
from tests.unit.api.conftest import Channel


async def answered(
    bureau: Bureau, channel: Channel, message_id: str, text: str = "水管将在本周内修好。"
) -> str:
    no: str = (await channel.says(message_id, user=f"user-{message_id}")).json()["no"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, text))
    return no


def states(bureau: Bureau) -> list[str]:
    return [row.state for row in bureau.rows(Delivery)]


async def test_each_text_waits_until_a_later_cursor_is_asked_for(bureau: Bureau, website: Channel) -> None:
    first, second = [await answered(bureau, website, name) for name in ("m1", "m2")]
    page = (await website.get("/answers")).json()
    assert [(row["no"], row["user"], row["kind"]) for row in page["answers"]] == [
        (first, "user-m1", "answer"),
        (second, "user-m2", "answer"),
    ]
    assert "水管将在本周内修好。" in page["answers"][0]["text"]
    assert states(bureau) == ["waiting", "waiting"]
    assert (await website.get("/answers")).json() == page  # nothing was lost by a client that died
    rest = (await website.get("/answers", params={"after": page["answers"][0]["cursor"]})).json()
    assert [row["no"] for row in rest["answers"]] == [second]
    assert states(bureau) == ["handed_over", "waiting"]
    end = (await website.get("/answers", params={"after": page["next"]})).json()
    assert end == {"answers": [], "next": page["next"]} and states(bureau) == ["handed_over", "handed_over"]
    assert bureau.rows(Outbox, lane="api") == []  # nothing is sent where no callback is set


async def test_a_cursor_that_was_never_given_out_claims_nothing(bureau: Bureau, website: Channel) -> None:
    await answered(bureau, website, "m1")
    for wrong in ("1", "999999", "-1", "abc", "1" * 30, "１"):
        refused = await website.get("/answers", params={"after": wrong})
        assert refused.status_code == 422 and refused.json()["error"]["code"] == "invalid", wrong
    assert states(bureau) == ["waiting"]


async def test_pages_and_their_limits(bureau: Bureau, website: Channel) -> None:
    numbers = [await answered(bureau, website, f"m{n}") for n in range(3)]
    got, after = [], ""
    while True:
        page = (await website.get("/answers", params={"after": after, "limit": 2})).json()
        if not page["answers"]:
            break
        got += [row["no"] for row in page["answers"]]
        after = page["next"]
    assert got == numbers
    for limit in ("0", "501", "x"):
        assert (await website.get("/answers", params={"limit": limit})).status_code == 422


async def test_a_source_sees_its_own_texts_alone(bureau: Bureau, website: Channel, app: Channel) -> None:
    await answered(bureau, website, "m1")
    assert (await app.get("/answers")).json() == {"answers": [], "next": "0"}


async def test_what_is_kept_no_more_is_neither_given_out_nor_said_to_have_arrived(
    bureau: Bureau, website: Channel
) -> None:
    first, second = [await answered(bureau, website, name) for name in ("m1", "m2")]

    def forget(desk: Desk) -> None:
        delivery = desk.session.get_one(Delivery, 1)
        delivery.state, delivery.text_sealed = "failed", desk.office.vault.seal("")
        push = desk.session.get_one(KeptPush, bureau.rows(Message)[0].push_key)
        push.reply_sealed = desk.office.vault.seal("")
        desk.session.add_all([delivery, push])

    bureau.workplace.act(forget)
    page = (await website.get("/answers")).json()
    assert [row["no"] for row in page["answers"]] == [second]
    await website.get("/answers", params={"after": page["next"]})
    assert states(bureau) == ["failed", "handed_over"]
    again = await website.says("m1", user="user-m1")
    assert again.status_code == 200 and "已按规定删除" in again.json()["receipt"] and first not in again.text


async def test_a_change_is_told_by_fixed_wording(bureau: Bureau, website: Channel) -> None:
    no = (await website.says("m1")).json()["no"]
    bureau.on("张工", no, lambda desk, me, case: assign.transfer(desk, me, case, "交通局", "不属于城建"))
    (row,) = (await website.get("/answers")).json()["answers"]
    assert (
        (row["no"], row["kind"]) == (no, "notice") and "交通局" in row["text"] and "城建" not in row["text"]
    )


async def test_numbers_have_no_gaps_and_follow_the_commits(bureau: Bureau, website: Channel) -> None:
    for n in range(4):
        await answered(bureau, website, f"m{n}")
    assert [row.source_seq for row in bureau.rows(Delivery)] == [1, 2, 3, 4]


async def test_what_waits_outlives_a_change_of_key(
    bureau: Bureau, website: Channel, client: httpx.AsyncClient
) -> None:
    no = await answered(bureau, website, "m1")
    bureau.workplace.act(lambda desk: sources.disable(desk, "网站"))
    refused = await website.get("/answers")
    assert refused.status_code == 401 and refused.json()["error"]["code"] == "unauthorized"
    later = await answered_while_disabled(bureau)
    key = bureau.workplace.act(lambda desk: sources.add(desk, sources.NewSource("网站")))[1]
    page = (await Channel(client, key).get("/answers")).json()
    assert [row["no"] for row in page["answers"]] == [no, later]


async def answered_while_disabled(bureau: Bureau) -> str:
    from cases.steps import receive
    from tests.builders import by_words

    incoming = receive.Incoming("api:网站", "u9", "请问水管多久修好", bureau.clock.now, channel="api:网站")
    outcome = bureau.workplace.act(lambda desk: receive.receive(desk, incoming, by_words(incoming.text)))
    assert isinstance(outcome, receive.Registered)
    bureau.claim("张工", outcome.case.no)
    bureau.approve("李科长", bureau.draft("张工", outcome.case.no, "水管将在本周内修好。"))
    return outcome.case.no


def test_every_kind_of_released_text_may_be_given_out() -> None:
    assert set(get_args(Answer.model_fields["kind"].annotation)) == set(Sent) - {Sent.AUTO}


async def test_the_news_of_an_adoption_is_fetched_like_any_other_text(
    bureau: Bureau, website: Channel
) -> None:
    no = (await website.says("m1", "建议增加水管巡查")).json()["no"]
    day = date(2026, 3, 20)
    bureau.act("王主任", lambda desk, me: suggestions.pass_on(desk, me, no, "交通局", day))
    bureau.act("王主任", lambda desk, me: suggestions.adopt(desk, me, no, "将增设夜间班次。"))
    bureau.approve("周科长", bureau.drafts(no)[-1].id or 0)
    page = await website.get("/answers")
    assert page.status_code == 200
    assert [(row["no"], row["kind"]) for row in page.json()["answers"]] == [(no, "adoption")]
    assert "夜间班次" in page.json()["answers"][0]["text"]
