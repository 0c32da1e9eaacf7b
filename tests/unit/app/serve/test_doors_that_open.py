"""Which doors, lanes and jobs the settings open: a platform that is not set has none, and loses nothing by it."""

from pathlib import Path
from typing import Any

import pytest

from app.serve import doors as doors_
from app.serve.doors import Doors, build_doors
from app.settings import BadSetting
from app.wake import Wake
from cases.register.tables import Outbox
from cases.register.troubles import Superseded
from classifier.triage import Triage
from tests import stages
from tests.builders import Bureau, a_bureau, a_store, a_triage
from tests.unit.app.installation import services_in

WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_APP_SECRET": "s", "WECHAT_TOKEN": "t"}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "1:x", "HANDLER_CHAT_ID": "-1"}
WECOM = {
    "WECOM_CORP_ID": "ww1",
    "WECOM_AGENT_ID": "7",
    "WECOM_SECRET": "s",
    "WECOM_TOKEN": "t",
    "WECOM_AES_KEY": "a" * 43,
}
MODEL = {"LLM_BASE_URL": "http://127.0.0.1:9/v1", "LLM_MODEL": "qwen"}
OF_WECHAT = {"citizen", "comment", "media", "push"}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# settings, lanes that send, long jobs of the leader, timed jobs, paths that answer ahead
OPENED: list[tuple[dict[str, str], set[str], set[str], set[str], set[str]]] = [
    ({}, {"api"}, set(), set(), set()),
    (WECHAT, {"api", *OF_WECHAT}, set(), {"comments"}, {"/wechat"}),
    ({**WECHAT, "WECHAT_COMMENT_POLL_SECONDS": "0"}, {"api", *OF_WECHAT}, set(), set(), {"/wechat"}),
    (MODEL, {"api", "model"}, set(), {"model"}, set()),
    (TELEGRAM, {"api"}, {"telegram", "lane:chat"}, set(), set()),
    (WECOM, {"api"}, {"lane:chat"}, set(), set()),
    (
        {**WECHAT, **TELEGRAM, **WECOM},
        {"api", *OF_WECHAT},
        {"telegram", "lane:chat"},
        {"comments"},
        {"/wechat"},
    ),
]


@pytest.mark.parametrize(("more", "lanes", "leading", "timed", "ahead"), OPENED)
async def test_what_the_settings_open(
    tmp_path: Path, more: dict[str, str], lanes: set[str], leading: set[str], timed: set[str], ahead: set[str]
) -> None:
    opened = services_in(tmp_path, **more)
    doors = build_doors(opened)
    assert set(doors.lanes) == lanes
    assert set(doors.leading_jobs(Wake())) == leading
    assert set(doors.sending_jobs(Wake())) == {f"lane:{name}" for name in lanes}
    assert set(doors.timed_jobs(opened.settings)) == timed
    assert {path for path in doors.ahead if path == "/wechat"} == ahead
    assert list(doors.mounts) == ["/api/v1"]
    await doors.close()
    opened.store.close()


async def test_each_account_of_the_file_has_a_path_of_its_own(tmp_path: Path) -> None:
    Path("accounts.toml").write_text(
        "".join(f'[[account]]\nname="{n}"\napp_id="wx{n}"\nsecret="s"\ntoken="t"\n' for n in ("a", "b"))
    )
    doors = build_doors(services_in(tmp_path, **WECHAT))
    assert {"/wechat", "/wechat/a", "/wechat/b"} <= set(doors.ahead)
    await doors.close()


async def test_a_door_that_cannot_be_closed_keeps_no_other_open(tmp_path: Path) -> None:
    doors = Doors(*_of(tmp_path))
    closed: list[str] = []

    def closer(name: str, breaks: bool) -> Any:
        async def close() -> None:
            closed.append(name)
            if breaks:
                raise OSError("gone already")

        return close

    doors.closers = [closer("a", True), closer("b", False), closer("c", True)]
    await doors.close()
    assert closed == ["a", "b", "c"]


def _of(tmp_path: Path) -> tuple[Any, Any]:
    life = doors_.life_of(a_store(tmp_path / "huiyin.db"))
    return life, doors_.Leadership(doors_.LEASE, life)


def test_who_was_followed_writes_nothing_through_its_chat(tmp_path: Path) -> None:
    opened = services_in(tmp_path)
    doors = build_doors(opened)
    leading = doors_._leading(doors, opened)
    with pytest.raises(Superseded):
        leading.act(lambda desk: desk.audit("chat", "office"))
    opened.workplace.act(lambda desk: desk.audit("page", "office"))


def test_rows_of_a_lane_without_its_platform_stay(tmp_path: Path) -> None:
    office: Bureau = a_bureau(a_store(tmp_path / "huiyin.db"))
    stages.answered(office)
    assert "citizen" not in build_doors(services_in(tmp_path, office.store)).lanes
    assert [row.state for row in office.rows(Outbox, lane="citizen")] == ["pending"]


async def test_a_menu_without_an_account_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="公众号未接入"):
        await doors_.push_menu(services_in(tmp_path))


class Judging:
    """Models and knowledge that note what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def live(self) -> "Judging":
        return self

    @property
    def models(self) -> "Judging":
        return self

    @property
    def knowledge(self) -> "Judging":
        return self

    @property
    def settings(self) -> "Judging":
        return self

    auto_answer = True

    def triage(self, text: str) -> Triage:
        self.asked.append(f"whole:{text}")
        return a_triage("complaint" if "投诉" in text else "advice_inquiry")

    def triage_words(self, texts: list[str]) -> list[Triage]:
        self.asked += [f"words:{text}" for text in texts]
        return [a_triage("complaint" if "投诉" in text else "advice_inquiry") for text in texts]

    def sure_many(self, questions: list[tuple[str, str]], *, words_only: bool = False) -> list[None]:
        self.asked += [
            f"{'words ' if words_only else ''}entry:{text}@{account}" for text, account in questions
        ]
        return [None] * len(questions)


def pushes(*texts: str) -> list[Any]:
    class Account:
        app_id = "wx1"

    class Push:
        def __init__(self, text: str) -> None:
            self.text, self.account = text, Account()

    return [Push(text) for text in texts]


def test_only_what_asks_is_looked_up_and_each_keeps_its_place() -> None:
    from app.serve.judge import OfficeJudge

    services_ = Judging()
    judged = OfficeJudge(services_)(pushes("投诉一", "请问二"))  # type: ignore[arg-type]
    assert [one.triage.category for one in judged] == ["complaint", "advice_inquiry"]
    assert services_.asked == ["whole:投诉一", "whole:请问二", "entry:请问二@wx1"]


def test_in_a_crowd_words_decide_and_an_office_without_answers_looks_nothing_up() -> None:
    from app.serve.judge import OfficeJudge

    services_ = Judging()
    OfficeJudge(services_)(pushes("投诉一", "请问二", "请问三"))  # type: ignore[arg-type]
    assert services_.asked[-2:] == ["words entry:请问二@wx1", "words entry:请问三@wx1"]
    assert all(one.startswith("words") for one in services_.asked)
    services_ = Judging()
    services_.auto_answer = False
    OfficeJudge(services_)(pushes("请问二"))  # type: ignore[arg-type]
    assert services_.asked == ["whole:请问二"]
