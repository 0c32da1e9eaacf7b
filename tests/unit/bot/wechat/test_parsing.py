"""Published vectors, and the stand-in's pushes and replies against wechatpy's own reading of them."""

from datetime import UTC, datetime

import pytest
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from bot.wechat import parsing
from bot.wechat.accounts import Account
from bot.wechat.parsing import BadPush, BadSignature
from tests.fakes import wechat
from tests.unit.bot.wechat.conftest import AES_KEY, APP_ID, START, TOKEN

# The platform's documentation, «消息推送»: token AAAAA, key of 43 A.
PUBLISHED = Account("wxba5fad812f8e6fb9", "", "AAAAA", "A" * 43)
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("1714112445", "415670741", ENCRYPTED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
    ],
)
def test_published_signatures(parts: tuple[str, ...], expected: str) -> None:
    assert parsing.signature("AAAAA", *parts) == expected == wechat.sign("AAAAA", *parts)
    query = {"timestamp": parts[0], "nonce": parts[1], "signature": expected}
    parsing.check_signature(
        PUBLISHED, query, datetime.fromtimestamp(int(parts[0]), UTC), *parts[2:], name="signature"
    )


def test_the_published_ciphertext() -> None:
    """Its content is JSON, which an account set to XML never sends: readable, yet refused."""
    assert '"debug_str":"hello world"' in wechat.unseal("A" * 43, ENCRYPTED)
    now = datetime.fromtimestamp(1714112445, UTC)
    query = {
        "timestamp": "1714112445",
        "nonce": "415670741",
        "encrypt_type": "aes",
        "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
    }
    body = f"<xml><Encrypt>{ENCRYPTED}</Encrypt></xml>".encode()
    with pytest.raises(BadPush, match="ParseError"):
        parsing.read_push(PUBLISHED, query, body, now)
    with pytest.raises(BadSignature):
        parsing.read_push(PUBLISHED, {**query, "nonce": "1"}, body, now)


CASES = [
    ("text", {"Content": "路灯 ]]> 不亮 <b> & 😀", "MsgId": "1234567890123456"}),
    ("image", {"PicUrl": "http://a/b", "MediaId": "M1", "MsgId": "2"}),
    ("voice", {"MediaId": "M2", "Format": "amr", "Recognition": "路灯不亮", "MsgId": "3"}),
    ("video", {"MediaId": "M3", "ThumbMediaId": "T3", "MsgId": "4"}),
    ("shortvideo", {"MediaId": "M4", "ThumbMediaId": "T4", "MsgId": "5"}),
    (
        "location",
        {"Location_X": "23.1", "Location_Y": "113.2", "Scale": "20", "Label": "人民路", "MsgId": "6"},
    ),
    ("link", {"Title": "标题", "Description": "说明", "Url": "http://a/", "MsgId": "7"}),
    ("event", {"Event": "subscribe"}),
    ("event", {"Event": "CLICK", "EventKey": "query"}),
    ("event", {"Event": "SCAN", "EventKey": "1", "Ticket": "T"}),
    ("event", {"Event": "TEMPLATESENDJOBFINISH", "MsgID": "200163836", "Status": "success"}),
]


@pytest.mark.parametrize(("kind", "fields"), CASES)
@pytest.mark.parametrize("aes_key", ["", AES_KEY])
def test_pushes_are_read_as_wechatpy_reads_them(kind: str, fields: dict[str, str], aes_key: str) -> None:
    account = Account(APP_ID, "", TOKEN, aes_key)
    xml = wechat.push_xml("ann", kind, START, **fields)
    if aes_key:
        signed = wechat.encrypted(TOKEN, aes_key, APP_ID, xml, START)
        query = signed.query
        theirs = WeChatCrypto(TOKEN, aes_key, APP_ID).decrypt_message(
            signed.body, query["msg_signature"], query["timestamp"], query["nonce"]
        )
    else:
        signed = wechat.plain(TOKEN, xml, START)
        check_signature(TOKEN, *(signed.query[name] for name in ("signature", "timestamp", "nonce")))
        theirs = signed.body
    known, push = parse_message(theirs), parsing.read_push(account, signed.query, signed.body, START)
    assert (push.openid, push.to, push.kind) == (known.source, known.target, fields.get("x", known.type))
    assert push.sent_at == START == datetime.fromtimestamp(known.time, UTC)
    if kind == "text":
        assert push.text == known.content
    if kind == "voice":
        assert push.text == known.recognition
    if push.media:
        assert push.media == ((kind, known.media_id),)
    if kind == "location":
        assert known.label in push.text
    if kind == "event":
        assert push.event == fields["Event"].lower()
        assert push.event_key == fields.get("EventKey", "")


def test_a_reply_is_read_back_as_it_was_written() -> None:
    account = Account(APP_ID, "", TOKEN, AES_KEY)
    signed = wechat.encrypted(
        TOKEN, AES_KEY, APP_ID, wechat.push_xml("ann", "text", START, Content="x"), START
    )
    push = parsing.read_push(account, signed.query, signed.body, START)
    said = "灯 ]]> 亮 <b> & \U00020bb7 😀\n\x00\x0b"
    xml = parsing.passive(push, said, START)
    known = parse_message(xml)
    assert known.content == said.replace("\x00", "\ufffd").replace("\x0b", "\ufffd")
    assert (known.source, known.target) == ("gh_office", "ann")
    sealed = parsing.sealed_reply(push, xml, "n0", START)
    stamp = str(int(START.timestamp()))
    encrypted = parse_encrypted(sealed)
    assert wechat.sign(TOKEN, stamp, "n0", encrypted) in sealed
    assert wechat.unseal(AES_KEY, encrypted) == xml


def parse_encrypted(sealed: str) -> str:
    return sealed.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]


def test_wechatpy_s_own_reply_breaks_where_ours_does_not() -> None:
    """Why replies are not rendered by wechatpy: it leaves `]]>` inside CDATA (trap 7 of the notes)."""
    rendered = create_reply("a ]]> b").render()
    assert "]]]]><![CDATA[>" not in rendered


def test_a_repeat_is_known_by_message_id_and_events_by_person_second_and_kind() -> None:
    account = Account(APP_ID, "", TOKEN)

    def identity(kind: str, openid: str = "ann", **fields: str) -> str:
        signed = wechat.plain(TOKEN, wechat.push_xml(openid, kind, START, **fields), START)
        return parsing.read_push(account, signed.query, signed.body, START).identity

    assert identity("text", Content="a", MsgId="1") == identity("text", Content="b", MsgId="1")
    assert identity("text", Content="a", MsgId="1") != identity("text", Content="a", MsgId="2")
    assert identity("text", Content="a", MsgId="1") != identity("text", "bob", Content="a", MsgId="1")
    assert identity("event", Event="subscribe") == identity("event", Event="subscribe", EventKey="x")
    assert identity("event", Event="subscribe") != identity("event", Event="unsubscribe")
    assert identity("text", Content="a") != identity("text", Content="b")


@pytest.mark.parametrize(
    "text",
    [
        "【收到不支持的消息类型，暂无法显示】",
        "[收到不支持的消息类型，暂无法显示]",
        "收到不支持的消息类型，暂无法显示",
        "【暂不支持该消息】",
        "[Unsupported Message]",
        "/::)",
        "/:rose/:rose",
    ],
)
def test_what_the_platform_writes_for_a_sticker_is_nobody_s_words(text: str) -> None:
    assert parsing.platform_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "【收到不支持的消息类型，暂无法显示】我发的视频你们能看到吗",
        "【投诉】路灯不亮",
        "你们不支持现金，暂无法显示余额",
        "公交卡机不支持的消息类型太多了",
        "/home/user",
        "",
    ],
)
def test_what_a_citizen_writes_is_their_own(text: str) -> None:
    assert not parsing.platform_text(text)
