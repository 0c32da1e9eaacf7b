"""What a running server holds in memory and keeps in step with the register: knowledge, calendar, model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app import keyring
from app.models_in_use import Models
from cases.knowledge import learn
from cases.register.store import Store
from cases.register.tables import KnowledgeEntry
from cases.register.vault import Vault
from cases.watch import calendar_change
from knowledge_base.answering import trust
from knowledge_base.base.entries import PUBLISHED, Entry, can_answer
from sla.calendar import WorkCalendar

if TYPE_CHECKING:  # loaded at first use: most commands need no model
    from knowledge_base.answering.answerer import Answerer, Match
    from knowledge_base.base.meaning import Meaning
    from knowledge_base.index.search import Index

log = structlog.get_logger()
_BATCH = 64
_PORTION = 250  # changed entries taken over before others get a turn
_AT_ONCE = 8  # changed entries that a question waits for
_WORTH_KEEPING = 1_000  # entries from which on indexing anew would be felt at the next start
_EMBEDDED = 4  # questions embedded at once: a receipt never waits for it, beyond this words alone decide
_LONGEST_QUESTION = 600  # characters of a message that are compared with entries: a longer one is no question


class Knowledge:
    """The published entries as a search index, kept in step by change number."""

    def __init__(
        self,
        store: Store,
        semantic: str,
        today: Callable[[], date],
        scopes: Mapping[str, Sequence[str]] | None = None,
        kept: Path | None = None,
    ) -> None:
        """`scopes`: account → the departments whose entries answer there; none named: all.

        `kept`: the file in which a large base's index outlives the process; it holds no text.
        """
        self._kept = kept
        self._store, self._semantic, self._today = store, semantic, today
        self._scopes = {account: tuple(names) for account, names in (scopes or {}).items() if names}
        self._scoped: dict[str, Answerer] = {}
        self._seq = 0
        self._muted: set[str] = set()
        self._lost: dict[str, float] = {}  # how much of its trust an entry has lost, where it lost any
        self._lock = threading.Lock()
        self._busy = threading.BoundedSemaphore(_EMBEDDED)

    @cached_property
    def meaning(self) -> Meaning | None:
        """The embeddings, loaded at first use: most commands never need them."""
        from knowledge_base.base import meaning as meanings

        return meanings.load(self._semantic)

    @cached_property
    def _index(self) -> Index:
        from knowledge_base.index.search import Index

        return Index()

    @cached_property
    def _answerer(self) -> Answerer:
        from knowledge_base.answering.answerer import Answerer
        from knowledge_base.verifier.shipped import built_in_verifier

        return Answerer(self._index, built_in_verifier(), self.meaning)

    def _answerer_of(self, account: str) -> Answerer:
        """Return what answers for an account: of the whole base, or of its departments' part."""
        if account not in self._scopes:
            return self._answerer
        if account not in self._scoped:
            from knowledge_base.answering.answerer import Answerer
            from knowledge_base.index.scope import Scope

            part = Scope(self._index, self._scopes[account])
            self._scoped[account] = Answerer(part, self._answerer.verifier, self.meaning)
        return self._scoped[account]

    def take_up(self) -> None:
        """Begin with the index that the last run kept; what changed since is indexed anew. Else `follow` does it all."""
        if self._kept is None or not self._kept.is_file():
            return
        from knowledge_base.index.search import Index

        with self._lock:
            if self._seq:
                return
            seq, ready = 0, dict[str, tuple[Entry, bytes | None]]()
            for (
                rows
            ) in self._portions():  # of a large base all rows at once would stay in the size of the process
                for row in rows:  # one that was changed meanwhile comes a second time
                    ready.pop(row.id, None)
                    (self._muted.add if row.muted else self._muted.discard)(row.id)
                published = [row for row in rows if row.status == PUBLISHED]
                for row, vector in self._with_vectors(published):
                    ready[row.id] = learn.as_entry(row), vector
                self._remember_trust(rows)
                seq = rows[-1].change_seq
            if seq:
                self._index = Index.load(self._kept, list(ready.values()))
                self._seq = seq

    def _portions(self) -> Iterator[list[KnowledgeEntry]]:
        seq = 0
        while True:
            with self._store.read() as session:
                rows = learn.changes_since(session, seq, _PORTION)
            if not rows:
                return
            yield rows
            seq = rows[-1].change_seq

    def keep(self) -> None:
        """Write the index of a large base for the next start."""
        if self._kept is not None and len(self._index) >= _WORTH_KEEPING:
            self._index.save(self._kept)

    def warm_up(self) -> None:
        """Load the models now rather than at the first question."""
        self._answerer.search("暖机", 1, words_only=True)
        if self.meaning is not None:
            self.meaning.vectors(["暖机"])

    def follow(self) -> int:
        """Take over what changed in the register since the last look; returns how many entries did."""
        total = 0
        while True:
            with self._lock:
                count = self._take_over(_PORTION)
            total += count
            if count < _PORTION:
                break
        if total >= _WORTH_KEEPING:
            self.keep()
        return total

    def _catch_up(self) -> None:
        """Take over a few changes before a question is answered; a longer list is left to the timer."""
        if self._lock.acquire(blocking=False):
            try:
                self._take_over(_AT_ONCE)
            finally:
                self._lock.release()

    def _take_over(self, most: int) -> int:
        if not learn.changed_since(self._store, self._seq):
            return 0
        with self._store.read() as session:
            rows = learn.changes_since(session, self._seq, most)
        if not rows:
            return 0
        for row in rows:  # what may no longer answer stops before anything is computed
            (self._muted.add if row.muted else self._muted.discard)(row.id)
            if row.status != PUBLISHED:
                self._index.remove(row.id)
        self._remember_trust(rows)
        ready = self._with_vectors(rows)
        self._index.upsert_many(
            (learn.as_entry(row), vector) for row, vector in ready if row.status == PUBLISHED
        )
        self._seq = rows[-1].change_seq
        return len(rows)

    def _remember_trust(self, rows: Sequence[KnowledgeEntry]) -> None:
        for row in rows:
            lost = trust.lost(row.used, row.unsolved, row.pleased)
            self._lost.pop(row.id, None)
            if lost:
                self._lost[row.id] = lost

    def search(self, query: str, top: int = 5, account: str | None = None) -> list[Match]:
        """Return the best published entries; `auto` says whether the first may be sent without a person.

        For a case: those that may answer in its account. None: the whole base.
        """
        self._catch_up()
        return self._found(query, top, account)

    def _found(self, query: str, top: int, account: str | None, words_only: bool = False) -> list[Match]:
        query = query[:_LONGEST_QUESTION]
        answerer = self._answerer if account is None else self._answerer_of(account)
        if words_only or self.meaning is None or not self._busy.acquire(blocking=False):
            return self._allowed(answerer.search(query, top, words_only=True))
        try:
            return self._allowed(answerer.search(query, top))
        finally:
            self._busy.release()

    def _allowed(self, found: list[Match]) -> list[Match]:
        """Take 「auto」 from what was stopped, is not in force, past its review day, or below its own bar.

        A person may still use it; what citizens have disliked is offered to choose from.
        """
        today = self._today()

        def may(entry: Entry) -> bool:
            return entry.id not in self._muted and can_answer(entry, today)

        bar = self._answerer.verifier.judge(self.meaning is not None).threshold

        def trusted(match: Match) -> bool:
            # with all its trust, what was sure is: each judge has its own bar
            lost = self._lost.get(match.entry.id, 0.0)
            return not lost or match.score >= trust.own_bar(bar, lost)

        def seen(match: Match) -> Match:
            sure = match.auto and may(match.entry) and trusted(match)
            offered = (match.entry,) if match.auto and not sure else match.choices
            return replace(match, auto=sure, choices=tuple(filter(may, offered)))

        return [seen(match) for match in found]

    def twins(self, entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
        """Return each entry with the published one that asks the same in other words, each pair once."""
        from knowledge_base.answering.gaps import near_duplicate

        self.follow()
        found: dict[frozenset[str], tuple[Entry, Entry]] = {}
        for entry in entries:
            twin = near_duplicate(self._index, entry)
            if twin is not None:
                found.setdefault(frozenset((entry.id, twin.id)), (entry, twin))
        return list(found.values())

    def sure(self, query: str, account: str | None = None) -> Match | None:
        """Return the match that may answer by itself today, or of which the citizen may choose, if there is one."""
        return self.sure_many([(query, account)])[0]

    def sure_many(
        self, questions: Sequence[tuple[str, str | None]], *, words_only: bool = False
    ) -> list[Match | None]:
        """`sure` for (question, account) that came together: what changed in the register is taken over once."""
        self._catch_up()
        return [self._sure(query, account, words_only) for query, account in questions]

    def _sure(self, query: str, account: str | None, words_only: bool) -> Match | None:
        if len(query) > _LONGEST_QUESTION or not len(self._index):
            return None
        first = next(iter(self._found(query, 1, account, words_only)), None)
        return first if first is not None and (first.auto or first.choices) else None

    def _with_vectors(self, rows: list[KnowledgeEntry]) -> list[tuple[KnowledgeEntry, bytes | None]]:
        if self.meaning is None:
            return [(row, None) for row in rows]
        from knowledge_base.base import meaning as meanings

        name = self.meaning.name
        lacking = [
            r for r in rows if r.status == PUBLISHED and r.vector_of != f"{name}:{learn.wording_key(r)}"
        ]
        made: dict[str, bytes] = {}
        for start in range(0, len(lacking), _BATCH):
            part = lacking[start : start + _BATCH]
            vectors = meanings.entry_vectors([learn.as_entry(row) for row in part], self.meaning)
            made.update({row.id: vector for row, vector in zip(part, vectors, strict=True)})
            self._keep({row.id: (row, made[row.id]) for row in part}, name)
        return [(row, made.get(row.id, row.vector)) for row in rows]

    def _keep(self, made: dict[str, tuple[KnowledgeEntry, bytes]], name: str) -> None:
        """Store vectors beside their entries, so that no other process computes them again."""
        with self._store.write() as session:
            for entry_id, (seen, vector) in made.items():
                row = session.get(KnowledgeEntry, entry_id)
                if row is not None and row.change_seq == seen.change_seq:
                    row.vector, row.vector_of = vector, f"{name}:{learn.wording_key(row)}"
                    session.add(row)


class Calendars:
    """The working calendar in force: shipped years and imported notices."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version: str | None = None
        self._calendar = WorkCalendar(())
        self.follow()

    def __call__(self) -> WorkCalendar:
        return self._calendar

    def follow(self) -> bool:
        with self._store.read() as session:
            version = calendar_change.version(session)
            if version == self._version:
                return False
            self._calendar, self._version = calendar_change.calendar(session), version
        return True


class Keys:
    """The key, in step with the register while it is changed."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def follow(self) -> None:
        with self._store.read() as session:
            keyring.fits(session, self._vault)


@dataclass(slots=True)
class Live:
    """All that follows the register. `problem` is set while something could not be followed."""

    knowledge: Knowledge
    calendars: Calendars
    models: Models
    keys: Keys
    problem: str = field(default="")

    def warm_up(self) -> None:
        """Load everything that a first message needs."""
        self.knowledge.take_up()
        self.follow()
        self.models.triage("暖机")
        self.knowledge.warm_up()

    def follow(self) -> None:
        self.keys.follow()
        self.calendars.follow()
        self.models.follow()
        self.knowledge.follow()
