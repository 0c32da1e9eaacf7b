"""What the doctor finds: each trouble by its name, with what mends it, and no secret anywhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import keyring, secret_key
from app.keep import checkup
from app.keep.beats import BAD, OFF, OK, WARN, Check
from app.settings import Settings
from cases.register import memo, sources
from cases.register.desk import Desk
from cases.register.tables import Delivery, Lease
from cases.sending import chat, outside
from tests.builders import TEST_KEY, Bureau, a_bureau, a_store
from tests.unit.app.installation import settings_of

WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "geheim-1", "WECHAT_TOKEN": "geheim-2"}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1:geheim-3", "HANDLER_CHAT_ID": "-100"}
WECOM = {"WECOM_CORP_ID": "ww1", "WECOM_AGENT_ID": "7", "WECOM_SECRET": "geheim-4", "WECOM_TOKEN": "geheim-5",
         "WECOM_AES_KEY": "a" * 43}  # fmt: skip
MODEL = {"LLM_BASE_URL": "http://127.0.0.1:9/v1", "LLM_MODEL": "qwen", "LLM_API_KEY": "geheim-6"}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(outside, "reached", lambda base, _seconds: "ConnectError" if ":9/" in base else "")


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    return a_bureau(a_store(tmp_path / "huiyin.db"))


def settings(**more: str) -> Settings:
    return settings_of(Path(), **more)


def found(**more: str) -> dict[str, list[Check]]:
    by_name: dict[str, list[Check]] = {}
    for check in checkup.checks(settings(**more)):
        by_name.setdefault(check.name, []).append(check)
    return by_name


def one(checks: dict[str, list[Check]], name: str) -> tuple[str, str]:
    (check,) = checks[name]
    return check.state, check.detail


SAID: list[tuple[dict[str, str], str, str, str]] = [
    ({}, "数据库", OK, "表结构为最新"),
    ({}, "密钥", OK, "HUIYIN_SECRET_KEY"),
    ({}, "公众号", OFF, "未接入"),
    (WECHAT, "公众号", OK, "明文模式"),
    ({**WECHAT, "WECHAT_AES_KEY": "a" * 43}, "公众号", OK, "安全模式"),
    (WECHAT, "公众号接口", OK, "可连接"),
    ({**WECHAT, "WECHAT_API_BASE": "http://127.0.0.1:9/"}, "公众号接口", OK, "可连接"),
    ({**WECHAT, "WECHAT_API_BASE": "http://127.0.0.1:9/x"}, "公众号接口", WARN, "连不上（ConnectError）"),
    ({**WECHAT, "WECHAT_CUSTOMER_MESSAGES": "false"}, "客服消息", OFF, "未认证账号"),
    (WECHAT, "模板消息", OFF, "48 小时后"),
    ({**WECHAT, "WECHAT_COMMENT_POLL_SECONDS": "0"}, "图文留言", OFF, "不收取留言"),
    ({}, "承办人聊天", OFF, "未接入"),
    (TELEGRAM, "承办人聊天（Telegram）", OK, "群 -100"),
    (TELEGRAM, "督办群", WARN, "检举件都会进入承办人群"),
    (WECOM, "承办人聊天（企业微信）", OK, "应用 7"),
    ({}, "其他渠道", OFF, "没有登记"),
    ({}, "拟稿模型", OFF, "未接入"),
    (MODEL, "拟稿模型", OK, "只向它发送遮盖后的文字"),
    (MODEL, "拟稿模型接口", WARN, "连不上"),
    ({}, "语义检索", OFF, "只按词语检索"),
    ({}, "保存期限", OFF, "不自动匿名化"),
    ({"RETENTION_YEARS": "3"}, "保存期限", OK, "办结满 3 年"),
    ({"SECRET_KEY_PREVIOUS": "an earlier key of the office"}, "更换密钥", WARN, "请删去"),
    ({}, "分类模型", OK, "内置模型"),
    ({}, "备份", WARN, "从未备份"),
]


BY_SETTINGS = [(more, [row[1:] for row in SAID if row[0] == more]) for n, (more, *_) in enumerate(SAID)
               if more not in [row[0] for row in SAID[:n]]]  # fmt: skip


@pytest.mark.parametrize(("more", "rows"), BY_SETTINGS)
def test_what_is_set_and_what_is_not_is_said(
    office: Bureau, more: dict[str, str], rows: list[tuple[str, str, str]]
) -> None:
    checks = found(**more)
    for name, state, words in rows:
        said, detail = one(checks, name)
        assert (said, words in detail) == (state, True), detail


def test_no_secret_is_ever_shown(office: Bureau) -> None:
    said = repr(found(**WECHAT, **TELEGRAM, **WECOM, **MODEL, SECRET_KEY_PREVIOUS="geheim-7 of the office"))
    assert "geheim" not in said and TEST_KEY.decode() not in said and "wx1" in said and "ww1" in said


@pytest.mark.parametrize("url", ["sqlite:////proc/none/huiyin.db", "postgresql://u:geheim@127.0.0.1:9/d"])
def test_a_register_that_cannot_be_opened_is_said_once_and_the_rest_is_looked_at(url: str) -> None:
    said = found(DATABASE_URL=url)
    assert one(said, "数据库")[0] == BAD and "geheim" not in repr(said)
    assert "密钥" not in said and one(said, "分类模型")[0] == OK and len(said["磁盘"]) == 1


def test_a_key_that_does_not_fit_is_bad(office: Bureau) -> None:
    found()  # the register notes its key
    state, words = one(found(SECRET_KEY="another key of the office"), "密钥")
    assert state == BAD and "不符" in words


def test_the_key_of_a_file_is_named_and_others_must_not_read_it(office: Bureau) -> None:
    Path("var").mkdir()
    kept = settings(SECRET_KEY="")
    secret_key.vault(kept)
    said = found(SECRET_KEY="")
    assert "var/secret.key" in one(said, "密钥")[1] and one(said, "文件权限")[0] == OK
    Path("var/secret.key").chmod(0o644)
    state, words = one(found(SECRET_KEY=""), "文件权限")
    assert state == WARN and "var/secret.key" in words and "chmod 600" in words


@pytest.mark.parametrize(
    ("phase", "words"), [("read", "没有做完"), ("write", "没有做完"), ("done", "旧密钥随即无用")]
)
def test_a_change_of_the_key_that_is_under_way_is_said(office: Bureau, phase: str, words: str) -> None:
    found()
    vault = secret_key.vault(settings())
    with office.store.write() as session:
        change = keyring.begin(session, vault, b"the next key of the office")
        keyring.step(session, change, phase)
    state, said = one(found(), "更换密钥")
    assert state == WARN and words in said


def test_departments_that_are_not_there_are_named_with_those_that_are(office: Bureau) -> None:
    Path("accounts.toml").write_text(
        '[[account]]\nname="a"\napp_id="wx2"\nsecret="geheim"\ntoken="t"\ndepartments=["城建局", "水物局"]\n'
    )
    state, words = one(found(), "公众号部门")
    assert (
        state == WARN
        and "「水物局」不存在" in words
        and "交通局、城建局" in words
        and "「城建局」" not in words
    )
    assert "/wechat/a" in found()["公众号"][-1].detail


def test_a_file_of_accounts_that_cannot_be_read_is_bad(office: Bureau) -> None:
    Path("accounts.toml").write_text("[[account")
    assert any(check.state == BAD and "accounts.toml" in check.detail for check in found()["公众号"])


@pytest.mark.parametrize(
    ("where", "mends"),
    [("-100", "重新加入该群"), ("77", "重新打开与机器人的私聊"), ("~zhang", "核对这位同事的企业微信账号")],
)
def test_a_chat_that_cannot_be_written_to_is_named_with_what_mends_it(
    office: Bureau, where: str, mends: str
) -> None:
    office.workplace.act(lambda desk: chat.trouble(desk, "telegram", where, "被移出群"))
    state, words = one(found(), "会话")
    assert (
        state == WARN
        and where in words
        and "被移出群" in words
        and mends in words
        and "2026-03-02 09:00" in words
    )
    office.workplace.act(lambda desk: chat.recovered(desk, "telegram", where))
    assert "会话" not in found()


def test_a_callback_that_takes_nothing_is_counted_and_a_source_that_ended_is_marked(office: Bureau) -> None:
    office.workplace.act(lambda desk: sources.add(desk, sources.NewSource("app", "https://h/cb")))
    office.workplace.act(lambda desk: sources.add(desk, sources.NewSource("热线")))
    office.workplace.act(lambda desk: sources.disable(desk, "热线"))
    assert one(found(), "其他渠道") == (OK, "app、热线（已停用）")
    office.answered("投诉水管漏水", channel="api:app")

    def fails(desk: Desk) -> None:
        row = desk.session.get_one(Delivery, 1)
        row.error = "回应 500"
        desk.session.add(row)

    office.workplace.act(fails)
    state, words = one(found(), "渠道回调")
    assert state == WARN and "app 有 1 份没有推送成功（回应 500）" in words


def test_a_model_that_fails_is_said_until_it_answers_again(office: Bureau) -> None:
    noted = memo.Trouble(datetime(2026, 3, 2, 1, tzinfo=UTC), "20 秒内没有回答")
    office.workplace.act(lambda desk: desk.note(memo.MODEL_TROUBLE, noted))
    assert any("自 2026-03-02 09:00 起不可用" in check.detail for check in found(**MODEL)["拟稿模型"])
    office.workplace.act(lambda desk: desk.note(memo.MODEL_TROUBLE, None))
    assert not any("不可用" in check.detail for check in found(**MODEL)["拟稿模型"])


@pytest.mark.parametrize(
    ("free", "state"), [(checkup._LEAST_FREE + 1, OK), (checkup._LEAST_FREE, BAD), (0, BAD)]
)
def test_a_disk_that_is_nearly_full_is_bad(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    class Usage:
        def __init__(self) -> None:
            self.free = free

    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _folder: Usage())
    assert checkup._disk().state == state


def test_what_the_leader_left_undone_is_said(office: Bureau) -> None:
    def lease(desk: Desk) -> None:
        desk.session.add(
            Lease(name="worker", holder="x", until=datetime.now(UTC) - timedelta(minutes=10), number=1)
        )

    office.workplace.act(lease)
    state, words = one(found(), "服务")
    assert state == WARN and "没有程序在发送、巡查" in words
