"""What a message is: category, topic, flags, and how sure we are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from classifier import storage
from classifier.flags import meaningless, procedure
from classifier.model import Model
from classifier.reading import Reading, cue_terms, read

BUILT = Path(__file__).parent / "built"
NAMES = {"praise": "表扬感谢", "advice_inquiry": "咨询建议", "complaint": "投诉求助"}
_FLAG_NAMES = {"urgent": "紧急", "sensitive": "敏感", "accusation": "检举", "chitchat": "闲聊", "ad": "广告"}


@dataclass(frozen=True, slots=True)
class Triage:
    """The first stage's opinion of one message. `reasons` are Chinese and shown to staff."""

    category: str
    confidence: float
    needs_review: bool
    topic: str
    urgent: bool
    sensitive: bool
    accusation: bool
    chitchat: bool
    ad: bool
    procedure: str  # "" or 信访 / 政府信息公开 / 行政复议 / 12315
    reasons: tuple[str, ...]


class Classifier:
    """A loaded model. Safe to share between threads: it holds no state that changes."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.version = model.version

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Raises: ModelError if `folder` is missing, incomplete or altered."""
        return cls(storage.load(folder))

    def triage(self, text: str) -> Triage:
        """Return what `text` is. Never raises, whatever the text."""
        reading = read(text)
        model = self.model
        said = model.read_scores(model.scores(reading))
        labels = {head.name: head.labels for head in model.heads}
        shares = said["category"]
        best = max(range(len(shares)), key=shares.__getitem__)
        category, confidence = labels["category"][best], shares[best]
        learned = model.wordings.get(wording(reading)) if model.wordings else None
        reasons = [_because(reading, category)]
        if learned:
            category, confidence = learned, max(confidence, 0.99) if learned == category else 0.99
            reasons = ["工作人员曾对同样的文字改类"]
        empty = not reading.text or meaningless(reading.text)
        topics = said["topic"]
        flags = {
            name: name in said and said[name][0] >= model.thresholds[name] and not empty
            for name in _FLAG_NAMES
        }
        if empty:
            confidence = min(confidence, 0.4)
            flags["chitchat"] = bool(reading.text)
        if flags["urgent"] or flags["sensitive"] or flags["accusation"]:
            flags["chitchat"] = flags["ad"] = False
        kind = procedure(reading.text)
        reasons += [f"疑似{_FLAG_NAMES[name]}" for name, on in flags.items() if on]
        reasons += [f"可能属于{kind}程序"] if kind else []
        return Triage(
            category,
            round(confidence, 4),
            confidence < model.thresholds["review"],
            labels["topic"][max(range(len(topics)), key=topics.__getitem__)],
            flags["urgent"],
            flags["sensitive"],
            flags["accusation"],
            flags["chitchat"],
            flags["ad"],
            kind,
            tuple(reasons),
        )

    def triage_many(self, texts: Sequence[str]) -> list[Triage]:
        """Return what each of `texts` is, in order."""
        return [self.triage(text) for text in texts]


def wording(reading: Reading) -> str:
    """Return the key under which a staff correction of this very wording is remembered."""
    return hashlib.sha256("".join(reading.text.split()).encode()).hexdigest()[:32]


def _because(reading: Reading, category: str) -> str:
    met = [term[1:] for term in cue_terms(reading) if term.startswith("=")]
    shown = "".join(f"「{phrase}」" for phrase in dict.fromkeys(met) if len(phrase) > 1)
    return f"{NAMES[category]}：{shown[:40] or '依全文判断'}"


@lru_cache(maxsize=1)
def built_in() -> Classifier:
    """Return the model built from the shipped corpus, training it first if it is absent or stale."""
    from classifier.train import build, source_hash

    try:
        found = Classifier.load(BUILT)
        if found.model.card.get("source_hash") == source_hash():
            return found
    except storage.ModelError:
        pass
    build(BUILT)
    return Classifier.load(BUILT)
