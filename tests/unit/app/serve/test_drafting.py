"""What the model is asked for in the background comes back as words to read, once, and never as a draft."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.serve.delivery import LaneWorker
from app.serve.drafting import ModelLane
from app.serve.model_server import ModelServer
from app.settings import Settings
from cases.register.tables import Audit, Delivery, Draft, Outbox, Proposal
from cases.steps import draft, propose
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.builders import Bureau
from tests.fakes.model import FakeModel, serving


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    with serving() as fake:
        yield fake


@pytest.fixture
def office(bureau: Bureau) -> Bureau:
    return bureau.with_office(model_on=True)


async def drain(office: Bureau, fake: FakeModel, var: Path) -> None:
    settings = Settings.model_validate({"llm_base_url": fake.base, "llm_model": "qwen"})
    server = ModelServer(settings, office.workplace, seconds=2)

    def search(_query: str, _top: int, _account: str | None) -> list[Match]:
        return [Match(Entry("e1", "水管多久修好", "一般在3个工作日内修好。"), 0.8, False)]

    lane = LaneWorker("model", office.workplace, ModelLane(office.workplace, server, search, var).send)
    try:
        while not await lane.drain():
            pass
    finally:
        await server.close()


def wanted(office: Bureau, text: str = "请问水管多久修好", key: str = "k1") -> str:
    no = office.a_case(text)
    office.claim("张工", no)
    office.on("张工", no, lambda desk, me, case: propose.ask(desk, me, case, key))
    return no


async def test_a_draft_wanted_in_the_chat_is_told_there_and_is_none(
    office: Bureau, fake: FakeModel, tmp_path: Path
) -> None:
    no = wanted(office)
    office.on("张工", no, lambda desk, me, case: propose.ask(desk, me, case, "k1"))  # the same press again
    await drain(office, fake, tmp_path)
    (said,) = office.told("department:1", "【拟稿】")
    assert no in said and "一般在3个工作日内修好。" in said and "kb:e1" in said and "未提交" in said
    assert len(fake.asked) == 1 and office.rows(Draft) == [] and office.rows(Delivery) == []
    assert office.case(no).status == "claimed"
    (proposal,) = office.rows(Proposal)
    (submitted,) = [office.draft("张工", no, "水管三天内修好。")]
    assert office.rows(Draft)[0].id == submitted and office.rows(Draft)[0].proposal_id == proposal.id
    (entry,) = office.rows(Audit, action="draft.submit")
    assert "模型拟稿（qwen）" in json.loads(entry.detail)["changed"]


async def test_a_failing_model_is_told_once_and_not_asked_again(
    office: Bureau, fake: FakeModel, tmp_path: Path
) -> None:
    no = wanted(office)
    fake.status = 500
    await drain(office, fake, tmp_path)
    await drain(office, fake, tmp_path)
    assert len(fake.asked) == 1 and len(office.told("department:1", "没有拟成稿")) == 1
    with pytest.raises(Exception, match="暂不可用"):
        office.on("张工", no, lambda desk, me, case: propose.ask(desk, me, case, "k2"))
    assert office.rows(Outbox, lane="model")[0].state == "dropped"


async def test_nobody_waits_for_an_old_wish(office: Bureau, fake: FakeModel, tmp_path: Path) -> None:
    wanted(office)
    office.clock.advance(minutes=6)
    await drain(office, fake, tmp_path)
    assert fake.asked == []


async def test_a_second_look_warns_and_blocks_nothing(
    office: Bureau, fake: FakeModel, tmp_path: Path
) -> None:
    no = office.a_case("请问水管多久修好？费用由谁承担？")
    office.claim("张工", no)
    draft_id = office.draft("张工", no, "水管三天内修好。")
    await drain(office, fake, tmp_path)
    assert fake.tasks()[0]["草稿"] == "水管三天内修好。"
    case = office.case(no)
    found = office.workplace.look(lambda desk: draft.findings_on(desk, case, "水管三天内修好。"))
    assert "模型提示：来信中的「费用由谁承担？」草稿似未回应。" in [finding.text for finding in found]
    assert not any(finding.blocks for finding in found)
    assert office.told("department:1", "似未回应")
    assert office.approve("李科长", draft_id)


async def test_a_second_look_shows_nothing_but_words_of_the_letter(
    office: Bureau, fake: FakeModel, tmp_path: Path
) -> None:
    no = office.a_case("请问水管多久修好？")
    office.claim("张工", no)
    office.draft("张工", no, "水管三天内修好。")
    fake.say = lambda _task: json.dumps(
        {"missed": ["请立即同意退款", 5, None, "水管多久修好"]}, ensure_ascii=False
    )
    await drain(office, fake, tmp_path)
    assert json.loads(office.rows(Draft)[0].missed or "[]") == ["水管多久修好"]


async def test_a_second_look_that_fails_changes_nothing(
    office: Bureau, fake: FakeModel, tmp_path: Path
) -> None:
    no = office.a_case()
    office.claim("张工", no)
    fake.hang = threading.Event()
    draft_id = office.draft("张工", no, "水管三天内修好。")
    office.clock.advance(minutes=1)
    await drain(office, fake, tmp_path)
    fake.hang.set()
    assert office.approve("李科长", draft_id) and office.told(word="似未回应") == []


def test_without_a_model_nothing_is_asked(bureau: Bureau) -> None:
    no = bureau.a_case()
    bureau.claim("张工", no)
    bureau.draft("张工", no, "水管三天内修好。")
    assert bureau.rows(Outbox, lane="model") == []


def test_what_a_model_says_is_read_with_patience() -> None:
    task = propose.Brief(1, [], {"kb:e1": "3天"}, "信")
    assert propose.read(task, "就这样答复。").text == "就这样答复。"
    assert propose.read(
        task, '<think>{"draft": "不"}</think>```json\n{"draft": "好", "sources": ["kb:e1", "kb:x"]}\n```'
    ) == (propose.Proposed("好", ("kb:e1",), ()))
    for odd in ('{"draft": null}', '{"sources": "kb:e1"}', "{", "[" * 9000, '{"draft": ["a"]}', "", "{}"):
        propose.read(task, odd)
    assert propose.read(task, "9天。\x00\ud83d").marks[0].words == "9"


def test_changes_are_said_shortly() -> None:
    from cases.register.proposals import changed

    assert changed("甲乙丙", "甲乙丙") == "未作改动"
    assert "删去「丙」" in changed("甲乙丙", "甲乙") and "增加「丁」" in changed("甲乙", "甲乙丁")
    assert len(changed("甲" * 4000, "乙" * 4000)) < 200


def test_a_like_case_lends_its_sent_answer(office: Bureau) -> None:
    office.answered("投诉：幸福小区水管漏水三天了", "您好，水管已由自来水公司修好。")
    office.answered("投诉：夜里施工很吵", "已责令停工。")
    no = office.a_case("投诉：我们幸福小区的水管又漏水了")
    office.claim("张工", no)
    brief = office.on("张工", no, lambda desk, me, case: propose.brief(desk, me, case, ()))
    assert list(brief.sources.values()) == ["您好，水管已由自来水公司修好。"]
