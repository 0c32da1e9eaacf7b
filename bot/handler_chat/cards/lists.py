"""Lists of cases: pages of one's own, and a backlog of new cases as one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.handler_chat.cards.cards import Button, Card, due_day, flags
from bot.handler_chat.cards.fitting import LONGEST, clip, units
from cases.lists.views import CaseLine
from cases.register.states import CATEGORY_NAMES, STATE_NAMES, State

PROMISES = 10  # shown on one page
ALERTS = 40  # lines of one message, each with its button
_WORDS_ROOM = 560  # units where a message holds 2,048 bytes


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


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A line of the watch. `grave` sorts: the smallest first; `case_id` names the case in a button."""

    row_id: int
    case_id: int
    no: str
    text: str
    grave: tuple[int, str] = (0, "")


def alert_pages(lines: Sequence[AlertLine], *, in_words: bool) -> list[tuple[Card, list[AlertLine]]]:
    """What several cases want as few messages as hold it, gravest first, each with 「打开」 or its words."""
    ordered = sorted(lines, key=lambda line: (line.grave, line.no))
    if len(ordered) == 1:
        return [(_alerts(ordered, "", in_words), ordered)]
    room = _WORDS_ROOM if in_words else LONGEST - 200
    pages: list[list[AlertLine]] = [[]]
    size = 0
    for line in ordered:
        wide = units(line.text) + 1
        if pages[-1] and (size + wide > room or len(pages[-1]) == ALERTS):
            pages.append([])
            size = 0
        pages[-1].append(line)
        size += wide
    made = []
    cases = len({line.no for line in ordered})  # one may have several lines
    for n, page in enumerate(pages, 1):
        part = f"（{n}/{len(pages)}）" if len(pages) > 1 else ""
        made.append((_alerts(page, f"【提醒】共 {cases} 件{part}，重的在前", in_words), page))
    return made


def _alerts(page: Sequence[AlertLine], head: str, in_words: bool) -> Card:
    text = "\n".join([*([head] if head else []), *(clip(line.text, LONGEST - 300) for line in page)])
    if in_words:
        return Card(f"{text}\n发送「打开 编号」可调出卡片。")
    by_case = {line.case_id: line.no for line in page}
    short = {no: no.rpartition("-")[2] for no in by_case.values()}
    clear = len(set(short.values())) == len(short)
    buttons = [
        Button(f"打开 {short[no] if clear else no}" if len(by_case) > 1 else "打开", f"open:{case_id}")
        for case_id, no in by_case.items()
    ]
    wide = 3 if clear else 2
    return Card(text, tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide)))
