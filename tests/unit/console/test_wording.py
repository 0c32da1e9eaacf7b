"""What stands in the register as a code is read in Chinese: in the trail, and on the page of the model."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import classifier
from console import wording
from tests.unit.console.conftest import Colleague

SignIn = Callable[[str], Colleague]
ROOT = Path(__file__).parents[3]
ROOMS = ("app", "api", "bot", "cases", "console", "duties", "demo")
ENGLISH = re.compile(r"[a-z_]{3,}")


def calls(name: str) -> Iterator[ast.Call]:
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield node


def beginning(node: ast.expr) -> str:
    """What a text begins with, as far as the program's own text says it."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    return str(first.value) if isinstance(first, ast.Constant) else ""


def test_every_line_of_the_trail_has_chinese_words() -> None:
    written = list(calls("audit"))
    assert len(written) > 80
    actions = {beginning(call.args[0]) for call in written if isinstance(call.args[0], ast.Constant)}
    subjects = {beginning(call.args[1]) for call in written if len(call.args) > 1} - {""}
    facts = {word.arg for call in [*written, *calls("move")] for word in call.keywords if word.arg}
    assert sorted(actions - set(wording.ACTIONS)) == []
    assert sorted(one for one in subjects if ENGLISH.search(wording.subject(one))) == []
    said = {one: wording.told({one: "1"}) for one in facts}
    assert sorted(one for one, words in said.items() if ENGLISH.search(words)) == []


def test_what_a_citizen_said_and_what_was_sent_again_have_names() -> None:
    assert wording.told({"words": "12月5日", "said": "not_done"}) == "承诺：12月5日；来信人说：没有办好"
    assert ENGLISH.search(wording.told({"kind": "review_card"})) is None


def test_the_limits_of_the_model_are_told_in_chinese(signed_in: SignIn) -> None:
    card = json.loads((Path(classifier.__file__).parent / "built" / "card.json").read_text(encoding="utf-8"))
    page = signed_in("admin").sees("models")
    assert set(card["thresholds"]) <= set(wording.THRESHOLDS)
    assert "阈值：紧急，短信" in page and not re.search(r"阈值.[a-z]", page)
