"""Who is told what, where and when: an accusation in no department's chat, danger before all, nothing twice."""

from datetime import time, timedelta

import pytest

from cases.register import register
from cases.register.desk import Desk
from cases.register.tables import Danger, Delivery, Outbox
from cases.sending import announce, outbox
from cases.steps import danger
from sla.hours import QuietHours
from tests import stages
from tests.builders import Bureau


def tell(office: Bureau, to: str = "supervisor", text: str = "话", **how: object) -> None:
    office.workplace.act(lambda desk: announce.tell(desk, to, text, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stage", "home"),
    [("new", "department:1"), ("claimed", "department:1"), ("urgent", "department:1"), ("accusation", "supervisor"),
     ("automatic", "handlers"), ("comment", "department:1"), ("linked", "department:1")],
)  # fmt: skip
def test_a_case_is_at_home_in_its_department_s_chat(office: Bureau, stage: str, home: str) -> None:
    assert announce.home(office.case(stages.STAGES[stage](office))) == home


def test_an_accusation_that_names_a_topic_is_still_told_to_supervisors_alone(office: Bureau) -> None:
    office.a_case("举报局长收钱，水管也漏")
    targets = {row.target for row in office.rows(Outbox) if row.target.startswith("department")}
    assert targets == set() and office.rows(Outbox)


def cards(office: Bureau) -> list[Outbox]:
    return office.rows(Outbox, kind="case_card")


def touch(office: Bureau, no: str, **how: int) -> None:
    office.workplace.act(lambda desk: announce.card(desk, register.by_number(desk, no), **how))  # type: ignore[arg-type]


def test_several_changes_become_one_edit_and_the_gravest_sets_its_place(office: Bureau) -> None:
    no = stages.new(office)
    for priority in (outbox.BACKGROUND, outbox.REVIEW, outbox.CARDS):
        touch(office, no, priority=priority)
    (card,) = cards(office)
    assert card.priority == outbox.REVIEW


@pytest.mark.parametrize("state", ["sending", "done", "failed", "dropped"])
def test_a_card_in_hand_or_gone_is_followed_by_another(office: Bureau, state: str) -> None:
    """A change after the card was rendered would otherwise never be shown."""
    no = stages.new(office)

    def take(desk: Desk) -> None:
        row = desk.session.get_one(Outbox, 1)
        row.state = state
        desk.session.add(row)

    office.workplace.act(take)
    touch(office, no)
    assert [row.state for row in cards(office)] == [state, "pending"]


def test_a_card_that_waited_for_a_choice_goes_when_something_happens(office: Bureau) -> None:
    no = stages.new(office)

    def wait(desk: Desk, attempts: int) -> None:
        row = desk.session.get_one(Outbox, 1)
        row.not_before, row.attempts = desk.now + timedelta(minutes=5), attempts
        desk.session.add(row)

    office.workplace.act(lambda desk: wait(desk, 0))
    touch(office, no)
    assert cards(office)[0].not_before == office.clock.now
    office.workplace.act(lambda desk: wait(desk, 3))  # put off by the platform: it keeps its pause
    touch(office, no)
    assert cards(office)[0].not_before > office.clock.now


@pytest.mark.parametrize("step", ["card", "tell", "alarm", "claim"])
def test_without_a_chat_nothing_is_put_up_for_one(office: Bureau, step: str) -> None:
    silent = office.with_office(chat_on=False)
    no = silent.a_case("投诉水管，我要跳楼")
    if step == "card":
        touch(silent, no)
    elif step == "tell":
        tell(silent)
    elif step == "claim":
        silent.claim("张工", no)
    else:
        silent.workplace.act(lambda desk: danger.raise_alarm(desk, register.by_number(desk, no)))
    assert silent.rows(Outbox, lane="chat") == []


def test_a_key_is_told_once_and_without_one_every_time(office: Bureau) -> None:
    for _ in range(2):
        tell(office, text="一", key="k")
        tell(office, text="二")
    assert office.told("supervisor") == ["一", "二", "二"]


QUIET = QuietHours(time(22), time(7))


@pytest.mark.parametrize(
    ("hour", "quiet", "waits"),
    [
        (9, True, 0),
        (21, True, 0),
        (22, True, 9),
        (23, True, 8),
        (3, True, 4),
        (6, True, 1),
        (7, True, 0),
        (23, False, 0),
    ],
)
def test_what_can_wait_waits_for_the_end_of_the_quiet_hours(
    office: Bureau, hour: int, quiet: bool, waits: int
) -> None:
    office.clock.set(2026, 3, 3, hour)
    tell(office.with_office(quiet=QUIET), quiet=quiet)
    (row,) = office.rows(Outbox)
    assert row.not_before - office.clock.now == timedelta(hours=waits)


@pytest.mark.parametrize("urgent", [True, False])
def test_urgent_words_do_not_wait_for_the_morning(office: Bureau, urgent: bool) -> None:
    office.clock.set(2026, 3, 3, 23)
    quiet = office.with_office(quiet=QUIET)
    quiet.workplace.act(lambda desk: announce.supervisors(desk, "话", urgent=urgent))
    (row,) = quiet.rows(Outbox)
    assert (row.not_before == quiet.clock.now) is urgent


def test_the_card_of_danger_stands_before_all_others(office: Bureau) -> None:
    plain, grave = stages.new(office), stages.urgent(office)
    by_case = {row.payload["case_id"]: row.priority for row in cards(office)}
    assert by_case[office.case(grave).id] == announce.DANGER < by_case[office.case(plain).id]
    first = office.workplace.look(lambda desk: [row.payload["case_id"] for row in outbox.due(desk, "chat")])
    assert first[0] == office.case(grave).id


@pytest.mark.parametrize("times", [1, 2, 3])
def test_each_alarm_is_a_row_of_its_own_and_none_is_doubled(office: Bureau, times: int) -> None:
    no = stages.urgent(office)

    def again(desk: Desk) -> None:
        row = desk.session.get_one(Danger, office.case(no).id)
        announce.alarm(desk, row, announce.SUPERVISORS)

    for _ in range(times):
        office.workplace.act(again)
    assert len(office.alarms()) == 1


def test_a_line_to_the_handler_bears_their_name_and_one_to_nobody_bears_none(office: Bureau) -> None:
    for stage, begins in ((stages.new, "请办理"), (stages.claimed, "张工：请办理")):
        case = office.case(stage(office))
        said = office.workplace.look(lambda desk, one=case: announce.addressed(desk, one, "请办理"))
        assert said == begins


@pytest.mark.parametrize(("stage", "told"), [("new", 1), ("answered", 1), ("comment", 0), ("accusation", 1)])
def test_under_an_article_nothing_but_the_answer_is_said(office: Bureau, stage: str, told: int) -> None:
    no = stages.STAGES[stage](office)
    before = len(office.notices())
    office.workplace.act(lambda desk: announce.notice(desk, register.by_number(desk, no), "已转办。"))
    assert len(office.notices()) - before == told


def test_what_waits_for_pick_up_comes_answers_first(office: Bureau) -> None:
    no = stages.new(office)
    for kind in ("notice", "answer", "notice", "question"):
        office.workplace.act(
            lambda desk, k=kind: announce.citizen(desk, register.by_number(desk, no), k, kind=k)
        )

    def wait(desk: Desk) -> None:
        for one in range(1, 5):
            row = desk.session.get_one(Delivery, one)
            row.state = "waiting" if one != 4 else "pending"
            desk.session.add(row)

    office.workplace.act(wait)
    found = office.workplace.look(lambda desk: [(row.id, row.kind) for row in announce.undelivered(desk, 1)])
    assert found == [(2, "answer"), (1, "notice"), (3, "notice")]
    assert office.workplace.look(lambda desk: announce.those_waited_for(desk, [1, 2, 99])) == {1}
    assert office.workplace.look(lambda desk: announce.those_waited_for(desk, [])) == set()


def test_a_delivery_is_one_row_to_be_sent_sealed_and_bound(office: Bureau) -> None:
    stages.answered(office)
    (delivery,) = office.rows(Delivery)
    (row,) = office.rows(Outbox, kind="delivery")
    assert (row.key, row.payload, row.target) == (f"deliver:{delivery.id}", {"delivery_id": 1}, "citizen:1")
    assert stages.ANSWER not in str(row.payload) and stages.ANSWER.encode() not in delivery.text_sealed
    assert stages.ANSWER in office.workplace.office.vault.open(delivery.text_sealed)
