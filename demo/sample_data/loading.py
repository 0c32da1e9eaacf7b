"""Loading the sample office: departments, staff, knowledge, and a month of letters played through the real steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from cases.knowledge import learn
from cases.register import memo, people
from cases.register.desk import Desk, Workplace
from cases.register.errors import Refusal
from cases.watch import watch
from demo.sample_data import files, steps
from demo.sample_data.steps import Scene
from knowledge_base.base.entries import Entry
from knowledge_base.files.exchange import read

SWEPT_AT = time(9, 0)
BATCH = 6
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is there now; `skipped` names happenings that the rules refused."""

    departments: int
    staff: int
    entries: int
    messages: int
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One moment of the history: a message (step -1), what was done about it, or the morning's sweep (row -1)."""

    at: datetime
    row: int
    step: int


def load(
    workplace: Workplace, account: str, follow: Callable[[], None], progress: Progress | None = None
) -> Loaded:
    """Fill an empty register; do nothing on a filled one.

    `account`: the app id under which the citizens write. `follow`: takes the published entries into the
    search before the letters are played, so that what the base answers by itself is answered.
    """
    tell = progress or (lambda what, done, of: None)
    workplace.act(_office)
    entries = read(files.KNOWLEDGE).rows
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        workplace.act(partial(_bring_in, entries=part))
        follow()
        tell("咨询答问库", min(start + BATCH, len(entries)), len(entries))
    skipped = _play(workplace, account, tell)
    samples = files.messages()
    return Loaded(len(files.departments()), len(files.staff()), len(entries), len(samples), tuple(skipped))


def history(now: datetime, desk: Desk, samples: list[files.Sample]) -> list[HistoryEvent]:
    """Return what happened up to `now`, in the order of time, with a sweep every working morning."""
    zone, today = desk.office.zone, desk.today
    events: list[HistoryEvent] = []

    def moment(days_back: int, after: int, clock: str) -> datetime:
        day = desk.calendar.add(desk.calendar.add(today, -days_back), after)
        return min(datetime.combine(day, time.fromisoformat(clock), zone), now)

    for row, sample in enumerate(samples):
        if sample.channel == "comment":
            continue
        at = now - timedelta(minutes=sample.minutes_ago)
        events.append(HistoryEvent(moment(sample.ago, 0, sample.clock) if sample.clock else at, row, -1))
        events += [
            HistoryEvent(moment(sample.ago, step.after, step.clock), row, number)
            for number, step in enumerate(sample.then)
        ]
    for days_back in range(max(sample.ago for sample in samples), 0, -1):
        day = desk.calendar.add(today, -days_back)
        events.append(HistoryEvent(datetime.combine(day, SWEPT_AT, zone), -1, 0))
    return sorted(events, key=lambda event: (event.at, event.row, event.step))


def _office(desk: Desk) -> None:
    for department in files.departments():
        people.add_department(desk, department.name, department.topics, phone=department.phone)
    there = {person.username for person in people.everybody(desk)}
    for member in files.staff():
        if member.username not in there:
            people.add_staff(
                desk,
                people.NewStaff(
                    name=member.name,
                    role=member.role,
                    department=member.department,
                    telegram_id=member.telegram_id,
                    username=member.username,
                    password=member.password,
                ),
            )


def _play(workplace: Workplace, account: str, tell: Progress) -> list[str]:
    samples = files.messages()
    openids = {person.key: person.openid for person in files.citizens()}
    staff = {member.key: member.username for member in files.staff()}
    mark = workplace.act(_mark)
    start = datetime.fromisoformat(mark["start"])
    events = workplace.look(lambda desk: history(start, desk.at(start), samples))
    skipped: list[str] = []
    for number, event in enumerate(events):
        tell("往来信件", number + 1, len(events))
        if number < mark["played"]:
            continue
        scene = Scene(samples[event.row], account, openids, staff)
        then = replace(workplace, clock=partial(_at, event.at))
        try:
            then.act(partial(_one, event=event, scene=scene))
        except Refusal as refusal:
            skipped.append(f"{scene.sample.text[:20]}…：{refusal}")
            then.act(_next)
    if mark["played"] < len(events):
        workplace.act(steps.read_notices)
    return skipped


def _bring_in(desk: Desk, entries: Sequence[Entry]) -> None:
    for entry in entries:
        learn.bring_in(desk, entry)


def _at(moment: datetime) -> datetime:
    return moment


def _one(desk: Desk, event: HistoryEvent, scene: Scene) -> None:
    """Do one event and note that it is done, in one transaction."""
    mark = _next(desk)
    if event.row < 0:
        watch.sweep(desk)
    elif event.step < 0:
        mark["cases"][str(event.row)] = steps.write_in(desk, scene)
    elif (case_id := mark["cases"].get(str(event.row))) is not None:
        steps.happen(desk, scene, case_id, scene.sample.then[event.step])
    steps.deliver(desk)
    _keep(desk, mark)


def _mark(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] | None = desk.noted(memo.DEMO)
    if found is None:
        return _keep(desk, {"start": desk.now.isoformat(), "played": 0, "cases": {}})
    return found


def _next(desk: Desk) -> dict[str, Any]:
    mark = _mark(desk)
    mark["played"] += 1
    return _keep(desk, mark)


def _keep(desk: Desk, mark: dict[str, Any]) -> dict[str, Any]:
    desk.note(memo.DEMO, mark)
    return mark
