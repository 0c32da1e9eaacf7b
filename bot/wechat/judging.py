"""Judging of pushes with an end: in threads of its own, and no longer than a time limit."""

from collections.abc import Callable, Sequence
from functools import partial

import structlog

from bot.wechat.parsing import Push
from bot.wechat.talk import Judged
from cases.register import measures
from cases.register.hands import Hands
from cases.steps import receive, triage

log = structlog.get_logger()
THREADS = 4
AT_LAST = 30.0  # seconds after which a push that nobody waits for goes to a person unjudged

Judge = Callable[[Sequence[Push]], Sequence[Judged]]  # one for each, in order


class Beforehand:
    """Judges pushes and does beforehand what their transaction would do while others wait for it: masking.

    `own_numbers`: the office's, as they were last seen. Where they have changed, the transaction masks for itself.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.own_numbers: tuple[str, ...] = ()

    def __call__(self, pushes: Sequence[Push]) -> Sequence[Judged]:
        for push in pushes:
            receive.masked(push.text, self.own_numbers)
        return self._judge(pushes)


class Judging:
    def __init__(self, judge: Judge, name: str = "judge") -> None:
        self._judge, self._hands = judge, Hands(THREADS, name)

    async def __call__(self, pushes: Sequence[Push], seconds: float) -> Sequence[Judged]:
        """Judge side by side, in one thread. Raises: TimeoutError when it takes longer; what the judge raised."""
        with measures.timed(measures.JUDGING):
            return await self._hands.do(partial(self._judge, pushes), seconds)

    async def at_last(self, push: Push) -> Judged:
        """Judge, or let it be known that nobody could: a person looks at it."""
        try:
            return (await self([push], AT_LAST))[0]
        except TimeoutError:
            log.error("judging.given_up", door="wechat", kind=push.kind)
            return Judged(triage.unjudged(), None)
