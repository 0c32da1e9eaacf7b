"""The entry that has a question is found by a key that follows every change."""

import pytest
from sqlmodel import select

from cases.knowledge import learn, wordings
from cases.register.tables import KnowledgeWording
from knowledge_base.base.entries import Entry
from tests.builders import Bureau


def found(bureau: Bureau, question: str) -> str:
    rows = bureau.workplace.look(lambda desk: wordings.find(desk, question))
    return rows[0].id if rows else ""


@pytest.fixture
def entry(bureau: Bureau) -> Entry:
    new = Entry("E1", "居住证怎么办？", "到三楼。", aliases=("办居住证", "暫住證怎么办"))
    bureau.workplace.act(lambda desk: learn.bring_in(desk, new))
    return new


@pytest.mark.parametrize("question", ["居住证 怎么办", "辦居住證！", "暂住证怎么办"])
def test_every_wording_counts_but_for_spelling(bureau: Bureau, entry: Entry, question: str) -> None:
    assert found(bureau, question) == entry.id


def test_a_change_moves_the_keys(bureau: Bureau, entry: Entry) -> None:
    changed = Entry("E1", "居住证怎么办", "到四楼。", aliases=("居住证在哪办",))
    bureau.workplace.act(lambda desk: learn.bring_in(desk, changed))
    assert [found(bureau, q) for q in ("居住证怎么办", "居住证在哪办", "办居住证")] == ["E1", "E1", ""]
    held = bureau.workplace.look(lambda desk: desk.session.exec(select(KnowledgeWording.entry_id)).all())
    assert held == ["E1", "E1"]


def test_a_retired_entry_has_no_question_until_it_is_published_again(bureau: Bureau, entry: Entry) -> None:
    bureau.workplace.act(lambda desk: learn.retire(desk, "E1"))
    assert found(bureau, "居住证怎么办") == ""
    bureau.workplace.act(lambda desk: learn.publish(desk, "E1"))
    assert found(bureau, "居住证怎么办") == "E1"


def test_of_two_entries_with_one_question_the_earlier_is_taken(bureau: Bureau, entry: Entry) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E0", "居住证怎么办", "答")))
    assert found(bureau, "居住证怎么办") == "E1"


def test_texts_that_share_a_key_are_still_told_apart(bureau: Bureau, entry: Entry) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, Entry("E2", "社保卡怎么办", "到二楼。")))
    (held,) = bureau.rows(KnowledgeWording, entry_id="E2")
    bureau.workplace.act(lambda desk: desk.session.add(KnowledgeWording(key=held.key, entry_id="E1")))
    assert found(bureau, "社保卡怎么办") == "E2"  # E1 has the key too, and came first
