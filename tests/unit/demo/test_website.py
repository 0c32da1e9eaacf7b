"""The played web site speaks to the office's real door for other channels, on one application with it."""

import asyncio
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.door import PREFIX
from app.serve.server import listen
from cases.register.tables import Case, Source
from demo import website
from tests.builders import Bureau, a_bureau, a_store
from tests.unit.api.conftest import build

LETTER = {"id": "w-1", "text": "请问水管多久修好"}


@dataclass
class Site:
    """The form as a visitor's browser has it."""

    browser: httpx.AsyncClient
    bureau: Bureau
    key: str

    async def writes(self, **letter: str) -> str:
        return (await self.browser.post("/demo/website", data={**LETTER, **letter})).text

    async def shows(self) -> str:
        return (await self.browser.get("/demo/website")).text

    async def numbers(self) -> list[str]:
        return re.findall(r'data-no="([^"]+)"', await self.shows())


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    bureau = a_bureau(a_store(tmp_path / "site.db"))
    app = FastAPI()
    key = website.new_key(bureau.workplace)
    app.include_router(website.router(port, key, b"of tests"))
    app.mount(PREFIX, build(bureau))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.005)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
        yield Site(browser, bureau, key)
    server.should_exit = True
    await running
    bureau.store.close()


async def test_a_letter_is_registered_and_its_visitor_sees_how_it_stands(site: Site) -> None:
    page = await site.writes()
    (case,) = site.bureau.rows(Case)
    assert case.channel == "api:网站" and case.no in page and str(case.due_on) in page
    assert await site.numbers() == [case.no] and "已收到" in await site.shows()
    site.bureau.claim("张工", case.no)
    site.bureau.approve("李科长", site.bureau.draft("张工", case.no, "本周内 <b>修好</b>。"))
    page = await site.shows()
    assert "本周内 &lt;b&gt;修好&lt;/b&gt;。" in page and "已答复" in page


async def test_a_form_that_is_sent_twice_is_one_letter(site: Site) -> None:
    await site.writes()
    await site.writes()
    assert len(site.bureau.rows(Case)) == 1 and len(await site.numbers()) == 1


async def test_each_page_has_a_form_of_its_own(site: Site) -> None:
    keys = {re.search(r'name="id" value="([^"]+)"', await site.shows())[1] for _ in range(3)}  # type: ignore[index]
    assert len(keys) == 3


async def test_another_visitor_sees_nothing_of_it(site: Site) -> None:
    await site.writes()
    (case,) = site.bureau.rows(Case)
    site.browser.cookies.clear()
    assert case.no not in await site.shows()
    await site.writes(id="w-2", text="请问几点上班")
    assert len({row.citizen_id for row in site.bureau.rows(Case)}) == 2, "two browsers are two people"


async def test_a_refusal_of_the_door_leaves_the_letter_in_the_form(site: Site) -> None:
    page = await site.writes(text="  ")
    assert site.bureau.rows(Case) == [] and 'role="status"' in page
    long = "路灯" * 10_001
    page = await site.writes(text=long)
    assert long in page and "20,000" in page.replace("20000", "20,000") and site.bureau.rows(Case) == []


async def test_the_last_four_letters_are_shown_newest_first(site: Site) -> None:
    written = []
    for n in range(6):
        site.bureau.clock.advance(hours=1)
        await site.writes(id=f"w-{n}", text=f"请问第 {n} 件事怎么办")
        written.append(site.bureau.rows(Case)[-1].no)
    assert await site.numbers() == written[:1:-1]


async def test_a_cookie_of_another_channel_s_case_shows_nothing(site: Site) -> None:
    no = site.bureau.a_case("我在微信里写的")
    site.browser.cookies.set("demo_numbers", f"{no}.20200101-0001")
    assert await site.numbers() == []


@pytest.mark.parametrize("how", ["bare", "signed by another", "another visitor's", "grown by a number"])
async def test_a_forged_cookie_shows_nobody_s_case(site: Site, how: str) -> None:
    await site.writes()
    (case,) = site.bureau.rows(Case)
    mine, theirs = site.browser.cookies["demo_visitor"], site.browser.cookies["demo_numbers"]
    site.browser.cookies.clear()
    await site.writes(id="w-2", text="请问几点上班")
    other = site.browser.cookies["demo_visitor"]
    site.browser.cookies.clear()
    visitor, numbers = {
        "bare": (mine, case.no),
        "signed by another": (mine, f"{case.no}~{hmac.digest(b'x', case.no.encode(), 'sha256').hex()}"),
        "another visitor's": (other, theirs),
        "grown by a number": (mine, f"20200101-0001.{theirs}"),
    }[how]
    forged = {"Cookie": f"demo_visitor={visitor}; demo_numbers={numbers}"}
    assert case.no not in (await site.browser.get("/demo/website", headers=forged)).text
    own = {"Cookie": f"demo_visitor={mine}; demo_numbers={theirs}"}
    assert case.no in (await site.browser.get("/demo/website", headers=own)).text


async def test_nobody_becomes_another_by_a_name_of_their_own(site: Site) -> None:
    await site.browser.post("/demo/website", data=LETTER, headers={"Cookie": "demo_visitor=amy"})
    assert not site.browser.cookies["demo_visitor"].startswith("amy")


async def test_each_start_has_a_new_key_and_the_old_one_is_shut(site: Site) -> None:
    (before,) = site.bureau.rows(Source)
    again = website.new_key(site.bureau.workplace)
    (after,) = site.bureau.rows(Source)
    assert after.active and after.key_hash != before.key_hash
    page = await site.writes()  # this site still has the old one
    assert site.bureau.rows(Case) == [] and LETTER["text"] in page
    answer = await site.browser.post(
        f"{PREFIX}/messages", json={"id": "x", "user": "u", "text": "请问几点上班"},
        headers={"Authorization": f"Bearer {again}"},
    )  # fmt: skip
    assert answer.status_code == 201


async def test_the_key_stays_on_the_site_s_own_side(site: Site) -> None:
    await site.writes()
    answer = await site.browser.get("/demo/website")
    sent = answer.text + str(answer.headers) + str(dict(site.browser.cookies))
    assert site.key not in sent and "Bearer" not in sent
    cookies = (await site.browser.post("/demo/website", data={**LETTER, "id": "w-9"})).headers.get_list(
        "set-cookie"
    )
    assert cookies and all("HttpOnly" in one and "SameSite=lax" in one for one in cookies)
