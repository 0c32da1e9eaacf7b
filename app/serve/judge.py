"""Judging pushes before their transaction: by words and sentence vectors, in a crowd by words alone."""

import threading
import time
from collections import deque
from collections.abc import Sequence

from app.wiring import Services
from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register.kinds import Category

UNHURRIED = 2  # pushes judged together that are each looked at with sentence vectors too: 10 to 60 ms a text
A_SECOND = 20  # of them; at more, vectors would take a core that the other pushes need


class Crowd:
    """Tells when so many come that vectors, which some need, would hold up all."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, int]] = deque()
        self._count = 0
        self._lock = threading.Lock()

    def with_these(self, count: int, now: float) -> bool:
        """Tell whether `count` more, arrived at `now` (steady seconds), make or meet a crowd."""
        with self._lock:
            while self._recent and self._recent[0][0] <= now - 1.0:
                self._count -= self._recent.popleft()[1]
            self._recent.append((now, count))
            self._count += count
            return count > UNHURRIED or self._count > A_SECOND


class OfficeJudge:
    """What pushes that came together are, and which entry answers them. Safe to share between threads."""

    def __init__(self, services: Services) -> None:
        self._models, self._knowledge = services.live.models, services.live.knowledge
        self._auto_answer = services.settings.auto_answer
        self._crowd = Crowd()

    def __call__(self, pushes: Sequence[Push]) -> list[Judged]:
        crowded = self._crowd.with_these(len(pushes), time.monotonic())
        texts = [push.text for push in pushes]
        triages = self._models.triage_words(texts) if crowded else list(map(self._models.triage, texts))
        asking = [
            place
            for place, triage in enumerate(triages)
            if triage.category == Category.ADVICE_INQUIRY and self._auto_answer
        ]
        questions = [(texts[place], pushes[place].account.app_id) for place in asking]
        found = self._knowledge.sure_many(questions, words_only=crowded) if questions else []
        matches = dict(zip(asking, found, strict=True))
        return [Judged(triage, matches.get(place)) for place, triage in enumerate(triages)]
