"""A model on disk: numbers in .npz, names in JSON, a SHA-256 of every file. Nothing in it can run."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from classifier.errors import ModelError
from classifier.model import Block, Head, Model, SecondStage

FORMAT = 2
_MANIFEST = "manifest.json"


def save(model: Model, folder: Path) -> None:
    """Write `model` and its card into `folder`, the manifest last, so that a cut-off save is never loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    numbers = {"scale": model.scale, "coef": model.coef, "intercept": model.intercept}
    if model.second:
        numbers |= {"second_coef": model.second.coef, "second_intercept": model.second.intercept}
    np.savez(folder / "numbers.npz", **numbers)  # type: ignore[arg-type] # numpy's stub takes names for flags
    described = {
        "format": FORMAT,
        "version": model.version,
        "blocks": [
            {"name": b.name, "terms": list(b.index), "unit_length": b.unit_length, "weight": b.weight}
            for b in model.blocks
        ],
        "heads": [
            {"name": h.name, "labels": h.labels, "start": h.start, "temperature": h.temperature}
            for h in model.heads
        ],
        "thresholds": model.thresholds,
        "wordings": model.wordings,
        "embedder": model.second.embedder if model.second else "",
    }
    _write(folder / "model.json", described, None)
    _write(folder / "card.json", model.card, 2)
    sums = {name: _sum(folder / name) for name in ("numbers.npz", "model.json", "card.json")}
    _write(folder / _MANIFEST, {"format": FORMAT, "sha256": sums}, 2)


def load(folder: Path) -> Model:
    """Return the model of `folder`. Raises: ModelError if missing, altered, or written by another format."""
    verify(folder)
    try:
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        with np.load(folder / "numbers.npz", allow_pickle=False) as numbers:
            scale, coef, intercept = numbers["scale"], numbers["coef"], numbers["intercept"]
            embedder = described.get("embedder", "")  # older versions have no second stage
            second = (
                SecondStage(embedder, numbers["second_coef"], numbers["second_intercept"])
                if embedder
                else None
            )
        return Model(
            version=described["version"],
            blocks=_blocks(described["blocks"]),
            heads=tuple(
                Head(h["name"], tuple(h["labels"]), h["start"], h["temperature"]) for h in described["heads"]
            ),
            scale=scale,
            coef=coef,
            intercept=intercept,
            thresholds=described["thresholds"],
            wordings=described["wordings"],
            card=card,
            second=second,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"模型文件读不出来：{folder}（{error}）。请运行 huiyin models build 重建") from error


def verify(folder: Path) -> None:
    """Raises: ModelError unless every file of `folder` is as the manifest says."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        sums = dict(manifest["sha256"])
        if manifest["format"] != FORMAT:
            raise ModelError(f"模型格式版本不符：{folder}。请运行 huiyin models build 重建")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"没有找到完整的模型：{folder}。请运行 huiyin models build 重建") from error
    for name in ("numbers.npz", "model.json", "card.json"):
        if not (folder / name).is_file() or _sum(folder / name) != sums.get(name):
            raise ModelError(f"模型文件被改动或损坏：{folder / name}。已拒绝载入；请重建模型或退回旧版本")


def _blocks(described: list[dict[str, Any]]) -> tuple[Block, ...]:
    blocks, start = [], 0
    for b in described:
        index = {term: start + row for row, term in enumerate(b["terms"])}
        blocks.append(Block(b["name"], index, b["unit_length"], b["weight"]))
        start += len(index)
    return tuple(blocks)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, value: object, indent: int | None) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent), encoding="utf-8")
