"""The signed door: whatever is altered is refused, whatever is sealed is read back, whatever is XML is bounded."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.wechat import parsing
from bot.wechat.accounts import Account
from tests.fakes import wechat

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
TOKEN, APP_ID, KEY, OLD = "token-1", "wx-1", "A" * 43, "B" * 43
SEALED = Account(APP_ID, "", TOKEN, KEY)
PLAIN = Account(APP_ID, "", TOKEN, "")
ROTATING = Account(APP_ID, "", TOKEN, KEY, OLD)
words = st.text(alphabet="路灯亮]>&<\"' \n😀𠮷", min_size=1, max_size=60)


def a_push(
    content: str = "停水了", key: str = KEY, app_id: str = APP_ID, at: datetime = START
) -> wechat.Signed:
    return wechat.encrypted(
        TOKEN, key, app_id, wechat.push_xml("ann", "text", at, Content=content, MsgId="7"), at
    )


@settings(max_examples=40)
@given(words)
def test_what_is_sealed_is_read_back(content: str) -> None:
    signed = a_push(content)
    push = parsing.read_push(SEALED, signed.query, signed.body, START)
    assert (push.text, push.openid, push.opened_with) == (content, "ann", KEY)
    assert push.identity == "message\nann\n7" and KEY not in repr(push)


@settings(max_examples=40)
@given(words)
def test_a_passive_reply_is_the_xml_of_its_text(text: str) -> None:
    signed = a_push()
    push = parsing.read_push(SEALED, signed.query, signed.body, START)
    read = ElementTree.fromstring(parsing.passive(push, text, START))
    assert (read.findtext("Content"), read.findtext("ToUserName")) == (text, "ann")
    assert read.findtext("FromUserName") == "gh_office" and read.findtext("CreateTime") == str(
        int(START.timestamp())
    )


@pytest.mark.parametrize("name", ["timestamp", "nonce", "msg_signature"])
@pytest.mark.parametrize("change", [lambda v: v + "0", lambda v: v[:-1], lambda _: "", lambda v: "ä" + v])
def test_an_altered_query_is_refused(name: str, change: Callable[[str], str]) -> None:
    signed = a_push()
    query = {**signed.query, name: change(signed.query[name])}
    with pytest.raises(parsing.BadSignature) as refused:
        parsing.read_push(SEALED, query, signed.body, START)
    assert refused.value.status == 403


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9])
def test_an_altered_body_is_refused_before_it_is_opened(at: float) -> None:
    signed = a_push()
    body = bytearray(signed.body)
    start = body.index(b"<Encrypt><![CDATA[") + 18
    place = start + int((body.index(b"]]>", start) - start) * at)
    body[place] = ord("A") if body[place] != ord("A") else ord("B")
    with pytest.raises(parsing.BadSignature):
        parsing.read_push(SEALED, signed.query, bytes(body), START)


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(0, True), (599, True), (600, True), (601, False), (-600, True), (-601, False)]
)
def test_what_is_ten_minutes_off_is_stale(seconds: int, fresh: bool) -> None:
    signed = a_push(at=START + timedelta(seconds=seconds))
    if fresh:
        assert parsing.read_push(SEALED, signed.query, signed.body, START).text == "停水了"
    else:
        with pytest.raises(parsing.StalePush, match=re.escape(f"{seconds:+}")) as stale:
            parsing.read_push(SEALED, signed.query, signed.body, START)
        assert stale.value.ahead == seconds


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "１７７２４１２４００", "9" * 13, " 1772412400", "0x1"])
def test_a_time_that_is_no_number_is_refused(stamp: str) -> None:
    with pytest.raises(parsing.BadSignature):
        parsing.check_fresh(stamp, START)


def test_while_a_key_is_changed_each_push_is_answered_under_its_own() -> None:
    for key in (KEY, OLD):
        signed = a_push(key=key)
        push = parsing.read_push(ROTATING, signed.query, signed.body, START)
        sealed = parsing.sealed_reply(push, parsing.passive(push, "收到", START), "n1", START)
        encrypted = ElementTree.fromstring(sealed).findtext("Encrypt")
        assert push.opened_with == key and "收到" in wechat.unseal(key, encrypted)
    signed = a_push(key=OLD)
    with pytest.raises(parsing.BadPush, match="decrypted"):
        parsing.read_push(SEALED, signed.query, signed.body, START)


def test_a_push_sealed_for_another_account_is_not_ours() -> None:
    signed = a_push(app_id="wx-other")
    with pytest.raises(parsing.BadPush, match="decrypted"):
        parsing.read_push(SEALED, signed.query, signed.body, START)


@pytest.mark.parametrize("nonce", ["", "n" * 65, "a b", "<x>", "ä", "']]>"])
def test_a_nonce_that_is_none_is_not_repeated(nonce: str) -> None:
    signed = a_push()
    push = parsing.read_push(SEALED, signed.query, signed.body, START)
    sealed = ElementTree.fromstring(parsing.sealed_reply(push, "<xml/>", nonce, START))
    assert sealed.findtext("Nonce") == "0"
    stamp = str(int(START.timestamp()))
    assert sealed.findtext("MsgSignature") == wechat.sign(TOKEN, stamp, "0", sealed.findtext("Encrypt"))


def test_modes_are_not_mixed() -> None:
    xml = wechat.push_xml("ann", "text", START, Content="x", MsgId="1")
    plain, sealed = wechat.plain(TOKEN, xml, START), a_push()
    assert parsing.read_push(PLAIN, plain.query, plain.body, START).text == "x"
    for account, signed, why in ((SEALED, plain, "plain push"), (PLAIN, sealed, "encrypted push")):
        with pytest.raises(parsing.BadPush, match=why) as refused:
            parsing.read_push(account, signed.query, signed.body, START)
        assert refused.value.status == 400
    both = {**sealed.query}
    with pytest.raises(parsing.BadPush, match="nothing encrypted"):
        parsing.read_push(SEALED, both, plain.body, START)


DEEP = "<a>" * 11 + "</a>" * 11
BAD = {
    "empty": b"",
    "not xml": b"{}",
    "cut off": b"<xml><MsgType>text</MsgType>",
    "another root": b"<html><MsgType>text</MsgType></html>",
    "no kind": b"<xml><FromUserName>a</FromUserName></xml>",
    "no sender": b"<xml><MsgType>text</MsgType></xml>",
    "a field twice": b"<xml><MsgType>text</MsgType><FromUserName>a</FromUserName><MsgType>text</MsgType></xml>",
    "a type of its own": b"<!DOCTYPE xml><xml><MsgType>text</MsgType><FromUserName>a</FromUserName></xml>",
    "an entity": b'<!DOCTYPE x [<!ENTITY a "aa">]><xml><MsgType>&a;</MsgType></xml>',
    "outside": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    "too deep": f"<xml>{DEEP.replace('<a>', '<a><b>').replace('</a>', '</b></a>')}</xml>".encode(),
    "too many": f"<xml>{'<a/>' * 401}</xml>".encode(),
    "other encoding": '<?xml version="1.0" encoding="gbk"?><xml><MsgType>文</MsgType></xml>'.encode("gbk"),
    "an event without a name": b"<xml><MsgType>event</MsgType><FromUserName>a</FromUserName></xml>",
    "a long name": f"<xml><MsgType>text</MsgType><FromUserName>{'a' * 129}</FromUserName></xml>".encode(),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_signed_and_no_push_is_a_bad_request(name: str) -> None:
    signed = wechat.plain(TOKEN, BAD[name], START)
    with pytest.raises(parsing.BadPush):
        parsing.read_push(PLAIN, signed.query, signed.body, START)
    with pytest.raises(parsing.BadSignature):
        parsing.read_push(PLAIN, {**signed.query, "signature": "0" * 40}, signed.body, START)


@pytest.mark.parametrize(
    ("created", "sent_at"),
    [
        ("1772413200", START),
        ("", None),
        ("x", None),
        ("-5", None),
        ("9" * 12, None),
        ("0", datetime.fromtimestamp(0, UTC)),
    ],
)
def test_a_time_of_sending_is_one_or_none(created: str, sent_at: datetime | None) -> None:
    inner = f"<MsgType>text</MsgType><FromUserName>a</FromUserName><CreateTime>{created}</CreateTime>"
    xml = f"<xml>{inner}<Content>x</Content></xml>"
    signed = wechat.plain(TOKEN, xml, START)
    assert parsing.read_push(PLAIN, signed.query, signed.body, START).sent_at == sent_at


def test_messages_without_a_number_are_told_apart_by_what_they_say() -> None:
    def identity(**fields: str) -> str:
        signed = wechat.plain(TOKEN, wechat.push_xml("ann", "text", START, **fields), START)
        return parsing.read_push(PLAIN, signed.query, signed.body, START).identity

    assert identity(Content="一") == identity(Content="一") != identity(Content="二")
    assert identity(Content="一", MsgId="5") == identity(Content="二", MsgId="5"), (
        "a number says it is the same"
    )


def test_the_echo_of_a_verification() -> None:
    stamp = str(int(START.timestamp()))
    query = {
        "timestamp": stamp,
        "nonce": "n",
        "signature": wechat.sign(TOKEN, stamp, "n"),
        "echostr": "<echo>",
    }
    assert parsing.decrypt_echo(SEALED, query, START) == "<echo>"
    echo = wechat.seal(KEY, APP_ID, b"4711")
    query |= {"echostr": echo, "msg_signature": wechat.sign(TOKEN, stamp, "n", echo)}
    assert parsing.decrypt_echo(SEALED, query, START) == "4711"
    with pytest.raises(parsing.BadSignature):
        parsing.decrypt_echo(SEALED, {**query, "echostr": echo[:-4] + "AAA="}, START)


def test_a_plain_verification_may_be_of_any_time_and_a_sealed_one_is_fresh() -> None:
    stamp, later = str(int(START.timestamp())), START + timedelta(days=400)
    query = {"timestamp": stamp, "nonce": "n", "signature": wechat.sign(TOKEN, stamp, "n"), "echostr": "4711"}
    assert parsing.decrypt_echo(SEALED, query, later) == "4711"
    with pytest.raises(parsing.BadSignature):
        parsing.decrypt_echo(SEALED, {**query, "signature": "0" * 40}, later)
    echo = wechat.seal(KEY, APP_ID, b"4711")
    query |= {"echostr": echo, "msg_signature": wechat.sign(TOKEN, stamp, "n", echo)}
    with pytest.raises(parsing.StalePush):
        parsing.decrypt_echo(SEALED, query, later)
