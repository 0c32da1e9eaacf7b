"""Alarms: from a row of the outbox to posts and edits, as the danger stands now."""

from bot.handler_chat.cards.alarm import alarm_card
from bot.handler_chat.posting.work import Bench
from cases.lists import alarms
from cases.register import register
from cases.register.errors import NotFound
from cases.register.kinds import Posted
from cases.register.readonly import Case, Outbox
from cases.sending import announce, payloads


def alarm_row(bench: Bench, row: Outbox) -> None:
    """Post the alarm, unless somebody took it meanwhile. A chat that has just been told is not told twice."""
    wanted = payloads.Alarm.of(row)
    case = register.by_id(bench.desk, wanted.case_id)
    alarm = alarms.view(bench.desk, case)
    opened = register.is_open(case)
    if alarm is None or alarm.taken_by or not opened:
        raise NotFound("已有人处置或本件已办结，无需再提醒。")
    to, times = wanted.to, wanted.times
    place = bench.place(to)
    if to != announce.SUPERVISORS and place == bench.place(announce.SUPERVISORS):
        raise NotFound("同一个群里已有提示。")
    card = alarm_card(alarm, bench.desk.office.zone, times)
    bench.post(place, card, kind=Posted.ALARM, case_id=case.id, ref=str(times))


def refresh(bench: Bench, case: Case) -> None:
    """Have every alarm that stands say who took it, or that the case is closed."""
    standing = bench.live(kind=Posted.ALARM, case_id=case.id)
    alarm = alarms.view(bench.desk, case) if standing else None
    opened = register.is_open(case)
    if alarm is None or (opened and not alarm.taken_by):
        return
    card = alarm_card(alarm, bench.desk.office.zone, 1, opened=opened)
    newest = {post.chat_id: post.id for post in standing}
    for post in standing:
        bench.edit(post, card, live=False, tells=bool(alarm.taken_by) and newest[post.chat_id] == post.id)
