"""The short list over the interface: offered in the receipt, a number answers, anything else is the ordinary case."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api import door
from bot.wechat import commands
from cases.knowledge import learn
from cases.register.tables import AutoAnswer, KnowledgeEntry
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.builders import Bureau, by_words
from tests.unit.api.conftest import Channel, a_source

MEANT = (Entry("k1", "居住证怎么申领？", "到派出所申领。"), Entry("k2", "居住证怎么签注？", "到窗口签注。"))
ASKED = "请问居住证要怎么弄"


def judge(text: str, _account: str) -> tuple[Any, Match | None]:
    return by_words(text), Match(MEANT[0], 0.5, False, MEANT) if "居住证" in text else None


@pytest.fixture
async def site(bureau: Bureau) -> AsyncIterator[Channel]:
    for entry in MEANT:
        bureau.workplace.act(lambda desk, entry=entry: learn.bring_in(desk, entry))  # type: ignore[misc]
    app = door.build(
        door.ApiDoor(bureau.workplace, judge, commands.parse, lambda no: f"请拨打 110。编号 {no}")
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield Channel(client, a_source(bureau))


async def test_a_number_answers_from_the_list_that_stands_in_the_receipt(
    bureau: Bureau, site: Channel
) -> None:
    first = (await site.says("m1", ASKED)).json()
    assert "您是想问：\n1 居住证怎么申领？\n2 居住证怎么签注？" in first["receipt"] and "answer" not in first
    again = await site.says("m1", ASKED)
    assert (again.status_code, again.json()) == (200, first)
    said = (await site.says("m2", "2")).json()
    assert (said["no"], said["status"]) == (first["no"], "auto_answered") and "到窗口签注。" in said["answer"]
    assert [(hit.entry_id, hit.chosen) for hit in bureau.rows(AutoAnswer)] == [("k2", True)]
    assert [row.used for row in bureau.rows(KnowledgeEntry)] == [0, 1]


@pytest.mark.parametrize("word", ["人工", "都不是"])
async def test_none_of_them_leaves_the_ordinary_case(bureau: Bureau, site: Channel, word: str) -> None:
    first = (await site.says("m1", ASKED)).json()
    said = (await site.says("m2", word)).json()
    assert (said["no"], said["status"], said["due_on"]) == (first["no"], "new", first["due_on"])
    assert "已转工作人员办理" in said["receipt"]
    await site.says("m3", "2")
    assert bureau.rows(AutoAnswer) == []


async def test_other_words_end_the_offer_and_nobody_else_may_choose(bureau: Bureau, site: Channel) -> None:
    first = (await site.says("m1", ASKED)).json()
    await site.says("m2", "2", user="u2")
    joined = (await site.says("m3", "我住在幸福路")).json()
    assert joined["no"] == first["no"]
    await site.says("m4", "1")
    assert bureau.rows(AutoAnswer) == []
