"""A source's message goes the way of a WeChat message, once."""

import asyncio
import json
from datetime import timedelta

import pytest

from cases.register.tables import Case, Citizen, Danger, Delivery, KeptPush, Message
from cases.steps import promise
from tests.builders import Bureau
from tests.unit.api.conftest import Channel


async def test_a_message_is_a_case_once_by_its_id(bureau: Bureau, website: Channel) -> None:
    first = await website.says("m1", "投诉：小区水管坏了")
    again = await website.says("m1", "投诉：小区水管坏了")
    body = first.json()
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == body
    assert body["category"] == "complaint" and body["status"] == "new" and body["due_on"] == "2026-03-30"
    assert body["no"] in body["receipt"] and body["due_on"] in body["receipt"]
    (case,) = bureau.rows(Case)
    assert (case.no, case.channel, case.account) == (body["no"], "api:网站", "api:网站")


async def test_a_letter_fetched_long_after_its_due_day_gets_no_promise_of_that_day(
    bureau: Bureau, website: Channel
) -> None:
    written = (bureau.clock.now - timedelta(days=90)).isoformat()
    body = (await website.says("m1", "投诉：小区水管坏了", sent_at=written)).json()
    assert f"{body['due_on']} 已过" in body["receipt"] and "前答复您" not in body["receipt"]


async def test_whose_case_it_is_not_is_told_in_words_of_the_channel(bureau: Bureau, website: Channel) -> None:
    refused = await website.says("m1", "是三号楼", reply_to="20260302-9999")
    assert refused.status_code == 404 and "20260302-9999" in refused.text and "发送" not in refused.text


async def test_the_same_id_of_two_sources_is_two_messages(
    bureau: Bureau, website: Channel, app: Channel
) -> None:
    assert (await website.says("m1")).json()["no"] != (await app.says("m1")).json()["no"]


async def test_many_at_once_with_one_id_make_one_case(bureau: Bureau, website: Channel) -> None:
    answers = await asyncio.gather(*(website.says("m1") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1 and len(bureau.rows(Case)) == 1


async def test_further_messages_join_in_the_same_channel_only(
    bureau: Bureau, website: Channel, app: Channel
) -> None:
    first = (await website.says("m1")).json()["no"]
    bureau.clock.advance(minutes=2)
    assert (await website.says("m2", "就在人民路")).json()["no"] == first
    assert (await app.says("m1", "就在人民路")).json()["no"] != first
    bureau.clock.advance(minutes=6)
    assert (await website.says("m3", "请问水管有人来看吗")).json()["no"] != first


async def test_reply_to_adds_to_ones_own_case_alone(bureau: Bureau, website: Channel, app: Channel) -> None:
    no = (await website.says("m1")).json()["no"]
    bureau.clock.advance(hours=5)
    assert (await website.says("m2", "是三号楼", reply_to=no)).json()["no"] == no
    for refused in (
        await website.says("m3", "是三号楼", user="u2", reply_to=no),
        await app.says("m3", "是三号楼", reply_to=no),
        await website.says("m3", "是三号楼", reply_to="20260302-9999"),
    ):
        assert refused.status_code == 404 and refused.json()["error"]["code"] == "not_found"
    assert len(bureau.rows(Message)) == 2 and len(bureau.rows(KeptPush)) == 2
    assert (await website.says("m3", "是三号楼", reply_to=no)).status_code == 201  # a refusal keeps no id


async def test_small_talk_has_a_receipt_and_no_number(bureau: Bureau, website: Channel) -> None:
    answer = await website.says("m1", "你好")
    assert answer.status_code == 201 and set(answer.json()) == {"receipt"}
    assert bureau.rows(Case) == [] and len(bureau.rows(Message)) == 1


async def test_danger_gets_the_safety_text_and_alerts(bureau: Bureau, website: Channel) -> None:
    body = (await website.says("m1", "投诉：有人要跳楼")).json()
    assert body["receipt"].startswith("请拨打 110") and body["due_on"] not in body["receipt"]
    assert [danger.told for danger in bureau.rows(Danger)] == [1]


async def test_a_sure_entry_answers_and_a_word_brings_a_person(bureau: Bureau, website: Channel) -> None:
    body = (await website.says("m1", "请问居住证怎么办")).json()
    assert body["status"] == "auto_answered" and body["answer"].startswith("请到政务大厅三楼办理。")
    assert "【自动答复】" in body["receipt"] and "人工" in body["receipt"]
    again = (await website.says("m2", "人工", reply_to=body["no"])).json()
    assert (again["no"], again["status"]) == (body["no"], "new")


async def test_a_rating_by_words(bureau: Bureau, website: Channel) -> None:
    no = (await website.says("m1")).json()["no"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管将在本周内修好。"))
    said = (await website.says("m2", f"评价 {no} 满意")).json()
    assert "感谢" in said["receipt"] and bureau.case(no).rating == "满意"


def texts(bureau: Bureau) -> list[str]:
    return [bureau.workplace.office.vault.open(row.sealed) for row in bureau.rows(Message)]


async def test_what_is_said_beside_a_rating_is_kept(bureau: Bureau, website: Channel) -> None:
    no = (await website.says("m1")).json()["no"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管将在本周内修好。"))
    again = (await website.says("m2", f"评价 {no} 不满意，还在漏水")).json()
    assert (again["no"], again["status"]) == (no, "new") and "重新办理" in again["receipt"]
    assert texts(bureau)[-1] == "还在漏水" and bureau.rows(Message)[-1].case_id == bureau.case(no).id
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "水管已换新。"))
    other = (await website.says("m3", f"评价 {no} 不满意，投诉水压不够")).json()
    assert other["no"] != no and no in other["receipt"] and other["no"] in other["receipt"]
    assert texts(bureau)[-1] == "投诉水压不够"


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("word", ["人工", "没解决"])
async def test_why_a_person_is_wanted_goes_with_the_question(
    bureau: Bureau, website: Channel, word: str, named: bool
) -> None:
    no = (await website.says("m1", "请问居住证怎么办")).json()["no"]
    again = (await website.says("m2", f"{word}，我出不了门", **({"reply_to": no} if named else {}))).json()
    assert (again["no"], again["status"]) == (no, "new") and "转工作人员" in again["receipt"]
    assert texts(bureau) == ["请问居住证怎么办", "我出不了门"] and len(bureau.rows(Case)) == 1


async def test_a_time_in_the_future_or_long_ago_counts_as_now(bureau: Bureau, website: Channel) -> None:
    now = bureau.clock.now
    for number, sent in enumerate((now + timedelta(days=365), now - timedelta(days=181))):
        await website.says(f"m{number}", user=f"u{number}", sent_at=sent.isoformat())
    await website.says("m8", user="u8", sent_at="2026-03-01T20:00:00")  # the office's own zone
    assert [case.received_at for case in bureau.rows(Case)][:2] == [now, now]
    assert bureau.rows(Case)[2].received_at.isoformat() == "2026-03-01T12:00:00+00:00"


async def test_long_texts_are_kept_whole_and_longer_ones_refused(bureau: Bureau, website: Channel) -> None:
    whole = "水管坏了。" * 4000
    assert (await website.says("m1", whole)).status_code == 201
    (message,) = bureau.rows(Message)
    assert bureau.workplace.office.vault.open(message.sealed) == whole
    refused = await website.says("m2", whole + "了")
    assert refused.status_code == 413 and refused.json()["error"]["code"] == "too_large"


_WRONG: tuple[dict[str, object], ...] = (
    {"text": ""}, {"text": "  \n"}, {"text": 5}, {"text": None}, {"id": ""}, {"id": "a\x00b"}, {"id": "长" * 201},
    {"user": " "}, {"user": "\ud800"}, {"sent_at": "昨天"}, {"sent_at": 1772415000}, {"reply-to": "x"}, {"id": ["m"]},
)  # fmt: skip
_NO_MESSAGE = (b"", b"{", b"\xff\xfe", b"[" * 5000, b'"text"', b"null", b"[1]")


async def test_what_is_no_message_is_refused_by_name(bureau: Bureau, website: Channel) -> None:
    for wrong in _WRONG:
        body = json.dumps({"id": "m1", "user": "u1", "text": "水管坏了", **wrong})
        answer = await website.client.post("/messages", content=body, headers=website.headers)
        error = answer.json()["error"]
        assert answer.status_code == 422 and error["code"] == "invalid"
        assert next(iter(wrong)) in error["message"]
        assert any("\u4e00" <= c <= "\u9fff" for c in error["message"])
    for body in _NO_MESSAGE:
        answer = await website.client.post("/messages", content=body, headers=website.headers)
        assert answer.status_code in (400, 422) and answer.json()["error"]["message"]
    assert bureau.rows(Case) == [] and bureau.rows(Citizen) == []


async def test_lone_surrogates_in_a_text_do_no_harm(bureau: Bureau, website: Channel) -> None:
    body = '{"id": "m1", "user": "u1", "text": "水管坏了\\ud83d，\\u0000请修"}'
    answer = await website.client.post("/messages", content=body, headers=website.headers)
    assert answer.status_code == 201 and len(bureau.rows(Case)) == 1


async def test_progress_of_a_case_and_nobody_elses(bureau: Bureau, website: Channel, app: Channel) -> None:
    no = (await website.says("m1")).json()["no"]
    bureau.claim("张工", no)
    draft = bureau.draft("张工", no, "水管将在本周内修好。")
    body = (await website.get(f"/cases/{no}")).json()
    assert (body["no"], body["status"], body["answer"]) == (no, "in_review", None)
    assert [step["what"] for step in body["steps"]] == ["已收到", "已转城建局", "正在起草", "审核中"]
    bureau.approve("李科长", draft)
    body = (await website.get(f"/cases/{no}")).json()
    assert body["steps"][-1]["what"] == "已答复" and "水管将在本周内修好。" in body["answer"]
    assert "评价 " not in body["answer"]  # no command of WeChat's is promised
    wechat = bureau.a_case()
    for refused in (
        await app.get(f"/cases/{no}"),
        await website.get(f"/cases/{wechat}"),
        await website.get("/cases/x"),
    ):
        assert refused.status_code == 404 and refused.json()["error"]["code"] == "not_found"


async def test_a_public_source_takes_no_personal_data_in_an_answer(
    bureau: Bureau, client: object, website: Channel
) -> None:
    from cases.register.errors import Invalid
    from tests.unit.api.conftest import a_source

    weibo = Channel(website.client, a_source(bureau, "微博", public=True))
    no = (await weibo.says("m1")).json()["no"]
    bureau.claim("张工", no)
    with pytest.raises(Invalid, match="个人信息"):
        bureau.draft("张工", no, "水管已修好，请联系 13800138000。")
    assert bureau.rows(Delivery) == []


async def promised(bureau: Bureau, website: Channel) -> str:
    """Return a case whose answer promised something, about which its citizen was asked."""
    no: str = (await website.says("m1", "投诉小区水管坏了")).json()["no"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "我们将在3个工作日内修好。"))
    bureau.clock.advance(days=6)
    bureau.workplace.act(promise.watch)
    return no


@pytest.mark.parametrize("said", ["没有", "没解决", "没有，还在漏", "没解决，还在漏"])
async def test_a_promise_that_was_not_kept_goes_back_to_its_handler(
    bureau: Bureau, website: Channel, said: str
) -> None:
    no = await promised(bureau, website)
    body = (await website.says("m2", said)).json()
    assert texts(bureau)[-1] == ("还在漏" if "漏" in said else "投诉小区水管坏了")
    assert body["no"] == no and "继续办理" in body["receipt"]
    assert bureau.case(no).status == "claimed" and len(bureau.rows(Case)) == 1


async def test_a_promise_that_was_kept_is_noted(bureau: Bureau, website: Channel) -> None:
    no = await promised(bureau, website)
    body = (await website.says("m2", "办好了")).json()
    assert body["no"] == no and "已注明办好" in body["receipt"]
    assert bureau.case(no).status == "answered" and len(bureau.rows(Case)) == 1


async def test_unsolved_reopens_the_answer_that_it_names_once(bureau: Bureau, website: Channel) -> None:
    no = (await website.says("m1", "投诉小区水管坏了")).json()["no"]
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "已经修好。"))
    body = (await website.says("m2", "没解决", reply_to=no)).json()
    assert body["no"] == no and "重新办理" in body["receipt"] and bureau.case(no).reopened
