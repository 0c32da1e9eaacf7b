"""What is released is carried to the source's own address, signed, and nowhere else."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from api import addresses
from api.callback import HOLDS_OTHERS, LAST_ATTEMPT, SIGNATURE, CallbackSender
from app.serve.delivery import LaneWorker
from cases.register import sources
from cases.register.tables import Delivery, Outbox, Source
from cases.sending import outbox, releases
from tests.builders import Bureau
from tests.fakes.prompt import LOOKS
from tests.unit.api.conftest import Channel, a_source
from tests.unit.api.test_answers import answered


@dataclass
class Receiver:
    """A source's own server: answers as it is told and keeps what it got."""

    status: int = 200
    refuses: dict[str, int] = field(default_factory=dict)  # words of a text → what it is answered
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[bytes, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((body, self.headers.get(SIGNATURE, "")))
            state.paths.append(self.path)
            words = json.loads(body)["text"]
            refused = next((status for part, status in state.refuses.items() if part in words), None)
            self.send_response(refused or state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()


async def drain(bureau: Bureau) -> None:
    caller = CallbackSender(bureau.workplace)
    lane = LaneWorker("api", bureau.workplace, caller.send)
    try:
        while not await lane.drain():
            pass
    finally:
        await caller.close()


def only(bureau: Bureau) -> tuple[Delivery, Outbox]:
    (delivery,), (row,) = bureau.rows(Delivery), bureau.rows(Outbox, lane="api")
    return delivery, row


async def test_a_signed_row_arrives_and_is_the_one_of_the_cursor(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    no = await answered(bureau, channel, "m1")
    assert only(bureau)[0].state == "pending"
    await drain(bureau)
    (body, signature) = receiver.got[0]
    assert signature == "sha256=" + hmac.new(channel.key.encode(), body, hashlib.sha256).hexdigest()
    (row,) = (await channel.get("/answers")).json()["answers"]
    assert json.loads(body) == row and row["no"] == no and receiver.paths == ["/hook?a=1"]
    delivery, sending = only(bureau)
    assert (delivery.state, delivery.channel, sending.state) == ("sent", "callback", "done")


async def test_an_address_that_fails_is_tried_again_and_the_text_can_be_fetched(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.status = 500
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    await answered(bureau, channel, "m1")
    await drain(bureau)
    delivery, row = only(bureau)
    assert (delivery.state, delivery.error) == ("pending", "回调地址回应 500")
    assert row.state == "pending" and row.not_before - bureau.clock.now <= timedelta(seconds=10)
    assert releases_failing(bureau) == {"网站": (1, "回调地址回应 500")}
    page = (await channel.get("/answers")).json()
    assert len(page["answers"]) == 1
    await channel.get("/answers", params={"after": page["next"]})
    assert only(bureau)[0].state == "handed_over"
    bureau.clock.advance(hours=1)
    await drain(bureau)
    assert len(receiver.got) == 1 and only(bureau)[1].state == "done"  # it has it: nobody is called again


async def test_after_days_of_failures_the_text_waits_to_be_fetched(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.status = 503
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    await answered(bureau, channel, "m1")
    began, tries = bureau.clock.now, 0
    while only(bureau)[1].state == "pending":
        bureau.clock.now = max(bureau.clock.now, only(bureau)[1].not_before)
        await drain(bureau)
        tries += 1
        assert tries <= LAST_ATTEMPT
    assert timedelta(days=2) < bureau.clock.now - began < timedelta(days=4)
    delivery, row = only(bureau)
    assert (delivery.state, row.state) == ("waiting", "done") and "503" in delivery.error


async def test_redirects_are_not_followed(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 307, {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}
    await answered(bureau, Channel(client, a_source(bureau, callback=receiver.url)), "m1")
    await drain(bureau)
    assert receiver.paths == ["/hook?a=1"]
    assert "没有跟随" in only(bureau)[0].error and only(bureau)[0].state == "pending"


async def test_a_private_address_that_nobody_named_is_not_called(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def inside(
        *_: Any, **__: Any
    ) -> list[Any]:  # the name server is outside of us: what it says is made up here
        return [(2, 1, 6, "", ("127.0.0.1", receiver.port))]

    monkeypatch.setattr("socket.getaddrinfo", inside)
    url = f"http://hook.example.gov.cn:{receiver.port}/hook"
    await answered(bureau, Channel(client, a_source(bureau, callback=url)), "m1")
    await drain(bureau)
    assert receiver.got == [] and "内网地址 127.0.0.1" in only(bureau)[0].error
    bureau.workplace.act(lambda desk: sources.disable(desk, "网站"))
    named = sources.NewSource("网站", url, ("127.0.0.1",))
    bureau.workplace.act(lambda desk: sources.add(desk, named))
    bureau.clock.advance(minutes=1)
    await drain(bureau)
    assert len(receiver.got) == 1 and only(bureau)[0].state == "sent"


INSIDE = (
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",  # noqa: S104
    "::1", "fd00::1", "::ffff:10.0.0.1",
)  # fmt: skip


async def test_every_kind_of_inside_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://hook.example.gov.cn/x"
    for address in INSIDE:
        found = [(2, 1, 6, "", (address, 80))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, found=found, **__: found)
        with pytest.raises(addresses.NotNamed):
            await addresses.resolve(url, ())
        assert await addresses.resolve(url, (address,))
        written = f"[{address}]" if ":" in address else address
        assert (
            await addresses.resolve(f"http://{written}/x", ()) == address
        )  # written in the URL: named by it


async def test_one_public_and_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: both)
    with pytest.raises(addresses.NotNamed):
        await addresses.resolve("http://hook.example.gov.cn/x", ())


async def test_a_disabled_source_is_not_called_and_its_text_waits(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    await answered(bureau, Channel(client, a_source(bureau, callback=receiver.url)), "m1")
    bureau.workplace.act(lambda desk: sources.disable(desk, "网站"))
    assert bureau.rows(Source)[0].key_sealed is None
    await drain(bureau)
    assert receiver.got == [] and only(bureau)[0].state == "waiting"


async def test_the_texts_of_one_source_go_in_order(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    receiver.status = 500
    numbers = [await answered(bureau, channel, f"m{n}") for n in range(3)]
    await drain(bureau)
    assert len(receiver.got) == 1
    receiver.status = 200
    bureau.workplace.act(outbox.take_over)
    await drain(bureau)
    assert [json.loads(body)["no"] for body, _ in receiver.got[1:]] == numbers


async def test_a_text_that_is_refused_holds_back_no_other(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    numbers = [await answered(bureau, channel, f"m{n}") for n in range(3)]
    receiver.refuses = {numbers[0]: 400}
    await drain(bureau)
    states = [row.state for row in bureau.rows(Delivery)]
    assert states == ["pending", "sent", "sent"]
    receiver.refuses = {}
    bureau.clock.advance(minutes=1)
    await drain(bureau)
    assert [json.loads(body)["no"] for body, _ in receiver.got] == [*numbers, numbers[0]]
    assert {row.state for row in bureau.rows(Delivery)} == {"sent"}


async def test_a_text_at_which_its_receiver_fails_holds_back_others_for_three_tries(
    bureau: Bureau, client: httpx.AsyncClient, receiver: Receiver
) -> None:
    channel = Channel(client, a_source(bureau, callback=receiver.url))
    numbers = [await answered(bureau, channel, f"m{n}") for n in range(3)]
    receiver.refuses = {numbers[1]: 500}
    for tries in range(1, HOLDS_OTHERS + 1):
        await drain(bureau)
        assert [row.state == "sent" for row in bureau.rows(Delivery)] == [True, False, tries == HOLDS_OTHERS]
        bureau.clock.advance(minutes=5)
    assert releases_failing(bureau) == {"网站": (1, "回调地址回应 500")}


def releases_failing(bureau: Bureau) -> dict[str, tuple[int, str]]:
    return bureau.workplace.look(lambda desk: releases.failing(desk.session))
