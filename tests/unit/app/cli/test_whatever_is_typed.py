"""Whatever is typed at the command line ends with exit code 0, 1 or 2: a Chinese line, never an unforeseen error."""

import inspect
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import typer

from cases.register.tables import Staff
from tests.builders import Bureau
from tests.unit.app.conftest import Huiyin
from tests.unit.app.test_commands import groups

# a server, the platforms, the models at work, or tested below
NOT_RUN = {"serve", "demo", "menu", "train", "build", "doctor", "rotate"}
EACH = 3  # values for one word
FIT = {
    "--platform": "微博", "--unit": "某局", "--opened": "2026-03-02", "--on": "2026-03-03", "--what": "换人",
    "--reason": "整合", "--notice-from": "2026-03-03", "--out": "out.docx", "--month": "2026-03", "--name": "新同事",
    "--role": "handler", "--weight": "ordinary", "--account": "1", "--note": "说明", "--to": "2026-03-04",
    "--from": "2026-03-03", "--staff": "张工", "--text": "内容", "--kind": "rumour", "--department": "城建局",
    "--feedback-by": "2027-03-20", "--category": "praise", "--received": "2026-03-02T09:00:00+08:00",
    "--data": "rows.jsonl", "--entries": "rows.jsonl", "--queries": "rows.jsonl", "--openid": "o-1",
}  # fmt: skip
HOSTILE = (
    "", " ", "\x1b[31m\x07", "[/]", "[bold]", ":smile:", "\udcff", "'; DROP TABLE cases; --", "%_%", "²", "-1",
    "{{ 7 * 7 }}", "../../etc/passwd", "字" * 5000, "9" * 5000, "99999999999999999999",
)  # fmt: skip


class Word:
    """An option or an argument of a command: how it is written, and of which type it is."""

    def __init__(self, name: str, annotation: Any, default: Any) -> None:
        hint, marks = annotation, ()
        if get_origin(annotation) is Annotated:
            hint, *rest = get_args(annotation)
            marks = tuple(rest)
        self.kinds = {hint, *get_args(hint)}
        of = next(iter(marks), None)
        flags = [flag for flag in getattr(of, "param_decls", ()) or () if flag.startswith("--")]
        is_option = isinstance(of, typer.models.OptionInfo)
        self.written = flags[0] if flags else f"--{name.strip('_').replace('_', '-')}"
        self.argument = not is_option and default in (inspect.Parameter.empty, None)
        self.required = default is inspect.Parameter.empty
        self.name = name

    def given(self, value: str) -> list[str]:
        return ["--", value] if self.argument and value.startswith("-") else (
            [value] if self.argument else [f"{self.written}={value}"]
        )  # fmt: skip

    def fit(self) -> str:
        if int in self.kinds:
            return "1"
        return FIT.get(self.written, "1") if not self.argument else "1"


def commands(app: typer.Typer) -> Iterator[tuple[list[str], list[Word]]]:
    """Return every command of a module that can be run here, with the words it takes."""
    found: list[tuple[list[str], Any]] = [([], command) for command in app.registered_commands]
    for group in app.registered_groups:
        inner: Any = group.typer_instance
        found += [([str(group.name)], command) for command in inner.registered_commands]
    for before, command in found:
        if command.name in NOT_RUN:
            continue
        hints = get_type_hints(command.callback, include_extras=True)
        parameters = inspect.signature(command.callback).parameters
        words = [Word(name, hints[name], each.default) for name, each in parameters.items() if name != "json"]
        yield [*before, command.name], words


BY_MODULE = {module: list(commands(app)) for module, app in groups().items()}


def typed(name: list[str], words: list[Word], changed: Word, value: str) -> list[str]:
    options, arguments = [], []
    for word in words:
        if word is changed or (word.required and bool not in word.kinds):
            given = word.given(value if word is changed else word.fit())
            (arguments if word.argument else options).extend(given)
    if "--" in arguments:
        arguments.remove("--")
        arguments.insert(0, "--")
    return [*name, *options, *arguments]


def foreseen(said: Any, words: list[str]) -> None:
    assert said.code in (0, 1, 2), words
    assert "内部错误" not in said.err and "Traceback" not in said.err, (words, said.err)
    if said.code:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in said.err), (words, said.err)


@pytest.mark.parametrize("module", [module for module, found in BY_MODULE.items() if found])
def test_no_value_is_an_unforeseen_error(at_work: Bureau, huiyin: Huiyin, module: str) -> None:
    """Each word of each command gets a few of the values, another few than the word before it."""
    Path("rows.jsonl").write_text(json.dumps({"id": 1, "text": "路灯坏了"}) + "\n", encoding="utf-8")
    values = itertools.cycle(HOSTILE)
    for name, words in BY_MODULE[module]:
        for word in words:
            for value in itertools.islice(values, 0 if bool in word.kinds else EACH):
                line = typed(name, words, word, value)
                foreseen(huiyin(*line), line)
                assert not Path("var/error.log").exists()
    assert at_work.chain().ok


@pytest.mark.parametrize("module", [module for module, found in BY_MODULE.items() if found])
def test_no_number_is_an_unforeseen_error(at_work: Bureau, huiyin: Huiyin, module: str) -> None:
    for name, words in BY_MODULE[module]:
        for word in (word for word in words if int in word.kinds):
            for value in ("0", "-1", "99999999999999999999", "1e3", "0x10", "１２"):
                line = typed(name, words, word, value)
                foreseen(huiyin(*line), line)
    assert at_work.chain().ok


def test_what_is_no_utf_8_is_named_before_anything_is_done(at_work: Bureau, huiyin: Huiyin) -> None:
    for words in (
        ("staff", "add", "--name", "\udcc4\udce3", "--role", "handler"),
        ("kb", "import", "\udcff.csv"),
    ):
        said = huiyin(*words)
        assert said.code == 2 and "不是 UTF-8 文字" in said.err and said.err.count("\n") == 1
    assert not Path("var").exists()


class Typed(io.TextIOWrapper):
    """Standard input as a terminal of another encoding gives it."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(io.BytesIO(raw), encoding="utf-8")


@pytest.mark.parametrize(
    ("raw", "says"),
    [(b"", "没有"), (b"\n", "没有"), (b"\xff\xfe\n", "不是 UTF-8"), ("密码".encode("gbk") + b"\n", "不是 UTF-8"),
     (b"short\n", "至少")],
)  # fmt: skip
@pytest.mark.parametrize(
    "words",
    [("key", "rotate", "--new-key-stdin"),
     ("staff", "add", "--name", "新", "--role", "handler", "--username", "xin", "--password-stdin")],
)  # fmt: skip
def test_a_secret_from_standard_input_that_is_none(
    at_work: Bureau,
    huiyin: Huiyin,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    raw: bytes,
    says: str,
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(raw))
    said = huiyin(*words)
    assert said.code == 1 and says in said.err and said.err.count("\n") == 1
    assert at_work.chain().ok and len(at_work.rows(Staff)) == 8
