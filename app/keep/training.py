"""Training from staff corrections, and which model is in use."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from app import clock, model_shelf
from app.models_in_use import in_use
from app.wiring import Services
from cases.register import memo
from cases.register.desk import COMMAND_LINE, Actor, Desk
from cases.register.errors import NotFound
from cases.register.tables import Correction
from classifier.fit.train import LabelledText, train
from classifier.triage import Classifier

CORRECTION_WEIGHT = 3.0


def train_and_adopt(opened: Services, rows: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Train on the built-in corpus, the register's corrections and `rows`; adopt if no worse on the held-out part."""
    corrections = opened.workplace.look(_corrections)
    material = [LabelledText(text, label, 1.0) for text, label in rows]
    material += [LabelledText(text, label, CORRECTION_WEIGHT) for text, label in corrections]
    folder = opened.var / "models"
    result = train(material, opened.live.models.classifier, folder, clock.now())
    if result.adopted:
        opened.workplace.act(lambda desk: _adopt(desk, result.version, folder), COMMAND_LINE)
    return {
        "new_macro_f1": result.new_macro_f1,
        "current_macro_f1": result.current_macro_f1,
        "adopted": result.adopted,
        "version": result.version,
        "corrections": len(corrections),
        "rows": len(rows),
    }


def versions(opened: Services) -> list[dict[str, Any]]:
    used = opened.workplace.look(lambda desk: in_use(desk.session))
    found = []
    shelf = opened.workplace.look(lambda desk: model_shelf.versions(desk.session))
    for version in shelf:
        _there(opened, version, opened.var / "models" / version)
    for card in sorted((opened.var / "models").glob("[!.]*/card.json")):
        facts = _card(card)
        found.append(
            {
                "version": card.parent.name,
                "made_at": facts.get("made_at", ""),
                "macro_f1": facts.get("macro_f1", ""),
                "in_use": card.parent.name == used,
            }
        )
    return [{"version": "built-in", "made_at": "", "macro_f1": "", "in_use": not used}, *found]


def _card(file: Path) -> dict[str, Any]:
    """Return what stands on a version's card; of a damaged one nothing: such a version is listed, not used."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def use(opened: Services, version: str, actor: Actor = COMMAND_LINE) -> None:
    """Roll back, or forward. Raises: ModelError if the version is altered; NotFound if it is not there."""
    folder: Path = opened.var / "models" / version
    named = version not in (".", "..") and Path(version).name == version
    if version and not (named and _there(opened, version, folder)):
        raise NotFound(f"没有 {version} 这个版本。")
    if version:
        Classifier.load(folder)
    opened.workplace.act(lambda desk: _adopt(desk, version, folder.parent), actor)


def _there(opened: Services, version: str, folder: Path) -> bool:
    return folder.is_dir() or opened.workplace.look(
        lambda desk: model_shelf.fetch(desk.session, version, folder)
    )


def _adopt(desk: Desk, version: str, folder: Path) -> None:
    if version:
        model_shelf.put(desk.session, version, folder / version, desk.now)
    desk.note(memo.MODEL_IN_USE, version)
    desk.audit("model.use", f"model:{version or 'built-in'}")


def _corrections(desk: Desk) -> list[tuple[str, str]]:
    """Return the wordings that staff corrected, each with the last category given."""
    rows = desk.session.exec(select(Correction).order_by(col(Correction.id))).all()
    return list({desk.office.vault.open(row.sealed): row.after for row in rows}.items())
