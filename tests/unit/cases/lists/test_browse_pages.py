"""Pages of entries, of the trail, of channels and of what was given up: what is asked for, whole and in order."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.knowledge import learn
from cases.lists import browse, entry_history, health, pulse, today
from cases.register import register, sources
from cases.register.desk import Desk
from cases.register.tables import KnowledgeEntry, Lease, Outbox
from cases.sending import outbox
from knowledge_base.base.entries import Entry
from tests import stages
from tests.builders import Bureau, a_match


def bring(office: Bureau, key: str, question: str = "居住证怎么办", **more: Any) -> None:
    entry = Entry(
        key, question, f"{question}：三楼。", **{"status": "published", "source": "《办法》", **more}
    )
    office.workplace.act(lambda desk: learn.bring_in(desk, entry))


def ids(page: Any) -> list[str]:
    return [row.id for row in page.rows]


def entries(office: Bureau, *args: Any) -> Any:
    return office.workplace.look(lambda desk: browse.entries(desk, *args))


def test_entries_are_the_latest_changed_first_and_found_by_words_or_id(office: Bureau) -> None:
    bring(office, "K1")
    bring(office, "K2", "社保卡怎么办", status="candidate")
    bring(office, "K3", "百分之100%补贴")
    assert ids(entries(office)) == ["K3", "K2", "K1"]
    for state, words, found in (
        ("", "居住证", ["K1"]), ("", "怎么办", ["K2", "K1"]), ("candidate", "", ["K2"]), ("published", "怎么办", ["K1"]),
        ("", "K3", ["K3"]), ("", "%", ["K3"]), ("", "_", []), ("", "没有", []), ("", "三楼", ["K3", "K2", "K1"]),
    ):  # fmt: skip
        assert ids(entries(office, state, words)) == found, (state, words)


@pytest.mark.parametrize(("number", "shown"), [(-5, 1), (0, 1), (1, 1), (2, 2), (3, 2), (10**9, 2)])
def test_a_page_that_is_none_is_the_nearest(office: Bureau, number: int, shown: int) -> None:
    for n in range(browse.PER_PAGE + 3):
        bring(office, f"E{n}", f"问题{n}")
    page = entries(office, "", "", number)
    assert (page.number, page.total, page.pages) == (shown, browse.PER_PAGE + 3, 2)
    assert len(page.rows) == (browse.PER_PAGE if shown == 1 else 3)


@pytest.mark.parametrize(
    ("review_in", "muted", "source", "why"),
    [(-1, "", "《办法》", "due"), (0, "", "《办法》", "due"), (1, "", "《办法》", "soon"), (30, "", "《办法》", "soon"),
     (31, "", "《办法》", None), (31, "unsolved", "《办法》", "muted"), (31, "", "", "unsourced"), (0, "source", "", "due")],
)  # fmt: skip
def test_why_somebody_has_to_look_at_an_entry(
    office: Bureau, review_in: int, muted: str, source: str, why: str | None
) -> None:
    bring(office, "K1")

    def change(desk: Desk) -> None:
        row = desk.session.get_one(KnowledgeEntry, "K1")
        row.review_on, row.muted, row.source = desk.today + timedelta(days=review_in), muted, source
        desk.session.add(row)

    office.workplace.act(change)
    found = office.workplace.look(browse.to_review)
    assert [reason for _, reason in found] == ([why] if why else [])


def test_the_months_in_which_entries_are_due_and_what_is_past_is_in_the_first(office: Bureau) -> None:
    for n, day in enumerate(
        (date(2025, 12, 1), date(2026, 3, 31), date(2026, 4, 1), date(2027, 2, 28), date(2027, 3, 1))
    ):
        bring(office, f"K{n}", f"问题{n}", review_on=day)
    found = dict(office.workplace.look(browse.review_calendar))
    assert next(iter(found)) == "2026-03" and list(found)[-1] == "2027-02" and len(found) == 12
    assert found == {**dict.fromkeys(found, 0), "2026-03": 2, "2026-04": 1, "2027-02": 1}


def trail(office: Bureau, who: str, *args: Any, **more: Any) -> tuple[list[str], int]:
    page, on = office.act(who, lambda desk, me: browse.trail(desk, me, *args, **more))
    return [f"{row.action} {row.subject}" for row in page.rows], on


def test_the_trail_shows_nobody_a_case_out_of_their_sight(office: Bureau) -> None:
    mine, traffic = stages.claimed(office), office.a_case("投诉公交太慢")
    secret = stages.accusation(office)
    for who, seen in (("张工", {mine}), ("陈师傅", {traffic}), ("王主任", {mine, traffic, secret})):
        subjects = {line.partition("case:")[2] for line in trail(office, who)[0]} - {""}
        assert subjects == seen, who


def test_the_trail_is_searched_by_who_what_and_number(office: Bureau) -> None:
    no = stages.claimed(office)
    stages.new(office)
    assert trail(office, "王主任", "张工")[0][0] == f"case.claim case:{no}"
    assert {line.partition("case:")[2] for line in trail(office, "王主任", no)[0]} == {no}
    assert trail(office, "王主任", "认领", ["case.claim"])[0] == [f"case.claim case:{no}"]
    assert trail(office, "王主任", "没有这样的词")[0] == []
    everything, on = trail(office, "王主任")
    assert on == 0 and everything == [line for line in everything if line]


def test_which_numbers_are_accusations(office: Bureau) -> None:
    plain, secret = stages.new(office), stages.accusation(office)
    found = office.workplace.look(lambda desk: browse.accusations(desk, [plain, secret, "none"]))
    assert found == {secret}


def test_channels_are_the_account_s_two_and_the_other_sources(office: Bureau) -> None:
    office.workplace.act(lambda desk: sources.add(desk, sources.NewSource("热线")))
    assert office.workplace.look(browse.channels) == ["wechat", "comment", "api:热线"]


@pytest.mark.parametrize(
    ("days", "quiet", "number"), [(0, False, 1), (2.9, False, 1), (3.1, True, 1), (8, True, 0)]
)
def test_a_channel_through_which_nothing_came_for_days_is_quiet(
    office: Bureau, days: float, quiet: bool, number: int
) -> None:
    stages.new(office)
    office.clock.advance(days=days)
    wechat, comment = office.workplace.look(health.inlets)
    assert (wechat.quiet, wechat.number, wechat.last_at is not None) == (quiet, number, True)
    assert (comment.quiet, comment.number, comment.last_at) == (True, 0, None)


def test_what_goes_out_late_or_was_given_up_is_counted_by_lane(office: Bureau) -> None:
    stages.answered(office)
    (before,) = [one for one in office.workplace.look(health.outlets) if one.lane == "citizen"]
    assert (before.waiting, before.late, before.failed) == (1, 0, 0)
    office.clock.advance(minutes=11)
    (late,) = [one for one in office.workplace.look(health.outlets) if one.lane == "citizen"]
    assert (late.waiting, late.late) == (1, 1)

    def give_up(desk: Desk) -> None:
        (row,) = outbox.take(desk, "citizen", 1, "me")
        row.attempts = 99
        outbox.failed(desk, row, "用户拒收", holder="me")

    office.workplace.act(give_up)
    (gone,) = [one for one in office.workplace.look(health.outlets) if one.lane == "citizen"]
    assert (gone.waiting, gone.late, gone.failed, gone.error) == (0, 0, 1, "用户拒收")


def test_the_pulse_says_how_long_the_oldest_waits(office: Bureau) -> None:
    stages.urgent(office)
    assert office.workplace.look(pulse.pulse).danger == 0
    office.clock.advance(minutes=20)
    now = office.workplace.look(pulse.pulse)
    assert (now.danger, now.unsent["chat"]) == (1200, 1200) and 0 < now.sweep_lag <= 1200
    assert now.comments_read is None and now.backed_up is None and now.given_up == 0
    office.sweep()
    assert office.workplace.look(pulse.pulse).sweep_lag == 0


@pytest.mark.parametrize(("seconds", "said"), [(0, 0.0), (-5, 0.0), (61, 61.0)])
def test_how_long_nobody_leads(office: Bureau, seconds: int, said: float) -> None:
    with office.store.read() as session:
        assert pulse.leaderless(session, office.clock.now) is None
    office.workplace.act(lambda desk: desk.session.add(Lease(name="worker", holder="x", until=desk.now)))
    with office.store.read() as session:
        assert pulse.leaderless(session, office.clock.now + timedelta(seconds=seconds)) == said


def test_an_entry_s_versions_and_answers_are_the_latest_first(office: Bureau) -> None:
    bring(office, "K1")
    bring(office, "K1", "居住证怎么补办")
    for n in range(2):
        office.writes("请问居住证怎么办", f"u{n}", a_match("K1"))
    versions, answers = office.workplace.look(
        lambda desk: (entry_history.versions(desk, "K1"), entry_history.answers(desk, "K1"))
    )
    assert [row.question for row in versions] == ["居住证怎么补办", "居住证怎么办"]
    assert [row.case_id for row in answers] == [2, 1]


@pytest.mark.parametrize(
    ("who", "stage", "code", "note"),
    [
        ("李科长", "in_review", "my_review", "已等候 3 小时"),
        ("刘工", "new", "unclaimed", "无人认领已 3 小时"),
        ("王主任", "asked_for_time", "extension", "张工：需要勘查"),
        ("张工", "claimed", "mine", ""),
        ("张工", "returned", "returned", ""),
        ("张工", "promised", "promised", ""),
        ("王主任", "reopened", "dissatisfied", ""),
        ("王主任", "urgent", "urgent", ""),
        ("王主任", "accusation", "sensitive", ""),
    ],
)
def test_what_wants_a_person_stands_under_its_heading_with_its_note(
    office: Bureau, who: str, stage: str, code: str, note: str
) -> None:
    no = stages.STAGES[stage](office)
    office.clock.advance(hours=3)
    sections = {one.code: one for one in office.act(who, today.sections)}
    (line,) = [one for one in sections[code].lines if one.line.no == no]
    assert line.note == note and sections[code].total == 1


def test_the_first_days_check_list_is_done_step_by_step(office: Bureau) -> None:
    tasks = office.workplace.look(today.first_steps)
    assert [task.done for task in tasks] == [True, True, True, True, False, True]
    stages.new(office)
    assert all(task.done for task in office.workplace.look(today.first_steps))
    bare = office.with_office(chat_on=False)
    assert [task.done for task in bare.workplace.look(today.first_steps)] == [
        True,
        True,
        True,
        False,
        True,
        True,
    ]
    assert office.workplace.look(lambda desk: register.by_number(desk, "20260302-0001").status) == "new"
    assert len(office.rows(Outbox)) == 1
