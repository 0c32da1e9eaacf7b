"""The small records of the register: what is noted is read again as it was, and nothing else is touched."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.lists import saved
from cases.register import (
    articles,
    channels,
    citizens,
    deliveries,
    files,
    measures,
    memo,
    nudges,
    proposals,
    questions,
    rows,
)
from cases.register.columns import TextList, UtcTime
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.kinds import QuestionKind as Kind
from cases.register.memo import Tries, Trouble
from cases.register.questions import Question
from cases.register.tables import Case, Citizen, Delivery, Media, Staff
from tests.builders import SHANGHAI, Bureau

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
FAMILIES = [
    (memo.MODEL_IN_USE, "20260506-1"), (memo.SWEPT_AT, NOON),
    (memo.DATACUBE, date(2026, 3, 1)), (memo.JOIN_TRIES, Tries("2026030212", 3)),
    (memo.CHAT_TROUBLE, Trouble(NOON, "chat not found: 群 已解散")),
    (memo.DEMO, {"played": [1, 2]}), (memo.AUDIT_KEYS, [{"upto": 3, "key": "x"}]),
]  # fmt: skip


@pytest.mark.parametrize(("family", "value"), FAMILIES, ids=lambda each: getattr(each, "key", ""))
def test_a_note_is_read_as_it_was_by_its_name_alone(
    office: Bureau, family: memo.Family, value: object
) -> None:  # type: ignore[type-arg]
    def step(desk: Desk) -> None:
        assert family.of(desk.session, "a") == family.nothing
        family.put(desk.session, value, "a")
        family.put(desk.session, value)
        desk.session.flush()
        assert family.of(desk.session, "a") == family.of(desk.session) == value
        assert family.of(desk.session, "b") == family.nothing
        assert family.all(desk.session) == {"a": value}
        family.put(desk.session, family.nothing, "a")
        desk.session.flush()
        assert family.of(desk.session, "a") == family.nothing and family.all(desk.session) == {}
        family.end(desk.session, "a")
        family.end(desk.session, "never")

    office.workplace.act(step)
    assert office.workplace.look(lambda desk: family.of(desk.session)) == value


@given(st.text(max_size=40), st.text(max_size=40))
def test_words_come_back_in_their_order(one: str, other: str) -> None:
    for several in ((), (one,), (one, other), (other, one)):
        assert TextList.read(TextList.written(several)) == several
    assert TextList.written(()) == ""


@given(st.integers(0, 3_000_000_000))
def test_a_time_is_kept_in_utc_and_a_naive_one_is_refused(seconds: int) -> None:
    at = (NOON + timedelta(seconds=seconds)).replace(tzinfo=None)
    kept = UtcTime().process_bind_param(at.replace(tzinfo=SHANGHAI), None)  # type: ignore[arg-type]
    assert kept is not None and kept.utcoffset() == timedelta(0) and kept == at.replace(tzinfo=SHANGHAI)
    assert UtcTime().process_result_value(kept.replace(tzinfo=None), None) == kept  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="naive"):
        UtcTime().process_bind_param(at, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "lane", "private", "title"),
    [
        ("wechat", "citizen", True, "公众号消息"),
        ("comment", "comment", False, "图文留言"),
        ("api:热线", "api", True, "热线"),
    ],
)
def test_a_channel_says_what_it_can(name: str, lane: str, private: bool, title: str) -> None:
    found = channels.channel(name)
    assert (found.lane, found.private, channels.title(name)) == (lane, private, title)
    assert found.window is found.commands is (name == "wechat")
    if not private:
        assert not (found.joins or found.small_talk or found.answers_itself or found.notices)


def test_a_channel_that_was_never_built_is_an_error() -> None:
    with pytest.raises(KeyError):
        channels.channel("fax")
    assert channels.title("fax") == "fax"


def on_citizen(office: Bureau, step: object) -> object:
    def there(desk: Desk) -> object:
        citizen = desk.session.get_one(Citizen, 1)
        return step(desk, citizen)  # type: ignore[operator]

    return office.workplace.act(there)


def asked(office: Bureau, no: str, kind: Kind, minutes: int = 10) -> Question:
    until = office.clock.now + timedelta(minutes=minutes)
    return Question(kind, office.case(no).id or 0, until, None, ("e1", "e2"), 0.75)


def test_the_last_question_stands_until_its_time_or_the_next_words(office: Bureau) -> None:
    no = office.a_case()
    belongs, choose = asked(office, no, Kind.BELONGS), asked(office, no, Kind.CHOOSE)
    on_citizen(office, lambda desk, citizen: questions.put(desk, citizen, belongs))
    on_citizen(office, lambda desk, citizen: questions.put(desk, citizen, choose))
    assert on_citizen(office, lambda desk, citizen: questions.standing(desk, citizen, Kind.BELONGS)) is None
    assert on_citizen(office, lambda desk, citizen: questions.standing(desk, citizen, Kind.CHOOSE)) == choose
    office.clock.advance(minutes=11)
    assert on_citizen(office, lambda desk, citizen: questions.standing(desk, citizen, Kind.CHOOSE)) is None
    assert on_citizen(office, questions.take) == choose
    assert on_citizen(office, questions.take) is None


def test_pages_are_kept_sealed_and_the_window_is_counted(office: Bureau) -> None:
    office.a_case()
    on_citizen(office, lambda desk, citizen: citizens.keep_pages(desk, citizen, "第二页"))
    assert on_citizen(office, citizens.pages) == "第二页"
    assert "第二页".encode() not in (office.rows(Citizen)[0].pages_sealed or b"")
    on_citizen(office, lambda desk, citizen: citizens.keep_pages(desk, citizen, ""))
    assert on_citizen(office, citizens.pages) == ""
    for _ in range(2):
        office.workplace.act(lambda desk: citizens.one_more_sent(desk, 1))
    office.workplace.act(lambda desk: citizens.window_used(desk, 1, 1))
    assert office.rows(Citizen)[0].sent_in_window == 2
    office.workplace.act(lambda desk: citizens.window_used(desk, 1, 5))
    office.workplace.act(lambda desk: citizens.window_used(desk, 99, 5))
    assert office.rows(Citizen)[0].sent_in_window == 5
    on_citizen(office, lambda desk, citizen: citizens.follows(desk, citizen, False))
    assert not office.rows(Citizen)[0].following
    with pytest.raises(NotFound):
        office.workplace.look(lambda desk: citizens.by_id(desk, None))
    with pytest.raises(NotFound):
        office.workplace.look(lambda desk: citizens.by_id(desk, 99))


@pytest.mark.parametrize(
    ("said", "why", "then"),
    [
        ("", "", ""), ("", "超时", "超时"), ("超时", "", ""), ("超时", "拒绝", "拒绝"),
        ("D", "", "D"), ("D", "拒绝", "D；拒绝"), ("D；超时", "拒绝", "D；拒绝"),
        ("D", "D", "D"),
    ],
)  # fmt: skip
def test_a_doubt_that_was_there_once_stays(said: str, why: str, then: str) -> None:
    said, why, then = (each.replace("D", deliveries.MAY_BE_TWICE) for each in (said, why, then))
    assert deliveries.said_of(Delivery(error=said), why) == then
    assert len(deliveries.said_of(Delivery(error=said), "长" * 900)) <= 500


def test_deliveries_are_found_and_what_is_not_there_is_said(office: Bureau) -> None:
    office.answered()
    act = office.workplace.act
    assert act(lambda desk: deliveries.answer_pending(desk, desk.session.get_one(Citizen, 1)))
    act(lambda desk: deliveries.tried(desk, 1, "超时", 3))
    act(lambda desk: deliveries.doubt(desk, 1))
    row = office.rows(Delivery)[0]
    assert (row.attempts, row.error) == (3, deliveries.MAY_BE_TWICE)
    assert not act(lambda desk: deliveries.posted(desk, 1))
    assert act(lambda desk: deliveries.find(desk, None)) is None
    for missing in (None, 0, 99):
        with pytest.raises(NotFound):
            act(lambda desk, missing=missing: deliveries.by_id(desk, missing))


@pytest.mark.parametrize("number", ["", " ", "abc", "1a", "²", "-1", "1.5"])
def test_an_article_has_a_number(office: Bureau, number: str) -> None:
    with pytest.raises(Invalid, match="数字"):
        office.workplace.act(lambda desk: articles.add(desk, "gh_office", number))


def test_an_article_is_added_once_for_each_place_in_its_issue(office: Bureau) -> None:
    for account, number, idx in (("a", "7", 0), ("a", " 7 ", 0), ("a", "7", 1), ("b", "7", 0)):
        office.workplace.act(lambda desk, a=account, n=number, i=idx: articles.add(desk, a, n, i))
    found = office.workplace.look(articles.listed)
    assert [(row.account, row.msg_data_id, row.idx) for row in found] == [
        ("a", "7", 0),
        ("a", "7", 1),
        ("b", "7", 0),
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("请到三楼办理。", "请到三楼办理。 ", "未作改动"), ("", "", "未作改动"),
        ("请到三楼。", "请到四楼。", "保留 80%，删去「三」，改写或增加「四」"),
        ("请到三楼。", "", "保留 0%，删去「请到三楼。」"), ("", "请到三楼。", "保留 0%，改写或增加「请到三楼。」"),
        ("请到三楼。", "请到三楼。谢谢", "保留 100%，改写或增加「谢谢」"),
    ],
)  # fmt: skip
def test_what_a_person_made_of_a_proposal(before: str, after: str, told: str) -> None:
    assert proposals.changed(before, after) == told


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_change_is_told_in_a_line(before: str, after: str) -> None:
    told = proposals.changed(before, after)
    assert told and "\n" not in told and len(told) < 200
    assert (told == "未作改动") is (before.strip() == after.strip())


def test_a_trouble_of_the_model_keeps_its_beginning_and_ends(office: Bureau) -> None:
    act, look = office.workplace.act, office.workplace.look
    assert look(proposals.trouble) is None
    act(lambda desk: proposals.note_trouble(desk, "连接超时" * 90))
    began = office.clock.now
    office.clock.advance(minutes=5)
    act(lambda desk: proposals.note_trouble(desk, "又一次"))
    found = look(proposals.trouble)
    assert found is not None and found.since == began and len(found.why) <= 200
    act(lambda desk: proposals.note_trouble(desk, ""))
    act(lambda desk: proposals.note_trouble(desk, ""))
    assert look(proposals.trouble) is None


def test_who_urged_last_stands_by_number(office: Bureau) -> None:
    one, other = office.a_case(), office.a_case()
    for name in ("张工", "李科长"):
        office.on(name, one, lambda desk, staff, case: desk.audit(nudges.NUDGE, f"case:{case.no}"))
        office.clock.advance(minutes=1)
    found = office.workplace.look(lambda desk: nudges.latest(desk, [one, other, "nothing"]))
    assert list(found) == [one] and found[one].by == "李科长"
    assert office.workplace.look(lambda desk: nudges.latest(desk, [])) == {}


def test_views_are_saved_by_name_and_belong_to_one_person(office: Bureau) -> None:
    office.act("张工", lambda desk, staff: saved.save(desk, staff, "  我的  逾期 ", "?status=overdue"))
    office.act("张工", lambda desk, staff: saved.save(desk, staff, "我的 逾期", "?status=soon"))
    (view,) = office.act("张工", saved.of)
    assert (view.name, view.address) == ("我的 逾期", "?status=soon")
    assert office.act("刘工", saved.of) == []
    with pytest.raises(NotFound):
        office.act("刘工", lambda desk, staff: saved.forget(desk, staff, view.id or 0))
    for name in ("", "  ", "长" * 41):
        with pytest.raises(Invalid, match="名称"):
            office.act("张工", lambda desk, staff, name=name: saved.save(desk, staff, name, "?"))

    def fill(desk: Desk, staff: Staff) -> None:
        for number in range(saved.MOST):
            saved.save(desk, staff, f"第{number}个", "?")
            desk.session.flush()

    with pytest.raises(Invalid, match="最多"):
        office.act("张工", fill)
    office.act("张工", lambda desk, staff: saved.forget(desk, staff, view.id or 0))
    office.act("张工", fill)
    assert len(office.act("张工", saved.of)) == saved.MOST


def test_rows_have_keys_once_they_are_written(office: Bureau) -> None:
    with pytest.raises(LookupError, match="Case"):
        rows.id_of(Case())
    office.a_case()
    assert rows.id_of(office.rows(Case)[0]) == 1
    assert rows.table_of(Case).name == rows.table_of(Case()).name == "cases"


def test_what_became_of_a_file_is_noted_and_of_none_nothing(office: Bureau) -> None:
    from cases.steps.receive import IncomingMedia

    office.writes("看照片", media=(IncomingMedia("image", "m1"),))
    office.workplace.act(lambda desk: files.note(desk, 1, state="kept", size=7))
    office.workplace.act(lambda desk: files.note(desk, 99, state="kept"))
    assert [(row.state, row.size) for row in office.rows(Media)] == [("kept", 7)]


@pytest.mark.parametrize("raises", [True, False])
def test_a_block_is_timed_however_it_ends(raises: bool) -> None:
    def count() -> float:
        return measures.REGISTRY.get_sample_value("huiyin_judging_seconds_count") or 0.0

    before = count()
    try:
        with measures.timed(measures.JUDGING):
            if raises:
                raise KeyError
    except KeyError:
        pass
    assert count() == before + 1


def test_marks_of_a_proposal_are_shown_while_their_words_stand(office: Bureau) -> None:
    from cases.register.tables import Draft, Proposal

    no = office.a_case()
    office.claim("张工", no)
    office.draft("张工", no, "请带8000元。")
    marks = [
        {"words": "8000", "kind": "数字", "why": "没有出处"},
        {"words": "3月5日", "kind": "日期", "why": "没有出处"},
    ]

    def step(desk: Desk) -> tuple[list[str], str]:
        draft = desk.session.get_one(Draft, 1)
        plain = proposals.told(desk, draft)
        row = Proposal(
            case_id=1,
            staff_id=office.ids["张工"],
            model="m1",
            masked="请带9000元。",
            marks=json.dumps(marks),
            at=desk.now,
            text_sealed=b"",
        )
        desk.session.add(row)
        desk.session.flush()
        draft.proposal_id = row.id
        found = [mark["words"] for mark in proposals.unchecked(desk, draft, "请带8000元。")]
        assert plain == "" and proposals.missed(draft) == []
        proposals.note_missed(desk, draft, ["几号办？"])
        assert proposals.missed(draft) == ["几号办？"]
        return found, proposals.told(desk, draft)

    found, told = office.workplace.act(step)
    assert found == ["8000"] and "m1" in told and "改写或增加「8」" in told
