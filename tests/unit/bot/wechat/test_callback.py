"""The address itself, over real HTTP: signatures, modes, limits, and whatever hostile senders think of."""

import base64
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from cases.register.tables import Citizen, KeptPush, Message
from tests.fakes import wechat
from tests.fakes.wechat import Signed
from tests.unit.bot.wechat.conftest import AES_KEY, APP_ID, NUMBER, TOKEN, Town, make_town, open_town

OTHER_KEY = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"


def kept(town: Town) -> int:
    """Return how many rows anything left behind."""
    return sum(
        town.workplace.look(
            lambda desk, t=table: desk.session.exec(select(func.count()).select_from(t)).one()
        )
        for table in (Message, KeptPush, Citizen)
    )


def text(town: Town, content: str = "投诉路灯不亮", **more: str) -> str:
    return wechat.push_xml("ann", "text", town.clock(), Content=content, MsgId="1", **more)


def test_url_verification_echoes(town: Town) -> None:
    query = {**wechat.plain(TOKEN, "", town.clock()).query, "echostr": "4375120948"}
    answer = town.http.get(f"{town.address}/wechat", params=query)
    assert (answer.status_code, answer.text) == (200, "4375120948")
    answer = town.http.get(f"{town.address}/wechat", params={**query, "signature": "0" * 40})
    assert (answer.status_code, answer.text) == (403, "")
    assert town.http.get(f"{town.address}/wechat").status_code == 403


@pytest.mark.parametrize("broken", ["signature", "timestamp", "nonce"])
def test_a_plain_push_with_a_broken_signature(plain_town: Town, broken: str) -> None:
    signed = plain_town.signed(text(plain_town))
    assert plain_town.post(replace(signed, query={**signed.query, broken: "1"})).status_code == 403
    missing = {name: value for name, value in signed.query.items() if name != broken}
    assert plain_town.post(replace(signed, query=missing)).status_code == 403
    assert kept(plain_town) == 0


@pytest.mark.parametrize("broken", ["msg_signature", "timestamp", "nonce"])
def test_an_encrypted_push_with_a_broken_signature(town: Town, broken: str) -> None:
    signed = town.signed(text(town))
    assert town.post(replace(signed, query={**signed.query, broken: "é"})).status_code == 403
    assert kept(town) == 0


@pytest.mark.parametrize(("minutes", "status"), [(-9, 200), (9, 200), (-11, 403), (11, 403)])
def test_a_signature_is_good_for_ten_minutes(town: Town, plain_town: Town, minutes: int, status: int) -> None:
    for place in (town, plain_town):
        at = place.clock() + timedelta(minutes=minutes)
        signed = (
            wechat.encrypted(TOKEN, AES_KEY, APP_ID, text(place), at)
            if place.account.aes_key
            else wechat.plain(TOKEN, text(place), at)
        )
        assert place.post(signed).status_code == status


def test_a_plain_push_in_encrypted_mode_is_kept_nowhere(town: Town) -> None:
    assert town.post(wechat.plain(TOKEN, text(town), town.clock())).status_code == 400
    signed = town.signed(text(town))
    assert town.post(replace(signed, body=text(town).encode())).status_code == 400
    assert kept(town) == 0


def test_a_reply_is_sealed_with_the_key_that_opened_its_push(tmp_path: Path) -> None:
    """While the key is changed the platform may still know the previous one alone."""
    for town in open_town(make_town(tmp_path, previous=OTHER_KEY), tmp_path):
        for key in (OTHER_KEY, AES_KEY):
            signed = wechat.encrypted(TOKEN, key, APP_ID, text(town), town.clock())
            answer = fromstring(town.post(signed).text)
            inner = fromstring(wechat.unseal(key, answer.findtext("Encrypt") or ""))
            assert NUMBER.search(inner.findtext("Content") or "")
        third = wechat.encrypted(TOKEN, "9" * 43, APP_ID, text(town), town.clock())
        assert town.post(third).status_code == 400


def test_a_push_for_another_account(town: Town) -> None:
    assert (
        town.post(wechat.encrypted(TOKEN, AES_KEY, "wx_other", text(town), town.clock())).status_code == 400
    )


def test_over_one_mebibyte_is_413_with_and_without_a_declared_length(town: Town, plain_town: Town) -> None:
    for place in (town, plain_town):
        signed = place.signed(b"<xml>" + b" " * (1 << 20) + b"</xml>")
        assert place.post(signed).status_code == 413

        def chunks(body: bytes = signed.body) -> Iterator[bytes]:
            for start in range(0, len(body), 65536):
                yield body[start : start + 65536]

        answer = place.http.post(f"{place.address}/wechat", params=signed.query, content=chunks())
        assert answer.status_code == 413
        assert kept(place) == 0


def test_a_large_text_within_the_limit_is_kept_whole(plain_town: Town) -> None:
    content = "投诉路灯不亮。" * 40_000
    assert NUMBER.search(plain_town.shown(plain_town.post(plain_town.signed(text(plain_town, content)))))


def test_rightly_signed_requests_are_not_rate_limited(plain_town: Town) -> None:
    said = {plain_town.say("ann", "你好") for _ in range(40)}
    assert len(said) == 1
    assert "帮助" in said.pop()


@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "SCAN", "MASSSENDJOBFINISH", "whatever"])
def test_other_events_are_answered_with_success(town: Town, event: str) -> None:
    signed = town.signed(wechat.push_xml("ann", "event", town.clock(), Event=event, EventKey="x"))
    answer = town.post(signed)
    assert (answer.status_code, answer.text) == (200, "success")


def test_following_gets_a_guide_once(town: Town) -> None:
    at = town.clock()
    said = town.push("ann", "event", at, Event="subscribe")
    assert "查询" in said
    assert town.push("ann", "event", at, Event="subscribe") == said
    assert town.push("ann", "event", Event="unsubscribe") == ""
    assert not town.citizen("ann").following
    assert town.say("ann", "你好")
    assert town.citizen("ann").following


def test_menu_clicks(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    assert no in town.push("ann", "event", Event="CLICK", EventKey="query")
    town.clock.ahead(seconds=1)  # events are told apart by the second
    assert "补充" in town.push("ann", "event", Event="CLICK", EventKey="help")
    town.clock.ahead(seconds=1)
    assert town.push("ann", "event", Event="CLICK", EventKey="of an old menu") == ""


def test_files_voices_places_and_links_become_cases(town: Town) -> None:
    assert NUMBER.search(town.push("a", "image", PicUrl="http://169.254.169.254/x", MediaId="M1"))
    assert "文字" in town.push("b", "voice", MediaId="M2", Format="amr")
    assert NUMBER.search(town.push("c", "voice", MediaId="M3", Format="amr", Recognition="投诉路灯不亮"))
    assert NUMBER.search(town.push("d", "video", MediaId="M4", ThumbMediaId="T4"))
    place = town.push("e", "location", Location_X="23.1", Location_Y="113.3", Scale="20", Label="人民路 1 号")
    assert NUMBER.search(place)
    assert NUMBER.search(town.push("f", "link", Title="新闻", Description="说明", Url="http://127.0.0.1/"))
    assert NUMBER.search(town.push("g", "miniprogrampage", Title="小程序"))
    vault = town.workplace.office.vault
    rows = town.workplace.look(lambda desk: desk.session.exec(select(Message).order_by(Message.id)).all())  # type: ignore[arg-type]
    said = [vault.open(row.sealed) for row in rows]
    assert said[2] == "投诉路灯不亮"
    assert "人民路 1 号" in said[4]
    assert len(town.outbox("media")) == 4
    assert "169.254" not in str([row.payload for row in town.outbox("media")])


def test_a_clicked_rating(town: Town) -> None:
    no = town.open_case("ann", "投诉路灯不亮")
    town.release(no, "路灯已修好。")
    assert no in town.say("ann", "基本满意", bizmsgmenuid=f"rate-{no}-2")
    assert town.case(no).rating == "基本满意"


HOSTILE = [
    b"",
    b"not xml",
    b"<xml>",
    b"</xml>",
    b"<xml></xml>",
    b"<xml/>",
    b"<html></html>",
    b"<xml><MsgType>text</MsgType></xml>",
    b"<xml><FromUserName>a</FromUserName></xml>",
    b"<xml><MsgType></MsgType><FromUserName></FromUserName></xml>",
    b"<xml><MsgType>event</MsgType><FromUserName>a</FromUserName></xml>",
    b"<xml><a><b><c><MsgType>text</MsgType></c></b></a></xml>",
    b"<xml><MsgType>text</MsgType><MsgType>image</MsgType><FromUserName>a</FromUserName></xml>",
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xml><Content>&a;</Content></xml>',
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>',
    b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
    b"<xml>" + b"<a>" * 100_000,
    b"<xml>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</xml>",
    b"<xml>" + b"<a/>" * 100_000 + b"</xml>",
    b"<xml " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>",
    b"<xml>" + b"&#0;" + b"</xml>",
    b"<xml>&undefined;</xml>",
    b"<xml>\x00</xml>",
    b"\xff\xfe<\x00x\x00m\x00l\x00",
    "<xml><MsgType>text</MsgType></xml>".encode("utf-16"),
    "<xml><MsgType>text</MsgType><FromUserName>张</FromUserName></xml>".encode("gbk"),
    b'<?xml version="1.0" encoding="gb18030"?><xml><MsgType>text</MsgType></xml>',
    b'<?xml version="1.0" encoding="utf-7"?><xml/>',
    b"<xml>\xed\xa0\x80</xml>",
    b"<xml><![CDATA[" + b"x" * 10_000,
    b"<xml><!-- " + b"-" * 1000 + b" --></xml>",
    b'{"MsgType": "text"}',
    b"<?xml version='1.0'?><?php system('x') ?><xml/>",
    b"<xml:xml xmlns:xml='x'/>",
    b"<a:xml xmlns:a='urn:x'><a:MsgType>text</a:MsgType></a:xml>",
]
ODD = [
    {"CreateTime": "-1"},
    {"CreateTime": "abc"},
    {"CreateTime": "99999999999999999999"},
    {"CreateTime": "1e9"},
    {"CreateTime": ""},
    {"CreateTime": "０"},
    {"MsgId": "x" * 60},
    {"MsgType": "TEXT"},
    {"MsgType": "unheard_of"},
    {"Content": "\ufffe"[:0]},
    {"Content": "]]>" * 500},
    {"Content": "<script>"},
    {"Content": "'; DROP TABLE cases; --"},
    {"Content": "\u202e\u200b\ufeff"},
    {"Content": "🏳️‍🌈" * 300},
    {"Content": "9" * 5000},
    {"Content": "（" * 5000},
    {"FromUserName": "../../etc/passwd"},
    {"FromUserName": "张三"},
    {"FromUserName": "x" * 500},
    {"bizmsgmenuid": "rate-20260302-0001-9"},
    {"bizmsgmenuid": "rate-99999999-9999-1"},
]


def _fair(answer: httpx.Response, body: object) -> None:
    assert answer.status_code in (200, 400, 403, 413), (answer.status_code, body)


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_bodies(town: Town, plain_town: Town, body: bytes) -> None:
    """Plainly signed; encrypted; and in place of the envelope, with a true plain signature."""
    assert plain_town.post(plain_town.signed(body)).status_code == 400
    assert town.post(town.signed(body)).status_code == 400
    assert town.post(replace(town.signed(b""), body=body)).status_code == 400
    assert kept(town) == kept(plain_town) == 0


@pytest.mark.parametrize("stray", ["\x00", "\x0b", "\x1f", "\uffff"])
def test_a_control_character_loses_no_message(town: Town, stray: str) -> None:
    said = text(town).replace("投诉路灯", f"投诉{stray}路灯")
    assert stray in said
    assert town.post(town.signed(said)).status_code == 200
    assert kept(town) > 0


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_but_well_formed_pushes(plain_town: Town, odd: dict[str, str]) -> None:
    fields = {"ToUserName": "gh", "FromUserName": "ann", "CreateTime": "1772413200", "MsgType": "text"}
    fields |= {"Content": "投诉路灯不亮", "MsgId": "5"} | odd
    xml = (
        "<xml>"
        + "".join(f"<{name}>{wechat.cdata(value)}</{name}>" for name, value in fields.items())
        + "</xml>"
    )
    _fair(plain_town.post(plain_town.signed(xml)), odd)


def _envelopes() -> Iterator[bytes]:
    """What can be wrong inside a rightly signed envelope."""
    good = base64.b64decode(wechat.seal(AES_KEY, APP_ID, b"<xml><MsgType>text</MsgType></xml>"))
    yield from (
        good[:-1],
        good[:-16],
        good[16:],
        good[:16],
        b"",
        b"\x00" * 16,
        b"\x00" * 32,
        good + b"\x00" * 32,
    )
    for seed in range(40):
        noise = random.Random(seed)
        flipped = bytearray(good)
        flipped[noise.randrange(len(good))] ^= 1 << noise.randrange(8)
        yield bytes(flipped)
        yield noise.randbytes(noise.randrange(0, 200))


def test_rotten_ciphertexts(town: Town) -> None:
    """Bad padding, cut, flipped and random ciphertexts, and text that is no base64, all rightly signed."""
    texts = [base64.b64encode(raw).decode() for raw in _envelopes()]
    texts += ["", "=", "====", "a", "张", "!!!!", "A" * 43, "A" * 100_000, " ", "\n"]
    for encrypted in texts:
        stamp, nonce = str(int(town.clock().timestamp())), "n"
        query = {"timestamp": stamp, "nonce": nonce, "encrypt_type": "aes"}
        query["msg_signature"] = wechat.sign(TOKEN, stamp, nonce, encrypted)
        body = f"<xml><Encrypt>{wechat.cdata(encrypted)}</Encrypt></xml>".encode()
        assert town.post(Signed(query, body)).status_code in (400, 403), encrypted[:80]
    assert kept(town) == 0


def test_two_hundred_random_bodies(tmp_path: Path) -> None:
    for town in open_town(make_town(tmp_path, aes_key=""), tmp_path):
        _fuzz(town)


def _fuzz(town: Town) -> None:
    names = st.sampled_from(
        ["MsgType", "Content", "FromUserName", "CreateTime", "MsgId", "Event", "MediaId", "xml"]
    )
    values = st.one_of(
        st.text(max_size=40), st.sampled_from(["text", "event", "voice", "image", "subscribe", "0"])
    )
    made = st.lists(st.tuples(names, values), max_size=8).map(
        lambda rows: "<xml>" + "".join(f"<{n}>{wechat.cdata(v)}</{n}>" for n, v in rows) + "</xml>"
    )
    bodies = st.one_of(st.binary(max_size=400), made.map(lambda xml: xml.encode("utf-8", "surrogatepass")))

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(bodies)
    def fuzz(body: bytes) -> None:
        _fair(town.post(town.signed(body)), body)

    fuzz()


def test_a_wild_query_is_refused_and_not_an_error(town: Town) -> None:
    for query in (
        {"timestamp": "9" * 400},
        {"timestamp": "１７"},
        {"nonce": "\ud800"[:0] + "é" * 99},
        {"encrypt_type": "aes"},
    ):
        signed = town.signed(text(town))
        changed = {**signed.query, **query, "msg_signature": os.urandom(4).hex()}
        assert town.post(replace(signed, query=changed)).status_code == 403
