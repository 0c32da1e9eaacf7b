"""Comments under articles, polled from the platform's stand-in over HTTP: `python -m bench.comments [COMMENTS]`.

The shipped classifier judges every comment. Afterwards nothing may be lost or doubled, and the audit chain holds.
"""

import asyncio
import os
import resource
import sys
from functools import partial
from time import perf_counter

from sqlmodel import func, select

from app import clock as clocks
from bench.places import DATABASES, database, office_with_models
from bot.wechat.accounts import Account
from bot.wechat.client import WeChatApi
from bot.wechat.comments import CommentPoller
from cases.register import articles, audit
from cases.register.desk import Workplace
from cases.register.store import Store
from cases.register.tables import Case, Comment, Message
from classifier.fit.corpus import read_corpus
from demo.fake_wechat import FakeWeChat
from tests.fakes import postgres
from tests.fakes.wechat import serving_fake

ARTICLES, READERS = 20, 3_000
TARGET = 60.0  # seconds for 10,000 comments


def texts(count: int) -> list[str]:
    """Return comments as short as comments are, no two alike."""
    short = [m.text for m in read_corpus() if len(m.text) <= 60]
    return [f"{short[n * 7919 % len(short)]}（{n % 97}号楼{n // 97}单元）" for n in range(count)]


def publish(fake: FakeWeChat, place: Workplace, count: int) -> None:
    for number in range(ARTICLES):
        msg_data_id = str(2247480000 + number)
        fake.add_article(msg_data_id)
        place.act(partial(articles.add, account=fake.app_id, msg_data_id=msg_data_id))
    under = list(fake.articles.values())
    for number, text in enumerate(texts(count)):
        reader = (
            f"reader{number * 31 % READERS}" if number % 4 else ""
        )  # the platform does not always say who
        fake.comment(under[number % ARTICLES], text, reader)


async def poll(fake: FakeWeChat, place: Workplace) -> tuple[int, int]:
    """Return how many comments became cases, and how many did at a second poll."""
    with serving_fake(fake) as address:
        api = WeChatApi(Account(fake.app_id, fake.secret, "", api_base=address), place)
        poller = CommentPoller(place, {fake.app_id: api})
        try:
            return await poller.poll_once(), await poller.poll_once()
        finally:
            await api.close()


def measure(store: Store, count: int) -> float:
    """Print one run's figures and return its seconds."""
    place = office_with_models(store)
    place.office.triage("暖机")
    fake = FakeWeChat(clocks.now)
    publish(fake, place, count)
    before, began = resource.getrusage(resource.RUSAGE_SELF), perf_counter()
    new, again = asyncio.run(poll(fake, place))
    spent, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    with store.read() as session:
        kept = [session.exec(select(func.count()).select_from(t)).one() for t in (Comment, Case, Message)]
        chain = audit.verify(session, place.office.vault)
    assert (new, again, kept) == (count, 0, [count] * 3), (new, again, kept)
    assert chain.ok
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    print(
        f"{store.engine.dialect.name:10} {count:,} comments under {ARTICLES} articles in {spent:.1f} s "
        f"(at most {TARGET * count / 10_000:.0f} s); CPU user {user:.1f} s, system {system:.1f} s; "
        f"{kept[1]:,} cases, none lost, none doubled, {chain.entries:,} audit rows hold; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    return spent


def main(count: int = 10_000) -> int:
    slow = 0
    for kind in DATABASES:
        try:
            with database(kind) as store:
                slow += measure(store, count) > TARGET * count / 10_000
        except postgres.CannotRun as why:
            print(f"{kind}: not measured: {why}")
    return min(slow, 1)


if __name__ == "__main__":
    sys.exit(main(*(int(value) for value in sys.argv[1:2])))
