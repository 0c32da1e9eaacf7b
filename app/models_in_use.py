"""The classifier in use: the built-in one, or the latest that `huiyin train` adopted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from prometheus_client import Histogram
from sqlmodel import Session

from app import clock, model_shelf
from cases.register import measures, memo
from cases.register.store import Store

if TYPE_CHECKING:  # loaded at first use: most commands need no model
    from classifier.triage import Classifier, Triage

log = structlog.get_logger()


class Models:
    """The classifier in use: the built-in one, or the latest that `huiyin train` adopted."""

    def __init__(self, store: Store, folder: Path, semantic: str = "auto") -> None:
        self._store, self.folder, self._second = store, folder, semantic != "off"
        self._version: str | None = None
        self._classifier: Classifier | None = None

    @property
    def classifier(self) -> Classifier:
        """The model in use, loaded at first use."""
        if self._classifier is None:
            self.follow()
        assert self._classifier is not None  # noqa: S101 - `follow` loaded it or raised
        return self._classifier

    def follow(self) -> bool:
        with self._store.read() as session:
            version = in_use(session)
        if version == self._version:
            return False
        from classifier.triage import built_in

        self._classifier = self._trained(version) if version else built_in(self._second)
        self._version = version
        return True

    def _trained(self, version: str) -> Classifier:
        """Load a version from disk; one that is missing or damaged here comes from the register.

        A version that neither has is told, and the built-in model serves: letters wait for no file.
        """
        from classifier.errors import ModelError
        from classifier.triage import Classifier, built_in

        folder = self.folder / version
        try:
            found = Classifier.load(folder, self._second)
        except ModelError:
            with self._store.read() as session:
                if not model_shelf.fetch(session, version, folder):
                    log.error("model.missing", version=version, folder=str(folder), serving="built-in")
                    return built_in(self._second)
            return Classifier.load(folder, self._second)
        with self._store.read() as session:
            kept = version in model_shelf.versions(session)
        if not kept:  # trained before models stood in the register
            with self._store.write() as session:
                model_shelf.put(session, version, folder, clock.now())
        return found

    def triage(self, text: str) -> Triage:
        return _measured(self.classifier.triage(text))

    def further(self, judged: Triage, text: str, before: str) -> Triage:
        """Return `judged`, what a further line is by itself, as it stands after the letter that it joins."""
        return self.classifier.further(judged, text, before)

    def triage_words(self, texts: Sequence[str]) -> list[Triage]:
        """Judge many texts at once by words alone, a fiftieth of the time that a second opinion takes."""
        from classifier.triage import Classifier

        return list(map(_measured, Classifier(self.classifier.model).triage_many(texts)))


def _measured(judged: Triage) -> Triage:
    _confidence(judged.category).observe(judged.confidence)
    return judged


@cache
def _confidence(category: str) -> Histogram:
    """Return the category's own histogram: to find it costs more than to count in it."""
    return measures.CONFIDENCE.labels(category)


def in_use(session: Session) -> str:
    return memo.MODEL_IN_USE.of(session)
