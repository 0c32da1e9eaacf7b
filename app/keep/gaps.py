"""What citizens asked and the knowledge base could not answer."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from cases.register.desk import Desk, Workplace
from cases.register.kinds import Category
from cases.register.states import State
from cases.register.tables import Case, Message, Outbox
from cases.sending import announce, outbox
from cases.watch import digest
from knowledge_base.answering.gaps import Gap, gap_report
from text.masking import mask

WEEK = 7  # days
SHOWN = 5  # clusters in the weekly report
_LENGTH = 40  # characters of a question that it shows


def unanswered(workplace: Workplace, days: int) -> list[Gap]:
    """Return clusters of masked questions of the last `days` that a person had to answer, largest first.

    Takes a second for 1,500 of them; the register is read before, and held by nothing meanwhile.
    """
    return gap_report(workplace.look(lambda desk: _questions(desk, days)))


def send_weekly(workplace: Workplace) -> bool:
    """Tell the supervisors the week's largest gaps beside the digest of the week's first working day, once.

    Returns whether there was anything to tell. Call it by timer in a thread of its own: it computes.
    """
    if not workplace.look(_is_time):
        return False
    found = unanswered(workplace, WEEK)
    if found:
        workplace.act(lambda desk: _tell(desk, found))
    return bool(found)


def _is_time(desk: Desk) -> bool:
    first = desk.calendar.count(desk.today - timedelta(days=desk.today.isoweekday()), desk.today) == 1
    if not first or not digest.is_time(desk):
        return False
    return desk.session.exec(select(Outbox.id).where(Outbox.key == _key(desk))).first() is None


def _tell(desk: Desk, found: Sequence[Gap]) -> None:
    total = sum(gap.size for gap in found)
    lines = [f"【知识缺口】近 {WEEK} 天没有现成答案的咨询 {total} 条，问得最多的："]
    for number, gap in enumerate(found[:SHOWN], 1):
        words = " ".join(mask(gap.title, desk.own_numbers).split())
        words = words if len(words) <= _LENGTH else words[:_LENGTH] + "…"
        lines.append(f"{number}. {words}（{gap.size} 次）")
    lines.append("可在控制台「知识库」新写条目。")
    announce.supervisors(desk, "\n".join(lines), key=_key(desk), priority=outbox.NORMAL)


def _key(desk: Desk) -> str:
    week = desk.today.isocalendar()
    return f"{announce.GAPS}{week.year}-{week.week:02}"


def _questions(desk: Desk, days: int) -> Sequence[str]:
    return desk.session.exec(
        select(Message.masked)
        .join(Case, col(Message.case_id) == col(Case.id))
        .where(
            Case.category == Category.ADVICE_INQUIRY,
            Case.status != State.AUTO_ANSWERED,
            col(Case.accusation).is_(False),
            col(Case.sensitive).is_(False),
            col(Message.received_at) >= desk.now - timedelta(days=days),
        )
    ).all()
