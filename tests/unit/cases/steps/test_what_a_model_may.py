"""What a language model may: read what is masked, propose to one person, warn. Nothing that it says goes out by itself."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register import proposals
from cases.register.desk import Desk
from cases.register.errors import Invalid, Refusal
from cases.register.tables import Case, Delivery, Draft, Outbox, Proposal, Staff
from cases.steps import draft, propose
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests import stages
from tests.builders import Bureau

PHONE = "13800138000"


@pytest.fixture
def desk_of(office: Bureau) -> Bureau:
    return office.with_office(model_on=True)


def found(*answers: str) -> list[Match]:
    return [Match(Entry(f"K{n}", f"问题{n}", answer), 0.9, False) for n, answer in enumerate(answers, 1)]


def brief(
    office: Bureau, no: str, who: str = "张工", entries: list[Match] | None = None, tone: str = ""
) -> propose.Brief:
    return office.on(who, no, lambda d, s, c: propose.brief(d, s, c, entries or [], tone))


def kept(office: Bureau, no: str, said: str, who: str = "张工") -> Proposal:
    made = brief(office, no, who)
    office.on(who, no, lambda d, s, c: propose.keep(d, s, c, made, said, "qwen"))
    return office.rows(Proposal)[-1]


def test_everything_that_the_model_reads_is_masked(desk_of: Bureau) -> None:
    no = desk_of.a_case(f"投诉水管漏水，请打{PHONE}")
    desk_of.claim("张工", no)
    made = brief(desk_of, no, entries=found(f"联系{PHONE}。"), tone="称呼用您。")
    said = json.dumps(made.messages, ensure_ascii=False)
    assert PHONE not in said and PHONE not in made.letter and PHONE not in "".join(made.sources.values())
    assert (
        "称呼用您。" in said
        and "投诉求助" in said
        and [one["role"] for one in made.messages] == ["system", "user"]
    )


@pytest.mark.parametrize("length", [10, 7_000])
def test_what_is_read_has_an_end(desk_of: Bureau, length: int) -> None:
    no = desk_of.a_case("投诉水管" + "漏" * length)
    desk_of.claim("张工", no)
    made = brief(desk_of, no, entries=found(*["答" * length] * 9))
    assert len(made.letter) <= propose.LONGEST_LETTER and len(made.sources) == propose.ENTRIES
    assert all(len(text) <= propose.LONGEST_SOURCE for text in made.sources.values())


# at these stages nobody has a draft proposed, and by nobody but the handler
NOT_NOW: list[tuple[str, str, str]] = [
    ("new", "张工", "请先认领"), ("claimed", "刘工", "其他同事"), ("claimed", "王主任", "其他同事"),
    ("answered", "张工", "不能这样操作"),
    ("linked", "张工", ""), ("accusation", "张工", ""),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "who", "why"), NOT_NOW)
def test_for_whom_nothing_is_proposed(desk_of: Bureau, stage: str, who: str, why: str) -> None:
    no = stages.STAGES[stage](desk_of)
    before = desk_of.everything()
    with pytest.raises(Refusal) as refused:
        brief(desk_of, no, who)
    assert why in str(refused.value)
    with pytest.raises(Refusal):
        desk_of.on(who, no, lambda d, s, c: propose.ask(d, s, c, "k"))
    assert desk_of.everything() == before


def test_without_a_model_or_with_one_that_fails_people_write_themselves(office: Bureau) -> None:
    no = stages.claimed(office)
    with pytest.raises(Invalid, match="没有接入"):
        brief(office, no)
    asked = office.with_office(model_on=True)
    asked.workplace.act(lambda desk: proposals.note_trouble(desk, "超时"))
    with pytest.raises(Refusal, match="暂不可用"):
        brief(asked, no)
    asked.draft("张工", no, stages.ANSWER)
    assert asked.case(no).status == "in_review"


def test_a_photo_without_words_gives_a_model_nothing_to_write_on(desk_of: Bureau) -> None:
    no = desk_of.a_case("", kind="image")
    desk_of.claim("张工", no)
    with pytest.raises(Invalid, match="没有文字"):
        brief(desk_of, no)


def test_asked_twice_by_one_key_it_is_asked_once(desk_of: Bureau) -> None:
    no = stages.claimed(desk_of)
    for key in ("k", "k", "", ""):
        desk_of.on("张工", no, lambda d, s, c, k=key: propose.ask(d, s, c, k))
    rows = desk_of.rows(Outbox, kind="propose")
    assert len(rows) == 3 and {row.lane for row in rows} == {"model"}
    assert rows[0].payload == {"case_id": 1, "staff_id": desk_of.ids["张工"], "to": "department:1"}


def test_what_it_proposed_is_words_in_a_table_until_a_person_submits_them(desk_of: Bureau) -> None:
    no = stages.claimed(desk_of)
    row = kept(
        desk_of, no, json.dumps({"draft": f"水管将修好，请打{PHONE}，费用35元。", "sources": ["kb:none"]})
    )
    assert PHONE not in row.masked and json.loads(row.sources) == []
    assert {mark["words"] for mark in json.loads(row.marks)} >= {PHONE}
    assert desk_of.rows(Draft) == [] == desk_of.rows(Delivery) and desk_of.rows(Outbox, lane="citizen") == []
    assert desk_of.case(no).status == "claimed"
    desk_of.draft("张工", no, stages.ANSWER)
    assert [one.proposal_id for one in desk_of.drafts(no)] == [row.id]
    desk_of.draft("张工", no, "水管已换新。")  # the proposal was used
    assert [one.proposal_id for one in desk_of.drafts(no)] == [row.id, None]


def test_another_s_proposal_is_not_counted_as_one_s_own(desk_of: Bureau) -> None:
    no = stages.claimed(desk_of)
    kept(desk_of, no, '{"draft": "水管本周修好。"}')
    other = desk_of.workplace.look(
        lambda desk: proposals.latest(
            desk, desk_of.case(no).id or 0, desk.session.get_one(Staff, desk_of.ids["刘工"])
        )
    )
    assert other is None


@pytest.mark.parametrize(
    "said", ["", "  ", '{"draft": ""}', "<think>想</think>", '{"draft": null}', "\u200b"]
)
def test_no_words_are_no_proposal(desk_of: Bureau, said: str) -> None:
    no = stages.claimed(desk_of)
    made = brief(desk_of, no)
    before = desk_of.everything()
    with pytest.raises(Invalid, match="没有给出文字"):
        desk_of.on("张工", no, lambda d, s, c: propose.keep(d, s, c, made, said, "qwen"))
    assert desk_of.everything() == before


A_BRIEF = propose.Brief(1, [], {"kb:K1": "答：三楼。", "case:1": "四楼。"}, "来信")


@given(
    st.text()
    | st.recursive(
        st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    ).map(json.dumps)
)
def test_whatever_a_model_says_is_read_without_an_error(said: str) -> None:
    read = propose.read(A_BRIEF, said)
    assert len(read.text) <= propose.LONGEST_DRAFT and set(read.sources) <= set(A_BRIEF.sources)
    assert len(read.sources) == len(set(read.sources))
    read.text.encode()


READ: list[tuple[str, str, tuple[str, ...]]] = [
    ('{"draft": "好", "sources": ["kb:K1", "kb:K1", "kb:none"]}', "好", ("kb:K1",)),
    ('前言 {"draft": "好"} 后语', "好", ()),
    ('<think>{"draft": "想"}</think>{"draft": "好", "sources": "kb:K1"}', "好", ()),
    ("就是一段话", "就是一段话", ()),
    ("<think>没有说完", "<think>没有说完", ()),
    ('{"draft": "\ud800"}', "\ufffd", ()),
]


@pytest.mark.parametrize(("said", "text", "sources"), READ)
def test_how_its_words_are_understood(said: str, text: str, sources: tuple[str, ...]) -> None:
    read = propose.read(A_BRIEF, said)
    assert (read.text, read.sources) == (text, sources)


def second_look(office: Bureau, said: str) -> list[str]:
    return office.workplace.act(lambda desk: propose.note_missed(desk, 1, said))


@pytest.mark.parametrize(
    ("missed", "noted"),
    [(["水管几时修好"], ["水管几时修好"]), (["从没问过的话"], []), (["水管"], []), ("水管几时修好", []), ([5, None], []),
     (["水管几时修好"] * 5, ["水管几时修好"] * 3), ([], [])],
)  # fmt: skip
def test_a_second_look_warns_of_the_letter_s_own_questions_alone(
    desk_of: Bureau, missed: Any, noted: list[str]
) -> None:
    no = desk_of.a_case("投诉水管漏水，水管几时修好？")
    desk_of.claim("张工", no)
    desk_of.draft("张工", no, stages.ANSWER)
    assert second_look(desk_of, json.dumps({"missed": missed})) == noted
    assert proposals.missed(desk_of.drafts(no)[0]) == noted
    warnings = desk_of.on("张工", no, lambda d, _s, c: draft.findings_on(d, c, stages.ANSWER))
    told = [one for one in warnings if "模型提示" in one.text]
    assert len(told) == len(noted) and not any(one.blocks for one in told)


def test_a_warning_comes_too_late_for_what_was_decided(desk_of: Bureau) -> None:
    no = desk_of.a_case("投诉水管漏水，水管几时修好？")
    desk_of.claim("张工", no)
    desk_of.approve("李科长", desk_of.draft("张工", no, stages.ANSWER))
    second_look(desk_of, json.dumps({"missed": ["水管几时修好"]}))
    assert desk_of.drafts(no)[0].missed is None and desk_of.case(no).status == "answered"
    assert [row.kind for row in desk_of.rows(Outbox, lane="model")] == ["second_look"]


def test_the_second_look_reads_masked_words(desk_of: Bureau) -> None:
    no = desk_of.a_case(f"投诉水管漏水，请打{PHONE}")
    desk_of.claim("张工", no)
    desk_of.draft("张工", no, f"水管已修，联系{PHONE}。")

    def question(desk: Desk) -> str:
        return json.dumps(propose.second_look(desk, desk.session.get_one(Draft, 1)), ensure_ascii=False)

    assert PHONE not in desk_of.workplace.look(question) and len(desk_of.rows(Case)) == 1
