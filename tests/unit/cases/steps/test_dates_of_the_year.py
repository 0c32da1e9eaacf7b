"""Due dates over the holidays of 2026, as the State Council's notice has them; and the mergers of any minute."""

from datetime import date, datetime, timedelta

import pytest

from cases.register import citizens
from cases.register.desk import Desk
from cases.register.tables import Case, DueChange, Message
from cases.steps import receive
from tests.builders import ACCOUNT, SHANGHAI, Bureau, by_words

# 国办发明电〔2025〕7号: first and last day off, and the days on which people work instead.
OFF = [
    ("01-01", "01-03"),
    ("02-15", "02-23"),
    ("04-04", "04-06"),
    ("05-01", "05-05"),
    ("06-19", "06-21"),
    ("09-25", "09-27"),
    ("10-01", "10-07"),
]
AT_WORK = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}
TEXTS = {"praise": ("表扬公交司机", 5), "advice_inquiry": ("请问怎么办证", 10), "complaint": ("投诉噪音", 20)}
DAYS = [
    date(2026, month, day)
    for month, day in (
        (1, 4), (2, 6), (2, 12), (2, 13), (2, 14), (2, 15), (2, 23),
        (2, 24), (2, 27), (2, 28), (3, 1), (3, 31), (4, 3), (4, 5), (4, 30),
        (5, 5), (5, 8), (5, 9), (6, 18), (6, 21), (8, 31), (9, 19), (9, 20), (9, 24), (9, 30), (10, 8), (10, 10),
    )
]  # fmt: skip


def works(day: date) -> bool:
    name = f"{day:%m-%d}"
    if any(first <= name <= last for first, last in OFF):
        return False
    return day.weekday() < 5 or name in AT_WORK


def last_day(received: date, count: int) -> date:
    day = received
    while count:
        day += timedelta(days=1)
        count -= works(day)
    return day


@pytest.mark.parametrize("category", TEXTS)
def test_a_date_is_counted_over_holidays_and_make_up_days(office: Bureau, category: str) -> None:
    text, days = TEXTS[category]
    for received in DAYS:
        for hour in (0, 12, 23):
            office.clock.set(received.year, received.month, received.day, hour, 59)
            case = office.case(office.a_case(text))
            assert case.due_on == last_day(received, days), received
            assert case.due_at == datetime.combine(
                case.due_on + timedelta(days=1), datetime.min.time(), SHANGHAI
            )
            assert not case.provisional
    moves = office.rows(DueChange)
    assert {row.working_days for row in moves} == {days} and {row.cause for row in moves} == {"received"}


def test_a_date_that_looks_into_a_year_without_notice_is_provisional(office: Bureau) -> None:
    office.clock.set(2026, 12, 1)
    assert not office.case(office.a_case(TEXTS["praise"][0])).provisional
    office.clock.set(2026, 12, 14)
    assert office.case(office.a_case(TEXTS["complaint"][0])).provisional


@pytest.mark.parametrize(
    ("gaps", "cases"),
    [
        ([0], 1), ([1, 1, 1], 1), ([300], 1), ([301], 2), ([300, 300, 300], 1), ([299, 302], 2), ([301, 1], 2), ([301, 301], 3),
        ([600, 1, 600, 1], 3),
    ],
)  # fmt: skip
def test_messages_of_one_citizen_join_by_their_gaps(office: Bureau, gaps: list[int], cases: int) -> None:
    office.a_case("投诉水管", "amy")
    for gap in gaps:
        office.clock.advance(seconds=gap)
        office.a_case("还在漏", "amy")
    assert len(office.rows(Case)) == cases
    assert len(office.rows(Message)) == len(gaps) + 1 and all(row.case_id for row in office.rows(Message))


@pytest.mark.parametrize("window", [0, 1, 60, 3600])
def test_the_office_says_how_long_the_window_is(office: Bureau, window: int) -> None:
    office = office.with_office(merge_window=timedelta(seconds=window))
    office.a_case("投诉水管", "amy")
    office.clock.advance(seconds=window)
    office.a_case("还在漏", "amy")
    office.clock.advance(seconds=window + 1)
    office.a_case("又漏了", "amy")
    assert len(office.rows(Case)) == 2


TEXTS_OF_MANY = [
    "投诉水管",
    "请问公交几点",
    "表扬保洁员",
    "有人要跳楼",
    "有人威胁我",
    "举报局长收钱",
    "你好，路灯坏了",
    "投诉水管，电话13912345678",
]


def as_seen(office: Bureau) -> list[tuple[object, ...]]:
    return [
        (row.no, row.category, row.status, row.due_on, row.due_at,
        row.department_id, row.urgent, row.sensitive, row.accusation, row.topic,
         row.first_answer_due_at, row.received_at, row.clock_from, row.next_look_at, row.unclaimed_since, row.provisional)
        for row in office.rows(Case)
    ]  # fmt: skip


def test_a_group_of_first_letters_comes_to_what_each_by_itself_comes_to(
    office: Bureau, tmp_path: object
) -> None:
    from pathlib import Path

    from cases.register.tables import Audit, Outbox
    from tests.builders import a_bureau, a_store

    other = a_bureau(a_store(Path(str(tmp_path)) / "other.db"))
    letters = [
        receive.Incoming(ACCOUNT, f"c{i}", text, office.clock.now) for i, text in enumerate(TEXTS_OF_MANY)
    ]

    def together(desk: Desk) -> None:
        people = citizens.at_each(desk, {(each.account, each.openid) for each in letters})
        told = [(people[each.account, each.openid], each, by_words(each.text)) for each in letters]
        receive.receive_first_words(desk, told)

    office.workplace.act(together)
    for each in letters:
        other.workplace.act(lambda desk, each=each: receive.receive(desk, each, by_words(each.text)))
    assert as_seen(office) == as_seen(other)
    for mine, theirs in zip(office.rows(Message), other.rows(Message), strict=True):
        assert (mine.masked, mine.kind, mine.received_at, mine.case_id) == (
            theirs.masked,
            theirs.kind,
            theirs.received_at,
            theirs.case_id,
        )
    for table in (DueChange, Outbox):
        assert len(office.rows(table)) == len(other.rows(table))
    assert sorted((row.kind, row.target) for row in office.rows(Outbox)) == sorted(
        (row.kind, row.target) for row in other.rows(Outbox)
    )
    actions = [
        sorted((row.action, row.subject) for row in each.rows(Audit) if row.subject.startswith("case:"))
        for each in (office, other)
    ]
    assert actions[0] == actions[1] and office.chain().ok


@pytest.mark.parametrize(
    ("now", "sent", "kept"),
    [
        (0, 0, True),
        (0, 1, False),
        (180 * 86_400, 0, True),
        (180 * 86_400 + 1, 0, False),
        (0, 10**9, False),
        (10**9, 0, False),
    ],
)
def test_a_time_of_sending_is_believed_within_bounds(now: int, sent: int, kept: bool) -> None:
    start = datetime(2026, 3, 2, tzinfo=SHANGHAI)
    found = receive.received_at(start + timedelta(seconds=sent), start + timedelta(seconds=now))
    assert found == start + timedelta(seconds=sent if kept else now)
