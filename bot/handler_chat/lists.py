"""Lists of cases: pages of one's own, and a backlog of new cases as one message."""

from collections.abc import Sequence

from bot.handler_chat.cards import Button, Card, flags
from bot.handler_chat.fitting import LONGEST, units
from cases.states import CATEGORY_NAMES, STATE_NAMES, State
from cases.views import CaseLine


def list_card(title: str, kind: str, lines: Sequence[CaseLine], page: int, owner: int, size: int = 8) -> Card:
    """A page of a list. `owner` is the person whose list it is: nobody else turns its pages."""
    if not lines:
        return Card(f"{title}：没有。")
    pages = -(-len(lines) // size)
    page = min(max(page, 0), pages - 1)
    shown = [one_line(line) for line in lines[page * size : (page + 1) * size]]
    text = "\n".join([f"{title} {len(lines)} 件（{page + 1}/{pages}）", *shown, "发送 /case 编号 查看"])
    turn = []
    if page:
        turn.append(Button("上一页", f"list:{kind}:{page - 1}:{owner}"))
    if page + 1 < pages:
        turn.append(Button("下一页", f"list:{kind}:{page + 1}:{owner}"))
    return Card(text, (tuple(turn),) if turn else ())


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
    words = [
        line.no,
        CATEGORY_NAMES[line.category],
        f"{line.due_on:%m-%d}{'暂定' if line.provisional else ''}",
    ]
    words += ["逾期"] if line.overdue else []
    words += flags(line)
    words += [STATE_NAMES[State(line.status)], *([line.handler] if line.handler else [])]
    return " ".join(words)
