"""What was stopped is still found, for people; nothing of it is sent without one."""

from datetime import date
from pathlib import Path

import demo
from app.live import Knowledge
from cases.knowledge import learn, upkeep
from cases.register.desk import Desk
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from knowledge_base.files import exchange
from knowledge_base.verifier.shipped import built_in_verifier
from tests.builders import Bureau

LOST = "身份证丢了怎么补办？"


def test_an_entry_stops_answering_at_once_and_answers_again_when_published(bureau: Bureau) -> None:
    rows = exchange.read(Path(demo.__file__).parent / "sample_data" / "knowledge.jsonl").rows
    bureau.workplace.act(lambda desk: [learn.bring_in(desk, row) for row in rows])
    today = date(2026, 3, 2)
    knowledge = Knowledge(bureau.store, "off", lambda: today)
    knowledge.follow()
    found = knowledge.sure(LOST)
    assert found is not None and found.entry.id == "id-lost"

    title = "户政业务办事指南"
    ids = bureau.workplace.look(lambda desk: upkeep.citing(desk, title))
    assert "id-lost" in bureau.workplace.act(lambda desk: upkeep.source_changed(desk, title, ids))
    knowledge.follow()
    assert knowledge.sure(LOST) is None
    (first,) = knowledge.search(LOST, 1)
    assert (first.entry.id, first.auto) == ("id-lost", False)

    bureau.workplace.act(lambda desk: learn.publish(desk, "id-lost"))
    assert knowledge.sure(LOST) is not None


def test_what_is_past_its_review_day_is_never_marked_as_answering(bureau: Bureau) -> None:
    rows = exchange.read(Path(demo.__file__).parent / "sample_data" / "knowledge.jsonl").rows
    bureau.workplace.act(lambda desk: [learn.bring_in(desk, row) for row in rows])
    day = date(2026, 3, 2)
    entry = next(row for row in rows if row.id == "id-lost")
    late = Entry(entry.id, entry.question, entry.answer, source=entry.source, review_on=day)
    bureau.workplace.act(lambda desk: learn.bring_in(desk, late))
    for today, auto in ((day, True), (date(2026, 3, 3), False)):
        knowledge = Knowledge(bureau.store, "off", lambda: today)  # noqa: B023 - asked before the next turn
        knowledge.follow()
        assert knowledge.search(LOST, 1)[0].auto is auto


def test_what_did_not_help_raises_the_entry_s_own_bar_and_kind_words_lower_it(bureau: Bureau) -> None:
    entry = Entry("E1", "居住证怎么办", "请到政务大厅三楼办理。")
    bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))
    knowledge = Knowledge(bureau.store, "off", lambda: date(2026, 3, 2))

    just_sure = built_in_verifier().words_only.threshold + 0.001

    def said(used: int, unsolved: int, pleased: int) -> tuple[bool, list[str]]:
        def step(desk: Desk) -> None:
            row = learn.by_id(desk, "E1")
            row.used, row.unsolved, row.pleased = used, unsolved, pleased
            learn.counted(desk, row)

        bureau.workplace.act(step)
        knowledge.follow()
        (match,) = knowledge._allowed([Match(entry, just_sure, True)])
        return match.auto, [one.id for one in match.choices]

    assert said(0, 0, 0) == (True, [])
    assert said(2, 2, 0) == (False, ["E1"])  # offered, no longer sent unseen
    assert knowledge._allowed([Match(entry, 1.0, True)])[0].auto  # the entry's very words
    assert said(60, 2, 12) == (True, [])


def test_what_another_judge_was_sure_of_is_not_measured_by_this_one_s_bar(bureau: Bureau) -> None:
    entry = Entry("E1", "居住证怎么办", "请到政务大厅三楼办理。")
    bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))
    knowledge = Knowledge(bureau.store, "off", lambda: date(2026, 3, 2))
    below = built_in_verifier().words_only.threshold - 0.05
    assert knowledge._allowed([Match(entry, below, True)])[0].auto
