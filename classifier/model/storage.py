"""A model on disk: numbers and terms in .npz, the rest in JSON, a SHA-256 of every file. Nothing in it can run."""

import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import ModelError
from classifier.model.linear import Block, Head, Model, SecondStage
from classifier.model.neighbours import Neighbours
from classifier.model.rounding import kept, packed

FORMAT = 3
_MANIFEST = "manifest.json"
_FILES = ("numbers.npz", "model.json", "card.json")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same model gives the same bytes, whenever it is saved


def save(model: Model, folder: Path) -> None:
    """Write `model` and its card into `folder`, the manifest last, so that a cut-off save is never loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MANIFEST).unlink(missing_ok=True)
    sizes = [len(block.index) for block in model.blocks]
    coef, steps = packed(np.asarray(model.coef), sizes)
    terms = "\n".join(term for block in model.blocks for term in block.index)
    numbers: dict[str, NDArray[Any]] = {
        "coef": coef,
        "steps": steps,
        "scale": model.scale.astype(np.float16),
        "intercept": model.intercept,
        "terms": np.frombuffer(terms.encode(), np.uint8),
    }
    if model.second:
        numbers |= _second_numbers(model.second)
    _write_numbers(folder / "numbers.npz", numbers)
    described = {
        "format": FORMAT,
        "version": model.version,
        "blocks": [
            {"name": b.name, "size": len(b.index), "unit_length": b.unit_length, "weight": b.weight}
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
    _write(folder / "model.json", described, 1)
    _write(folder / "card.json", model.card, 2)
    _write(
        folder / _MANIFEST, {"format": FORMAT, "sha256": {name: _sum(folder / name) for name in _FILES}}, 2
    )


def _second_numbers(stage: SecondStage) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {
        "second_coef": stage.coef.astype(np.float16),
        "second_intercept": stage.intercept,
    }
    if near := stage.neighbours:
        found |= {
            "near_signs": near.signs,
            "near_mean": near.mean.astype(np.float16),
            "near_told": near.told,
            "near_up": near.up,
        }
    return found


def load(folder: Path) -> Model:
    """Return the model of `folder`. Raises: ModelError if missing, altered, or written by another format."""
    verify(folder)
    try:
        described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        with np.load(folder / "numbers.npz", allow_pickle=False) as numbers:
            blocks = _blocks(described["blocks"], numbers["terms"].tobytes().decode().split("\n"))
            sizes = [len(block.index) for block in blocks]
            second = _second(described["embedder"], numbers)
            return Model(
                version=described["version"],
                blocks=blocks,
                heads=tuple(
                    Head(h["name"], tuple(h["labels"]), h["start"], h["temperature"])
                    for h in described["heads"]
                ),
                scale=numbers["scale"].astype(np.float32),
                coef=kept(numbers["coef"], numbers["steps"], sizes),
                intercept=numbers["intercept"],
                thresholds=described["thresholds"],
                wordings=described["wordings"],
                card=card,
                second=second,
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"模型文件读不出来：{folder}（{error}）。请运行 huiyin models build 重建") from error


def _second(embedder: str, numbers: Any) -> SecondStage | None:
    if not embedder:
        return None
    near = (
        Neighbours(
            numbers["near_signs"],
            numbers["near_mean"].astype(np.float32),
            numbers["near_told"],
            numbers["near_up"],
        )
        if "near_signs" in numbers
        else None
    )
    return SecondStage(embedder, numbers["second_coef"].astype(np.float32), numbers["second_intercept"], near)


def verify(folder: Path) -> None:
    """Raises: ModelError unless every file of `folder` is as the manifest says."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        sums = dict(manifest["sha256"])
        if manifest["format"] != FORMAT:
            raise ModelError(f"模型格式版本不符：{folder}。请运行 huiyin models build 重建")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"没有找到完整的模型：{folder}。请运行 huiyin models build 重建") from error
    for name in _FILES:
        if not (folder / name).is_file() or _sum(folder / name) != sums.get(name):
            raise ModelError(f"模型文件被改动或损坏：{folder / name}。已拒绝载入；请重建模型或退回旧版本")


def _blocks(described: list[dict[str, Any]], terms: list[str]) -> tuple[Block, ...]:
    blocks, start = [], 0
    for b in described:
        index = {term: start + row for row, term in enumerate(terms[start : start + b["size"]])}
        blocks.append(Block(b["name"], index, b["unit_length"], b["weight"]))
        start += b["size"]
    if start != len(terms):
        raise ValueError("terms")
    return tuple(blocks)


def _write_numbers(path: Path, numbers: dict[str, NDArray[Any]]) -> None:
    """Write what `numpy.load` reads, without the time of day in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in numbers.items():
            held = io.BytesIO()
            np.lib.format.write_array(held, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), held.getvalue(), zipfile.ZIP_DEFLATED, 9)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, value: object, indent: int | None) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
