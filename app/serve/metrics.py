"""What Prometheus reads: counts from the register, made when asked, and what the processes have measured."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlmodel import col, func, select

from app import clock
from cases.lists import browse, filters
from cases.lists.pulse import leaderless, pulse
from cases.register import proposals
from cases.register.desk import Desk
from cases.register.measures import REGISTRY
from cases.register.states import OPEN
from cases.register.tables import Case, Delivery, Outbox, Proposal

__all__ = ["CONTENT_TYPE_LATEST", "exposition", "shared", "shared_folder"]

LISTS = ("open", "new", "in_review", "due_today", "soon", "overdue", "urgent", "waiting", "promised")
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where several processes put down what each has measured

_PREFIX, _OWNER = "huiyin-metrics-", "owner"
_FRESH, _UNOWNED = 60.0, 86_400.0  # seconds: its lock may not be taken yet; a program of before has none


@contextmanager
def shared() -> Iterator[None]:
    """Have the processes started inside the block measure together: whichever is asked answers for all."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    with (folder / _OWNER).open("wb") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        os.environ[SHARED] = str(folder)
        try:
            yield
        finally:
            os.environ.pop(SHARED, None)
            shutil.rmtree(folder, ignore_errors=True)


def shared_folder() -> Path | None:
    """Return the folder of the processes that were started together; None for a process that is alone."""
    folder = os.environ.get(SHARED, "")
    return Path(folder) if folder and Path(folder).is_dir() else None


def _sweep() -> None:
    """Remove the folders of programs that were killed: nobody holds their lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            young = _FRESH if (folder / _OWNER).exists() else _UNOWNED
            if time.time() - folder.stat().st_mtime < young or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _OWNER).open("ab") as owner:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # in use, or gone meanwhile
            continue


def exposition(desk: Desk) -> bytes:
    """Return the metrics as text. Labels are states and lanes: nothing personal."""
    families = [*_counts(desk), *_ages(desk), _file_gone(0)]
    registry = CollectorRegistry()
    registry.register(_ReadyCollector(families))
    return generate_latest(registry) + generate_latest(_measured())


def without_register() -> bytes:
    """Return what can be told when the database file is gone: that it is, and what was measured."""
    registry = CollectorRegistry()
    registry.register(_ReadyCollector([_file_gone(1)]))
    return generate_latest(registry) + generate_latest(_measured())


def _file_gone(value: int) -> GaugeMetricFamily:
    return GaugeMetricFamily(
        "huiyin_database_gone", "Whether SQLite's file was moved, deleted or replaced while open", value=value
    )


def _measured() -> CollectorRegistry:
    if shared_folder() is None:
        return REGISTRY
    together = CollectorRegistry()
    collect: Callable[[CollectorRegistry], object] = MultiProcessCollector  # untyped in the library
    collect(together)
    return together


class _ReadyCollector(Collector):
    def __init__(self, families: Sequence[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self._families


def _counts(desk: Desk) -> Iterator[GaugeMetricFamily]:
    session = desk.session
    cases = GaugeMetricFamily("huiyin_cases", "Cases by status", labels=["status"])
    for status, count in session.exec(select(Case.status, func.count()).group_by(Case.status)).all():
        cases.add_metric([status], count)
    yield cases
    overdue = browse.count(desk, *filters.office_wide(desk, "overdue"))
    yield GaugeMetricFamily("huiyin_cases_overdue", "Open cases past their due time", value=overdue)
    listed = GaugeMetricFamily("huiyin_cases_listed", "Cases of a list of the console", labels=["list"])
    for name in LISTS:
        listed.add_metric([name], browse.count(desk, *filters.office_wide(desk, name)))
    yield listed
    doubtful = (
        select(func.count()).select_from(Case).where(col(Case.status).in_(OPEN), col(Case.needs_review))
    )
    yield GaugeMetricFamily(
        "huiyin_cases_needing_review", "Open cases of whose category the model is not sure",
        value=session.exec(doubtful).one(),
    )  # fmt: skip
    outbox = GaugeMetricFamily("huiyin_outbox", "Outbox rows by lane and state", labels=["lane", "state"])
    by_lane = select(Outbox.lane, Outbox.state, func.count()).group_by(Outbox.lane, Outbox.state)
    for lane, state, count in session.exec(by_lane).all():
        outbox.add_metric([lane, state], count)
    yield outbox
    sent = GaugeMetricFamily("huiyin_deliveries", "Deliveries by kind and state", labels=["kind", "state"])
    by_kind = select(Delivery.kind, Delivery.state, func.count()).group_by(Delivery.kind, Delivery.state)
    for kind, state, count in session.exec(by_kind).all():
        sent.add_metric([kind, state], count)
    yield sent
    if desk.office.model_on:
        up = 0 if proposals.trouble(desk) else 1
        yield GaugeMetricFamily("huiyin_model_up", "Whether the language model answers", value=up)
        made = session.exec(select(func.count()).select_from(Proposal)).one()
        yield GaugeMetricFamily(
            "huiyin_model_proposals", "Texts that the language model proposed", value=made
        )


def _ages(desk: Desk) -> Iterator[GaugeMetricFamily]:
    """How long the oldest has waited that should be done already. What never happened has no line."""
    now = pulse(desk)
    unsent = GaugeMetricFamily(
        "huiyin_outbox_oldest_seconds", "Age of the oldest row due to be sent, by lane", labels=["lane"]
    )
    for lane, age in now.unsent.items():
        unsent.add_metric([lane], age)
    yield unsent
    yield GaugeMetricFamily(
        "huiyin_sweep_lag_seconds",
        "How long the most overdue look of the sweep has waited beyond the sweep's own beat",
        value=now.sweep_lag,
    )
    yield GaugeMetricFamily(
        "huiyin_danger_untaken_seconds", "Age of the oldest alarm that nobody has taken", value=now.danger
    )
    yield GaugeMetricFamily(
        "huiyin_clock_off_seconds",
        "By which the platform is ahead of this machine; 0: less than ten minutes",
        value=now.clock_off,
    )
    ages = (
        ("huiyin_comment_poll_age_seconds", "Since the comments of any article were read", now.comments_read),
        ("huiyin_chat_poll_age_seconds", "Since the handler chat was last asked for updates", now.chat_polled),
        ("huiyin_backup_age_seconds", "Since the last backup was whole", now.backed_up),
        ("huiyin_leaderless_seconds", "Since the last process that sends and sweeps let go; 0 while one leads",
         leaderless(desk.session, clock.now())),
    )  # fmt: skip
    for name, meaning, since in ages:
        if since is not None:
            yield GaugeMetricFamily(name, meaning, value=since)
    yield GaugeMetricFamily(
        "huiyin_sendings_given_up", "Sendings that will not be tried again", value=now.given_up
    )
