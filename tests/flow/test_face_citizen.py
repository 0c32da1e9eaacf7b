"""interface.md §3 and §4 from the outside: what the doors answer, and what a citizen reads in WeChat."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from demo.wechat_records import InjectedFault
from tests.fakes import wechat
from tests.flow.program import AES_KEY, APP_ID, SUPERVISORS, TOKEN, Office, office, reply_text, until

COMPLAINT = "我们小区三号楼下的路灯坏了两个月，打了几次电话都没人来修，请尽快处理"
INQUIRY = "请问办理居住证需要带哪些材料，去哪里办？"
PRAISE = "感谢政务大厅的小刘，态度好办事快，特别表扬！"
ENTRY = (
    '{"id": "R1", "question": "办理居住证需要哪些材料，在哪里办", "answer": "带身份证和居住证明到派出所办理。",'
    ' "source": "居住证暂行条例", "effective_on": "2016-01-01"}\n'
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("office")
    (folder / "kb.jsonl").write_text(ENTRY, encoding="utf-8")
    with office(folder) as opened:
        opened.program.start()
        opened.program.run("kb", "import", "kb.jsonl")
        opened.register_staff()
        yield opened


def number_in(text: str) -> str:
    found = re.search(r"(?<!\d)\d{8}-\d{4,}", text)
    assert found, text
    return found.group()


def push(here: Office, xml: str | bytes, *, at: datetime | None = None, **changed: str) -> httpx.Response:
    signed = wechat.encrypted(TOKEN, AES_KEY, APP_ID, xml, at or datetime.now(UTC))
    query = {name: value for name, value in {**signed.query, **changed}.items() if value}
    return httpx.post(f"{here.program.address}/wechat", params=query, content=signed.body, timeout=10)


# §3


def test_the_paths_of_the_process(here: Office) -> None:
    with httpx.Client(base_url=here.program.address, timeout=10) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 200
        metrics = client.get("/metrics")
        assert metrics.status_code == 200
        assert "# TYPE" in metrics.text
        for page in ("", "cases", "cases/20260101-0001", "knowledge", "reports", "staff", "audit"):
            answer = client.get(f"/console/{page}")
            assert answer.status_code in (302, 303, 307), page
            assert "/console/signin" in answer.headers["location"], page
        assert 'name="username"' in client.get("/console/signin").text
        assert 'name="password"' in client.get("/console/signin").text
        assert client.get("/demo/").status_code == 404
        assert client.post("/telegram", json={}).status_code in (403, 404)
        assert client.put("/wechat").status_code == 405


def test_the_address_is_verified(here: Office) -> None:
    now = str(int(datetime.now(UTC).timestamp()))
    right = {
        "timestamp": now,
        "nonce": "n",
        "echostr": "echo123",
        "signature": wechat.sign(TOKEN, now, "n"),
    }
    url = f"{here.program.address}/wechat"
    answer = httpx.get(url, params=right)
    assert (answer.status_code, answer.text) == (200, "echo123")
    assert httpx.get(url, params={**right, "signature": "0" * 40}).status_code == 403
    assert httpx.get(url).status_code == 403


def test_what_is_refused_at_the_door(here: Office) -> None:
    now = datetime.now(UTC)
    good = wechat.push_xml("door", "text", now, MsgId="1", Content=COMPLAINT)
    before = len(here.program.cases())
    assert push(here, good, msg_signature="0" * 40).status_code == 403
    assert push(here, good, at=now - timedelta(minutes=11)).status_code == 403
    assert push(here, good, at=now + timedelta(minutes=11)).status_code == 403
    url = f"{here.program.address}/wechat"
    assert httpx.post(url, content=good.encode()).status_code == 403
    plain = wechat.plain(TOKEN, good, now)
    assert httpx.post(url, params=plain.query, content=plain.body).status_code == 400
    plain = wechat.plain(TOKEN, b"{}", now)
    assert httpx.post(url, params=plain.query, content=plain.body).status_code == 400
    assert push(here, "not xml at all").status_code == 400
    assert push(here, '<!DOCTYPE x [<!ENTITY a "b">]><xml>&a;</xml>').status_code == 400
    large = wechat.plain(TOKEN, b"<xml>" + b"x" * (1 << 20), now)
    assert httpx.post(url, params=large.query, content=large.body).status_code == 413
    for body in (b"", b"\xff\xfe\x00", b"<xml>", b"<xml><Encrypt>AAAA</Encrypt></xml>", b"\x00" * 500):
        signed = wechat.encrypted(TOKEN, AES_KEY, APP_ID, good, now)
        assert httpx.post(url, params=signed.query, content=body).status_code in (400, 403)
    assert len(here.program.cases()) == before


def test_receipt_times_and_repeats(here: Office) -> None:
    now = datetime.now(UTC).replace(microsecond=0)

    def received(openid: str, at: datetime) -> datetime:
        no = number_in(here.write(openid, COMPLAINT, at=at))
        return datetime.fromisoformat(here.program.show(no)["received_at"])

    assert received("t1", now - timedelta(days=100)) == now - timedelta(days=100)
    assert received("t2", now - timedelta(days=181)) >= now
    assert received("t3", now + timedelta(days=2)) <= datetime.now(UTC)
    event = wechat.push_xml("t4", "event", now, Event="subscribe")
    first, again = (reply_text(push(here, event).text) for _ in range(2))
    assert first == again != ""
    text = wechat.push_xml("t5", "text", now, MsgId="77", Content=COMPLAINT)
    first, again = (reply_text(push(here, text).text) for _ in range(2))
    assert first == again
    assert here.program.show(number_in(first))["messages"].__len__() == 1


# §4


@pytest.mark.parametrize(
    ("text", "category", "days"),
    [
        (PRAISE, "praise", 5),
        ("建议在人民公园多装几张长椅，方便老人休息", "advice_inquiry", 10),
        (COMPLAINT, "complaint", 20),
    ],
)
def test_the_receipt(here: Office, text: str, category: str, days: int) -> None:
    said = here.write(f"receipt-{category}", text)
    case = here.program.show(number_in(said))
    counted = here.program.run("deadline", "--category", category, "--received", case["received_at"])
    assert case["category"] == category
    assert counted["working_days"] == days
    assert case["due_on"] == counted["due_on"]
    assert case["due_on"] in said
    assert ("暂定" in said) == counted["provisional"] == case["provisional"]
    today = datetime.now(UTC).astimezone().strftime("%Y")
    assert number_in(said).startswith(today)


def test_an_automatic_answer_and_the_way_to_a_person(here: Office) -> None:
    tries = iter(range(100))

    def automatic() -> str:
        said = here.write(f"auto-{next(tries)}", INQUIRY)
        return said if "派出所" in said else ""

    said = until(automatic)
    no = number_in(said)
    assert "自动" in said
    assert "人工" in said
    assert no not in [case["no"] for case in here.program.cases("open")]
    assert no in [case["no"] for case in here.program.cases("closed")]
    received = here.program.show(no)["received_at"]
    assert not here.telegram.in_chat(-1001000000001, no)
    openid = "auto-person"
    no = number_in(here.write(openid, INQUIRY))
    said = here.write(openid, "人工")
    shown = here.program.show(no)
    assert no in said
    assert shown["due_on"] in said
    assert no in [case["no"] for case in here.program.cases("open")]
    assert abs(datetime.fromisoformat(shown["received_at"]) - datetime.fromisoformat(received)) < timedelta(
        minutes=2
    )
    here.card(no, "认领")
    openid = "auto-unsolved"
    no = number_in(here.write(openid, INQUIRY))
    assert no in here.write(openid, "没解决")
    assert here.program.show(no)["status"] == "new"


@pytest.mark.parametrize("text", ["你好", "在吗", "嗯嗯", "😊", "谢谢"])
def test_small_talk_makes_no_case(here: Office, text: str) -> None:
    before = len(here.program.cases())
    said = here.write(f"talk-{text}", text)
    assert "帮助" in said
    assert not re.search(r"\d{8}-\d{4}", said)
    assert len(here.program.cases()) == before


@pytest.mark.parametrize("text", ["停水了", "路灯不亮", "什么时候发工资啊都欠了三个月"])
def test_short_cries_are_cases_and_not_urgent(here: Office, text: str) -> None:
    said = here.write(f"cry-{text}", text)
    case = here.program.show(number_in(said))
    assert not case["urgent"]
    assert case["due_on"] in said


def test_danger(here: Office) -> None:
    said = here.write("danger", "我不想活了，现在就站在楼顶上")
    no = number_in(said)
    for word in ("110", "120", "12356"):
        assert word in said
    case = here.program.show(no)
    assert case["due_on"] not in said
    assert not re.search(r"\d{4}-\d{2}-\d{2}", said)
    here.card(no, chat=SUPERVISORS)
    urgent = here.program.show(
        number_in(here.write("danger-2", "XX路口煤气泄漏了，味道很大，快来人，有人晕倒了"))
    )
    assert urgent["urgent"]
    assert urgent["first_answer_due_at"]
    assert until(lambda: [p for p in here.telegram.in_chat(SUPERVISORS, urgent["no"]) if "紧急" in p.text])


def test_further_messages_join(here: Office) -> None:
    openid = "joins"
    no = number_in(here.write(openid, COMPLAINT))
    said = here.write(openid, "就在阳光小区三号楼东侧")
    assert number_in(said) == no
    assert number_in(here.write(openid, "", kind="image")) == no
    later = datetime.now(UTC) - timedelta(days=3)
    other = number_in(here.write(openid, "幼儿园什么时候开始报名？", at=later))
    assert other != no
    assert len(here.program.show(no)["messages"]) == 3


def test_only_one_s_own_cases(here: Office) -> None:
    mine = number_in(here.write("own", COMPLAINT))
    listed = here.write("own", "查询")
    assert mine in listed
    assert here.program.show(mine)["due_on"] in listed
    assert mine in here.write("own", f"查询 {mine}")
    assert mine in here.write("own", f"查询{mine.replace('-', '')}")
    other = here.write("stranger", f"查询 {mine}")
    nobody = here.write("stranger", "查询 20260101-9999")
    assert COMPLAINT[:6] not in other
    assert other.replace(mine, "") == nobody.replace("20260101-9999", "")
    assert mine not in here.write("stranger", "查询")
    for words in (f"补充 {mine} 我也来说", f"评价 {mine} 满意", f"人工 {mine}"):
        here.write("stranger", words)
    assert len(here.program.show(mine)["messages"]) == 1


def test_additions_ratings_and_help(here: Office) -> None:
    no = number_in(here.write("adds", COMPLAINT, at=datetime.now(UTC) - timedelta(hours=3)))
    assert no in here.write("adds", f"补充 {no} 电线杆编号是 0321")
    assert "0321" in here.program.show(no)["messages"][-1]["text"]
    here.write("adds", f"评价 {no} 满意")
    assert here.program.show(no)["rating"] == ""  # nothing is answered yet
    helps = here.write("adds", "帮助")
    for word in ("查询", "补充", "评价", "人工", "继续"):
        assert word in helps


@pytest.mark.parametrize("kind", ["image", "voice", "video", "shortvideo", "location", "link"])
def test_other_kinds_of_message_are_cases(here: Office, kind: str) -> None:
    fields = {
        "image": {"PicUrl": "http://127.0.0.1:1/evil", "MediaId": "m1"},
        "voice": {"MediaId": "m1", "Format": "amr"},
        "video": {"MediaId": "m1", "ThumbMediaId": "m2"},
        "shortvideo": {"MediaId": "m1", "ThumbMediaId": "m2"},
        "location": {"Location_X": "23.1", "Location_Y": "113.3", "Scale": "20", "Label": "人民路 1 号"},
        "link": {"Title": "一篇文章", "Description": "说明", "Url": "http://127.0.0.1:1/x"},
    }[kind]
    here.wechat.media["m1"] = (b"\xff\xd8\xff\xe0" + b"0" * 64, "image/jpeg")
    xml = wechat.push_xml(
        f"kind-{kind}", kind, datetime.now(UTC), MsgId=f"9{len(kind)}{ord(kind[0])}", **fields
    )
    said = reply_text(push(here, xml).text)
    shown = here.program.show(number_in(said))
    assert shown["messages"][0]["kind"] == kind
    if "MediaId" in fields:
        assert shown["messages"][0]["files"]
    if kind == "location":
        assert "人民路" in shown["messages"][0]["text"]


def approve(here: Office, no: str, text: str) -> None:
    """Claim, draft by reply, and have another person pass it."""
    card = here.card(no, "认领")
    here.press(here.HANDLER, card, "认领")
    until(lambda: here.program.show(no)["handler"])
    here.telegram.say(here.HANDLER, text, chat=int(card.chat_id), reply_to=card.message_id)
    here.press(here.REVIEWER, here.card(no, "通过"), "通过")
    until(lambda: here.program.show(no)["status"] == "answered")


def test_the_answer_arrives_is_paged_rated_and_reopened(here: Office) -> None:
    openid = "whole"
    no = number_in(here.write(openid, COMPLAINT, at=datetime.now(UTC) - timedelta(days=30)))
    was = here.program.show(no)
    answer = "您反映的路灯问题已经修好。" + "我们安排工人更换了灯具和线路，并检查了附近的其他路灯。" * 40
    approve(here, no, answer)
    until(lambda: "".join(here.wechat.texts(openid)).replace("\n", "").count("更换了灯具") == 40)
    delivery = until(lambda: [d for d in here.program.show(no)["deliveries"] if d["state"] == "sent"])
    assert delivery
    page = here.write(openid, f"查询 {no}")
    assert "继续" in page
    assert "更换了灯具" in page + here.write(openid, "继续")
    assert here.program.show(no)["status"] == "answered"
    said = here.write(openid, f"评价 {no} 不满意")
    again = here.program.show(no)
    assert again["status"] in ("new", "claimed")
    assert again["due_on"] > was["due_on"]
    assert again["due_on"] in said
    assert again["rating"] == "不满意"
    here.card(no, chat=SUPERVISORS)


def test_an_answer_that_cannot_be_sent_waits_and_is_handed_over(here: Office) -> None:
    openid = "waits"
    no = number_in(here.write(openid, COMPLAINT.replace("三号楼", "五号楼")))
    here.wechat.troubles.append(InjectedFault("/cgi-bin/message/custom/send", 1, code=45015))
    approve(here, no, "五号楼的路灯已于今天修好，感谢您的反映。")
    until(lambda: [d for d in here.program.show(no)["deliveries"] if d["state"] == "waiting"])
    said = here.write(openid, "查询")
    assert "五号楼的路灯已于今天修好" in said
    states = {d["state"] for d in here.program.show(no)["deliveries"]}
    assert "waiting" not in states


def test_a_text_of_any_content_is_kept_whole(here: Office) -> None:
    text = "路灯坏了 ]]> <b>&amp; 😀👨‍👩‍👧 \u200b http://127.0.0.1:1/x " + "很长" * 3000
    no = number_in(here.write("long", text))
    assert "]]>" in here.program.show(no)["messages"][0]["text"]
    assert here.program.show(no)["messages"][0]["text"].count("很长") == 3000
