"""Who decides whether a step counts: the thread that commits it, or the one that waits for it no longer."""

import threading
from collections.abc import Sequence


class Withdrawn(Exception):
    """The step was taken back before it was committed: nothing of it is in the register."""


class Turn:
    """A step that may be withdrawn. Exactly one of `commit` and `withdraw` wins, so the outcome can be told truly."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._committing = self._withdrawn = False

    @property
    def withdrawn(self) -> bool:
        return self._withdrawn

    @property
    def committing(self) -> bool:
        """Tell whether it may be in the register."""
        return self._committing

    def commit(self) -> None:
        """Called right before the commit. Raises: Withdrawn if nobody wants it any more."""
        with self._lock:
            if self._withdrawn:
                raise Withdrawn
            self._committing = True

    def rolled_back(self) -> None:
        """The commit failed for sure: the step may be done anew, or withdrawn."""
        with self._lock:
            self._committing = False

    def withdraw(self) -> bool:
        """Return True if the step is surely not in the register and never will be; False: it is, or may be."""
        with self._lock:
            self._withdrawn = self._withdrawn or not self._committing
            return self._withdrawn


class Together(Turn):
    """The turns of steps that share a transaction: all are committed, or none is."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        super().__init__()
        self._turns = turns

    @property
    def withdrawn(self) -> bool:
        return all(turn.withdrawn for turn in self._turns)

    @property
    def committing(self) -> bool:
        return any(turn.committing for turn in self._turns)

    def commit(self) -> None:
        """Raises: Withdrawn if one of them is wanted no more; then none is being committed."""
        for place, turn in enumerate(self._turns):
            try:
                turn.commit()
            except Withdrawn:
                for earlier in self._turns[:place]:
                    earlier.rolled_back()
                raise

    def rolled_back(self) -> None:
        for turn in self._turns:
            turn.rolled_back()
