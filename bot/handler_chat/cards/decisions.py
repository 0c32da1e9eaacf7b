"""Cards on which somebody decides: a text under review, a wish for more time, a candidate. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.handler_chat.cards.cards import Button, Card, category, draft_name, due_day, flags, letter
from bot.handler_chat.cards.fitting import LONGEST, clip, split, units
from cases.lists.views import CaseView, DraftView
from cases.register.states import DraftState
from sla.deadline import due_words

LETTER_ON_REVIEW = 700


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """Everything a review card is made of. `level` names the level that is waited for."""

    view: CaseView
    draft: DraftView
    level: str
    findings: tuple[str, ...]
    supervisor_needed: bool = False


def review_parts(sheet: ReviewSheet) -> list[str]:
    """Return the messages that carry a long draft whole, to stand before its review card; mostly none."""
    text = sheet.draft.text
    if units(text) <= LONGEST - 1500:
        return []
    pieces = split(text, LONGEST - 60)
    no = sheet.view.line.no
    return [f"{no} 草稿全文 {n}/{len(pieces)}\n{piece}" for n, piece in enumerate(pieces, 1)]


def review_card(sheet: ReviewSheet) -> Card:
    """The card on which another person passes or returns exactly this text."""
    view, draft = sheet.view, sheet.draft
    levels = f"　{sheet.level} {draft.level + 1}/{draft.levels}" if draft.levels > 1 else ""
    long = bool(review_parts(sheet))
    body = f"（全文见上方 {len(review_parts(sheet))} 条消息）" if long else draft.text
    lines = [
        f"【待审核】{view.line.no}　{draft_name(draft)}{levels}",
        " · ".join(
            [category(view), f"时限 {due_day(view.line)}", *flags(view.line), f"起草：{draft.author}"]
        ),
        *(["须由督办人审核。"] if sheet.supervisor_needed else []),
        "—— 来信 ——",
        clip(letter(view), LETTER_ON_REVIEW, "来信"),
        "—— 草稿 ——",
        body,
    ]
    if sheet.findings:
        lines += ["—— 提示 ——", *(f"⚠ {clip(finding, 150)}" for finding in sheet.findings[:6])]
    decide = (
        Button("通过", f"pass:{draft.id}:{draft.round}"),
        Button("退回", f"back:{draft.id}:{draft.round}"),
    )
    return Card("\n".join(lines), (decide,))


def decided_card(view: CaseView, draft: DraftView, by: Sequence[str]) -> Card:
    """What a review card becomes once its text is passed, returned or replaced: no buttons."""
    name = f"{view.line.no}　{draft_name(draft)}"
    who = f"（{'、'.join(by)}）" if by else ""
    said = {
        DraftState.APPROVED: f"✅ {name} 已通过{who}，已交发送。",
        DraftState.RETURNED: f"↩ {name} 已退回：{clip(draft.reason, 500)}",
        DraftState.REPLACED: f"{name} 已被新稿替换，本卡失效。",
        DraftState.WITHDRAWN: f"{name} 已撤回（{draft.reason or '事项已变更'}），本卡失效。",
        DraftState.REVIEW: f"{name} 已有新的审核卡{who}，本卡失效。",
    }[DraftState(draft.state)]
    return Card(said)


def extension_card(
    view: CaseView, extension_id: int, by: str, reason: str, due: tuple[date, bool], decided: str = ""
) -> Card:
    """The supervisors' card on a wish for more time; `due` is the date that consent would bring, and provisional."""
    lines = [
        f"【延期申请】{view.line.no}　{category(view)}",
        f"申请人：{by}",
        f"理由：{clip(reason, 1000)}",
    ]
    if decided:
        return Card("\n".join([*lines, decided]))
    lines.append(f"时限：{due_day(view.line)} → {due_words(*due)}")
    lines += ["—— 来信 ——", clip(letter(view), LETTER_ON_REVIEW, "来信")]
    yes, no = Button("同意延期", f"extok:{extension_id}"), Button("不同意", f"extno:{extension_id}")
    return Card("\n".join(lines), ((yes, no),))


def candidate_card(entry_id: str, question: str, answer: str, no: str, decided: str = "") -> Card:
    """A candidate of the knowledge base, grown from an approved answer."""
    lines = [f"【知识库候选】{f'来自 {no}' if no else ''}", f"问：{clip(question, 1200, '问题')}"]
    lines.append(f"答：{clip(answer, 2200, '答案')}")
    if decided:
        return Card("\n".join([*lines, decided]))
    return Card(
        "\n".join(lines), ((Button("发布", f"pub:{entry_id}"), Button("不收录", f"drop:{entry_id}")),)
    )
