"""Cards: pure functions from what the register shows of a case to a text and its buttons.

Everything shown is masked; files are counted, never shown. A text fits one message (4,096 UTF-16 units);
a draft under review is shown whole, in parts before the card where it is longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.handler_chat.cards.fitting import LONGEST, clip, units
from cases.knowledge.like_cases import Like
from cases.lists.views import CaseLine, CaseView, DraftView, OpinionView, delivery_word
from cases.register import channels
from cases.register.kinds import Sent
from cases.register.states import (
    CATEGORIES,
    CATEGORY_NAMES,
    OPEN,
    PURPOSE_NAMES,
    STATE_NAMES,
    DeliveryState,
    DraftState,
    PromiseState,
    Purpose,
    State,
)
from cases.steps.allowed import Action
from sla.deadline import PROVISIONAL, due_words

SUGGESTION = 160
LINKED = 10  # numbers of linked cases that a lead's card shows
FILE_KINDS = {"image": "图片", "voice": "语音", "video": "视频", "shortvideo": "短视频", "file": "文件"}


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str  # at most 64 bytes


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    text: str
    buttons: Rows = ()


@dataclass(frozen=True, slots=True)
class SuggestedEntry:
    """An entry of the knowledge base that may answer; `token` names it in a button."""

    token: str
    question: str
    answer: str
    score: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a card of a case is made of."""

    view: CaseView
    zone: ZoneInfo
    window: str = ""
    load: int = 0  # open cases in the handler's hands
    suggestions: tuple[SuggestedEntry, ...] = ()
    like: Like | None = None  # what was sent to a like case, where something may be suggested
    offered: frozenset[Action] = frozenset()


def case_card(sheet: Sheet) -> Card:
    """The card of a case in its present state."""
    view = sheet.view
    head = [_title(view), *_facts(sheet)]
    tail = [*_again(view), *_shared(view), *_progress(view)]
    if view.line.status in (State.NEW, State.CLAIMED) and not view.lead:
        tail += _suggested(sheet.suggestions) + _sent_before(sheet.like)
    if view.line.status == State.CLAIMED and not view.lead:
        tail.append("↩ 回复本卡片即提交答复草稿。")
    room = LONGEST - 24 - sum(units(line) + 1 for line in (*head, *tail))
    body = clip(letter(view, before=view.answered_at), max(room, 200), "来信")
    return Card("\n".join([*head, "————", body, *(["————"] if tail else []), *tail]), case_buttons(sheet))


def co_card(sheet: Sheet, opinion: OpinionView) -> Card:
    """The card of a department that co-handles: it reads the letter and says what it thinks, no more."""
    view, line = sheet.view, sheet.view.line
    opened = line.status in OPEN
    holder = "　".join(word for word in (line.department or "综合办理群", line.handler) if word)
    head = [
        f"【协办】{_title(view)}",
        f"时限：{due_day(line)}（由主办部门负责）",
        f"主办：{holder}　协办：{opinion.department}",
    ]
    head += [f"说明：{clip(opinion.note, 300)}"] if opinion.note else []
    tail = [f"协办意见（{opinion.by}）：{clip(opinion.text, 800)}"] if opinion.text else []
    tail.append(
        "↩ 回复本卡片即提交协办意见，只供内部参考。" if opened else f"本件{STATE_NAMES[State(line.status)]}。"
    )
    room = LONGEST - 24 - sum(units(row) + 1 for row in (*head, *tail))
    body = clip(letter(view), max(room, 200), "来信")
    buttons = ((Button("协办意见", f"op:{view.id}"),),) if opened else ()
    return Card("\n".join([*head, "————", body, "————", *tail]), buttons)


def ended_co_card(no: str) -> Card:
    return Card(f"{no}　协办已结束，本卡片失效。")


def _came_by(channel: str) -> str:
    """Return by which way a letter came, where it is not the usual one."""
    return "" if channel == "wechat" else channels.title(channel)


def case_buttons(sheet: Sheet) -> Rows:
    """Render what the case admits now; whether the one who presses may do it is asked when they press."""
    number, can = sheet.view.id, sheet.offered
    first = [Button("我来处置", f"danger:{number}")] if Action.TAKE in can else []
    first += [Button("认领", f"claim:{number}")] if Action.CLAIM in can else []
    again = sheet.view.reopened or sheet.view.answered_at
    first += [Button("指派", f"asg:{number}")] if Action.ASSIGN in can and again else []
    if sheet.view.line.status in (State.NEW, State.CLAIMED) and Action.DRAFT in can:
        for place, suggestion in enumerate(sheet.suggestions, 1):
            label = "采用建议" if place == 1 else f"采用建议{place}"
            first.append(Button(label, f"use:{number}:{suggestion.token}"))
    if Action.UNLINK in can:
        return ((Button("撤销并案", f"unlink:{number}"),),)
    rows = (
        tuple(first),
        tuple(Button(word, f"{name}:{number}") for action, word, name in _SECOND if action in can),
        tuple(Button(word, f"{name}:{number}") for action, word, name in _THIRD if action in can),
    )
    return tuple(row for row in rows if row)


_SECOND = (
    (Action.RECLASSIFY, "改类", "cat"),
    (Action.TRANSFER, "转办", "to"),
    (Action.EXTEND, "延期", "ext"),
)
_THIRD = (
    (Action.PROPOSE, "拟稿", "gen"),
    (Action.ASK, "追问", "ask"),
    (Action.REFUSE, "不予受理", "no"),
    (Action.CORRECT, "更正", "fix"),
    (Action.KEEP, "兑现", "kept"),
    (Action.CALM, "解除紧急", "calm"),
)


def category_choices(case_id: int) -> Rows:
    """The second row of buttons under 「改类」; the card itself says which category is in force."""
    chosen = tuple(Button(CATEGORY_NAMES[key], f"cat:{case_id}:{key}") for key in CATEGORIES)
    return (chosen, (Button("返回", f"menu:{case_id}"),))


def department_choices(
    case_id: int, departments: Sequence[tuple[int, str]], page: int = 0, size: int = 10, name: str = "to"
) -> Rows:
    """The rows of buttons under 「转办」, `size` departments a page; under 「指派」 (`asg`) they are people."""
    shown = departments[page * size : (page + 1) * size]
    buttons = [Button(label[:20], f"{name}:{case_id}:{number}") for number, label in shown]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    last = [Button("返回", f"menu:{case_id}")]
    if page:
        last.insert(0, Button("上一页", f"{name}:{case_id}:p{page - 1}"))
    if (page + 1) * size < len(departments):
        last.append(Button("下一页", f"{name}:{case_id}:p{page + 1}"))
    return (*rows, tuple(last))


def moved_card(no: str, where: str) -> Card:
    """What is left of a card whose case has gone to another chat: not a word of the letter."""
    return Card(f"{no}　已转至{where}，本卡片失效。")


def superseded_card(no: str) -> Card:
    return Card(f"{no}　最新卡片见下方，本卡片失效。")


def _title(view: CaseView) -> str:
    line = view.line
    marks = "".join(f"【{flag}】" for flag in flags(line))
    dissatisfied = "【不满意】" if view.rating == "不满意" and view.answered_at else ""
    again = f"（重新办理）{dissatisfied}" if view.reopened and line.status in OPEN else ""
    return f"{marks}{line.no}　{category(view)}{again}"


def category(view: CaseView) -> str:
    doubt = "　待定" if view.needs_review else ""
    return f"{CATEGORY_NAMES[view.line.category]}（{view.confidence:.0%}）{doubt}"


def flags(line: CaseLine) -> list[str]:
    pairs = ((line.urgent, "紧急"), (line.sensitive, "敏感"), (line.accusation, "检举"))
    return [word for given, word in pairs if given]


def due_day(line: CaseLine) -> str:
    return due_words(line.due_on, line.provisional)


def _facts(sheet: Sheet) -> list[str]:
    view, line = sheet.view, sheet.view.line
    late = "　逾期" if line.overdue else ""
    facts = [f"时限：{due_day(line)}{late}{'　已延期' if view.extended else ''}"]
    if view.first_answer_due_at is not None and line.status in OPEN:
        mark = PROVISIONAL if view.first_answer_provisional else ""
        facts.append(f"首次回应：{_moment(view.first_answer_due_at, sheet.zone)} 前{mark}")
    if line.urgent and line.status in OPEN:
        at = f" {_moment(view.danger_at, sheet.zone)}" if view.danger_at else ""
        facts.append(f"险情：{view.danger_by}{at} 接手处置" if view.danger_by else "险情：尚无人处置")
    state = STATE_NAMES[State(line.status)]
    holder = f"（{line.handler}，在办 {sheet.load} 件）" if line.handler and line.status in OPEN else ""
    where = "　".join(word for word in (line.department, line.topic, _came_by(line.channel)) if word)
    facts.append(f"状态：{state}{holder}{f'　{where}' if where else ''}")
    if view.procedure:
        facts.append(f"注意：像是{view.procedure}，另有法定程序和期限。")
    if flags(line) and view.reasons:
        facts.append(f"依据：{clip(view.reasons, 200)}")
    if view.files:
        counted = "、".join(f"{FILE_KINDS.get(kind, kind)} {count}" for kind, count in view.files)
        facts.append(f"附件：{counted}（请在控制台查看）")
    if sheet.window and line.status in OPEN:
        facts.append(f"微信：{sheet.window}")
    return facts


def letter(view: CaseView, before: datetime | None = None) -> str:
    """Return what the citizen wrote, or of it what was written up to the answer at `before`."""
    said = [m.text for m in view.messages if m.text and (before is None or m.at <= before)]
    if len(said) <= 1:
        return "".join(said) or "（没有文字）"
    return "\n".join([said[0], *(f"［补充］{text}" for text in said[1:])])


def _again(view: CaseView) -> list[str]:
    """Why a case is open again: what it was answered, and what the citizen says of it."""
    if view.answered_at is None:
        return []
    said = [m.text for m in view.messages if m.text and m.at > view.answered_at]
    word = "不满意" if view.rating == "不满意" else "要求重新办理"
    words = clip("\n".join(said), 800) or "（没有写明原因）"
    return ["—— 上次答复 ——", clip(view.answered, 800), f"—— 来信人{word} ——", words]


def _shared(view: CaseView) -> list[str]:
    """What the case shares with others, and what its answer promised."""
    lines = [f"并案：由 {view.lead} 统一答复"] if view.lead else []
    if view.linked:
        shown = "、".join(view.linked[:LINKED]) + ("等" if len(view.linked) > LINKED else "")
        lines.append(f"并案 {len(view.linked)} 件：{shown}，答复一并送达")
    for opinion in view.opinions:
        said = f"（{opinion.by}）：{clip(opinion.text, 300)}" if opinion.text else "：等待意见"
        lines.append(f"协办　{opinion.department}{said}")
    owed = [promise for promise in view.promises if promise.state == PromiseState.OPEN]
    return lines + [f"承诺　{p.words}：{p.due_on} 前兑现{'　逾期' if p.late else ''}" for p in owed]


def _progress(view: CaseView) -> list[str]:
    lines = []
    last = view.drafts[-1] if view.drafts else None
    if last is not None and last.state == DraftState.REVIEW:
        level = f"，已通过 {last.level}/{last.levels} 级" if last.levels > 1 else ""
        lines.append(f"草稿：{draft_name(last)}审核中{level}（{last.author}）")
    elif last is not None and last.state == DraftState.RETURNED:
        lines.append(f"草稿：{draft_name(last)}被退回：{clip(last.reason, 300)}")
    if view.extension == "asked":
        lines.append("延期：已申请，等待同意")
    elif view.extension == "refused" and view.line.status in OPEN:
        lines.append("延期：未获同意")
    sent = [delivery for delivery in view.deliveries if delivery.kind != Sent.NOTICE]
    for delivery in sent[-2:]:
        name = PURPOSE_NAMES[Purpose(delivery.kind)] if delivery.kind in PURPOSE_NAMES else "自动答复"
        told = delivery.error and delivery.state in (DeliveryState.FAILED, DeliveryState.WAITING)
        error = f"（{clip(delivery.error, 100)}）" if told else ""
        lines.append(f"{name}：{delivery_word(delivery.state)}{error}")
    if view.rating:
        lines.append(f"评价：{view.rating}")
    if view.close_note and view.line.status not in OPEN:
        lines.append(f"办结说明：{clip(view.close_note, 300)}")
    return lines


def _suggested(suggestions: Sequence[SuggestedEntry]) -> list[str]:
    lines = []
    for place, item in enumerate(suggestions, 1):
        source = f"（{clip(item.source, 60)}）" if item.source else ""
        lines.append(
            f"建议{place if len(suggestions) > 1 else ''}（{item.score:.0%}）：{clip(item.question, 80)}"
        )
        lines.append(f"　{clip(item.answer, SUGGESTION)}{source}")
    return ["建议答复：", *lines] if lines else []


def _sent_before(like: Like | None) -> list[str]:
    if like is None:
        return []
    rating = f"，来信人评价{like.rating}" if like.rating else ""
    return [f"相近来信 {like.no} 的答复{rating}：", f"　{clip(like.answer, SUGGESTION)}"]


def draft_name(draft: DraftView) -> str:
    return f"{PURPOSE_NAMES[Purpose(draft.purpose)]}（第 {draft.version} 稿）"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")
