"""The handler chats: rows taken and settled truly, posts that stand for what they show, troubles told once a day."""

from datetime import timedelta

import pytest

from cases.register import drafts, memo, register
from cases.register.desk import Desk
from cases.register.tables import ChatPost, Outbox
from cases.sending import announce, chat, outbox
from cases.sending.chat import Chats, Place
from tests import stages
from tests.builders import Bureau

ALL = Chats("telegram", Place("-1"), Place("-2"))
PERSONAL = Chats("wecom", Place("@handlers"), Place("@supervisors"), personal=True)


def put(office: Bureau, key: str, *, priority: int = 4, after: timedelta = timedelta()) -> int:
    def step(desk: Desk) -> int:
        not_before = desk.now + after if after else None
        how = {
            "key": key,
            "lane": "chat",
            "target": "supervisor",
            "kind": "notice",
            "now": desk.now,
            "priority": priority,
        }
        outbox.put(desk, **how, not_before=not_before)  # type: ignore[typeddict-item]
        desk.session.flush()
        return len(desk.session.exec(_rows()).all())

    return office.workplace.act(step)


def _rows():  # type: ignore[no-untyped-def]
    from sqlmodel import select

    return select(Outbox)


def waiting(office: Bureau) -> list[str]:
    return office.workplace.look(lambda desk: [row.key for row in chat.waiting(desk)])


def test_rows_wait_in_the_order_of_their_weight_and_then_of_their_coming(office: Bureau) -> None:
    for key, priority in (("late", 6), ("first", 0), ("second", 0), ("middle", 4)):
        put(office, key, priority=priority)
    put(office, "not yet", priority=0, after=timedelta(minutes=5))
    assert waiting(office) == ["first", "second", "middle", "late"]
    office.clock.advance(minutes=5)
    assert waiting(office)[:3] == ["first", "second", "not yet"]


@pytest.mark.parametrize("seconds", [1, 90, 3600])
def test_when_the_next_row_is_due(office: Bureau, seconds: int) -> None:
    assert office.workplace.look(chat.next_due) is None
    put(office, "now")
    assert office.workplace.look(chat.next_due) is None
    put(office, "later", after=timedelta(seconds=seconds))
    assert office.workplace.look(chat.next_due) == seconds


def taken(office: Bureau, *ids: int) -> list[str]:
    def step(desk: Desk) -> list[str]:
        held = chat.hold(desk, ids)
        chat.take(desk, [row.id or 0 for row in held])
        return [row.key for row in held]

    return office.workplace.act(step)


def test_what_is_taken_and_settled_is_held_no_more(office: Bureau) -> None:
    for key in ("a", "b", "c"):
        put(office, key)
    assert taken(office, 1, 2, 99) == ["a", "b"]
    office.workplace.act(lambda desk: chat.settle(desk, [1]))
    office.workplace.act(lambda desk: chat.settle(desk, [2], state="dropped", why="已办结" * 500))
    a, b, c = office.rows(Outbox)
    assert (a.state, b.state, c.state) == ("done", "dropped", "pending") and len(b.error) == 500
    assert a.done_at == office.clock.now
    assert taken(office, 1, 2, 3) == ["c"]
    before = office.everything()
    office.workplace.act(lambda desk: chat.settle(desk, [1, 2]))  # told twice: the first word stands
    assert office.everything() == before


def test_a_failed_sending_waits_longer_each_time_but_no_longer_than_a_quarter_of_an_hour(
    office: Bureau,
) -> None:
    put(office, "a")
    waits = []
    for _ in range(12):
        taken(office, 1)
        office.workplace.act(lambda desk: chat.put_off(desk, [1, 99], "连不上"))
        (row,) = office.rows(Outbox)
        waits.append((row.not_before - office.clock.now).total_seconds())
        assert (row.state, row.error) == ("pending", "连不上") and waiting(office) == ["a"]
    assert waits[:4] == [5, 10, 20, 40] and waits == sorted(waits) and waits[-1] == 900
    office.workplace.act(lambda desk: chat.put_off(desk, [1], "太快", timedelta(seconds=7)))
    assert office.rows(Outbox)[0].not_before == office.clock.now + timedelta(seconds=7)


# where each target is: in an office with groups, and in one that writes to people
PLACES: list[tuple[str, str | None, str | None]] = [
    ("supervisor", "-2", "@supervisors"),
    ("handlers", "-1", "@handlers"),
    ("reviewers", None, "@reviewers"),
    ("department:1", "-1", "@department:1"),
    ("department:9", "-1", "@handlers"),
    ("chat:-77/5", "-77/5", "-77/5"),
    ("staff:1", "-", "-"),
    ("staff:99", None, None),
    ("case:1", "-1", "@department:1"),
    ("case:99", None, None),
]


@pytest.mark.parametrize(("target", "group", "personal"), PLACES)
def test_where_a_target_is_reached(
    office: Bureau, target: str, group: str | None, personal: str | None
) -> None:
    stages.new(office)
    for chats, wanted in ((ALL, group), (PERSONAL, personal)):
        found = office.workplace.look(lambda desk, one=chats: chat.place_of(desk, one, target))
        if wanted != "-":
            assert (str(found) if found is not None else None) == wanted
        else:
            assert found is None  # nobody has bound an account yet


def test_an_accusation_is_posted_where_supervisors_are_alone(office: Bureau) -> None:
    no = stages.accusation(office)
    target = f"case:{office.case(no).id}"
    for chats, wanted in ((ALL, "-2"), (PERSONAL, "@supervisors")):
        assert str(office.workplace.look(lambda desk, one=chats: chat.place_of(desk, one, target))) == wanted


def posted(office: Bureau, message_id: str, **more: object) -> None:
    post = {
        "platform": "telegram",
        "chat_id": "-1",
        "message_id": message_id,
        "kind": "case",
        "case_id": 1,
        **more,
    }
    office.workplace.act(lambda desk: chat.posted(desk, **post))


def test_a_post_is_found_by_its_id_in_its_chat(office: Bureau) -> None:
    no = stages.new(office)
    posted(office, "10")
    posted(office, "10", chat_id="-2", kind="notice", case_id=None)

    def found(chat_id: str, message_id: str = "10") -> int | None:
        post = office.workplace.look(lambda desk: chat.post_at(desk, "telegram", chat_id, message_id))
        return post.id if post is not None else None

    assert (found("-1"), found("-2"), found("-3"), found("-1", "11")) == (1, 2, None, None)

    def asked(desk: Desk, post: int) -> str | None:
        case = chat.case_asked_about(desk, chat.by_id(desk, post))
        return case.no if case is not None else None

    assert office.workplace.look(lambda desk: asked(desk, 1)) == no
    assert office.workplace.look(lambda desk: asked(desk, 2)) is None
    assert office.workplace.look(lambda desk: asked(desk, 3)) is None


def test_a_post_that_is_over_is_live_no_more_and_what_it_shows_is_noted(office: Bureau) -> None:
    stages.new(office)
    posted(office, "10")
    posted(office, "11")

    def live() -> list[tuple[str, str]]:
        return office.workplace.look(
            lambda desk: [(row.message_id, row.shown) for row in chat.live_posts(desk, "telegram", case_id=1)]
        )

    office.workplace.act(lambda desk: chat.showing(desk, chat.by_id(desk, 2), "审核中"))
    assert live() == [("10", ""), ("11", "审核中")]
    office.workplace.act(lambda desk: chat.over(desk, chat.by_id(desk, 1)))
    office.workplace.act(lambda desk: chat.over(desk, None))
    assert live() == [("11", "审核中")]
    office.workplace.act(
        lambda desk: chat.showing(desk, chat.by_id(desk, 1), "x")
    )  # it comes to life no more
    assert [row.live for row in office.rows(ChatPost)] == [False, True]
    assert office.workplace.look(lambda desk: chat.cases_with_card(desk, "telegram", [1, 2])) == {(1, "-1")}
    assert office.workplace.look(lambda desk: chat.cases_with_card(desk, "wecom", [1])) == set()


@pytest.mark.parametrize(("minutes", "count"), [(0, 0), (1, 2), (60, 2)])
def test_a_new_process_sees_what_was_posted_of_late(office: Bureau, minutes: int, count: int) -> None:
    stages.new(office)
    posted(office, "10")
    posted(office, "11", chat_id="-2")
    since = office.clock.now - timedelta(minutes=minutes)
    assert len(office.workplace.look(lambda desk: chat.posted_since(desk, "telegram", since))) == count


def test_a_text_counts_as_shown_once_its_card_is_under_way(office: Bureau) -> None:
    """Nobody approves in the chat what the chat has not shown."""
    no = stages.in_review(office)

    def shown() -> bool:
        def question(desk: Desk) -> bool:
            under = drafts.under_review(desk, register.by_number(desk, no))
            assert under is not None
            return chat.review_shown(desk, under)

        return office.workplace.look(question)

    assert shown() is False
    card = next(row for row in office.rows(Outbox) if row.kind == "review_card")
    taken(office, card.id or 0)
    assert shown() is True
    office.draft("张工", no, "水管已换新。")
    assert shown() is False  # another text: its card is another


def test_a_chat_in_trouble_is_told_once_a_day_and_forgotten_when_it_recovers(office: Bureau) -> None:
    for _ in range(3):
        office.workplace.act(lambda desk: chat.trouble(desk, "telegram", "-77", "被移出群"))
    office.workplace.act(lambda desk: chat.unreached(desk, "wecom", "~li", "李科长"))
    assert len(office.told("supervisor", "【群聊故障】")) == 1
    assert "李科长收不到消息" in office.told("supervisor", "【消息未送达】")[0]
    known = office.workplace.look(chat.troubles)
    assert set(known) == {"telegram:-77", "wecom:~li"} and "被移出群" in known["telegram:-77"]
    office.clock.advance(days=1)
    office.workplace.act(lambda desk: chat.trouble(desk, "telegram", "-77", "被移出群"))
    assert len(office.told("supervisor", "【群聊故障】")) == 2
    office.workplace.act(lambda desk: chat.recovered(desk, "telegram", "-77"))
    assert set(office.workplace.look(chat.troubles)) == {"wecom:~li"}


def test_a_group_that_moves_takes_its_topic_along_and_its_old_posts_stand_for_nothing(office: Bureau) -> None:
    stages.new(office)
    posted(office, "10")
    posted(office, "11", chat_id="-5")
    office.workplace.act(lambda desk: chat.chat_moved(desk, "telegram", "-1", "-100"))
    office.workplace.act(lambda desk: chat.chat_moved(desk, "telegram", "-100", "-200"))
    assert [row.live for row in office.rows(ChatPost)] == [False, True]
    place = office.workplace.look(lambda desk: chat.place_of(desk, ALL, "chat:-1/7"))
    assert str(place) == "-200/7"
    assert str(office.workplace.look(lambda desk: chat.place_of(desk, PERSONAL, "chat:-1/7"))) == "-1/7"
    office.workplace.act(lambda desk: chat.chat_moved(desk, "telegram", "-200", "-1"))  # in a circle: it ends
    assert office.workplace.look(lambda desk: chat.place_of(desk, ALL, "chat:-1")) is not None


def test_a_stranger_is_answered_a_few_times_and_others_all_the_same(office: Bureau) -> None:
    for n in range(6):
        office.workplace.act(lambda desk, k=n: chat.refuse(desk, Place("9"), "请先绑定", key=f"r{k}"))
    office.workplace.act(lambda desk: chat.refuse(desk, Place("8"), "请先绑定", key="other"))
    assert len(office.told("chat:9")) == chat.TOO_MANY and len(office.told("chat:8")) == 1
    office.workplace.act(lambda desk: announce.tell(desk, "supervisor", "话"))
    assert office.workplace.look(lambda desk: memo.CHAT_TROUBLE.all(desk.session)) == {}
