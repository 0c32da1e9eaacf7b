"""Letters of another register: groups in one transaction, a bad row refused and the rest kept."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from cases.register import sources
from cases.register.desk import COMMAND_LINE
from cases.register.tables import Case, Message
from cases.steps import collect, receive, transcribe
from cases.steps.transcribe import Transcribed, Transcript
from tests.builders import ACCOUNT, MONDAY, Bureau, by_words

WAYS = ("wechat", "comment")


def letter(
    text: str,
    openid: str = "amy",
    category: str | None = None,
    account: str = ACCOUNT,
    channel: str = "wechat",
) -> Transcript:
    incoming = receive.Incoming(account, openid, text, MONDAY - timedelta(days=400), channel=channel)
    return Transcript(incoming, by_words(text), category)


def take(bureau: Bureau, *letters: Transcript) -> list[Transcribed]:
    return list(transcribe.take(bureau.workplace, letters, COMMAND_LINE))


def test_a_letter_keeps_its_receipt_and_is_never_answered_by_itself(bureau: Bureau) -> None:
    (taken,) = take(bureau, letter("你好", category="complaint"))
    case = bureau.case(taken.no)
    assert (case.received_at, case.category, case.status) == (
        MONDAY - timedelta(days=400), "complaint", "new",
    )  # fmt: skip
    assert case.settled


def test_one_letter_that_cannot_be_written_costs_nothing_but_itself(bureau: Bureau) -> None:
    spoilt = letter("第二封", account="gh\ud800")  # no database takes it
    taken = take(bureau, letter("第一封"), spoilt, letter("第三封", "bob"))
    assert [bool(each.no) for each in taken] == [True, False, True]
    assert "写不进" in taken[1].refused
    assert [row.masked for row in bureau.rows(Message)] == ["第一封", "第三封"]
    assert len(bureau.rows(Case)) == 2


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"account": "gh\x00"}, "account"), ({"openid": "a\x00b"}, "openid"), ({"openid": " "}, "不能为空"),
        ({"text": ""}, "不能为空"), ({"sent_at": MONDAY + timedelta(days=1)}, "晚于现在"), ({"openid": "o" * 300}, "openid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_before_anything_is_written(changed: dict[str, object], why: str) -> None:
    fields: dict[str, object] = {"account": ACCOUNT, "openid": "amy", "text": "投诉", "sent_at": MONDAY}
    incoming = receive.Incoming(**{**fields, **changed})  # type: ignore[arg-type]
    assert why in transcribe.why_not(incoming, None, MONDAY, WAYS)
    assert "类别" in transcribe.why_not(
        receive.Incoming(ACCOUNT, "amy", "投诉", MONDAY), "rubbish", MONDAY, WAYS
    )


def test_letters_of_the_office_s_other_channels_are_answered_through_them(bureau: Bureau) -> None:
    source, _ = bureau.workplace.act(lambda desk: sources.add(desk, sources.NewSource("网站")))
    ways = bureau.workplace.look(transcribe.ways_in)
    web = letter("投诉水管", channel="api:网站", account="api:网站")
    assert transcribe.why_not(web.incoming, None, MONDAY, ways) == ""
    for unknown in ("api:没有", "api:", "weibo", ""):
        other = letter("投诉水管", channel=unknown).incoming
        assert "channel" in transcribe.why_not(other, None, MONDAY, ways)
    (taken,) = take(bureau, web)
    bureau.claim("张工", taken.no)
    bureau.approve("李科长", bureau.draft("张工", taken.no, "水管将在本周内修好。"))
    page = collect.collect(bureau.workplace, source.id or 0, "", 10)
    assert [(one.no, one.user) for one in page.answers] == [(taken.no, "amy")]


def test_letters_that_are_cases_already_are_told_by_their_numbers(bureau: Bureau) -> None:
    first, second = take(bureau, letter("投诉水管"), letter("投诉路灯", "bob"))
    again = take(bureau, letter("投诉路灯", "bob"), letter("投诉噪音"), letter("投诉水管", category="praise"))
    assert [each.known for each in again] == [True, False, True]
    assert (again[0].no, again[2].no) == (second.no, first.no)
    assert len(bureau.rows(Case)) == len(bureau.rows(Message)) == 3


def test_a_line_that_stands_there_twice_is_one_case(bureau: Bureau) -> None:
    one, same = take(bureau, letter("投诉水管"), letter("投诉水管"))
    assert (one.known, same.known, same.no) == (False, True, one.no)
    assert len(bureau.rows(Case)) == 1


def test_other_words_another_moment_writer_or_channel_is_another_letter(bureau: Bureau) -> None:
    later = letter("投诉水管")
    later = replace(later, incoming=replace(later.incoming, sent_at=MONDAY - timedelta(days=399)))
    comment = letter("投诉水管", channel="comment")
    others = [letter("投诉水管。"), later, letter("投诉水管", "bob"), comment]
    taken = take(bureau, letter("投诉水管"), *others)
    assert not any(each.known for each in taken) and len({each.no for each in taken}) == 5


def test_the_same_moment_in_another_zone_is_the_same(bureau: Bureau) -> None:
    first = letter("投诉水管")
    here = first.incoming.sent_at.astimezone(timezone(timedelta(hours=8)))
    moved = replace(first, incoming=replace(first.incoming, sent_at=here))
    assert [each.known for each in (*take(bureau, first), *take(bureau, moved))] == [False, True]
