"""Keys, pace, sizes and the one shape of everything that goes wrong."""

import httpx
import pytest

from api.gate import PER_SECOND, Shield
from cases.register import sources
from cases.register.errors import Invalid, NotFound, Stale
from cases.register.sources import NewSource
from cases.register.tables import Audit, Source
from tests.builders import Bureau
from tests.unit.api.conftest import Channel


async def test_without_a_key_nothing(client: httpx.AsyncClient) -> None:
    for header in (None, "", "Bearer", "Bearer wrong", "Basic abc", "Bearer " + "x" * 5000):
        headers = {} if header is None else {"Authorization": header}
        for path in ("/answers", "/cases/20260302-0001"):
            refused = await client.get(path, headers=headers)
            assert refused.status_code == 401 and refused.json()["error"]["code"] == "unauthorized"
            assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert (await client.post("/messages", content=b"{", headers=headers)).status_code == 401


async def test_the_description_needs_none_and_no_other_host(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    assert set(described["paths"]) == {"/messages", "/cases/{no}", "/answers"}
    assert set(described["components"]["schemas"]["Letter"]["properties"]) == {
        "id",
        "user",
        "text",
        "sent_at",
        "reply_to",
    }
    page = await client.get("/docs")
    assert page.status_code == 200 and "X-Huiyin-Signature" in page.text
    assert "http://" not in page.text and "https://" not in page.text and "<script" not in page.text


async def test_errors_have_one_shape(website: Channel) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404), ("GET", "/", 404), ("DELETE", "/messages", 405), ("POST", "/answers", 405),
        ("GET", "/messages/", 404), ("PUT", "/cases/x", 405),
    ):  # fmt: skip
        answer = await website.client.request(method, path, headers=website.headers)
        assert answer.status_code == status, (method, path)
        error = answer.json()["error"]
        assert set(error) == {"code", "message"} and any("\u4e00" <= c <= "\u9fff" for c in error["message"])


async def test_large_bodies_are_refused_with_and_without_a_length(website: Channel) -> None:
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(32):
            yield b"x" * 65536

    for content in (b"x" * (2 << 20), chunks()):
        answer = await website.client.post("/messages", content=content, headers=website.headers)
        assert answer.status_code == 413 and answer.json()["error"]["code"] == "too_large"


async def test_past_fifty_a_second_a_key_has_to_wait(website: Channel, app: Channel) -> None:
    codes = [(await website.get("/nothing")).status_code for _ in range(PER_SECOND * 3)]
    late = await website.get("/nothing")
    assert codes[:PER_SECOND] == [404] * PER_SECOND
    if late.status_code == 429:  # a slow machine may take a second for so many
        assert int(late.headers["Retry-After"]) >= 1 and late.json()["error"]["code"] == "too_many_requests"
    assert (await app.get("/nothing")).status_code == 404


def test_the_shield_counts_any_second_and_forgets_it() -> None:
    now = [0.0]
    shield = Shield(lambda: now[0])
    assert all(shield.wait("a") == 0 for _ in range(PER_SECOND))
    assert shield.wait("a") > 0 and shield.wait("b") == 0
    now[0] = 0.999
    assert shield.wait("a") > 0
    now[0] = 1.0
    assert shield.wait("a") == 0


def test_a_key_is_shown_once_and_kept_as_a_hash(bureau: Bureau) -> None:
    _, key = bureau.workplace.act(lambda desk: sources.add(desk, NewSource("网站")))
    (row,) = bureau.rows(Source)
    assert key not in str(row.model_dump()) and row.key_sealed is None
    assert [entry.action for entry in bureau.rows(Audit) if entry.subject == "source:网站"] == ["source.add"]
    assert not any(key in entry.detail for entry in bureau.rows(Audit))


def test_adding_and_disabling(bureau: Bureau) -> None:
    def add(name: str, **more: str) -> str:
        return bureau.workplace.act(lambda desk: sources.add(desk, NewSource(name, **more)))[1]  # type: ignore[arg-type]

    def disable(name: str) -> None:
        bureau.workplace.act(lambda desk: sources.disable(desk, name))

    first = add("网站")
    with pytest.raises(Stale):
        add("网站")
    disable("网站")
    with pytest.raises(Stale):
        disable("网站")
    assert add("网站") != first and len(bureau.rows(Source)) == 1
    with pytest.raises(NotFound):
        disable("没有")
    for name in ("", "a b", "a:b", "x" * 41, "a\n"):
        with pytest.raises(Invalid):
            add(name)
    for url in ("ftp://x", "http://", "http://user:pw@x/", "x", "http://x:99999/"):
        with pytest.raises(Invalid):
            add("新", callback=url)
    assert bureau.chain().ok
