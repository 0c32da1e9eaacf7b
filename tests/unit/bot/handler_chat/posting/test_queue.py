"""What goes out when: limits, order, lists. Pure, with seconds passed in."""

import pytest

from bot.handler_chat.posting.queue import BACKLOG, BURST, Bucket, Item, Limits, Send, SendList, ordered, plan

GROUP, OTHER, PERSON = "-1", "-2", "55"
PEOPLE, REVIEW, ALERT, NORMAL, CARDS = 0, 1, 2, 4, 6


def card(row: int, case: int, chat: str = GROUP) -> Item:
    return Item(row, chat, CARDS, case, new_card=True, listable=True)


def sent(steps: list[Send | SendList]) -> list[int]:
    return [step.item.row_id for step in steps if isinstance(step, Send)]


def test_the_gravest_go_first_and_rows_of_equal_weight_in_order() -> None:
    items = [
        card(1, 1),
        Item(2, GROUP, ALERT),
        Item(3, GROUP, PEOPLE),
        Item(4, GROUP, REVIEW, 9),
        Item(5, GROUP, ALERT),
    ]
    assert sent(plan(items, Limits(20), 0.0)[0]) == [3, 4, 2, 5, 1]


def test_a_case_keeps_its_order_and_an_urgent_row_lends_its_urgency_to_those_before_it() -> None:
    items = [Item(1, GROUP, ALERT), card(2, 7), Item(3, GROUP, PEOPLE, 7), Item(4, OTHER, CARDS, 7)]
    assert [item.row_id for item in ordered(items)] == [2, 3, 1, 4]


def test_a_row_put_off_holds_back_later_rows_of_its_case_in_that_chat_alone() -> None:
    failed = Item(1, GROUP, CARDS, 7, new_card=True, ready=False)
    items = [failed, Item(2, GROUP, REVIEW, 7), Item(3, OTHER, ALERT, 7), Item(4, GROUP, ALERT, 8)]
    assert sent(plan(items, Limits(20), 0.0)[0]) == [3, 4]


def test_a_group_takes_its_burst_and_then_one_post_every_three_seconds() -> None:
    limits = Limits(20)
    items = [Item(n, GROUP, ALERT) for n in range(1, 31)]
    steps, wait = plan(items, limits, 0.0)
    assert sent(steps) == list(range(1, BURST + 1))
    assert wait == pytest.approx(3.0)
    assert sent(plan(items[20:], limits, 2.9)[0]) == []
    assert sent(plan(items[20:], limits, 3.1)[0]) == [21]


def test_over_any_time_no_more_than_burst_and_rate() -> None:
    limits, total = Limits(20), 0
    for second in range(0, 120):
        total += len(sent(plan([Item(n, GROUP, ALERT) for n in range(30)], limits, float(second))[0]))
    assert total == 20 + 39


def test_groups_do_not_wait_for_one_another_and_zero_means_no_limit() -> None:
    items = [Item(n, GROUP, ALERT) for n in range(25)] + [Item(99, OTHER, ALERT)]
    assert 99 in sent(plan(items, Limits(20), 0.0)[0])
    many = [Item(n, GROUP, ALERT) for n in range(30)]
    assert len(plan(many, Limits(0), 0.0)[0]) == 30


def test_new_cards_leave_room_for_people() -> None:
    limits = Limits(20)
    first = [card(n, n) for n in range(1, 16)]
    assert len(sent(plan(first, limits, 0.0)[0])) == 15
    late = [card(16, 16), Item(17, GROUP, PEOPLE)]
    steps, wait = plan(late, limits, 0.0)
    assert sent(steps) == [17] and wait is not None and wait > 0


def test_more_new_cards_than_the_chat_takes_become_one_list() -> None:
    limits = Limits(20)
    many = [card(n, n) for n in range(1, 61)]
    steps, _ = plan([Item(90, GROUP, REVIEW), *many], limits, 0.0)
    lists = [step for step in steps if isinstance(step, SendList)]
    assert len(lists) == 1 and len(lists[0].items) == 60
    assert sent(steps) == [90]
    again, wait = plan(many, limits, 1.0)
    assert again == [] and wait == pytest.approx(19.0)  # one list at a time, not one every three seconds


def test_few_waiting_cards_stay_cards_and_a_case_with_more_to_tell_is_not_listed() -> None:
    limits = Limits(20)
    plan([Item(n, GROUP, ALERT) for n in range(20)], limits, 0.0)
    few = [card(n, n) for n in range(1, BACKLOG + 1)]
    assert plan(few, limits, 1.0)[0] == []
    spoken = [card(n, n) for n in range(1, 9)] + [Item(20, GROUP, REVIEW, 3)]
    listed = next(step for step in plan(spoken, limits, 10.0)[0] if isinstance(step, SendList))
    assert 3 not in [item.row_id for item in listed.items]


def test_retry_after_stops_one_chat_and_an_empty_name_all() -> None:
    limits = Limits(0)
    limits.pause(GROUP, 10.0)
    items = [Item(1, GROUP, ALERT), Item(2, OTHER, ALERT)]
    steps, wait = plan(items, limits, 4.0)
    assert sent(steps) == [2] and wait == pytest.approx(6.0)
    limits.pause("", 20.0)
    assert plan(items, limits, 12.0)[0] == []
    assert sent(plan(items, limits, 20.0)[0]) == [1, 2]


def test_edits_have_their_own_bucket() -> None:
    limits = Limits(20)
    plan([Item(n, GROUP, ALERT) for n in range(20)], limits, 0.0)
    assert sent(plan([Item(50, GROUP, NORMAL, 5, edit=True)], limits, 0.0)[0]) == [50]


def test_a_bucket_pays_its_debts_first() -> None:
    bucket = Bucket(rate=1.0, size=5.0, tokens=0.0)
    bucket.take(0.0)
    assert bucket.wait(0.0) == pytest.approx(2.0)
    assert bucket.wait(2.0) == 0.0


def test_a_private_chat_has_one_a_second() -> None:
    limits = Limits(20)
    assert len(sent(plan([Item(n, PERSON, PEOPLE) for n in range(25)], limits, 0.0)[0])) == 20
    assert len(sent(plan([Item(n, PERSON, PEOPLE) for n in range(5)], limits, 2.0)[0])) == 2
