"""The played platform's pushes, taken by an address that opens them by the published description alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from defusedxml import ElementTree
from fastapi import FastAPI, Request, Response

from demo.citizen_push import TO, TRIES, NoAnswer, Postman, PushKeys
from tests.builders import Clock
from tests.fakes import wechat
from tests.unit.demo.conftest import Serve

KEYS = PushKeys("wx00push", "token-of-the-push", "k" * 43)


@dataclass
class Taken:
    """An office's address: what was pushed to it, and what it says to the next pushes."""

    says: list[Response] = field(default_factory=list)
    pushes: list[dict[str, str]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/wechat")
        async def take(request: Request) -> Response:
            sealed = ElementTree.fromstring(await request.body()).findtext("Encrypt")
            xml = ElementTree.fromstring(wechat.unseal(KEYS.aes_key, sealed))
            self.pushes.append({part.tag: part.text or "" for part in xml})
            self.queries.append({**request.query_params, "sealed": sealed})
            return self.says.pop(0) if self.says else Response("success")

        return app


@pytest.fixture
def office() -> Taken:
    return Taken()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def postman(office: Taken, clock: Clock, serve: Serve) -> AsyncIterator[Postman]:
    postman = Postman(f"{await serve(office.app())}/wechat", KEYS, clock)
    yield postman
    await postman.close()


def reply(text: str) -> Response:
    """A passive reply in safe mode."""
    xml = f"<xml><MsgType>text</MsgType><Content><![CDATA[{text}]]></Content></xml>"
    sealed = wechat.seal(KEYS.aes_key, KEYS.app_id, xml.encode())
    signed = wechat.sign(KEYS.token, "1772000000", "n", sealed)
    return Response(
        f"<xml><Encrypt>{sealed}</Encrypt><MsgSignature>{signed}</MsgSignature>"
        "<TimeStamp>1772000000</TimeStamp><Nonce>n</Nonce></xml>"
    )


async def test_a_push_is_signed_twice_and_dated_by_the_demos_clock(
    postman: Postman, office: Taken, clock: Clock
) -> None:
    clock.advance(days=40)
    assert await postman.push("o-1", "text", {"Content": "水管坏了"}) == ""
    (query,), (push,) = office.queries, office.pushes
    at, nonce = query["timestamp"], query["nonce"]
    assert int(at) == int(clock.now.timestamp()) == int(push["CreateTime"])
    assert query["signature"] == wechat.sign(KEYS.token, at, nonce)
    assert query["msg_signature"] == wechat.sign(KEYS.token, at, nonce, query["sealed"])
    assert (push["ToUserName"], push["FromUserName"], push["Content"]) == (TO, "o-1", "水管坏了")


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("<b>&amp;</b> ]]> \"'", "<b>&amp;</b> ]]> \"'"),
        ("一\n二\t三", "一\n二\t三"),
        ("路灯\x0b坏了\x00", "路灯\ufffd坏了\ufffd"),
        ("坏\ud83d了", "坏\ufffd了"),
        ("𠮷 👍🏽", "𠮷 👍🏽"),
        ("", ""),
    ],
)
async def test_whatever_is_written_arrives(
    postman: Postman, office: Taken, written: str, arrives: str
) -> None:
    """A line break of a word processor is no XML: it does not cost the citizen their letter."""
    await postman.push("o-1", "text", {"Content": written})
    assert office.pushes[0]["Content"] == arrives


async def test_a_message_has_a_number_of_its_own_and_an_event_none(
    postman: Postman, office: Taken, clock: Clock
) -> None:
    for n in range(3):
        await postman.push("o-1", "text", {"Content": str(n)})
    await postman.push("o-1", "event", {"Event": "subscribe"})
    numbers = [int(push["MsgId"]) for push in office.pushes[:3]]
    assert numbers == sorted(set(numbers)) and "MsgId" not in office.pushes[3]
    clock.advance(seconds=1)
    again = Postman(postman.url, KEYS, clock)
    await again.push("o-1", "text", {"Content": "x"})
    await again.close()
    assert int(office.pushes[-1]["MsgId"]) > numbers[-1], "a demo that starts again repeats no number"


@pytest.mark.parametrize("failures", range(TRIES))
async def test_an_office_that_fails_is_asked_again_with_the_same_message(
    postman: Postman, office: Taken, failures: int
) -> None:
    office.says = [*(Response("", 503) for _ in range(failures)), reply("您的来信已收到")]
    assert await postman.push("o-1", "text", {"Content": "x"}) == "您的来信已收到"
    assert len(office.pushes) == failures + 1 and len({push["MsgId"] for push in office.pushes}) == 1


@pytest.mark.parametrize(("status", "asked"), [(500, TRIES), (502, TRIES), (403, 1), (413, 1), (307, 1)])
async def test_an_office_that_refuses_is_said_by_its_status(
    postman: Postman, office: Taken, status: int, asked: int
) -> None:
    office.says = [Response("", status) for _ in range(TRIES)]
    with pytest.raises(NoAnswer, match=f"HTTP {status}"):
        await postman.push("o-1", "text", {"Content": "x"})
    assert len(office.pushes) == asked


async def test_nobody_at_the_address() -> None:
    postman = Postman("http://127.0.0.1:9/wechat", KEYS, Clock())
    with pytest.raises(NoAnswer, match="稍后再试"):
        await postman.push("o-1", "text", {"Content": "x"})
    await postman.close()


def foreign() -> Response:
    """A reply sealed for another account."""
    answer = reply("不该看到")
    sealed = wechat.seal("z" * 43, "wx-other", b"<xml><Content>x</Content></xml>")
    whole = bytes(answer.body).decode()
    old = ElementTree.fromstring(whole).findtext("Encrypt")
    signed = wechat.sign(KEYS.token, "1772000000", "n", sealed)
    was = ElementTree.fromstring(whole).findtext("MsgSignature")
    return Response(whole.replace(old, sealed).replace(was, signed))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Response("<xml>"),
        lambda: Response("好的，收到"),
        lambda: Response("<xml><Content>plain</Content></xml>"),
        lambda: Response("<xml><Encrypt>AAAA</Encrypt></xml>"),
        lambda: Response(bytes(reply("改过").body).replace(b"1772000000", b"1772000001")),
        foreign,
    ],
    ids=["cut off", "no xml", "not sealed", "not signed", "altered", "another account's"],
)
async def test_a_reply_that_the_platform_cannot_read_is_a_fault_of_the_service(
    postman: Postman, office: Taken, broken: Callable[[], Response]
) -> None:
    office.says = [broken()]
    with pytest.raises(NoAnswer, match="出现故障"):
        await postman.push("o-1", "text", {"Content": "x"})


@pytest.mark.parametrize("nothing", ["", "success"])
async def test_no_reply_says_nothing(postman: Postman, office: Taken, nothing: str) -> None:
    office.says = [Response(nothing)]
    assert await postman.push("o-1", "text", {"Content": "x"}) == ""


async def test_many_at_once_are_told_apart(postman: Postman, office: Taken) -> None:
    await asyncio.gather(*(postman.push(f"o-{n}", "text", {"Content": f"第 {n} 封"}) for n in range(12)))
    assert {push["Content"] for push in office.pushes} == {f"第 {n} 封" for n in range(12)}
    assert len({push["MsgId"] for push in office.pushes}) == 12
    assert len({query["nonce"] for query in office.queries}) == 12


async def test_a_slow_redirect_is_not_followed(postman: Postman, office: Taken, serve: Serve) -> None:
    """What a citizen wrote goes to the office's own address and to no other."""
    other = Taken()
    address = await serve(other.app())
    office.says = [Response("", 307, headers={"Location": f"{address}/wechat"})]
    with pytest.raises(NoAnswer):
        await postman.push("o-1", "text", {"Content": "x"})
    assert other.pushes == []
