"""The outbox through any life: each row sent once or given up, targets in order, nothing lost; codes and numbers of releases."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlmodel import select

from cases.register import sources
from cases.register.desk import Desk
from cases.register.kinds import Job, Lane
from cases.register.sources import NewSource
from cases.register.states import OutboxState
from cases.register.tables import CardCode, Case, Delivery, Outbox, Source
from cases.sending import card_codes, chat, outbox, outside, payloads, releases
from cases.sending.chat import Chats, Place
from tests.builders import MONDAY, Bureau, a_bureau, a_store

ROWS = st.integers(0, 7)
TARGETS = st.sampled_from(["citizen:1", "citizen:2", "case:1"])


class Queues(RuleBasedStateMachine):
    """Rows that are put up, claimed, sent, failed, taken over: by one worker after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="huiyin-queue-"))
        self.office: Bureau = a_bureau(a_store(self.folder / "office.db"))
        self.sent: list[int] = []

    def teardown(self) -> None:
        self.office.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def act(self, step: object) -> object:
        return self.office.workplace.act(step)  # type: ignore[arg-type]

    def nth(self, place: int) -> Outbox | None:
        rows = self.office.rows(Outbox)
        return rows[place] if place < len(rows) else None

    @rule(goes_to=TARGETS, key=st.sampled_from(["", "a", "b", "c"]), priority=st.sampled_from([0, 4, 8]))
    def put(self, goes_to: str, key: str, priority: int) -> None:
        before = {row.key for row in self.office.rows(Outbox)}
        self.act(
            lambda desk: outbox.put(
                desk,
                key=key,
                lane=Lane.CITIZEN,
                target=goes_to,
                kind=Job.TEXT,
                now=desk.now,
                priority=priority,
            )
        )
        after = [row.key for row in self.office.rows(Outbox)]
        assert len(after) == len(set(after)) == len(before) + (0 if key and key in before else 1)

    @rule()
    def sends_what_is_due(self) -> None:
        for row in self.due()[:1]:
            assert self.act(lambda desk, row=row: outbox.claim(desk, row.id))
            assert not self.act(lambda desk, row=row: outbox.claim(desk, row.id))
            assert self.act(lambda desk, row=row: outbox.done(desk, row.id))
            self.sent.append(row.id or 0)

    @rule(aside=st.booleans(), wait=st.sampled_from([None, 7, 4_000]))
    def fails(self, aside: bool, wait: int | None) -> None:
        for row in self.due()[:1]:
            self.act(lambda desk, row=row: outbox.claim(desk, row.id))
            held = self.nth([one.id for one in self.office.rows(Outbox)].index(row.id))
            assert held is not None
            self.act(
                lambda desk, held=held: outbox.failed(
                    desk, desk.session.get_one(Outbox, held.id), "超时" * 400,
                    wait=timedelta(seconds=wait) if wait else None, aside=aside,
                )
            )  # fmt: skip

    @rule(place=ROWS)
    def is_cut_off(self, place: int) -> None:
        row = self.nth(place)
        if row is not None and row.state == OutboxState.PENDING:
            self.act(lambda desk: outbox.claim(desk, row.id))

    @rule()
    def a_new_worker_takes_over(self) -> None:
        self.act(outbox.take_over)
        assert not [row for row in self.office.rows(Outbox) if row.state == OutboxState.SENDING]

    @rule(place=ROWS)
    def is_dropped_and_revived(self, place: int) -> None:
        row = self.nth(place)
        if row is None:
            return
        self.act(lambda desk: outbox.drop(desk, row.id, "不再需要"))
        revived = self.act(lambda desk: outbox.revive(desk, row.id))
        assert revived is (row.state in (OutboxState.SENDING, OutboxState.FAILED, OutboxState.DROPPED))

    @rule(seconds=st.sampled_from([1, 6, 900]))
    def time_goes_by(self, seconds: int) -> None:
        self.office.clock.advance(seconds=seconds)

    def due(self) -> list[Outbox]:
        return self.office.workplace.look(lambda desk: outbox.due(desk, Lane.CITIZEN))

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert len(self.sent) == len(set(self.sent))
        done = {row.id for row in self.office.rows(Outbox) if row.state == OutboxState.DONE}
        assert set(self.sent) == done

    @invariant()
    def a_target_with_a_row_in_hand_or_put_off_waits(self) -> None:
        now = self.office.clock.now
        held = {
            row.target for row in self.office.rows(Outbox)
            if row.state == OutboxState.SENDING or (row.state == OutboxState.PENDING and row.attempts and row.not_before > now)
        }  # fmt: skip
        due = self.due()
        assert not held & {row.target for row in due}
        assert [(row.priority, row.id) for row in due] == sorted((row.priority, row.id) for row in due)

    @invariant()
    def every_row_is_somewhere(self) -> None:
        for row in self.office.rows(Outbox):
            assert row.state in tuple(OutboxState) and len(row.error) <= 500
            if row.state in (OutboxState.DONE, OutboxState.DROPPED, OutboxState.FAILED):
                assert row.done_at is not None


TestQueues = Queues.TestCase
TestQueues.settings = settings(max_examples=10, stateful_step_count=15, deadline=None)


@given(st.integers(1, 60), st.integers(0, 5_000))
def test_a_retry_comes_soon_then_later_and_at_last_not_at_all(attempts: int, wait: int) -> None:
    found = outbox.retry(attempts, MONDAY, wait=timedelta(seconds=wait))
    if attempts >= 40:
        assert found.at is None
        return
    assert found.at is not None and found.at - MONDAY >= outbox.FIRST_RETRY
    if attempts == 1:
        assert found.at - MONDAY <= timedelta(seconds=10)
    else:
        assert found.at - MONDAY >= timedelta(seconds=wait)
    plain = [outbox.retry(n, MONDAY).at for n in range(1, 39)]
    assert plain == sorted(plain) and plain[-1] - MONDAY == outbox.LONGEST_RETRY  # type: ignore[type-var,operator]


@pytest.mark.parametrize(
    ("written", "chat_id", "thread"),
    [
        ("-1001", "-1001", ""),
        ("-1001/7", "-1001", "7"),
        ("@all", "@all", ""),
        ("", "", ""),
        ("a/b/c", "a", "b/c"),
    ],
)
def test_a_place_is_read_as_it_is_written(written: str, chat_id: str, thread: str) -> None:
    place = Place.of(written)
    assert (place.chat_id, place.thread_id, str(place)) == (chat_id, thread, written)


@pytest.mark.parametrize(
    ("target", "telegram", "personal"),
    [
        ("handlers", "-1", "-1"), ("supervisor", "-2", "-2"), ("department:1", None, "@department:1"),
        ("department:99", "-1", "-1"), ("case:1", None, "@department:1"),
        ("case:99", None, None), ("chat:-5/3", "-5/3", "-5/3"),
        ("staff:1", None, None), ("staff:99", None, None), ("reviewers", None, "@reviewers"),
    ],
)  # fmt: skip
def test_where_a_target_is(office: Bureau, target: str, telegram: str | None, personal: str | None) -> None:
    office.a_case("水管坏了")
    for chats, where in (
        (Chats("telegram", Place("-1"), Place("-2")), telegram),
        (Chats("wecom", Place("-1"), Place("-2"), personal=True), personal),
    ):
        found = office.workplace.look(lambda desk, chats=chats: chat.place_of(desk, chats, target))
        if target in ("department:1", "case:1") and chats.platform == "telegram":
            assert found in (None, chats.handlers)
        else:
            assert (str(found) if found else None) == where


def test_a_group_that_moved_is_followed_and_its_trouble_ends(office: Bureau) -> None:
    act, look = office.workplace.act, office.workplace.look
    chats = Chats("telegram", Place("-1"), Place("-2"))
    act(lambda desk: chat.chat_moved(desk, "telegram", "-1", "-100"))
    act(lambda desk: chat.chat_moved(desk, "telegram", "-100", "-1000"))
    assert str(look(lambda desk: chat.place_of(desk, chats, "handlers"))) == "-1000"
    act(lambda desk: chat.trouble(desk, "telegram", "-1000", "chat not found" * 90))
    act(lambda desk: chat.trouble(desk, "telegram", "-1000", "again"))
    assert len(office.told("supervisor", "群聊故障")) == 1  # once a day
    assert list(look(chat.troubles)) == ["telegram:-1000"]
    act(lambda desk: chat.recovered(desk, "telegram", "-1000"))
    assert look(chat.troubles) == {}


def test_an_update_is_acted_on_once_and_strangers_are_answered_a_few_times(office: Bureau) -> None:
    assert [office.workplace.act(lambda desk: chat.once(desk, "update:7")) for _ in range(3)] == [
        True,
        False,
        False,
    ]
    for n in range(9):
        office.workplace.act(
            lambda desk, n=n: chat.refuse(desk, Place("-9"), "您没有权限。", key=f"refuse:{n}")
        )
    assert len(office.rows(Outbox, target="chat:-9")) == chat.TOO_MANY


def test_a_code_changes_a_card_once_the_newest_first_within_its_time(office: Bureau) -> None:
    act = office.workplace.act
    for n in range(6):
        act(lambda desk, n=n: card_codes.keep(desk, "case:1", f"c{n}", f"shown{n}"))
    assert len(office.rows(CardCode)) == 4
    assert [act(lambda desk: card_codes.take(desk, "case:1")) for _ in range(3)] == ["c5", "c4", "c3"]
    assert act(lambda desk: card_codes.take(desk, "case:1", "shown5")) == ""  # kept for a change that matters
    assert act(lambda desk: card_codes.take(desk, "case:1", "other")) == "c2"
    assert (
        act(lambda desk: card_codes.take(desk, "case:1")) == ""
        and act(lambda desk: card_codes.take(desk, "x")) == ""
    )
    act(lambda desk: card_codes.keep(desk, "case:2", "late", "a"))
    office.clock.advance(hours=72)
    assert act(lambda desk: card_codes.take(desk, "case:2")) == ""
    act(lambda desk: card_codes.keep(desk, "", "x"))
    act(lambda desk: card_codes.keep(desk, "case:3", ""))
    act(lambda desk: card_codes.keep(desk, "case:4", "k", "same"))
    act(lambda desk: card_codes.not_shown(desk, "case:4"))
    assert act(lambda desk: card_codes.take(desk, "case:4", "same")) == "k"


def test_released_texts_of_a_source_are_numbered_without_a_gap(office: Bureau) -> None:
    office.workplace.act(lambda desk: sources.add(desk, NewSource("热线", "https://h.example.cn/in")))
    numbers = [office.answered("投诉水管", "水管已修好。", channel="api:热线") for _ in range(3)]
    office.answered()
    rows = [row for row in office.rows(Delivery) if row.source_id is not None]
    assert [row.source_seq for row in rows] == [1, 2, 3] and len(numbers) == 3
    assert office.rows(Source)[0].last_seq == 3
    assert office.workplace.look(lambda desk: releases.failing(desk.session)) == {}

    def fail(desk: Desk) -> None:
        for row in desk.session.exec(select(Delivery)):
            row.error = "超时" if row.source_id else ""

    office.workplace.act(fail)
    assert office.workplace.look(lambda desk: releases.failing(desk.session)) == {"热线": (3, "超时")}
    wechat = office.workplace.act(
        lambda desk: releases.number(desk, desk.session.get_one(Case, 4), Delivery())
    )
    assert wechat is None


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://api.weixin.qq.com/cgi-bin", ("api.weixin.qq.com", 443)),
        ("http://127.0.0.1:8080/x", ("127.0.0.1", 8080)), ("HTTP://Host.CN", ("host.cn", 80)),
        ("https://h.cn:443/", ("h.cn", 443)),
    ],
)  # fmt: skip
def test_an_address_is_its_host_and_port(url: str, origin: tuple[str, int]) -> None:
    assert outside.origin(url) == origin


async def test_a_host_that_nobody_named_is_never_called() -> None:
    async with outside.client(["http://127.0.0.1:9"], timeout=1.0) as client:
        for url in (
            "http://127.0.0.1:10/",
            "http://localhost:9/",
            "http://example.cn/",
        ):
            with pytest.raises(outside.NotNamedHere):
                await client.get(url)
        outside.name("http://127.0.0.1:10/")
        with pytest.raises(Exception, match=r"") as told:
            await client.get("http://127.0.0.1:10/")
        assert not isinstance(told.value, outside.NotNamedHere)
    assert outside.reached("http://127.0.0.1:9/", 0.5)


@settings(max_examples=10)
@given(st.integers(1, 99), st.text(max_size=20), st.booleans())
def test_a_payload_comes_back_as_it_was_put_up(case_id: int, words: str, flag: bool) -> None:
    for payload, kind in (
        (payloads.OfCase(case_id), Job.CASE_CARD), (payloads.FreshCard(case_id, words, flag), Job.FRESH_CARD),
        (payloads.NoticeLine(words, words, case_id, flag), Job.NOTICE), (payloads.LatePush(words, flag), Job.LATE),
    ):  # fmt: skip
        row = Outbox(kind=kind, payload={**payload.dump(), "of an earlier version": 1})
        assert type(payload).of(row) == payload
    with pytest.raises(KeyError, match="case_id"):
        payloads.OfCase.of(Outbox(kind=Job.CASE_CARD, payload={}))
