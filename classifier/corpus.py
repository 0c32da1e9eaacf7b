"""The messages that we wrote ourselves to train on: reading and checking the files.

One message per line, `⏎` for a line break inside it, `title ‖ body` for a letter with a title,
optional `[urgent] [sensitive] [accusation] [procedure]` at the start, `#` for a comment.
Files: `<category>/<topic>.txt`, and `other/chitchat.txt`, `other/ad.txt` without a category.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import CorpusError

CATEGORIES = ("praise", "advice_inquiry", "complaint")
TOPICS = (
    "城乡建设",
    "环境保护",
    "交通运输",
    "教育文体",
    "劳动和社会保障",
    "商贸旅游",
    "卫生计生",
    "政务服务",
    "公共安全",
    "农业农村",
)
TAGS = frozenset({"urgent", "sensitive", "accusation", "procedure"})
OTHERS = ("chitchat", "ad")
CORPUS = Path(__file__).parent / "corpus"
_TAGS_AT_START = re.compile(r"^(?:\[[a-z_ ]+\]\s*)+")


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the corpus. `category` and `topic` are empty for chit-chat and advertising."""

    text: str
    category: str
    topic: str
    flags: frozenset[str]
    place: str  # file:line, for error messages

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0] if "\n" in self.text else ""


def parse_line(line: str, category: str, topic: str, place: str) -> Message:
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
    return Message(
        text, "" if category == "other" else category, "" if category == "other" else topic, flags, place
    )


def read_file(path: Path) -> Iterator[Message]:
    """Yield the messages of one file; its folder and name say category and topic."""
    category, topic = path.parent.name, path.stem
    allowed = OTHERS if category == "other" else TOPICS
    if category not in (*CATEGORIES, "other") or topic not in allowed:
        raise CorpusError(f"{path}：文件应放在 <类别>/<主题>.txt，主题可用：{'、'.join(allowed)}")
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if line and not line.startswith("#"):
            yield parse_line(line, category, topic, f"{category}/{path.name}:{number}")


def read_corpus(folder: Path = CORPUS) -> list[Message]:
    """Return every message under `folder`, in a fixed order. Raises: CorpusError."""
    messages = [message for path in sorted(folder.glob("*/*.txt")) for message in read_file(path)]
    if not messages:
        raise CorpusError(f"{folder} 里没有训练文本，请检查安装是否完整")
    return messages
