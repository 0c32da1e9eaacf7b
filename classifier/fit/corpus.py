"""The messages that we wrote ourselves to train on: reading and checking the files.

One message per line, `⏎` for a line break inside it, `title ‖ body` for a letter with a title,
optional `[urgent] [sensitive] [accusation] [procedure]` at the start, `#` for a comment; `# writer-12` says who wrote
what follows.
Files: `<category>/<topic>.txt`, and `other/chitchat.txt`, `other/ad.txt` without a category.

Two corpora of their own have a kind in brackets before each line, and a category where the kind says it:
`danger/<writer>/present|calm/<kind>.txt` (the bracket says how it is told) and
`accusation/open|veiled|sensitive|ordinary.txt`. `supplements.txt`, with the kind in brackets too, answers questions of
ours in few words: no flag is up. `hard/<category>.txt` has no topic. What such a corpus does
not say of a message is not learnt from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.errors import CorpusError
from classifier.labels import CATEGORIES, DANGERS, TOPICS

TAGS = frozenset({"urgent", "sensitive", "accusation", "procedure"})
OTHERS = ("chitchat", "ad")
CORPUS = Path(__file__).parents[1] / "corpus"
_CALM = ("chitchat", "ad", "accusation")  # what no message of the danger corpus is
_SENSITIVE_DANGERS = frozenset({"suicide", "threat"})
_SENSITIVE_OR_NOT = frozenset({"violence", "child", "kidnap", "crowd"})
_CHAT = "chat"
_WORDS = "words"  # a few words that are no danger: what else they may be is not told
_CHAT_OR_NOT = frozenset({"metaphor", "fiction", "news", "revoked"})  # may open a case or not
_ANNOUNCED = "protest"  # a gathering or sit-in that is announced: nobody is in danger, yet it is sensitive
_SENSITIVE_CALM = frozenset({_ANNOUNCED, "sensitive"})  # the latter: whatever else is, of every category
# The calm kinds that say a category too; what the others ask for differs from line to line.
_CALM_CATEGORIES = {"complaint": "complaint", _ANNOUNCED: "complaint", "hazard": "complaint"} | {
    "question": "advice_inquiry", "rule": "advice_inquiry", "proposal": "advice_inquiry", "thanks": "praise",
}  # fmt: skip
# The kinds of ordinary blame, and of questions about it, that say a category too; who accuses complains.
_BLAME_CATEGORIES = dict.fromkeys((
    "complaint", "attitude", "inaction", "enforcement", "private_fraud", "wage", "fake_goods", "queue", "dunning",
    "buckpass", "slow", "employer", "landlord", "fee",
), "complaint") | dict.fromkeys(("ask", "report_rule"), "advice_inquiry")  # fmt: skip
_NAME_LONGEST = 6  # characters: so few name a danger, and deny nothing else
_WRITER = re.compile(r"# *writer-\d+ *")
_TAGS_AT_START = re.compile(r"^(?:\[[a-z_ ]+\]\s*)+")


@dataclass(frozen=True, slots=True)
class CorpusLine:
    """A line of the corpus. `category` and `topic` are empty for chit-chat and advertising."""

    text: str
    category: str
    topic: str
    flags: frozenset[str]
    place: str  # file:line, for error messages
    known: frozenset[str] | None = None  # the flags that the line tells of, up or not; None: all
    danger: str = ""  # the kind of a present danger
    kind: str = ""  # of a look-alike too: what it is like
    writer: str = ""
    own: str = ""  # the corpus of its own that it is of: danger, accusation

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0] if "\n" in self.text else ""


def parse_line(line: str, category: str, topic: str, place: str) -> CorpusLine:
    """Return the message of one line. Raises: CorpusError on an unknown tag or an empty text."""
    found = _TAGS_AT_START.match(line)
    tags = frozenset(re.findall(r"[a-z_]+", found.group())) if found else frozenset()
    if unknown := tags - TAGS:
        raise CorpusError(
            f"{place}：不认识的标记 {'、'.join(sorted(unknown))}，可用：{'、'.join(sorted(TAGS))}"
        )
    text = line[found.end() :] if found else line
    title, mark, body = text.partition("‖")
    text = f"{title.strip()}\n{body.strip()}" if mark else text
    text = "\n".join(part.strip() for part in text.replace("⏎", "\n").split("\n") if part.strip())
    if not text:
        raise CorpusError(f"{place}：这一行没有内容")
    flags = tags | {topic} if category == "other" else tags
    return CorpusLine(
        text, "" if category == "other" else category, "" if category == "other" else topic, flags, place
    )


def read_file(path: Path) -> Iterator[CorpusLine]:
    """Yield the messages of one file; its folder and name say category and topic."""
    category, topic = path.parent.name, path.stem
    allowed = OTHERS if category == "other" else TOPICS
    if category not in (*CATEGORIES, "other") or topic not in allowed:
        raise CorpusError(f"{path}：文件应放在 <类别>/<主题>.txt，主题可用：{'、'.join(allowed)}")
    for number, raw, writer in _lines(path):
        yield replace(
            parse_line(raw.strip(), category, topic, f"{category}/{path.name}:{number}"), writer=writer
        )


def read_corpus(folder: Path = CORPUS) -> list[CorpusLine]:
    """Return every message under `folder`, in a fixed order. Raises: CorpusError."""
    letters = (path for name in (*CATEGORIES, "other") for path in sorted(folder.glob(f"{name}/*.txt")))
    messages = [message for path in letters for message in read_file(path)]
    if not messages:
        raise CorpusError(f"{folder} 里没有训练文本，请检查安装是否完整")
    return messages


def read_danger(folder: Path = CORPUS) -> list[CorpusLine]:
    """Return present dangers and their look-alikes, in a fixed order. Raises: CorpusError."""
    return [
        _of_danger(line, path, place)
        for path in sorted(folder.glob("danger/*/*/*.txt"))
        for line, _, _, place in _told(path)
    ]


def _of_danger(line: str, path: Path, place: str) -> CorpusLine:
    writer, side, kind = path.parts[-3], path.parts[-2], path.stem
    present = side == "present"
    if side not in {"present", "calm"} or (present and kind not in DANGERS):
        raise CorpusError(f"{place}：文件应放在 danger/<写作者>/present|calm/<种类>.txt")
    flags = {"urgent"} if present else {"chitchat"} if kind == _CHAT else set()
    known = {"urgent", *_CALM}
    if not present and kind in _CHAT_OR_NOT:
        known.discard("chitchat")
    if not (present and kind in _SENSITIVE_OR_NOT):
        known.add("sensitive")
        flags |= {"sensitive"} if kind in (_SENSITIVE_DANGERS if present else _SENSITIVE_CALM) else set()
    if kind == _WORDS or (present and len(line) <= _NAME_LONGEST):
        known &= {"urgent"} | flags
    category = "complaint" if present else _CALM_CATEGORIES.get(kind, "")
    return CorpusLine(
        line, category, "", frozenset(flags), place, frozenset(known),
        kind if present else "", kind, writer, "danger",
    )  # fmt: skip


def read_asides(folder: Path = CORPUS) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what may stand beside any message, and what may stand beside a danger only. Raises: CorpusError."""
    path = folder / "danger" / "asides.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    if wrong := [line for line in lines if line[:2] not in {"= ", "! "}]:
        raise CorpusError(f"{path}：每行以「= 」或「! 」开头：{wrong[0]}")
    return tuple(line[2:] for line in lines if line[0] == "="), tuple(
        line[2:] for line in lines if line[0] == "!"
    )


def read_accusations(folder: Path = CORPUS) -> list[CorpusLine]:
    """Return accusations, open and veiled, what is sensitive otherwise, and ordinary blame. Raises: CorpusError."""
    sides = {
        "open": (frozenset({"accusation"}), frozenset({"accusation", "chitchat", "ad"})),
        "veiled": (frozenset({"accusation"}), frozenset({"accusation", "chitchat", "ad"})),
        "sensitive": (frozenset({"sensitive"}), frozenset({"accusation", "sensitive", "chitchat", "ad"})),
        "ordinary": (frozenset[str](), frozenset({"accusation", "sensitive", "chitchat", "ad"})),
    }
    return [
        CorpusLine(
            line, "complaint" if "accusation" in flags else _BLAME_CATEGORIES.get(kind, ""), "", flags, place,
            known, writer=writer, own="accusation",
        )
        for side, (flags, known) in sides.items()
        for line, kind, writer, place in _told(folder / "accusation" / f"{side}.txt")
    ]  # fmt: skip


def read_supplements(folder: Path = CORPUS) -> list[CorpusLine]:
    """Return what people answer when they are asked where, when, which or how much. Raises: CorpusError."""
    known = frozenset({"urgent", "sensitive", "accusation", "ad"})
    return [
        CorpusLine(line, "", "", frozenset(), place, known, writer=writer, own="supplement")
        for line, _, writer, place in _told(folder / "supplements.txt")
    ]


def read_hard(folder: Path = CORPUS) -> list[CorpusLine]:
    """Return messages whose category is easily taken for another. Raises: CorpusError."""
    return [
        replace(
            parse_line(line, category, "", f"hard/{category}.txt:{number}"),
            known=frozenset({"chitchat", "ad"}),
        )
        for category in CATEGORIES
        for number, line in enumerate(
            (folder / "hard" / f"{category}.txt").read_text("utf-8").splitlines(), 1
        )
        if line.strip()
    ]


def _told(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield each message, the kind in brackets before it, its writer, and where it stands. Raises: CorpusError."""
    for number, raw, writer in _lines(path):
        kind, mark, text = raw.partition("] ")
        place = "/".join((*path.parts[-3:-1], f"{path.name}:{number}"))
        if not mark or not raw.startswith("[") or not text.strip():
            raise CorpusError(f"{place}：每行应为「[种类] 文字」")
        yield text.strip().replace("⏎", "\n"), kind[1:], writer, place


def _lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield each line that says something, its number, and its writer where a comment before it names one."""
    writer = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if raw.startswith("#"):
            writer = raw[1:].strip() if _WRITER.fullmatch(raw) else writer
        elif raw.strip():
            yield number, raw, writer
