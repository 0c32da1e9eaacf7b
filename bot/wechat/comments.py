"""Article comments: polled, since the platform pushes none; approved answers are posted as replies."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.wechat.client import ApiError, Consequence, WeChatApi
from cases.register import articles, deliveries, memo, register
from cases.register.desk import Desk, Workplace
from cases.register.kinds import Job
from cases.register.readonly import Article, Delivery, Outbox
from cases.register.rows import id_of
from cases.register.states import DeliveryState, Purpose
from cases.sending import payloads
from cases.sending.ports import SendFailed
from cases.steps import comments, reply
from cases.steps.comments import Written
from classifier.triage import Triage

log = structlog.get_logger()
PAGE = 49  # the platform takes fewer than 50
MOST_PAGES = 2000
FULL_READING = timedelta(hours=1)  # how long an unchanged article is trusted before deletions are looked for
CAREFULLY = 100  # comments of one poll judged one by one, as every message is; a flood goes by words alone
LOOK_BACK = 7  # days that datacube is asked about at first
ALREADY_REPLIED, NO_REPLY = 88005, 87009


class CommentPoller:
    """Looks for new comments under all articles. One process polls at a time."""

    def __init__(self, workplace: Workplace, apis: dict[str, WeChatApi]) -> None:
        self._workplace, self._apis = workplace, apis
        self._carefully = CAREFULLY

    async def poll_once(self) -> int:
        """Read what is new; returns how many comments became cases. An article that fails holds up no other."""
        new, self._carefully = 0, CAREFULLY
        for index, api in enumerate(self._apis.values()):
            await self._discover(api)
            names = {api.account.app_id, ""} if index == 0 else {api.account.app_id}
            found = await self._workplace.look_async(articles.listed)
            for article in (row for row in found if row.account in names):
                try:
                    new += await self._poll(api, article)
                except ApiError as error:
                    log.warning("comments.article", article=article.msg_data_id, why=str(error))
        return new

    async def _poll(self, api: WeChatApi, article: Article) -> int:
        known = await self._workplace.look_async(lambda desk: comments.known(desk, article))
        if await self._unchanged(api, article, known):
            return 0
        new, total, seen = 0, 0, set[str]()
        async for page in pages(api, article):
            total = max(total, page.total)
            seen |= {each.user_comment_id for each in page.written}
            fresh = [each for each in page.written if each.user_comment_id not in known]
            if fresh:
                new += await self._take(article, fresh)
        if len(seen) >= total:  # nothing moved while we read: what is missing was deleted
            await self._workplace.act_async(
                lambda desk: comments.finish(desk, id_of(article), seen, len(seen))
            )
        return new

    async def _unchanged(self, api: WeChatApi, article: Article, known: set[str]) -> bool:
        """The newest comment stands first or last: if both ends and the count are as before, so is the rest."""
        now = self._workplace.clock()
        if article.polled_at is None or now - article.polled_at >= FULL_READING:
            return False
        first = await read_page(api, article, 0)
        if first.total != article.high_water or any(w.user_comment_id not in known for w in first.written):
            return False
        if first.total <= PAGE:
            return True
        last = await read_page(api, article, first.total - PAGE)
        return all(w.user_comment_id in known for w in last.written)

    async def _take(self, article: Article, fresh: list[Written]) -> int:
        """Register a page of comments in one transaction; if one spoils it, one by one without that one."""
        found = await asyncio.to_thread(self._judge, [each.text for each in fresh])
        judged = list(zip(fresh, found, strict=True))
        try:
            return await self._workplace.act_async(lambda desk: comments.take(desk, article, judged))
        except Exception as error:
            log.error("comments.page", article=article.msg_data_id, error=type(error).__name__)
        new = 0
        for pair in judged:
            try:
                new += await self._workplace.act_async(
                    partial(comments.take, article=article, written=[pair])
                )
            except Exception as error:
                log.error("comments.one", comment=pair[0].user_comment_id, error=type(error).__name__)
        return new

    def _judge(self, texts: list[str]) -> list[Triage]:
        """Judge a page. An uncertain category is marked for a person either way."""
        office = self._workplace.office
        if office.triage_words is None:
            return [office.triage(text) for text in texts]
        few, many = texts[: self._carefully], texts[self._carefully :]
        self._carefully -= len(few)
        return [office.triage(text) for text in few] + (office.triage_words(many) if many else [])

    async def _discover(self, api: WeChatApi) -> None:
        """Ask datacube for the articles of the days gone by; it knows a day only once it is over."""
        today = self._workplace.office.today(self._workplace.clock())
        account = api.account.app_id
        done = await self._workplace.look_async(lambda desk: desk.noted(memo.DATACUBE, account))
        days = [today - timedelta(days=back) for back in range(LOOK_BACK, 0, -1)]
        for day in days:
            if done is not None and day <= done:
                continue
            try:
                body = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
                answer = await api.post("datacube/getarticletotaldetail", body)
            except ApiError as error:
                if error.meaning in (Consequence.AGAIN, Consequence.TOKEN, Consequence.SETTING):
                    return
                answer = {}
            found = [item for item in answer.get("list", []) if isinstance(item, dict)]
            account = api.account.app_id
            await self._workplace.act_async(partial(_remember, account=account, day=day, found=found))


class CommentPage:
    """A page of a listing."""

    def __init__(self, answer: dict[str, Any]) -> None:
        rows = [row for row in answer.get("comment", []) if isinstance(row, dict)]
        self.rows = [row for row in rows if row.get("user_comment_id") is not None]
        self.written = [_written(row) for row in self.rows]
        total = answer.get("total", 0)
        self.total = total if isinstance(total, int) else 0


async def read_page(api: WeChatApi, article: Article, begin: int) -> CommentPage:
    body = {
        "msg_data_id": _number(article.msg_data_id),
        "index": article.idx,
        "begin": begin,
        "count": PAGE,
        "type": 0,
    }
    return CommentPage(await api.post("cgi-bin/comment/list", body))


async def pages(api: WeChatApi, article: Article) -> AsyncIterator[CommentPage]:
    """Yield the pages of an article until an empty one."""
    begin = 0
    for _ in range(MOST_PAGES):
        page = await read_page(api, article, begin)
        if not page.rows:
            return
        yield page
        begin += len(page.rows)


class CommentSender:
    """Works off the lane `comment`: posts approved answers, marks praise as elect."""

    def __init__(self, workplace: Workplace, apis: dict[str, WeChatApi]) -> None:
        self._workplace, self._apis = workplace, apis

    async def send(self, row: Outbox) -> None:
        """Raises: SendFailed."""
        where = await self._workplace.look_async(lambda desk: _where(desk, row))
        if where is None:
            return
        article, comment_id, delivery, text, replied = where
        api = self._apis.get(article.account) or next(iter(self._apis.values()), None)
        if api is None:
            raise SendFailed("没有可用的公众号", final=True)
        target = {
            "msg_data_id": _number(article.msg_data_id),
            "index": article.idx,
            "user_comment_id": _number(comment_id),
        }
        try:
            if delivery is None:
                await api.post("cgi-bin/comment/markelect", target)
                return
            if replied or delivery.kind == Purpose.CORRECTION:
                await _take_back(api, target)
            await self._post(api, article, target, text)
        except ApiError as error:
            await self._failed(delivery, error, row.attempts)
            return
        await self._end(delivery, DeliveryState.POSTED, "")

    async def _post(self, api: WeChatApi, article: Article, target: dict[str, Any], text: str) -> None:
        """Post a reply; one that stands there already counts if it is this very text, posted before a kill."""
        try:
            await api.post("cgi-bin/comment/reply/add", {**target, "content": text})
        except ApiError as error:
            if error.code != ALREADY_REPLIED:
                raise
            async for page in pages(api, article):
                for row in page.rows:
                    if row.get("user_comment_id") == target["user_comment_id"] and _reply_of(row) == text:
                        return
            raise

    async def _failed(self, delivery: Delivery | None, error: ApiError, attempts: int) -> None:
        if error.meaning in (Consequence.AGAIN, Consequence.TOKEN, Consequence.SETTING) and attempts < 38:
            raise SendFailed(str(error), wait=error.wait)
        if delivery is not None:
            await self._end(delivery, DeliveryState.FAILED, str(error))
        raise SendFailed(str(error), final=True)

    async def _end(self, delivery: Delivery, state: DeliveryState, error: str) -> None:
        def step(desk: Desk) -> None:
            row = deliveries.find(desk, delivery.id)
            if row is not None:
                reply.delivered(desk, row, state, "comment", error)

        await self._workplace.record(step)


async def _take_back(api: WeChatApi, target: dict[str, Any]) -> None:
    """A comment bears one reply: the earlier one makes room for the new."""
    try:
        await api.post("cgi-bin/comment/reply/delete", target)
    except ApiError as error:
        if error.code != NO_REPLY:
            raise


def _where(desk: Desk, row: Outbox) -> tuple[Article, str, Delivery | None, str, bool] | None:
    """Return what a row is about, and whether an earlier reply of ours (a question, say) stands there.

    None when it is done already. Raises: NotFound.
    """
    elected = row.kind == Job.ELECT
    delivery = None if elected else deliveries.find(desk, payloads.ToDeliver.of(row).delivery_id)
    if delivery is not None and delivery.state != DeliveryState.PENDING:
        return None
    case_id = delivery.case_id if delivery else payloads.OfCase.of(row).case_id
    comment, article = comments.of_case(desk, register.by_id(desk, case_id))
    text = desk.office.vault.open(delivery.text_sealed) if delivery else ""
    return article, comment.user_comment_id, delivery, text, deliveries.posted(desk, case_id)


def _remember(desk: Desk, account: str, day: date, found: list[dict[str, Any]]) -> None:
    """Keep the articles of a day, and that the day was asked for."""
    for item in found:
        data_id, _, place = str(item.get("msgid", "")).rpartition("_")
        if data_id.isdecimal() and place.isdecimal() and 1 <= int(place) <= 8:
            title = str(item.get("title", ""))[:200]
            articles.add(desk, account, data_id, int(place) - 1, title, "datacube")
    desk.note(memo.DATACUBE, day, account)


def _written(row: dict[str, Any]) -> Written:
    created = row.get("create_time")
    at = datetime.fromtimestamp(created if isinstance(created, int) and 0 < created < 10**11 else 0, UTC)
    return Written(
        str(row["user_comment_id"]),
        str(row.get("openid") or ""),
        str(row.get("content") or ""),
        at,
        bool(_reply_of(row)),
    )


def _reply_of(row: dict[str, Any]) -> str:
    said = row.get("reply")
    return str(said.get("content") or "") if isinstance(said, dict) else ""


def _number(value: str) -> int | str:
    """The platform takes these ids as numbers."""
    return int(value) if value.isdecimal() else value
