"""A message becomes a case, part of one, or small talk."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.register import citizens, deliveries, pushes, register
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.register.states import DeliveryState, Purpose
from cases.register.tables import Case, Citizen, Danger, Delivery, KeptPush, Media, Message, Outbox, Staff
from cases.sending import announce
from cases.steps import receive, reply
from classifier.triage import Triage, built_in
from tests.builders import ACCOUNT, MONDAY, Bureau, a_triage, by_words


@pytest.mark.parametrize(
    ("text", "category", "due_on"),
    [
        ("表扬公交司机", "praise", "2026-03-09"),
        ("请问水管多久修好", "advice_inquiry", "2026-03-16"),
        ("投诉噪音", "complaint", "2026-03-30"),
    ],
)
def test_every_message_becomes_a_case_with_number_and_due_date(
    bureau: Bureau, text: str, category: str, due_on: str
) -> None:
    case = bureau.case(bureau.a_case(text))
    assert (case.no, case.category, str(case.due_on)) == ("20260302-0001", category, due_on)
    assert case.status == "new" and case.received_at == case.clock_from == MONDAY


def test_the_topic_chooses_the_department(bureau: Bureau) -> None:
    assert bureau.case(bureau.a_case("水管坏了")).department_id == 1
    assert bureau.case(bureau.a_case("公交晚点")).department_id == 2
    assert bureau.case(bureau.a_case("请问办证")).department_id is None


def test_the_number_bears_the_office_date_of_registration_not_of_receipt(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 3, 0, 30)  # still the second in UTC
    no = bureau.a_case(sent_at=MONDAY)
    assert no == "20260303-0001"
    assert str(bureau.case(no).due_on) == "2026-03-16"  # counted from receipt


@pytest.mark.parametrize(
    ("back", "kept"),
    [(timedelta(days=180), True), (timedelta(days=181), False), (-timedelta(minutes=1), False)],
)
def test_the_time_of_receipt_is_believed_within_180_days(bureau: Bureau, back: timedelta, kept: bool) -> None:
    case = bureau.case(bureau.a_case(sent_at=bureau.clock.now - back))
    assert case.received_at == (bureau.clock.now - back if kept else bureau.clock.now)


def test_the_text_is_kept_masked_and_its_original_sealed(bureau: Bureau) -> None:
    text = "我叫张三，电话13812345678，\x00\ud800投诉"
    bureau.a_case(text)
    (message,) = bureau.rows(Message)
    assert "13812345678" not in message.masked
    assert bureau.workplace.office.vault.open(message.sealed) == text
    assert b"13812345678" not in message.sealed
    (citizen,) = bureau.rows(Citizen)
    assert "citizen-" not in citizen.openid_hash and b"citizen-" not in citizen.openid_sealed


def test_further_messages_within_the_window_of_the_last_one_join(bureau: Bureau) -> None:
    first = bureau.a_case("水管坏了", "amy")
    for _ in range(3):
        bureau.clock.advance(seconds=300)
        assert isinstance(bureau.writes("还在漏", "amy"), receive.Joined)
    bureau.clock.advance(seconds=301)
    assert bureau.a_case("请问公交", "amy") != first
    assert len(bureau.rows(Message, case_id=bureau.case(first).id)) == 4


def _asked(bureau: Bureau, no: str) -> None:
    """Our question about a case has reached its citizen."""
    bureau.claim("张工", no)
    bureau.approve("李科长", bureau.draft("张工", no, "请问是几号楼的水管？", Purpose.QUESTION))
    (sent,) = bureau.rows(Delivery, kind=Purpose.QUESTION)

    def reached(desk: Desk) -> None:
        reply.delivered(desk, deliveries.by_id(desk, sent.id), DeliveryState.SENT, "customer_message")

    bureau.workplace.act(reached)


def test_what_comes_next_after_a_question_of_ours_answers_it(bureau: Bureau) -> None:
    first = bureau.a_case("水管坏了", "amy")
    bureau.clock.advance(hours=2)
    other = bureau.a_case("公交晚点", "amy")
    bureau.clock.advance(hours=2)
    _asked(bureau, first)
    bureau.clock.advance(hours=20)
    assert bureau.a_case("三号楼", "bob") not in (first, other)
    answer = bureau.writes("三号楼", "amy")
    assert isinstance(answer, receive.Joined) and answer.case.no == first
    bureau.clock.advance(seconds=301)
    assert bureau.a_case("请问办证", "amy") not in (
        first,
        other,
    )  # the question is answered: the window counts


def test_a_question_not_yet_read_or_long_ago_takes_no_message(bureau: Bureau) -> None:
    first = bureau.a_case("水管坏了", "amy")
    bureau.claim("张工", first)
    bureau.approve("李科长", bureau.draft("张工", first, "请问是几号楼的水管？", Purpose.QUESTION))
    bureau.clock.advance(hours=1)
    second = bureau.a_case("公交晚点", "amy")  # it waits to be handed over
    assert second != first
    bureau.clock.advance(hours=1)
    (sent,) = bureau.rows(Delivery, kind=Purpose.QUESTION)
    bureau.workplace.act(
        lambda desk: reply.delivered(desk, deliveries.by_id(desk, sent.id), DeliveryState.HANDED_OVER)
    )
    bureau.clock.advance(days=8)
    assert bureau.a_case("三号楼", "amy") not in (first, second)


def test_another_citizen_account_or_channel_never_joins(bureau: Bureau) -> None:
    bureau.a_case("水管坏了", "amy")
    bureau.a_case("水管坏了", "bob")
    bureau.a_case("水管坏了", "amy", channel="comment")
    other = receive.Incoming("gh_other", "amy", "水管坏了", bureau.clock.now)
    bureau.workplace.act(lambda desk: receive.receive(desk, other, by_words("水管坏了")))
    assert len(bureau.rows(Case)) == 4


def test_a_comment_in_between_does_not_part_a_conversation(bureau: Bureau) -> None:
    first = bureau.a_case("水管坏了", "amy")
    bureau.a_case("写得好", "amy", channel="comment")
    assert bureau.a_case("还在漏", "amy") == first


def test_after_a_released_answer_a_message_is_a_case_of_its_own(bureau: Bureau) -> None:
    no = bureau.answered(openid="amy")
    assert bureau.a_case("谢谢，再问水管", "amy") != no


def test_messages_out_of_order_do_not_shorten_the_window(bureau: Bureau) -> None:
    first = bureau.a_case("水管坏了", "amy")
    bureau.clock.advance(seconds=10)
    late = bureau.clock.now - timedelta(seconds=200)
    assert bureau.a_case("早先发的", "amy", sent_at=late) == first
    bureau.clock.advance(seconds=280)
    assert bureau.a_case("还在漏", "amy") == first


def test_chit_chat_is_kept_without_a_case_and_staff_can_make_one_of_it(bureau: Bureau) -> None:
    outcome = bureau.writes("你好", "amy")
    assert isinstance(outcome, receive.SmallTalk)
    assert bureau.rows(Case) == []
    bureau.clock.advance(days=1)

    def step(desk: Desk, staff: Staff) -> Case:
        return receive.small_talk_to_case(desk, outcome.message.id or 0, staff=staff)

    case = bureau.act("张工", step)
    assert case.received_at == MONDAY and case.no == "20260303-0001"
    assert case.no in bureau.notices()[0] and str(case.due_on) in bureau.notices()[0]
    with pytest.raises(Stale, match="已经立件"):
        bureau.act("张工", step)


def test_chit_chat_from_a_comment_or_in_an_image_is_a_case(bureau: Bureau) -> None:
    assert isinstance(bureau.writes("你好", channel="comment"), receive.Registered)
    assert isinstance(bureau.writes("", kind="image", judged=a_triage(chitchat=True)), receive.Registered)


def test_files_are_fetched_by_their_id(bureau: Bureau) -> None:
    bureau.a_case("", kind="image", media=(receive.IncomingMedia("image", "M1"),))
    (media,), (row,) = bureau.rows(Media), bureau.rows(Outbox, lane="media")
    assert row.payload == {"media_id": media.id, "account": ACCOUNT}


def test_flags_only_rise(bureau: Bureau) -> None:
    no = bureau.a_case("我要跳楼", "amy")
    assert bureau.writes("没事了", "amy").danger is False  # type: ignore[union-attr]
    assert bureau.case(no).urgent
    bureau.writes("有人威胁我", "amy")
    case = bureau.case(no)
    assert case.urgent and case.sensitive


def test_danger_in_an_addition_is_told_at_once_also_on_a_sensitive_case(bureau: Bureau) -> None:
    no = bureau.a_case("有人威胁我", "amy")
    assert len(bureau.told("supervisor", "敏感")) == 1
    bureau.clock.advance(seconds=60)
    bureau.writes("我要跳楼", "amy")
    assert bureau.alarms() == [bureau.case(no).id]
    case = bureau.case(no)
    assert case.first_answer_due_at is not None and str(case.due_on) == "2026-03-16"


@pytest.mark.parametrize(
    ("line", "urgent"),
    [
        ("是由东向北那个，今天早上还是不亮。", False),
        ("麻烦快一点", False),
        ("灯杆砸到人了，头在流血", True),
        ("救命", True),
    ],
)
def test_a_further_line_is_judged_beside_its_letter(bureau: Bureau, line: str, urgent: bool) -> None:
    classifier = built_in()
    office = bureau.with_office(triage=classifier.triage, further=classifier.further)
    letter = "路口的红绿灯右转灯坏了一周，早高峰天天堵一公里，请尽快来修！"
    no = office.a_case(letter, "amy", judged=classifier.triage(letter))
    judged = classifier.triage(line)
    joined = office.writes(line, "amy", judged=judged)
    assert isinstance(joined, receive.Joined) and joined.case.no == no
    assert joined.danger == urgent == office.case(no).urgent
    assert len(office.rows(Danger)) == urgent


@pytest.mark.parametrize("urgent", [False, True])
def test_an_alarm_that_was_called_off_beside_the_letter_is_told_once_to_a_person(
    bureau: Bureau, urgent: bool
) -> None:
    office = bureau.with_office(further=lambda judged, text, before: replace(judged, urgent=urgent))
    no = office.a_case("公园里人太多，没人管", "amy")
    office.writes("孩子丢了，快", "amy", judged=a_triage(urgent=True))
    told = office.told(announce.SUPERVISORS, "疑似险情")
    assert office.case(no).urgent == urgent and len(told) == (not urgent)
    assert urgent or (no in told[0] and "孩子丢了" in told[0])


def test_a_further_line_to_a_photo_or_to_a_danger_stands_as_judged(bureau: Bureau) -> None:
    asked: list[str] = []

    def further(judged: Triage, text: str, before: str) -> Triage:
        asked.append(before)
        return replace(judged, urgent=False)

    office = bureau.with_office(further=further)
    photo = office.a_case("[图片]", "amy", kind="image")
    office.writes("有人要跳楼", "amy")
    office.writes("还在跳楼", "amy")
    assert asked == [] and office.case(photo).urgent
    office.a_case("水管坏了", "bob")
    office.writes("跳楼机也坏了", "bob")
    assert asked == ["水管坏了"]


def test_an_addition_that_makes_a_case_urgent_days_later_gets_a_whole_working_day(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", "amy")
    bureau.clock.set(2026, 3, 5)

    def add(desk: Desk) -> None:
        citizen = citizens.at(desk, ACCOUNT, "amy")
        case = desk.session.get_one(Case, 1)
        more = receive.Incoming(ACCOUNT, "amy", "我要跳楼", desk.now)
        receive.add_to(desk, citizen, case, more, by_words(more.text))

    bureau.workplace.act(add)
    first = bureau.case(no).first_answer_due_at
    assert (
        first is not None
        and first.astimezone(bureau.workplace.office.zone).isoformat()[:16] == "2026-03-07T00:00"
    )


def test_an_accusation_goes_to_no_department(bureau: Bureau) -> None:
    case = bureau.case(bureau.a_case("举报局长，水管也坏了"))
    assert case.accusation and case.department_id is None


def test_an_accusation_added_to_a_case_is_not_seen_by_whoever_works_on_that(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", "amy")
    bureau.claim("张工", no)
    bureau.draft("张工", no, "水管周五修好。")

    def add(desk: Desk) -> receive.Outcome:
        citizen = citizens.at(desk, ACCOUNT, "amy")
        more = receive.Incoming(ACCOUNT, "amy", "举报局长和张工收钱", desk.now)
        return receive.add_to(
            desk, citizen, register.by_number(desk, no), more, by_words("举报局长和张工收钱")
        )

    own = bureau.workplace.act(add)
    assert isinstance(own, receive.Registered) and own.case.no != no
    assert bureau.case(own.case.no).accusation and bureau.case(own.case.no).handler_id is None
    before = bureau.case(no)
    assert (before.accusation, before.department_id, before.status) == (False, 1, "in_review")
    assert [message.case_id for message in bureau.rows(Message)] == [before.id, own.case.id]
    cards = [row.payload for row in bureau.rows(Outbox, kind="case_card", target=f"case:{before.id}")]
    assert "局长" not in str(cards)


def test_an_accusation_in_another_matter_s_window_is_a_case_of_its_own(bureau: Bureau) -> None:
    lamp = bureau.a_case("水管坏了", "amy")
    accusation = bureau.a_case("举报局长", "amy")
    assert accusation != lamp and bureau.case(accusation).accusation
    assert bureau.case(lamp).department_id == 1 and not bureau.case(lamp).accusation
    assert bureau.a_case("举报局长收红包", "amy") == accusation


@pytest.mark.parametrize("kind", ["image", "voice", "location", "link", "video"])
def test_what_comes_without_words_waits_for_a_person_and_for_a_sentence(bureau: Bureau, kind: str) -> None:
    text = {"voice": "[语音]", "location": "[位置] 水管路 1 号"}.get(kind, "[图片] 水管")
    judged = by_words("水管 投诉")
    no = bureau.a_case(text, "amy", kind=kind, judged=judged)
    case = bureau.case(no)
    assert case.needs_review and case.confidence < 0.5
    assert (case.department_id, case.topic) == (None, "")
    bureau.clock.advance(minutes=30)
    assert bureau.a_case("请问水管多久修好", "amy") == no
    case = bureau.case(no)
    assert (case.category, case.needs_review, case.topic) == ("advice_inquiry", False, "城乡建设")
    assert case.department_id == 1
    bureau.clock.advance(minutes=30)
    assert bureau.a_case("请问公交几点", "amy") != no


def test_a_spoken_sentence_is_judged_like_a_written_one(bureau: Bureau) -> None:
    case = bureau.case(bureau.a_case("水管坏了", kind="voice"))
    assert not case.needs_review and case.department_id == 1


def test_the_category_may_change_until_the_case_is_claimed(bureau: Bureau) -> None:
    no = bureau.a_case("水管坏了", "amy")
    joined = bureau.writes("我要投诉", "amy")
    assert isinstance(joined, receive.Joined) and joined.due_moved
    assert (bureau.case(no).category, str(bureau.case(no).due_on)) == ("complaint", "2026-03-30")
    other = bureau.a_case("水管坏了", "bob")
    bureau.claim("张工", other)
    bureau.writes("我要投诉", "bob")
    assert bureau.case(other).category == "advice_inquiry"


def test_a_push_is_answered_once_and_again_with_the_same_words(bureau: Bureau) -> None:
    def push(desk: Desk) -> str:
        known = pushes.reply_to(desk, "msg:1")
        if known is None:
            known = f"回执 {desk.now}"
            pushes.keep(desk, "msg:1", known)
        return known

    first = bureau.workplace.act(push)
    bureau.clock.advance(hours=1)
    assert bureau.workplace.act(push) == first
    assert len(bureau.rows(KeptPush)) == 1
