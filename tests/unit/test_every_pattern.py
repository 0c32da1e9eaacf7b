"""Every pattern of the product meets hostile text of up to 100 KB; how its time grows is bounded, not the time itself.

Hostile is what a pattern's own parts repeat: each of them, and common characters, after what leads up to them.
"""

import ast
import dataclasses
import importlib
import pkgutil
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from classifier.reading.read import HEAD, TAIL

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(
    folder.name
    for folder in ROOT.iterdir()
    if (folder / "__init__.py").exists() and folder.name not in ("tests", "bench")
)
COMMON = (" ", "\n", "0", "1 ", "a", "一", "不", "，", "-.", "【", "我，")
SMALL = (32, 256, 4_000)
MANY = 16  # a repeat that may go on for longer could cost more than a constant
LARGE = (20_000, 100_000)
MOST_READ = HEAD + TAIL  # of a letter, by the classifier
FLOOR = 0.004  # seconds under which nothing is said about growth
WORST = 1  # text of a pattern that is tried in full length
NESTED = 6


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        yield importlib.import_module(package)
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def held(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Yield the patterns in a value: itself, or in tables, tuples, classes and frozen rules."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < NESTED:
        parts: Iterable[Any] = ()
        if isinstance(value, dict):
            parts = [*value.keys(), *value.values()]
        elif isinstance(value, tuple | list | set | frozenset):
            parts = value
        elif isinstance(value, type):
            parts = [v for v in vars(value).values() if isinstance(v, re.Pattern | tuple | dict)]
        elif dataclasses.is_dataclass(value):
            parts = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
        for part in parts:
            yield from held(part, depth + 1)


def written(module: ModuleType) -> Iterator[tuple[str, int]]:
    """Yield pattern and flags of calls such as `re.sub("…", …)`: compiled where they stand."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        named = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
        if named and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            yield node.args[0].value, 0


def collected() -> dict[tuple[str, int], str]:
    """Return every pattern of the product and where it was met first."""
    found: dict[tuple[str, int], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in held(value):
                found.setdefault((pattern.pattern, pattern.flags), f"{module.__name__}.{name}")
        for text, flags in written(module):
            found.setdefault((text, re.compile(text, flags).flags), module.__name__)
    return found


def example(nodes: Any) -> str:
    """Return some text that a parsed pattern takes, roughly."""
    return "".join(_example(op, argument) for op, argument in nodes)


def _example(op: Any, argument: Any) -> str:
    if op is sre.LITERAL:
        return chr(argument)
    if op is sre.IN:
        return _of_class(argument)
    if op in (sre.ANY, sre.NOT_LITERAL):
        return "x"
    if op is sre.SUBPATTERN:
        return example(argument[-1])
    if op is sre.ATOMIC_GROUP:
        return example(argument)
    if op is sre.BRANCH:
        return example(argument[1][0])
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return example(argument[2]) * max(1, min(argument[0], 20))
    return ""


def _of_class(items: Any) -> str:
    if items[0][0] is sre.NEGATE:
        return "x"
    for op, argument in items:
        if op is sre.LITERAL:
            return chr(argument)
        if op is sre.RANGE:
            return chr(argument[0])
        if op is sre.CATEGORY:
            digits, spaces = (sre.CATEGORY_DIGIT,), (sre.CATEGORY_SPACE,)
            return (
                "1"
                if argument in digits
                else " "
                if argument in spaces
                else "，"
                if "NOT" in str(argument)
                else "a"
            )
    return "x"


def pumps(nodes: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield (what leads up to it, what can be repeated) for every long repeat in a parsed pattern."""
    for op, argument in nodes:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if argument[1] >= MANY:
                yield before, example(argument[2])
            yield from pumps(argument[2], before)
        elif op is sre.SUBPATTERN:
            yield from pumps(argument[-1], before)
        elif op is sre.ATOMIC_GROUP:
            yield from pumps(argument, before)
        elif op is sre.BRANCH:
            for branch in argument[1]:
                yield from pumps(branch, before)
        before += _example(op, argument)


def hostile(pattern: re.Pattern[str]) -> list[Callable[[int], str]]:
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    pairs = {(before[-200:], pump) for before, pump in pumps(tree) if pump}
    whole = example(tree)
    pairs |= {("", pump) for pump in (*COMMON, *([whole] if whole else ()))}
    pairs |= {("", before + pump) for before, pump in pairs if before}

    def text(size: int, lead: str, pump: str) -> str:
        return lead + (pump * (size // len(pump) + 1))[:size] + "\x00"

    return [lambda size, lead=lead, pump=pump: text(size, lead, pump) for lead, pump in sorted(pairs)]  # type: ignore[misc]


def seconds(pattern: re.Pattern[str], text: str, times: int = 1) -> float:
    spent = []
    for _ in range(times):
        start = time.thread_time()
        for _found in pattern.finditer(text):
            pass
        pattern.fullmatch(text)
        spent.append(time.thread_time() - start)
    return min(spent)


def sizes(where: str) -> tuple[int, ...]:
    """Return the lengths that a pattern meets: the classifier's see no more than what is read of a letter."""
    met = MOST_READ if where.startswith("classifier.") else LARGE[-1]
    return tuple(size for size in (*SMALL, *LARGE) if size <= met)


def growth(pattern: re.Pattern[str], make: Callable[[int], str], lengths: tuple[int, ...]) -> str:
    """Return what is wrong with how the time grows; empty where it grows with the text."""
    last_size, last = SMALL[0], 0.0
    for size in lengths:
        now = seconds(pattern, make(size), 1 if size <= SMALL[-1] else 2)
        if now > FLOOR and now > 2.5 * (size / last_size) * max(last, FLOOR / 2):
            return f"{last_size} → {size} characters: {last * 1000:.1f} → {now * 1000:.1f} ms of {make(60)[-60:]!r}"
        last_size, last = size, now
    return ""


def trouble(pattern: re.Pattern[str], where: str) -> str:
    """Return what is wrong with a pattern's time; empty where it grows with the text and nothing else."""
    makers, lengths = hostile(pattern), sizes(where)
    small = lengths[: len(SMALL)]
    for make in makers:  # small first: what explodes is found before it could hold us up
        if wrong := growth(pattern, make, small):
            return wrong
    makers.sort(key=lambda make: -seconds(pattern, make(small[-1])))
    for make in makers[:WORST]:
        if growth(pattern, make, lengths) and (wrong := growth(pattern, make, lengths)):
            return wrong
    return ""


@pytest.mark.slow
def test_time_grows_with_the_text_and_nothing_else() -> None:
    patterns = collected()
    rooms = {where.partition(".")[0] for where in patterns.values()}
    assert {"bot", "cases", "classifier", "knowledge_base", "sla", "text"} <= rooms
    found = {
        f"{where} {text[:80]}": wrong
        for (text, flags), where in patterns.items()
        if (wrong := trouble(re.compile(text, flags), where))
    }
    assert found == {}


@pytest.mark.parametrize("text", [r"\s*a\s*b", r"(?:a|aa)+$", r"[(].*[)]", r"x+y"])
def test_a_pattern_that_goes_back_over_the_text_is_found(text: str) -> None:
    assert trouble(re.compile(text), "here")
