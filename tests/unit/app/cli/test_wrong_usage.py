"""What can be told from the words of a command alone is wrong usage, exit 2; what the register or its rules refuse is 1."""

from pathlib import Path

import pytest

from duties.accounts import register
from duties.people import handover
from duties.releases import ledger
from duties.selfcheck import record
from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin
from tests.unit.duties.accounts.test_register import opened
from tests.unit.duties.people.test_roster import planned

NO = "20260302-0001"


@pytest.fixture
def office(at_work: Bureau) -> Bureau:
    """One of everything that the commands below name, so that nothing but the value is wrong."""
    at_work.a_case("建议增设路灯")
    opened(at_work)
    planned(at_work, "张工")

    def step(desk: object) -> None:
        account = register.by_id(desk, 1)  # type: ignore[arg-type]
        record.start(desk, None, "2026-03")  # type: ignore[arg-type]
        ledger.add(desk, None, account, ledger.NewRelease("通水公告", "ordinary"))  # type: ignore[arg-type]
        handover.start(desk, None, "张工", "刘工", leaving=False)  # type: ignore[arg-type]

    at_work.workplace.act(step)
    return at_work


DAYS = ("2026-02-30", "2026-2-3", "昨天", "20260302", "２０２６-０３-０２", "2026/03/02", "")
MONTHS = ("2026-13", "2026-1", "三月", "2026", "")
OTHERS = ("没有", "OK ", "")
ACCOUNT = ("account", "add", "号", "--platform", "微博", "--unit", "某局")
CLOSE = ("account", "close", "1", "--reason", "整合")
WRONG: list[tuple[tuple[str, ...], tuple[str, ...]]] = [  # a command up to its last word, and values for that
    ((*ACCOUNT, "--opened"), DAYS),
    ((*ACCOUNT, "--opened", "2026-03-02", "--standard"), OTHERS),
    (("account", "change", "1", "--what", "换人", "--on"), DAYS),
    (("account", "suspend", "1", "--reason", "改版", "--on"), DAYS),
    (("account", "resume", "1", "--reason", "改版", "--on"), DAYS),
    ((*CLOSE, "--notice-from"), DAYS),
    ((*CLOSE, "--notice-from", "2026-03-03", "--notice-to"), DAYS[:-1]),
    (("account", "filed", "1", "--on"), DAYS[:-1]),
    (("account", "filed", "1", "--kind"), OTHERS[:-1]),
    (("account", "form", "1", "--out", "a.docx", "--kind"), OTHERS),
    (("account", "form", "1", "--out"), ("a.pdf", "a")),
    (("account", "set", "1", "--field"), ("没有等号", "=空")),
    (("account", "template", "没有", "--out"), ("a.docx",)),
    (("release", "add", "题", "--account", "1", "--weight"), OTHERS),
    (("release", "add", "题", "--weight", "ordinary", "--account"), ("一", "", "1.5")),
    (("release", "add", "题", "--account", "1", "--weight", "ordinary", "--source", "某报", "--author", "某",
      "--original-title", "题", "--published"), DAYS[:-1]),
    (("release", "return", "1", "--as", "李科长", "--reason"), ("", " ")),
    (("release", "list", "--month"), MONTHS[:-1]),
    (("release", "export", "--out", "a.xlsx", "--month"), MONTHS[:-1]),
    (("release", "export", "--month", "2026-03", "--out"), ("a.pdf", "a")),
    (("selfcheck", "start", "--month"), MONTHS),
    (("selfcheck", "answer", "1", "A1"), OTHERS),
    (("selfcheck", "answer", "1", "Z9"), ("ok",)),
    (("selfcheck", "answer", "一", "A1"), ("ok",)),
    (("selfcheck", "export", "1", "--out"), ("a.pdf", "a")),
    (("selfcheck", "export", "--year", "2026", "--out"), ("a.docx",)),
    (("selfcheck", "list", "--year"), ("1999", "99999", "今年")),
    (("incident", "add", "--text", "假消息", "--kind"), OTHERS),
    (("incident", "add", "--kind", "rumour", "--text"), ("", " ")),
    (("duty", "plan", "--to", "2026-03-09", "--staff", "张工", "--from"), DAYS),
    (("duty", "plan", "--from", "2026-03-09", "--staff", "张工", "--to"), (*DAYS, "2026-03-08")),
    (("duty", "plan", "--from", "2026-03-09", "--to", "2026-03-09", "--staff"), ("", "，、")),
    (("duty", "show", "--on"), DAYS[:-1]),
    (("duty", "swap", "--from", "张工", "--to", "刘工"), DAYS),
    (("duty", "note", "--text", "无事", "--on"), DAYS[:-1]),
    (("duty", "note", "--text"), ("", " ")),
    (("suggestion", "pass", NO, "--department", "城建局", "--feedback-by"), DAYS),
    (("handover", "tick", "1"), ("没有", "")),
    (("source", "add"), ("坏:名", "", " ")),
    (("source", "add", "某", "--callback"), ("ftp://h", "h")),
    (("article", "add", "--account", "wx"), ("abc", "", "１２")),
    (("staff", "add", "--name", "新", "--role"), OTHERS),
    (("staff", "add", "--role", "handler", "--name"), ("", " ")),
    (("staff", "add", "--name", "新", "--role", "handler", "--telegram-id"), ("abc", "１２")),
    (("department", "add"), ("", " ")),
    (("kb", "list", "--status"), OTHERS),
    (("kb", "import"), ("a.txt", "a")),
    (("kb", "export"), ("a.pdf", "a")),
    (("case", "list", "--status"), OTHERS),
    (("report", "--out", "a.xlsx", "--month"), MONTHS),
    (("report", "--month", "2026-03", "--out"), ("a.pdf", "a")),
    (("ledger", "--out", "a.xlsx", "--month"), MONTHS),
    (("deadline", "--received", "2026-03-02T09:00:00+08:00", "--category"), OTHERS),
    (("deadline", "--category", "praise", "--received"), ("2026-02-30T09:00:00+08:00", "2026-03-02", "昨天", "")),
    (("calendar", "show"), ("一九", "1999", "99999")),
    (("retain", "--years"), ("0", "半", "")),
    (("audit", "list", "--last"), ("0", "x")),
]  # fmt: skip
REFUSED: list[tuple[str, ...]] = [
    ("account", "change", "99", "--on", "2026-03-03", "--what", "换人"),
    ("account", "change", "1", "--on", "2026-03-01", "--what", "换人"),
    ("account", "close", "1", "--reason", "整合", "--notice-from", "2026-03-03", "--notice-to", "2026-03-05"),
    ("release", "approve", "99", "--as", "李科长"), ("release", "approve", "1", "--as", "无此人"),
    ("release", "add", "题", "--account", "1", "--weight", "ordinary", "--source", "某报"),
    ("selfcheck", "start", "--month", "2099-01"), ("selfcheck", "show", "99"), ("incident", "close", "99", "--note", "删"),
    ("incident", "add", "--kind", "rumour", "--case", "20200101-0001"),
    ("duty", "plan", "--from", "2026-03-09", "--to", "2026-03-09", "--staff", "无此人"),
    ("suggestion", "pass", NO, "--department", "无此局", "--feedback-by", "2099-01-01"),
    ("suggestion", "pass", NO, "--department", "城建局", "--feedback-by", "2020-01-01"),
    ("suggestion", "adopt", "20200101-0001", "--note", "好"), ("handover", "sign", "99", "--as", "刘工"),
    ("kb", "publish", "没有"), ("case", "show", "没有"), ("staff", "disable", "无此人"), ("source", "disable", "没有"),
    ("kb", "import", "没有.jsonl"), ("report", "--month", "2099-01", "--out", "a.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "values"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_a_value_that_is_none_of_its_kind_is_wrong_usage(
    office: Bureau, huiyin: Huiyin, words: tuple[str, ...], values: tuple[str, ...]
) -> None:
    before = set(Path.cwd().iterdir())
    for value in values:
        *rest, last = words
        line = [*rest, f"{last}={value}"] if last.startswith("--") else [*words, value]
        said = huiyin(*line)
        assert (said.code, said.out) == (2, ""), (line, said)
        assert said.err.count("\n") == 1 and any("\u4e00" <= sign <= "\u9fff" for sign in said.err), said
    assert set(Path.cwd().iterdir()) <= {*before, Path.cwd() / "var"}


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_what_the_register_refuses_is_no_wrong_usage(
    office: Bureau, huiyin: Huiyin, words: tuple[str, ...]
) -> None:
    said = huiyin(*words)
    assert said.code == 1 and said.err.count("\n") == 1, said
