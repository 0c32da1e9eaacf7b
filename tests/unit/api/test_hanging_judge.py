"""A judge that hangs keeps no source waiting for ever: a person looks at the letter, and the others go on."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api import door
from bot.wechat import commands
from cases.register.tables import Case
from knowledge_base.answering.answerer import Match
from tests.builders import Bureau
from tests.unit.api.conftest import Channel, a_source, judge


@pytest.fixture
async def website(bureau: Bureau) -> AsyncIterator[Channel]:
    let = threading.Event()

    def hangs(text: str, account: str) -> tuple[Any, Match | None]:
        if "慢" in text:
            let.wait(60)
        return judge(text, account)

    app = door.build(door.ApiDoor(bureau.workplace, hangs, commands.parse, lambda no: no))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield Channel(client, a_source(bureau))
    let.set()


async def test_a_judge_that_hangs_leaves_the_letter_to_a_person_and_the_door_open(
    bureau: Bureau, website: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "JUDGED_IN", 0.2)
    hung = await asyncio.gather(*(website.says(f"slow{n}", "投诉：慢", user=f"u{n}") for n in range(6)))
    assert [each.status_code for each in hung] == [201] * 6
    assert all(case.needs_review for case in bureau.rows(Case))
    monkeypatch.setattr(door, "JUDGED_IN", 20)
    quick = await website.says("quick", "投诉：小区水管坏了", user="other")
    assert quick.status_code == 201 and quick.json()["category"] == "complaint"
    assert not bureau.rows(Case)[-1].needs_review
    monkeypatch.setattr(door, "JUDGED_IN", 0.2)
    assert (await website.says("slow0", "投诉：慢", user="u0")).json() == hung[0].json()
