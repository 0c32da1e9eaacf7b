"""The watch: planned by fair turns, handed over with a note, swapped with consent, told of danger at night.

Source: Qingdao 2020-88 art. 16; Anning 2021 art. 39; Hengnan 2023-2 §4(2); Baoding art. 13.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.duty_kinds import SwapState
from cases.register.errors import Invalid, Malformed, NotAllowed, NotFound, Refusal, Stale
from cases.register.rows import id_of
from cases.register.tables import Staff
from cases.register.tables.duties import Watch, WatchNote, WatchSwap
from cases.sending import announce
from duties.people import turns
from duties.rules import doer, rights
from duties.rules.doer import Doer
from text.normalise import storable

LONGEST = 400  # days of one plan
LOOK_BACK = timedelta(days=365)  # how long a watch counts for the turns that follow
NEXT_FROM = 2  # an alarm told for the second time goes to the next one on the roster, too
LOOK_AHEAD = timedelta(days=14)  # how far the next one is looked for


def plan(desk: Desk, who: Doer, first: date, last: date, names: Sequence[str]) -> list[dict[str, Any]]:
    """Plan the watch of every day, weekends and holidays included; days that were planned are planned anew.

    Raises: NotAllowed; Invalid naming together all who are no active colleagues or named twice.
    """
    rights.require_manager(who, "排班")
    if last < first:
        raise Malformed(f"结束日期 {last} 早于开始日期 {first}。", field="to")
    if (last - first).days >= LONGEST:
        raise Invalid(f"一次最多排 {LONGEST} 天。", field="to")
    staff = _colleagues(desk, names)
    kinds = {day: turns.kind_of(day, desk.calendar) for day in turns.days_between(first, last)}
    session = desk.session
    session.execute(delete(Watch).where(col(Watch.day) >= first, col(Watch.day) <= last))
    _lapse(desk, first, last)
    ids = [id_of(person) for person in staff]
    shared = turns.share(kinds, ids, *_kept(desk, first))
    session.add_all(
        Watch(day=day, staff_id=person, kind=kinds[day]) for day, person in shared.items()
    )  # fmt: skip
    session.flush()
    desk.audit("duty.plan", "duty", **{"from": first, "to": last, "staff": [p.name for p in staff]})
    return [shown(desk, day) for day in sorted(shared)]


def shown(desk: Desk, day: date) -> dict[str, Any]:
    """Return a day of the roster with its hand-over notes."""
    notes = desk.session.exec(select(WatchNote).where(WatchNote.day == day).order_by(col(WatchNote.id))).all()
    return {
        "date": day,
        "staff": [person.name for person in on(desk, day)],
        "kind": turns.kind_of(day, desk.calendar),
        "provisional": not desk.calendar.is_official(day.year),
        "notes": [{"by": note.by, "at": note.at, "text": note.text} for note in notes],
    }


def on(desk: Desk, day: date) -> list[readonly.Staff]:
    """Return who keeps watch on a day and still is with the office, the first to be told first."""
    query = select(Staff).join(Watch, col(Watch.staff_id) == col(Staff.id)).where(Watch.day == day)
    rows = desk.session.exec(query.order_by(col(Watch.place), col(Watch.id))).all()
    return [person for person in rows if person.active]


def told(desk: Desk, day: date, times: int) -> list[int]:
    """Return who on the roster is told of a danger for the `times`-th time: the watch, then the next one, too."""
    query = select(col(Watch.day), col(Staff.id)).join(Staff, col(Staff.id) == col(Watch.staff_id))
    ahead = query.where(
        col(Watch.day) >= day, col(Watch.day) <= day + LOOK_AHEAD, col(Staff.active).is_(True)
    )
    rows = desk.session.exec(ahead.order_by(col(Watch.day), col(Watch.place), col(Watch.id))).all()
    ids = [person or 0 for on_day, person in rows if on_day == day]
    following = max(times - NEXT_FROM + 1, 0) if ids else max(times, 1)
    for on_day, person in rows:
        if on_day > day and person not in ids and following > 0:
            ids.append(person or 0)
            following -= 1
    return ids


def swap(desk: Desk, who: Doer, day: date, giving: str, taking: str) -> dict[str, Any]:
    """Hand a watch over. Whoever manages the roster, or takes the watch, does so at once; who gives it asks for consent.

    Raises: Invalid if the first has no watch that day or the second has one; NotAllowed for a third colleague.
    """
    session = desk.session
    giver, taker = doer.colleague(desk, giving), doer.colleague(desk, taking)
    watch = _watch(desk, day, giver)
    if giver.id == taker.id or _has(desk, day, taker):
        raise Invalid(f"{taker.name}在 {day} 已经值班。", field="to")
    at_once = rights.manages(who) or (who is not None and who.id == taker.id)
    if who is not None and not at_once and who.id != giver.id:
        raise NotAllowed("换班须由换班双方中的一方提出。")
    if at_once:
        watch.staff_id = id_of(taker)
        session.add(watch)
        session.flush()
        _lapse(desk, day, day, giver)
        desk.audit("duty.swap", "duty", day=day, name=giver.name, to=taker.name)
        return {**shown(desk, day), "agreed": True}
    asked = WatchSwap(day=day, from_id=id_of(giver), to_id=id_of(taker), asked_at=desk.now)
    session.add(asked)
    session.flush()
    text = f"【换班】{giver.name}请您在 {day} 代为值班，请在控制台「本月要办」同意，或告知管理员。"
    announce.tell(desk, f"staff:{taker.id}", text, key=f"swap:{asked.id}")
    desk.audit("duty.swap_ask", "duty", day=day, name=giver.name, to=taker.name)
    return {**shown(desk, day), "agreed": False, "swap": asked.id}


def decide_swap(desk: Desk, who: Doer, swap_id: int, *, agree: bool) -> WatchSwap:
    """Only the one who was asked consents. Raises: Stale if it was decided or the watch has moved."""
    known = 0 < swap_id < 1 << 31
    asked = desk.session.get(WatchSwap, swap_id, with_for_update=True) if known else None
    if asked is None:
        raise NotFound("没有这个换班申请。")
    if who is None or who.id != asked.to_id:
        raise NotAllowed("须由被请求代班的同事本人决定。")
    if asked.state != SwapState.ASKED:
        raise Stale("这个换班申请已经处理过，或值班表已变。")
    asked.state, asked.decided_at, asked.decided_by = (
        SwapState.AGREED if agree else SwapState.REFUSED,
        desk.now,
        who.name,
    )
    desk.session.add(asked)
    giver = desk.session.get_one(Staff, asked.from_id)
    if agree:
        try:
            watch = _watch(desk, asked.day, giver)
        except Refusal as error:
            raise Stale(str(error)) from None
        if _has(desk, asked.day, who):
            raise Stale(f"您在 {asked.day} 已经值班。")
        watch.staff_id = id_of(who)
        desk.session.add(watch)
        desk.session.flush()
        _lapse(desk, asked.day, asked.day, giver)
    said = "同意" if agree else "不同意"
    announce.tell(
        desk,
        f"staff:{giver.id}",
        f"【换班】{who.name}{said}在 {asked.day} 代您值班。",
        key=f"swap-decided:{asked.id}",
    )
    desk.audit("duty.swap_decide", "duty", day=asked.day, name=giver.name, to=who.name, granted=agree)
    return asked


def note(desk: Desk, who: Doer, day: date, text: str) -> WatchNote:
    """Leave a hand-over note; the next one on watch is told. Raises: Invalid for an empty one."""
    text = storable(text).strip()[:4000]
    if not text:
        raise Malformed("请写明交接内容。", field="text")
    row = WatchNote(day=day, text=text, by=doer.name_of(desk, who), at=desk.now)
    desk.session.add(row)
    desk.session.flush()
    for person in on(desk, day + timedelta(days=1)):
        words = f"【值班交接】{day} {row.by}：{text[:800]}"
        announce.tell(desk, f"staff:{person.id}", words, key=f"watch-note:{row.id}:{person.id}")
    desk.audit("duty.note", "duty", day=day)
    return row


def asked_of(desk: Desk, staff: readonly.Staff) -> list[WatchSwap]:
    """Return the swaps that wait for this colleague's consent."""
    query = select(WatchSwap).where(WatchSwap.to_id == staff.id, WatchSwap.state == SwapState.ASKED)
    return list(desk.session.exec(query.order_by(col(WatchSwap.day))).all())


def unplanned(desk: Desk, first: date, last: date) -> list[date]:
    """Return the days of a span on which nobody keeps watch."""
    planned = desk.session.exec(
        select(Watch)
        .join(Staff, col(Staff.id) == col(Watch.staff_id))
        .where(col(Watch.day) >= first, col(Watch.day) <= last, col(Staff.active).is_(True))
    ).all()
    covered = {watch.day for watch in planned}
    return [day for day in turns.days_between(first, last) if day not in covered]


def in_use(desk: Desk) -> bool:
    """Tell whether the office keeps a roster at all."""
    return desk.session.exec(select(Watch.id).limit(1)).first() is not None


def _colleagues(desk: Desk, names: Sequence[str]) -> list[readonly.Staff]:
    found: list[readonly.Staff] = []
    wrong: list[str] = []
    for name in (name.strip() for name in names):
        if not name:
            continue
        try:
            person = doer.colleague(desk, name)
        except Invalid as several:  # two of that name: which numbers they have is what helps
            raise Invalid(str(several), field="staff") from None
        except Refusal:
            wrong.append(name)
            continue
        if person in found:
            wrong.append(f"{name}（重复）")
        found.append(person)
    if wrong:
        raise Invalid(f"这些不是在用的工作人员，或写了两遍：{'、'.join(wrong)}。", field="staff")
    if not found:
        raise Malformed("请写明由谁值班。", field="staff")
    return found


def _kept(desk: Desk, first: date) -> tuple[dict[tuple[int, str], int], dict[int, date]]:
    """Return how often each had a watch of each kind in the year before, and each one's latest."""
    query = select(Watch).where(col(Watch.day) < first, col(Watch.day) >= first - LOOK_BACK)
    rows = desk.session.exec(query.order_by(col(Watch.day))).all()
    return Counter((row.staff_id, row.kind) for row in rows), {row.staff_id: row.day for row in rows}


def _watch(desk: Desk, day: date, staff: readonly.Staff) -> Watch:
    query = select(Watch).where(Watch.day == day, Watch.staff_id == staff.id)
    watch = desk.session.exec(query.with_for_update()).first()
    if watch is None:
        raise Invalid(f"{staff.name}在 {day} 没有值班。", field="from")
    return watch


def _has(desk: Desk, day: date, staff: readonly.Staff) -> bool:
    return (
        desk.session.exec(select(Watch.id).where(Watch.day == day, Watch.staff_id == staff.id)).first()
        is not None
    )


def _lapse(desk: Desk, first: date, last: date, giver: readonly.Staff | None = None) -> None:
    """The roster moved: swaps that were asked for on it are void."""
    query = select(WatchSwap).where(
        WatchSwap.state == SwapState.ASKED, col(WatchSwap.day) >= first, col(WatchSwap.day) <= last
    )
    if giver is not None:
        query = query.where(WatchSwap.from_id == giver.id)
    for asked in desk.session.exec(query).all():
        asked.state, asked.decided_at = SwapState.LAPSED, desk.now
        desk.session.add(asked)
