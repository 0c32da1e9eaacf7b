"""Dates that an answer promises: read out of its text, so that they can be watched like deadlines.

A date counts as promised only where the words speak of what the office, or whom it set to work, will do; the days that a
procedure takes, what the citizen is asked to do by a day, the day a rule came into force and dates gone by are no promises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sla.calendar import WorkCalendar
from sla.promised_days import Manner, NamedDay, named_days

FARTHEST = timedelta(days=3 * 366)  # what lies beyond is no promise that can be watched
_WILL = re.compile(
    r"将(?!军)|(?<![社委协工商大机证例晚开展学基理])会(?!议|员|计|场|展|费|同|签)|预计|预期|计划(?!生育|书)|争取|力争|确保|承诺|保证(?!金)"
    r"|(?<![模虚])拟|届时|有望|最迟|答应|定于|定在|约定|商定|确定(?:于|在)|安排在"
)
_WE = re.compile("我局|我办|我们|我单位|我委|我街道|我中心|我镇|我区|我公司|我处|我科")
_ACTS = re.compile(
    "[修换装接弄清][好通]|修[复缮]|维修|抢修|检修|完成|完工|竣工|答[复覆]|回[复覆电访]|解决|处[理置]|办[结好妥完]|恢复|[通供送复][水车电气暖热]|整改|改[正造]|安[排装]"
    "|派[人员]|到位|开[工通放始]|动工|进场|施工|实施|启动|更换|清[理运除退]|拆[除完]|公[布示开]|反馈|联系您|上门|为您|退[还款]|发放|到账|建成|开展"
    "|投[用入]|交付|验收|整治|核[实查]|查处|取缔|落实|补[齐好发]|铺[好设完]|迁移|疏通|增设|加装|调整|纠正|关停|告知|回访|走访|收治|消除"
)
# What the citizen, or whoever a rule is for, does by a day.
_THEIRS = re.compile(
    "提交|材料|申请|申[报领]|报[名考到]|缴[费纳]|补缴|登记|参保|年报|领取|预约|认证|填[报写]|补正|参加|前往|携带|逾期|大厅|窗口|办理"
)
_ASKED = re.compile(
    r"(?<![已邀申提敬报特聘])请(?!.{0,3}(?:放心|耐心|谅解|理解|知悉|您知|假|示|求))|敬请(?!.{0,2}(?:放心|谅解|理解))"
    r"|(?:您|业主|居民|住户|村民|市民|家长|个人|企业|商户|经营者|用人单位|申请人|当事人|参保人|纳税人|考生|车主|贵公司)们?"
    r"(?:可|应|须|需|要|必须|务必|如|若|在|于)"
)
_IF = re.compile("^(?:如|若|倘|凡|逾期|只要|一旦|假如)|的$|(?:未|没)[^，,]{0,6}$")
_WHO = re.compile(r"^[^，,]{0,14}的[^，,的]{1,8}(?:可|应|须|需|将|会|享)")  # 「…完成缴费的居民可以…」
# What a procedure takes: not this case, but any.
_PROCEDURE = re.compile(
    "提交|材料|受理|申请|之日|起算|应当|须|需在|请您|请于|请在|您应|您需|法定|规定|条例|依法"
)
_RULE = re.compile("应当|法定|规定|条例|《[^》\n]{1,40}(?:法|条例|办法|规定)》|之日")
_SHOULD = re.compile("(?<![答相适反响供])应当?[于在]?$")
_MOVED = re.compile(
    "^[^，,]{0,10}(?:推迟|延期|延[至后]|(?<!整)改[为到至]|调整[为至])"
)  # to another day, which stands behind
_USUAL = re.compile("一般|通常|原则上|往年|历年")
_EVERY = re.compile(r"[每历][年月周季]\s?$|[每历]年$")
_TOLD = re.compile(
    r"(?:反映|提到|来信|咨询|投诉|所述|所说|您于|您在|您|截[止至]|有效期|适用)(?:的|到|至|为|是)?[：:]?\s?$"
)
_AFTER = re.compile("(?:后|之日|起|者)的?$")
_GONE = re.compile("已|曾|此前|上周|昨[天日]|了$")
_JUST_GONE = re.compile(r"(?:已(?:经)?(?:[于在从自]|完成)?|曾[于在经]?)\s?$")
# Whoever was set to work does it by the day: 「已责成施工单位于12月5日前修复」.
_SET_TO_WORK = re.compile(
    "(?:联系|责[成令]|督[促办]|敦促|要求|约[定谈]|商[定议]|协[调商]|安排|通知|明确|确定|[交转]办|下[达发]|指派|委托|部署|叮嘱|答应|沟通|对接|请|派)"
)
_TERM = re.compile(
    r"(?:整改|修复|施工|维修|答复|治理|改造|建设|完工|完成)(?:的)?(?:时限|期限|限期|工期|时间|日期)(?:暂?定)?(?:为|是|至|到|：|:)?\s?$"
)
_BY = re.compile(r"\s?(?:之前|以前|前|之内|以内|内)")


@dataclass(frozen=True, slots=True)
class Promised:
    """`words` as the answer has them; `due_on` is the last day on which the promise is kept in time."""

    words: str
    due_on: date


@dataclass(frozen=True, slots=True)
class _Standing:
    """A day where it stands: the clause around it, and what comes before and behind it there and in its sentence."""

    day: NamedDay
    clause: str
    before: str
    behind: str
    earlier: str  # the sentence before the clause

    @property
    def by(self) -> bool:
        """Tell whether it is named as a last day."""
        return self.day.words.endswith(("内", "前", "底", "末")) or _BY.match(self.behind) is not None


def promised(text: str, today: date, calendar: WorkCalendar) -> list[Promised]:
    """Return what a text that is released `today` promises, one for each date, the earliest first."""
    found: dict[date, Promised] = {}
    for place in _places(text, today, calendar):
        day = place.day
        if today <= day.on <= today + FARTHEST and _is_promised(place):
            found.setdefault(day.on, Promised(day.words, day.on))
    return sorted(found.values(), key=lambda promise: promise.due_on)


def gone_by(text: str, today: date, calendar: WorkCalendar) -> list[Promised]:
    """Return what a text says that the office will do by a day which is past already, one for each date."""
    found: dict[date, Promised] = {}
    for place in _places(text, today, calendar):
        if place.day.on < today and _WILL.search(place.clause) and not _is_somebody_elses(place):
            found.setdefault(place.day.on, Promised(place.day.words, place.day.on))
    return sorted(found.values(), key=lambda promise: promise.due_on)


def _places(text: str, today: date, calendar: WorkCalendar) -> Iterator[_Standing]:
    for sentence in re.split(r"[。；;！!？?\n]", text):
        for day in named_days(sentence, today, calendar):
            start = max(sentence.rfind(mark, 0, day.start) for mark in "，,") + 1
            ends = [at for mark in "，," if (at := sentence.find(mark, day.end)) >= 0]
            end = min(ends, default=len(sentence))
            yield _Standing(
                day, sentence[start:end].strip(), sentence[start : day.start], sentence[day.end : end].rstrip(),
                sentence[:start],
            )  # fmt: skip


def _is_promised(place: _Standing) -> bool:
    """The office says what it will do, or whom it set to work; or something is to be done by then and no rule is told."""
    if _is_somebody_elses(place):
        return False
    if _WILL.search(place.clause):
        return True
    if place.day.manner == Manner.ABOUT:
        return False
    if _is_over(place):
        return False
    if _TERM.search(place.before):
        return True
    acts = _ACTS.search(place.clause if place.by else place.behind) is not None
    if _WE.search(place.clause) or ((place.by or acts) and _speaks(place.earlier)):
        return True
    if place.day.manner == Manner.COUNTED:
        return acts and _PROCEDURE.search(place.earlier + place.clause) is None
    if _THEIRS.search(place.clause) or _RULE.search(place.clause):
        return False
    return acts and (place.by or not place.day.guessed)


def _speaks(earlier: str) -> bool:
    return _WE.search(earlier) is not None or _WILL.search(earlier) is not None


def _is_over(place: _Standing) -> bool:
    """Something was done on the day, unless what was done is to set somebody to work by it."""
    if _JUST_GONE.search(place.before):
        return True
    gone = _GONE.search(place.clause)
    if gone is None:
        return False
    between = place.before[gone.start() :] if gone.start() < len(place.before) else ""
    return _SET_TO_WORK.search(between) is None


def _is_somebody_elses(place: _Standing) -> bool:
    """The citizen is asked for it, it is a condition or any year's term, or the day stands in what was written to the office."""
    if _EVERY.search(place.before) or _TOLD.search(place.before):
        return True
    if place.day.manner != Manner.NAMED and _AFTER.search(place.before):
        return True  # counted from something that is still to come
    if _MOVED.search(place.behind) or _WHO.search(place.behind):
        return True
    if _IF.search(place.clause) or _USUAL.search(place.before):
        return True
    if _ASKED.search(place.before) or (place.by and _SHOULD.search(place.before)):
        return True
    speaks = _WILL.search(place.clause) or _WE.search(place.clause)
    return _ASKED.search(place.earlier) is not None and speaks is None and _WE.search(place.earlier) is None
