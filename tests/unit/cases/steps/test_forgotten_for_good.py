"""Who is forgotten is forgotten in what waits and in what went by the way; of others nothing is lost with it."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from cases.knowledge import learn
from cases.register import citizens, pushes, questions
from cases.register.desk import Desk
from cases.register.kinds import QuestionKind
from cases.register.tables import (
    Case,
    Citizen,
    CitizenQuestion,
    Delivery,
    KeptPush,
    KnowledgeEntry,
    KnowledgeVersion,
    Media,
    Message,
    Outbox,
)
from cases.sending import outbox, payloads
from cases.steps import forget
from cases.steps.receive import IncomingMedia
from tests import stages
from tests.builders import ACCOUNT, Bureau

WORD = "蓝尾喜鹊"


def erase(office: Bureau, openid: str = "amy") -> forget.Forgotten:
    return office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, openid))


def retain(office: Bureau, days: float = 0) -> forget.Forgotten:
    before = office.clock.now - timedelta(days=days)
    return office.workplace.act(lambda desk: forget.old(desk, before))


def sealed(office: Bureau) -> str:
    return base64.b64encode(office.workplace.office.vault.seal(WORD)).decode()


def put(office: Bureau, kind: str, target: str, payload: payloads.Payload) -> None:
    lane = "push" if kind == "late" else "citizen"
    office.workplace.act(
        lambda desk: outbox.put(
            desk, key="", lane=lane, target=target, kind=kind, now=desk.now, payload=payload
        )
    )


ON_THE_WAY: list[tuple[str, str, Callable[[str], payloads.Payload]]] = [
    ("text", "citizen:1", lambda words: payloads.LateReply(1, words)),
    ("late", "push:1", payloads.LatePush),
    ("text", "citizen:1 aside 9", lambda words: payloads.LateReply(1, words)),
]


@pytest.mark.parametrize(("kind", "target", "payload"), ON_THE_WAY)
@pytest.mark.parametrize("state", ["pending", "done", "failed"])
def test_a_letter_or_a_reply_that_the_outbox_bore_itself_is_emptied(
    office: Bureau, kind: str, target: str, payload: Callable[[str], payloads.Payload], state: str
) -> None:
    office.a_case("投诉水管漏水", "amy")
    office.a_case("投诉公交太慢", "bob")
    put(office, kind, target, payload(sealed(office)))
    put(office, kind, target.replace(":1", ":2"), payload(sealed(office)))

    def become(desk: Desk) -> None:
        for row in desk.session.exec(select(Outbox).where(Outbox.kind == kind)).all():
            row.state = state
            desk.session.add(row)

    office.workplace.act(become)
    erase(office)
    mine, other = office.rows(Outbox, kind=kind)
    assert "sealed" not in mine.payload and mine.state == ("dropped" if state == "pending" else state)
    assert other.payload["sealed"] and other.state == state


def test_by_their_age_letters_go_and_what_is_still_to_be_answered_stays(office: Bureau) -> None:
    """An old case of the same citizen is forgotten in the night in which a new one's answer waits to be sent."""
    office.answered(f"投诉水管漏水{WORD}", f"{WORD}已放归。", openid="amy")
    put(office, "text", "citizen:1", payloads.LateReply(1, sealed(office)))
    office.clock.advance(days=800)
    new = office.answered("投诉水管又漏水", "水管已换新。", openid="amy")
    put(office, "text", "citizen:1", payloads.LateReply(1, sealed(office)))
    gone = retain(office, days=365)
    assert (gone.cases, gone.messages) == (1, 1)
    old, fresh = office.rows(Outbox, kind="delivery")
    assert (old.state, fresh.state) == ("dropped", "pending")
    assert [row.state for row in office.rows(Delivery)] == ["pending", "pending"]
    assert [("sealed" in row.payload, row.state) for row in office.rows(Outbox, kind="text")] == [
        (False, "dropped"), (True, "pending"),
    ]  # fmt: skip
    vault = office.workplace.office.vault
    assert "水管已换新。" in vault.open(office.rows(Delivery)[1].text_sealed)
    assert office.case(new).status == "answered" and office.rows(Citizen)[0].following


@pytest.mark.parametrize(
    "how", ["candidate", "declined", "published", "published and stopped", "published and edited"]
)
def test_what_nobody_ever_published_goes_with_its_letter(office: Bureau, how: str) -> None:
    office.answered(f"请问{WORD}怎么救助", f"{WORD}请送救助站。", openid="amy")
    (entry,) = office.rows(KnowledgeEntry)

    def decide(desk: Desk) -> None:
        if how == "declined":
            learn.retire(desk, entry.id)
        if how.startswith("published"):
            learn.publish(desk, entry.id)
        if how.endswith("stopped"):
            learn.retire(desk, entry.id)
        if how.endswith("edited"):
            row = desk.session.get_one(KnowledgeEntry, entry.id)
            row.status = "candidate"
            learn.changed(desk, row)

    office.workplace.act(decide)
    gone = erase(office)
    stays = how.startswith("published")
    assert gone.candidates == int(not stays)
    assert len(office.rows(KnowledgeEntry)) == int(stays) and bool(office.rows(KnowledgeVersion)) is stays


def test_the_reply_to_a_push_and_the_pages_and_questions_that_stood_are_gone(office: Bureau) -> None:
    office.a_case(f"投诉{WORD}", "amy", push_key="p1")

    def stand(desk: Desk) -> None:
        citizen = desk.session.get_one(Citizen, 1)
        pushes.keep(desk, "p1", f"{WORD}已收到")
        citizens.keep_pages(desk, citizen, f"{WORD}第二页")
        questions.put(
            desk, citizen, questions.Question(QuestionKind.BELONGS, 1, desk.now + timedelta(hours=1), 1)
        )

    office.workplace.act(stand)
    erase(office)
    vault = office.workplace.office.vault
    assert [vault.open(row.reply_sealed) for row in office.rows(KeptPush)] == [""]
    assert office.rows(Citizen)[0].pages_sealed is None and office.rows(CitizenQuestion) == []
    assert [vault.open(row.sealed) for row in office.rows(Message)] == [""]


def test_a_file_that_two_letters_share_is_removed_with_the_last(office: Bureau) -> None:
    for who in ("amy", "bob"):
        office.a_case("投诉水管漏水", who, media=(IncomingMedia("image", who),))

    def kept(desk: Desk) -> None:
        for row in desk.session.exec(select(Media)).all():
            row.state, row.sha256 = "kept", "a" * 64
            desk.session.add(row)

    office.workplace.act(kept)
    assert erase(office, "amy").files == set()
    assert [row.state for row in office.rows(Media)] == ["refused", "kept"]
    assert erase(office, "bob").files == {"a" * 64}


@pytest.mark.parametrize("stage", list(stages.STAGES))
def test_at_any_stage_the_words_go_and_the_way_stays(office: Bureau, stage: str) -> None:
    no = stages.STAGES[stage](office)
    before = [(c.no, c.status, c.due_at, c.received_at, c.handler_id, c.on_time) for c in office.rows(Case)]
    erase(office, "citizen-1")
    if len(office.rows(Citizen)) > 1:
        erase(office, "citizen-2")
    assert [
        (c.no, c.status, c.due_at, c.received_at, c.handler_id, c.on_time) for c in office.rows(Case)
    ] == before
    vault = office.workplace.office.vault
    assert all(vault.open(row.sealed) == "" and row.masked == forget.GONE for row in office.rows(Message))
    assert all(vault.open(draft.text_sealed) == "" for draft in office.drafts(no))
    assert all(row.state != "pending" for row in office.rows(Outbox, lane="citizen"))
    assert office.chain().ok


def test_what_is_forgotten_already_is_not_counted_again(office: Bureau) -> None:
    stages.answered(office)
    office.writes("你好", "bob")
    office.clock.advance(days=400)
    first, second = retain(office, days=365), retain(office, days=365)
    assert (first.cases, first.messages) == (1, 2) and (second.cases, second.messages) == (0, 0)
    before = office.everything()
    retain(office, days=365)
    assert office.everything() == before


def test_many_old_cases_go_batch_by_batch_and_none_is_left(
    office: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "BATCH", 2)
    for _ in range(5):
        stages.answered(office)
    office.clock.advance(days=400)
    assert [retain(office, days=365).cases for _ in range(4)] == [2, 2, 1, 0]
    assert all(row.masked == forget.GONE for row in office.rows(Message))
