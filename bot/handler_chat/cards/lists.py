"""Lists of cases: pages of one's own, and a backlog of new cases as one message."""

from collections.abc import Sequence
from datetime import date

from bot.handler_chat.cards.cards import Button, Card, due_day, flags
from bot.handler_chat.cards.fitting import LONGEST, units
from cases.lists.views import CaseLine
from cases.register.states import CATEGORY_NAMES, STATE_NAMES, State

PROMISES = 10  # shown on one page


def list_card(
    title: str,
    kind: str,
    lines: Sequence[CaseLine],
    page: int,
    owner: int,
    promises: Sequence[str] = (),
    size: int = 8,
) -> Card:
    """A page of a list. `owner` is the person whose list it is: nobody else turns its pages.

    `promises` stand below the cases: what answers of this person still owe.
    """
    owed = [f"待兑现的承诺 {len(promises)} 项", *promises[:PROMISES]] if promises else []
    if not lines:
        return Card("\n".join([f"{title}：没有。", *owed]))
    pages = -(-len(lines) // size)
    page = min(max(page, 0), pages - 1)
    shown = [one_line(line) for line in lines[page * size : (page + 1) * size]]
    text = "\n".join(
        [f"{title} {len(lines)} 件（{page + 1}/{pages}）", *shown, *owed, "发送 /case 编号 查看"]
    )
    turn = []
    if page:
        turn.append(Button("上一页", f"list:{kind}:{page - 1}:{owner}"))
    if page + 1 < pages:
        turn.append(Button("下一页", f"list:{kind}:{page + 1}:{owner}"))
    return Card(text, (tuple(turn),) if turn else ())


def promise_line(no: str, words: str, due_on: date, late: bool) -> str:
    return f"{no} 承诺「{words}」{due_on:%m-%d} 前{' 逾期' if late else ''}"


def backlog_card(lines: Sequence[CaseLine]) -> tuple[Card, int]:
    """Many new cases as one message, and how many of them it holds; the gravest and earliest due stand first."""
    text, count = f"【新事项 {len(lines)} 件】发送 /case 编号 可调出卡片办理。", 0
    for line in lines:
        longer = f"{text}\n{one_line(line)}"
        if units(longer) > LONGEST - 100:
            break
        text, count = longer, count + 1
    if count < len(lines):
        text = text.replace(f"{len(lines)} 件", f"{count} 件，另有 {len(lines) - count} 件随后列出", 1)
    return Card(text), count


def one_line(line: CaseLine) -> str:
    words = [line.no, CATEGORY_NAMES[line.category], due_day(line)]
    words += ["逾期"] if line.overdue else []
    words += flags(line)
    words += [STATE_NAMES[State(line.status)], *([line.handler] if line.handler else [])]
    return " ".join(words)
