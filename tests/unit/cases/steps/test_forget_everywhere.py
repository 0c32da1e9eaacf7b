"""Who is forgotten is forgotten in every table: no column, sealed or not, holds a word of theirs afterwards."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import inspect, text

from cases.lists import browse
from cases.register import drafts, extensions, register
from cases.register.desk import Desk
from cases.register.errors import NotFound, Stale
from cases.register.states import OPEN
from cases.register.tables import (
    Audit,
    AutoAnswer,
    Case,
    Citizen,
    Delivery,
    Draft,
    KnowledgeEntry,
    Media,
    Message,
    Staff,
)
from cases.register.vault import WrongKey
from cases.steps import cohandle, extend, forget, rate, receive
from cases.steps.receive import IncomingMedia
from tests.builders import ACCOUNT, Bureau, a_match

WORD = "蓝尾喜鹊"  # stands in nothing but what this citizen wrote, or was written to them


def everywhere(office: Bureau, word: str) -> set[str]:
    """Return the columns of the register that hold a word, plain or sealed."""
    engine, vault = office.store.engine, office.workplace.office.vault
    found = set()
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            if table.endswith(("_config", "_data", "_idx", "_docsize", "_content")):
                continue
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
                for name, value in row.items():
                    said = str(value)
                    if isinstance(value, bytes):
                        try:
                            said = vault.open(value, f"{table}/{row.get('id', row.get('key'))}/{name}")
                        except (WrongKey, ValueError):
                            said = value.decode("utf-8", "replace")
                    if word in said or json.dumps(word)[1:-1] in said:
                        found.add(f"{table}.{name}")
    return found


def lived_through(office: Bureau) -> list[str]:
    """Everything that leaves words: letters, drafts, opinions, wishes, answers, wordings, files."""
    media = (IncomingMedia("image", "m1"),)
    no = office.a_case(f"投诉水管，{WORD}被淹", "amy", media=media, push_key="p1")
    office.claim("张工", no)
    office.on("张工", no, lambda d, s, c: cohandle.ask(d, s, c, "交通局", f"请看{WORD}"))
    office.on("陈师傅", no, lambda d, s, c: cohandle.give(d, s, c, f"{WORD}已救起。"))
    office.on("张工", no, lambda d, s, c: extend.ask(d, s, c, f"{WORD}难救"))

    def decide(desk: Desk, staff: Staff, case: Case) -> None:
        extension = extensions.latest(desk, case)
        assert extension is not None
        extend.decide(desk, staff, extension, True)

    office.on("王主任", no, decide)
    office.send_back("李科长", office.draft("张工", no, f"{WORD}将在3月20日前放归。"), f"{WORD}在哪里")

    def missed(desk: Desk, staff: Staff, case: Case) -> None:
        draft = desk.session.get_one(Draft, 1)
        draft.missed = json.dumps([f"{WORD}几时放归？"], ensure_ascii=False)
        desk.session.add(draft)

    office.on("张工", no, missed)
    office.approve("李科长", office.draft("张工", no, f"{WORD}将在3月20日前放归。"))
    office.clock.advance(hours=1)
    auto = office.writes(f"请问{WORD}的居住证", "amy", a_match("e1"))
    office.clock.advance(hours=1)
    office.writes("你好", "amy", judged=None)
    return [no, auto.case.no]  # type: ignore[union-attr]


def test_a_person_is_forgotten_in_every_column(office: Bureau) -> None:
    lived_through(office)
    before = everywhere(office, WORD)
    assert {"message.masked", "draft.masked", "auto_answer.masked_question", "draft.missed"} <= before
    gone = office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert gone.cases == 2 and gone.messages == 3
    assert everywhere(office, WORD) - {"audit.detail"} == set()
    assert office.chain().ok


def test_numbers_dates_counts_and_the_trail_stay(office: Bureau) -> None:
    numbers = lived_through(office)
    before = [(c.no, c.status, c.due_on, c.received_at, c.rating, c.on_time) for c in office.rows(Case)]
    trail = len(office.rows(Audit))
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert [
        (c.no, c.status, c.due_on, c.received_at, c.rating, c.on_time) for c in office.rows(Case)
    ] == before
    assert [c.no for c in office.rows(Case)] == numbers and len(office.rows(Audit)) == trail + 1
    assert {row.state for row in office.rows(Delivery)} <= {"failed", "sent", "handed_over", "notified"}
    assert all(row.sha256 == "" for row in office.rows(Media))


def test_who_writes_again_is_somebody_new_and_cannot_be_forgotten_twice(office: Bureau) -> None:
    lived_through(office)
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    with pytest.raises(NotFound):
        office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    office.a_case("请问水管", "amy")
    assert len(office.rows(Citizen)) == 2
    mine = office.workplace.act(lambda desk: rate.own_cases(desk, desk.session.get_one(Citizen, 2)))
    assert len(mine) == 1


def test_nobody_else_loses_a_word(office: Bureau) -> None:
    lived_through(office)
    other = office.answered("投诉水管，红嘴山雀", "山雀已放归。", openid="bob")
    held = everywhere(office, "山雀")
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert everywhere(office, "山雀") == held
    assert office.case(other).status == "answered"
    assert not any(row.masked == forget.GONE for row in office.drafts(other))


@pytest.mark.parametrize("days", [0, 29, 31])
def test_only_what_was_closed_before_is_forgotten_by_itself(office: Bureau, days: int) -> None:
    office.answered(f"投诉水管{WORD}", f"{WORD}已放归。", openid="amy")
    kept = office.a_case(f"投诉公交{WORD}", "bob")
    office.clock.advance(days=30)
    before = office.clock.now - timedelta(days=days)
    dry = office.workplace.act(lambda desk: forget.old(desk, before, dry=True))
    assert everywhere(office, WORD)
    gone = office.workplace.act(lambda desk: forget.old(desk, before))
    assert gone.cases == dry.cases == (1 if days < 30 else 0)
    assert office.workplace.act(lambda desk: forget.kept_open(desk, before)) == (1 if days < 30 else 0)
    assert office.case(kept).status in OPEN and any(WORD in row.masked for row in office.rows(Message))
    assert office.workplace.act(lambda desk: forget.old(desk, before)).cases == 0


def test_a_candidate_made_of_the_letter_goes_and_what_is_published_stays(office: Bureau) -> None:
    office.answered(f"请问{WORD}怎么救助", f"{WORD}请送救助站，电话12345。", openid="amy")
    (candidate,) = office.rows(KnowledgeEntry)
    assert candidate.status == "candidate"
    gone = office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert gone.candidates == 1 and office.rows(KnowledgeEntry) == []
    assert office.rows(AutoAnswer) == []


def test_what_is_under_review_of_a_forgotten_person_can_still_be_ended(office: Bureau) -> None:
    no = office.a_case(f"投诉水管{WORD}", "amy")
    office.claim("张工", no)
    office.draft("张工", no, f"{WORD}已放归。")
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    assert office.case(no).status == "in_review"
    assert (
        office.workplace.look(lambda desk: drafts.under_review(desk, register.by_number(desk, no)))
        is not None
    )
    office.send_back("李科长", 1, "来信人资料已删除")
    assert office.case(no).status == "claimed"


def test_a_small_word_of_who_is_forgotten_asks_nobody_for_anything(office: Bureau) -> None:
    """Nothing of it is left to read, and nobody would be answered by a case of it."""
    for openid in ("amy", "bob"):
        office.writes("你好", openid)
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, "amy"))
    (kept,) = office.workplace.look(browse.small_talk).rows
    assert kept.masked == "你好"
    assert (
        office.workplace.look(lambda desk: browse.small_talk_since(desk, desk.now - timedelta(days=1))) == 1
    )
    gone = next(row.id or 0 for row in office.rows(Message) if row.masked != "你好")
    with pytest.raises(Stale, match="已删除"):
        office.workplace.act(lambda desk: receive.small_talk_to_case(desk, gone))
