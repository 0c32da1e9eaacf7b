"""What a language model proposed, which draft came of it, what the person changed, and whether the model is there."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher

from sqlmodel import col, select

from cases.register import memo, readonly
from cases.register.desk import Desk
from cases.register.readonly import Staff
from cases.register.tables import Draft, Proposal

_SHOWN = 60  # characters of what was added and taken away


def latest(desk: Desk, case_id: int, staff: Staff) -> Proposal | None:
    """Return what was proposed to this person for this case last and became no draft yet."""
    used = select(Draft.proposal_id).where(Draft.case_id == case_id, col(Draft.proposal_id).is_not(None))
    query = select(Proposal).where(
        Proposal.case_id == case_id, Proposal.staff_id == staff.id, col(Proposal.id).not_in(used)
    )
    return desk.session.exec(query.order_by(col(Proposal.id).desc())).first()


def of_draft(desk: Desk, draft: readonly.Draft) -> Proposal | None:
    return desk.session.get(Proposal, draft.proposal_id) if draft.proposal_id is not None else None


def unchecked(desk: Desk, draft: readonly.Draft, text: str) -> list[dict[str, str]]:
    """Return the marks of a draft's proposal whose words still stand in its text."""
    row = of_draft(desk, draft)
    marks: list[dict[str, str]] = json.loads(row.marks) if row is not None else []
    return [mark for mark in marks if mark["words"] in text]


def told(desk: Desk, draft: readonly.Draft) -> str:
    """Return for the ledger that a model proposed a draft, and what the person changed; empty if none did."""
    row = of_draft(desk, draft)
    return f"模型拟稿（{row.model}）；{changed(row.masked, draft.masked)}" if row is not None else ""


def changed(before: str, after: str) -> str:
    """Say what a person made of a proposed text."""
    if before.strip() == after.strip():
        return "未作改动"
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    gone = "".join(before[a:b] for tag, a, b, _, _ in matcher.get_opcodes() if tag in ("delete", "replace"))
    new = "".join(after[a:b] for tag, _, _, a, b in matcher.get_opcodes() if tag in ("insert", "replace"))
    kept = sum(block.size for block in matcher.get_matching_blocks())
    parts = [f"保留 {round(100 * kept / max(len(before), 1))}%"]
    parts += [f"删去「{_short(gone)}」"] if gone.strip() else []
    parts += [f"改写或增加「{_short(new)}」"] if new.strip() else []
    return "，".join(parts)


def note_missed(desk: Desk, draft: Draft, missed: Sequence[str]) -> None:
    draft.missed = json.dumps(list(missed), ensure_ascii=False)
    desk.session.add(draft)


def missed(draft: readonly.Draft) -> list[str]:
    """Return the questions of the letter that a second look found without an answer."""
    found: list[str] = json.loads(draft.missed) if draft.missed else []
    return found


def trouble(desk: Desk) -> memo.Trouble | None:
    """Return since when and why the model cannot be asked; None while it can."""
    return desk.noted(memo.MODEL_TROUBLE)


def note_trouble(desk: Desk, why: str) -> None:
    """Note that the model failed, or with an empty text that it answers again."""
    if (trouble(desk) is None) == bool(why):
        desk.note(memo.MODEL_TROUBLE, memo.Trouble(desk.now, why[:200]) if why else None)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
