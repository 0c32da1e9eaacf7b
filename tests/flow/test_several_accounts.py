"""One office, two official accounts: each with its menu, its departments, and the knowledge that answers there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from demo.fake_wechat import FakeWeChat
from tests.fakes import wechat
from tests.flow.program import Office, office, reply_text

SECOND = "wxsecond000000000"
FILE = f"""
[[account]]
app_id = "wxba5fad812f8e6fb9"
departments = ["住建局"]

[[account]]
name = "rs"
app_id = "{SECOND}"
secret = "second-secret"
token = "AAAAA"
aes_key = "{"A" * 43}"
api_base = "API_BASE"
departments = ["人社局", "没有的局"]

[[account.menu]]
name = "社保卡"
text = "请带身份证到大厅。"
"""
ASKED = "社保卡丢了怎么补办？"


@dataclass
class Two:
    office: Office
    platform: FakeWeChat  # of the second account

    def second(self, openid: str, kind: str, **fields: str) -> str:
        now = datetime.now(UTC)
        xml = wechat.push_xml(openid, kind, now, **fields)
        signed = wechat.encrypted("AAAAA", "A" * 43, SECOND, xml, now)
        url = f"{self.office.program.address}/wechat/rs"
        answer = httpx.post(url, params=signed.query, content=signed.body, timeout=10)
        assert answer.status_code == 200
        return reply_text(answer.text)

    def department_of(self, text: str) -> str:
        found = [case for case in self.office.program.cases() if case["no"] in text]
        assert len(found) == 1
        return str(found[0]["department"])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("accounts")
    platform = FakeWeChat(lambda: datetime.now(UTC), app_id=SECOND, secret="second-secret")
    with wechat.serving_fake(platform) as address, office(folder, SEMANTIC="off") as opened:
        (folder / "accounts.toml").write_text(FILE.replace("API_BASE", address), encoding="utf-8")
        program = opened.program
        topics = "劳动和社会保障"
        for name in ("政务局", "住建局", "人社局"):
            program.run("department", "add", name, "--topics", topics)
        rows = [
            {"id": name, "question": ASKED, "answer": f"请到{name}窗口补办社保卡。", "department": name}
            for name in ("住建局", "人社局")
        ]
        (folder / "kb.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        program.run("kb", "import", "kb.jsonl")
        program.start()
        yield Two(opened, platform)


def test_a_case_goes_to_the_first_of_its_account_s_departments_with_the_topic(two: Two) -> None:
    text = "投诉：公司拖欠我三个月工资，劳动合同也不签"
    assert two.department_of(two.office.write("ann", text)) == "住建局"
    said = two.second("ann", "text", Content=text, MsgId="1")
    assert two.department_of(said) == "人社局"


def test_the_same_question_is_answered_from_each_account_s_own_knowledge(two: Two) -> None:
    assert "请到住建局窗口" in two.office.write("bob", ASKED)
    assert "请到人社局窗口" in two.second("bob", "text", Content=ASKED, MsgId="2")


def test_each_account_has_its_own_menu_and_its_texts_answer(two: Two) -> None:
    assert two.second("cid", "event", Event="CLICK", EventKey="text:社保卡") == "请带身份证到大厅。"
    assert "补充" in two.second(
        "dan", "event", Event="CLICK", EventKey="text:旧菜单"
    )  # no longer there: the help


def test_the_command_pushes_the_menu_of_each(two: Two) -> None:
    assert two.office.program.run("menu") == {"pushed": 2}
    assert [line["name"] for line in two.office.wechat.menu["button"]] == ["我要留言", "查询", "更多"]
    assert two.platform.menu == {"button": [{"type": "click", "name": "社保卡", "key": "text:社保卡"}]}


def test_doctor_names_a_department_that_is_not_there(two: Two) -> None:
    done = two.office.program.plain("doctor")
    assert "没有的局" in done.stdout
    assert "huiyin department add" in done.stdout
