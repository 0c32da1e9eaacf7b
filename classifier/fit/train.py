"""Making models: the built-in one, and new ones from staff corrections."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sklearn.metrics import f1_score

from classifier.fit.fitter import Example, Fitter, everything
from classifier.fit.heldout_rows import category_rows
from classifier.fit.source import source_hash
from classifier.model import storage
from classifier.model.linear import Model
from classifier.reading.read import read
from classifier.triage import Classifier, wording
from text.masking import mask

Progress = Callable[[str, float], None]
_MASK = re.compile("〔[^〕]{1,8}〕")
_INFLUENCES = (4.0, 1.0, 0.25, 0.05)  # what a staff correction's weight is multiplied with, strongest first
_MANY = 200  # new rows from which on they also decide which words are looked at


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A labelled text. A weight above 1 marks a staff correction, whose influence may be lowered; a file's is not."""

    text: str
    label: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class TrainResult:
    """Both figures on the held-out part. `folder` holds the new version only if `adopted`."""

    new_macro_f1: float
    current_macro_f1: float
    adopted: bool
    version: str
    folder: Path


def build(folder: Path, progress: Progress | None = None, corpora: Fitter | None = None) -> None:
    """Write the built-in model into `folder`; the same corpus gives the same numbers.

    `corpora`: a fitter of `everything()` that was made before.
    """
    say = progress or (lambda _step, _share: None)
    say("读取语料", 0.0)
    rows = everything()
    say("训练分类模型", 0.1)
    source = source_hash()
    fitter = corpora or Fitter(rows)
    model = fitter.model(f"built-in-{source}", [row.weight for row in rows])
    say("保存模型", 0.95)
    storage.save(replace(model, card=_card(model, len(rows), 0, source)), folder)
    say("完成", 1.0)


def train(
    rows: Sequence[LabelledText],
    current: Classifier,
    folder: Path,
    now: datetime,
    corpora: Fitter | None = None,
) -> TrainResult:
    """Train on the corpus plus `rows`; write a version into `folder` if no worse on the held-out part.

    The corrections' influence is lowered step by step until the held-out part does not suffer. The very
    wordings of `rows` are remembered (as hashes), so their next prediction is the label given.
    `corpora`: a fitter of `everything()` that was made before; many rows need one of their own.
    """
    version = f"{now:%Y%m%d-%H%M%S}-{_rows_hash(rows)}"
    base = everything()
    before = heldout_f1(Classifier(current.model))  # first stage against first stage
    after = 0.0
    wordings = {wording(read(row.text)): row.label for row in rows}
    added = [
        Example(anonymous(row.text), row.label, "", frozenset(), row.weight, whole=False) for row in rows
    ]
    few = len(rows) < _MANY
    fitter = (corpora or Fitter(base)).with_more(added) if few else Fitter([*base, *added])
    for influence in _INFLUENCES:
        weights = [row.weight for row in base] + [_weight(row, influence) for row in rows]
        model = replace(fitter.model(version, weights), wordings=wordings)
        after = heldout_f1(Classifier(model))
        if after >= before:
            card = _card(model, len(base), len(rows), source_hash())
            card |= {"made_at": now.isoformat(), "macro_f1": after, "influence": influence}
            storage.save(replace(model, card=card), folder / version)
            return TrainResult(after, before, True, version, folder / version)
        if all(row.weight <= 1 for row in rows):
            break
    return TrainResult(after, before, False, version, folder / version)


def anonymous(text: str) -> str:
    """Return the text that is learned from: a number, name or address in it is as any other.

    The words that a model knows stand in its file as they are.
    """
    return _MASK.sub("0", mask(text))


def _weight(row: LabelledText, influence: float) -> float:
    return row.weight * influence if row.weight > 1 else row.weight


def heldout_f1(classifier: Classifier) -> float:
    """Return macro-F1 over the categories on the held-out messages."""
    rows = category_rows()
    found = [triage.category for triage in classifier.triage_many([text for text, _ in rows])]
    return round(float(f1_score([label for _, label in rows], found, average="macro")), 4) if rows else 0.0


def _rows_hash(rows: Sequence[LabelledText]) -> str:
    joined = "\n".join(f"{row.label}\t{row.text}" for row in rows)
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:8]


def _card(model: Model, corpus_rows: int, added_rows: int, source: str) -> dict[str, object]:
    return {
        "version": model.version,
        "task": "给群众来信分类（表扬感谢、咨询建议、投诉求助），并判断主题和标记",
        "trained_on": {"corpus_examples": corpus_rows, "staff_and_file_rows": added_rows},
        "source_hash": source,
        "terms": len(model.scale),
        "second_stage": model.second.embedder if model.second else "",
        "thresholds": model.thresholds,
        "limits": "自撰语料训练；低于阈值的交人工判断；标记只作提示，不代替值班人员",
    }
