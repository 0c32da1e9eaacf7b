"""The courier works off the chat lane of the outbox: limits obeyed, the gravest first, nothing lost.

A row is taken, rendered as the register stands, sent, and what now stands in the chat is written down right
after the platform's answer. Cut off in between, the row is sent again: at worst a post stands twice.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.handler_chat.cards.cards import SuggestedEntry
from bot.handler_chat.cards.platform import (
    ChatGone,
    ChatMoved,
    Platform,
    PlatformDown,
    PostFixed,
    PostGone,
    SlowDown,
)
from bot.handler_chat.posting import rendering, telling
from bot.handler_chat.posting.items import asked_about, waiting
from bot.handler_chat.posting.queue import Item, Limits, Send, SendAlerts, SendList, Step, plan
from bot.handler_chat.posting.work import Bench, Edit, Post, Work, digest
from cases.register import register
from cases.register.desk import Desk, Workplace
from cases.register.kinds import Posted
from cases.register.states import OutboxState
from cases.register.troubles import Superseded
from cases.sending import announce, chat
from cases.sending.chat import Chats, Place
from cases.sending.ports import SendFailed

T = TypeVar("T")
log = structlog.get_logger()
IDLE_SECONDS = 30.0
LONGEST_PAUSE = 300.0
ROUNDS = 50
Suggest = Callable[[str, str], Sequence[SuggestedEntry]]  # text and account of a case


class Courier:
    """One per platform; only one process drains at a time. `tick` is a steady clock in seconds."""

    def __init__(
        self,
        workplace: Workplace,
        platform: Platform,
        chats: Chats,
        suggest: Suggest,
        limits: Limits,
        tick: Callable[[], float] = time.monotonic,
        sure: Callable[[], bool] = lambda: True,
    ) -> None:
        """`sure`: whether this process still is the one that posts, asked once more before each post."""
        self._workplace, self._platform, self._chats = workplace, platform, chats
        self._suggest, self.limits, self._tick, self._sure = suggest, limits, tick, sure
        self._busy = asyncio.Lock()
        self._remembered = self._finishing = False
        self._at_work: asyncio.Task[None] | None = None
        self._failures: dict[str, int] = {}

    async def drain(self) -> float:
        """Send what may go now; return the seconds until there may be more."""
        async with self._busy:
            if not self._remembered:
                await self._remember()
            for _ in range(ROUNDS):
                items = await self._workplace.look_async(partial(waiting, self._platform.name, self._chats))
                steps, wait = plan(items, self.limits, self._tick())
                if not steps:
                    due = await self._workplace.look_async(chat.next_due)
                    return max(0.02, min(w for w in (wait, due, IDLE_SECONDS) if w is not None))
                self._at_work = asyncio.create_task(self._together(steps))
                await asyncio.shield(self._at_work)  # a post that is out is recorded, even if we are stopped
            return 0.0

    async def finish(self, seconds: float) -> None:
        """Begin no further post; give those that are out so long to be recorded."""
        self._finishing = True
        if self._at_work is not None and not self._at_work.done():
            _, late = await asyncio.wait({self._at_work}, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._finishing = False  # a process may come to lead once more

    async def _remember(self) -> None:
        """Count what an earlier process posted within the last minute against the limits."""
        now, tick = self._workplace.clock(), self._tick()
        since = now - timedelta(seconds=60)
        posted = await self._workplace.look_async(
            lambda desk: chat.posted_since(desk, self._platform.name, since)
        )
        for chat_id, _at in posted:
            self.limits.take(chat_id, tick)
        self._remembered = True

    async def _together(self, steps: Sequence[Step]) -> None:
        """Chats go side by side, the steps of one chat one after the other."""
        by_chat: dict[str, list[Step]] = {}
        for step in steps:
            by_chat.setdefault(step.item.chat if isinstance(step, Send) else step.chat, []).append(step)
        await asyncio.gather(*(self._in_order(chat_id, mine) for chat_id, mine in by_chat.items()))

    async def _in_order(self, chat_id: str, steps: Sequence[Step]) -> None:
        for step in steps:
            if self._finishing:
                return
            ids = [step.item.row_id] if isinstance(step, Send) else [item.row_id for item in step.items]
            try:
                if isinstance(step, Send):
                    await self._send(step.item)
                elif isinstance(step, SendAlerts):
                    await self._send_alerts(ids)
                else:
                    await self._send_list(step)
            except SendFailed as failure:
                await self._failed(chat_id, ids, failure)
                if not failure.final:
                    return
            except Superseded:
                log.warning("chat.superseded", chat=chat_id)
                return
            except Exception as error:
                log.exception("chat.error", chat=chat_id, rows=ids)
                why = f"内部错误 {type(error).__name__}"
                await self._act(lambda desk: chat.put_off(desk, ids, why))  # noqa: B023 - awaited at once
                return

    async def _send(self, item: Item) -> None:
        suggestions = await self._suggestions(item)
        work = await self._act(lambda desk: self._take(desk, item, suggestions))
        if work is None:
            return
        for post in work.posts:
            if not self._sure():
                return  # whoever leads takes the row over
            message_id = await self._platform.post(
                post.place, post.card, reply_to=post.reply_to, asks=post.asks
            )
            last = not work.edits and post is work.posts[-1]
            await self._workplace.record(
                partial(self._record, post=post, message_id=message_id, settled=[item.row_id] if last else [])
            )
        for edit in work.edits:
            await self._edit(item, edit)
        if work.edits:
            await self._workplace.record(lambda desk: chat.settle(desk, [item.row_id]))

    def _take(self, desk: Desk, item: Item, suggestions: tuple[SuggestedEntry, ...]) -> Work | None:
        held = chat.hold(desk, [item.row_id])
        if not held:
            return None
        work = rendering.work(desk, self._chats, held[0], suggestions)
        if not work.posts and not work.edits:
            chat.settle(
                desk,
                [item.row_id],
                state=OutboxState.DROPPED if work.dropped else OutboxState.DONE,
                why=work.dropped,
            )
            return None
        chat.take(desk, [item.row_id])
        return work

    async def _edit(self, item: Item, edit: Edit) -> None:
        if not item.edit:
            self.limits.take(edit.chat_id, self._tick(), edit=True)
        try:
            await self._platform.edit(edit.chat_id, edit.message_id, edit.card)
        except PostGone:
            await self._act(lambda desk: self._gone(desk, item, edit))
            return
        except PostFixed:
            if edit.tells:
                await self._platform.post(Place(edit.chat_id), edit.card)
            if not edit.live:  # else not noted as shown: a press brings a new chance
                await self._act(partial(_note_edit, edit=edit))
                await self._once_more(edit)
            return
        except ChatGone:
            if edit.chat_id == item.chat:
                raise
            edit = Edit(edit.post_id, edit.chat_id, edit.message_id, edit.card, live=False)
        await self._act(partial(_note_edit, edit=edit))

    async def _once_more(self, edit: Edit) -> None:
        """A press that came before the post was noted as past has brought a chance to change it; later ones use it."""
        try:
            await self._platform.edit(edit.chat_id, edit.message_id, edit.card)
        except (PostFixed, PostGone):
            pass

    def _gone(self, desk: Desk, item: Item, edit: Edit) -> None:
        """Somebody deleted the post: it stands no longer, and a case that still needs its card gets a new one."""
        _note_edit(desk, Edit(edit.post_id, edit.chat_id, edit.message_id, edit.card, live=False))
        post, case = chat.by_id(desk, edit.post_id), register.find(desk, item.case_id)
        if edit.live and post is not None and post.kind == Posted.CASE and case is not None:
            announce.card(desk, case)

    async def _send_alerts(self, ids: list[int]) -> None:
        def take(desk: Desk) -> list[tuple[Post, list[int]]]:
            posts = telling.alerts(Bench(desk, self._chats), chat.hold(desk, ids))
            chat.take(desk, [row_id for _, rows in posts for row_id in rows])
            return posts

        for post, rows in await self._act(take):
            if not self._sure():
                return
            message_id = await self._platform.post(post.place, post.card)
            await self._workplace.record(
                partial(self._record, post=post, message_id=message_id, settled=rows)
            )

    async def _send_list(self, step: SendList) -> None:
        by_case = {item.case_id or 0: item.row_id for item in step.items}
        ids = list(by_case.values())

        def take(desk: Desk) -> tuple[Post | None, list[int]]:
            chat.hold(desk, ids)
            card, held = rendering.backlog(desk, list(by_case))
            place = chat.place_of(desk, self._chats, f"case:{next(iter(by_case))}")
            mine = [row_id for case_id, row_id in by_case.items() if case_id in held]
            if place is None:
                return None, mine
            chat.take(desk, mine)
            return Post(place, card, {"kind": Posted.LIST}), mine

        post, ids = await self._act(take)
        if not self._sure():
            return
        if post is not None:
            message_id = await self._platform.post(post.place, post.card)
            await self._workplace.record(partial(self._record, post=post, message_id=message_id, settled=ids))
        else:
            await self._act(lambda desk: chat.settle(desk, ids))

    def _record(self, desk: Desk, post: Post, message_id: str, settled: list[int]) -> None:
        """Write down what now stands in the chat, and that the rows which wanted it are done."""
        for post_id in post.replaces:
            chat.over(desk, chat.by_id(desk, post_id))
        chat.posted(
            desk,
            platform=self._platform.name,
            chat_id=post.place.chat_id,
            message_id=message_id,
            shown=digest(post.card),
            **post.record,
        )
        chat.settle(desk, settled)
        if self._failures.pop(post.place.chat_id, 0):
            chat.recovered(desk, self._platform.name, post.place.chat_id)

    async def _suggestions(self, item: Item) -> tuple[SuggestedEntry, ...]:
        """Ask the knowledge base before the transaction, as it may take its time."""
        if item.case_id is None:
            return ()
        case = await self._workplace.look_async(lambda desk: asked_about(desk, item.row_id))
        if case is None or not case.text:
            return ()
        return tuple(await asyncio.to_thread(self._suggest, case.text, case.account))

    async def _failed(self, chat_id: str, ids: list[int], failure: SendFailed) -> None:
        log.warning("chat.failed", chat=chat_id, rows=ids, why=str(failure), kind=type(failure).__name__)
        count = self._failures[chat_id] = self._failures.get(chat_id, 0) + 1
        backoff = min(2.0 ** min(count, 10), LONGEST_PAUSE)
        name, now = self._platform.name, self._tick()
        if isinstance(failure, SlowDown):
            self.limits.pause(chat_id, now + failure.seconds)
            wait = timedelta(seconds=failure.seconds)
            await self._act(lambda desk: chat.put_off(desk, ids, str(failure), wait))
        elif isinstance(failure, ChatMoved):
            await self._act(lambda desk: self._moved(desk, chat_id, failure.to, ids))
        elif isinstance(failure, ChatGone):
            self.limits.pause(chat_id, now + backoff)
            await self._act(lambda desk: self._in_trouble(desk, chat_id, ids, str(failure)))
        elif isinstance(failure, PlatformDown):
            self.limits.pause("", now + min(backoff, 30.0))
            wait = timedelta(seconds=min(backoff, 30.0))
            await self._act(lambda desk: chat.put_off(desk, ids, str(failure), wait))
        elif failure.final:
            await self._act(lambda desk: chat.settle(desk, ids, state=OutboxState.FAILED, why=str(failure)))
        else:
            await self._act(lambda desk: chat.put_off(desk, ids, str(failure), failure.wait))
        log.debug("chat.paused", platform=name, chat=chat_id, failures=count)

    def _moved(self, desk: Desk, before: str, after: str, ids: list[int]) -> None:
        chat.chat_moved(desk, self._platform.name, before, after)
        chat.put_off(desk, ids, "群已升级", timedelta())

    def _in_trouble(self, desk: Desk, chat_id: str, ids: list[int], why: str) -> None:
        chat.trouble(desk, self._platform.name, chat_id, why)
        chat.put_off(desk, ids, why)

    async def _act(self, step: Callable[[Desk], T]) -> T:
        return await self._workplace.act_async(step)


def _note_edit(desk: Desk, edit: Edit) -> None:
    chat.showing(desk, chat.by_id(desk, edit.post_id), digest(edit.card), live=edit.live)
