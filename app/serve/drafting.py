"""What the model is asked for in the background: drafts wanted in the chat, and a second look at submitted ones.

Each is asked once: a proposal that nobody waits for any more is worth nothing.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cases.register import people, proposals, readonly, register
from cases.register.desk import Actor, Desk, Workplace
from cases.register.errors import Refusal
from cases.register.kinds import Job
from cases.register.states import DraftState
from cases.register.tables import Draft, Outbox, Staff
from cases.sending import announce, outbox, payloads
from cases.sending.ports import LanguageModel, SendFailed
from cases.steps import propose
from knowledge_base.answering.answerer import Match

STALE = timedelta(minutes=5)  # after which nobody waits for a draft any more
SHOWN = 3_000  # characters of a proposed text in a chat; a longer one is read on the page

Search = Callable[[str, int, str | None], list[Match]]


class ModelLane:
    """Works off the lane `model`."""

    def __init__(self, workplace: Workplace, model: LanguageModel, search: Search, var: Path) -> None:
        self._workplace, self._model, self._search, self._var = workplace, model, search, var

    async def send(self, row: Outbox) -> None:
        """Ask the model for what `row` wants. Raises: SendFailed, never to be tried again."""
        if self._workplace.clock() - row.created_at > STALE:
            raise SendFailed("等候过久，不再拟稿", final=True)
        try:
            await (self._draft(row) if row.kind == Job.PROPOSE else self._second_look(row))
        except Refusal as refused:
            why = str(refused)
            if row.kind == Job.PROPOSE:
                await self._workplace.act_async(lambda desk: _tell_refused(desk, row, why))
            raise SendFailed(why, final=True) from None

    async def _draft(self, row: Outbox) -> None:
        wanted = payloads.ToPropose.of(row)
        case_id, staff_id = wanted.case_id, wanted.staff_id

        def gather() -> propose.Brief:
            letter, account = self._workplace.look(lambda desk: _letter(desk, case_id))
            found = self._search(letter, propose.ENTRIES, account) if letter.strip() else []
            tone = propose.tone(self._var)
            return self._workplace.look(
                lambda desk: propose.brief(
                    desk,
                    desk.session.get_one(Staff, staff_id),
                    register.by_id(desk, case_id),
                    found,
                    tone,
                )
            )

        brief = await asyncio.to_thread(gather)
        said = await self._model.complete(brief.messages)

        def keep(desk: Desk) -> None:
            staff, case = desk.session.get_one(Staff, staff_id), register.by_id(desk, case_id)
            kept = propose.keep(desk, staff, case, brief, said, self._model.name)
            text = words(staff.name, case.no, kept, desk.office.vault.open(kept.text_sealed))
            announce.tell(desk, wanted.to, text, case=case, key=f"proposal:{kept.id}", priority=outbox.PEOPLE)

        name = await self._workplace.look_async(lambda desk: people.staff_name(desk, staff_id))
        await self._workplace.act_async(keep, Actor(name, staff_id))

    async def _second_look(self, row: Outbox) -> None:
        draft_id = payloads.ToLookAt.of(row).draft_id
        messages = await self._workplace.look_async(lambda desk: _question(desk, draft_id))
        if messages is None:
            return
        said = await self._model.complete(messages)
        await self._workplace.act_async(lambda desk: _note(desk, draft_id, said))


def words(name: str, no: str, row: readonly.Proposal, text: str) -> str:
    """Return how a proposal stands in the chat: nobody can take it for a draft."""
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}…（余下的请在控制台查看）"
    sources = "、".join(json.loads(row.sources)) or "没有注明"
    marks = "；".join(f"{mark['kind']}「{mark['words']}」{mark['why']}" for mark in json.loads(row.marks))
    lines = [
        f"{name}：【拟稿】{no}　{row.model} 所拟，未提交，只是起点",
        "————",
        shown,
        "————",
        f"依据：{sources}",
    ]
    lines += [f"请核对：{marks[:600]}"] if marks else []
    return "\n".join([*lines, "请逐字核对、改成您自己的话，再回复本件卡片提交。"])


def _letter(desk: Desk, case_id: int) -> tuple[str, str]:
    case = register.by_id(desk, case_id)
    return propose.letter_of(desk, case), case.account


def _tell_refused(desk: Desk, row: Outbox, why: str) -> None:
    wanted = payloads.ToPropose.of(row)
    case = register.by_id(desk, wanted.case_id)
    announce.tell(
        desk, wanted.to, f"{case.no} 没有拟成稿：{why}", case=case, priority=outbox.PEOPLE,
        key=f"no-proposal:{row.id}",
    )  # fmt: skip


def _question(desk: Desk, draft_id: int) -> propose.Messages | None:
    """Return what to ask; None if the draft is no longer under review, or the model is known to fail."""
    draft = desk.session.get(Draft, draft_id)
    if draft is None or draft.state != DraftState.REVIEW or proposals.trouble(desk):
        return None
    return propose.second_look(desk, draft)


def _note(desk: Desk, draft_id: int, said: str) -> None:
    missed = propose.note_missed(desk, draft_id, said)
    draft = desk.session.get_one(Draft, draft_id)
    if missed and draft.state == DraftState.REVIEW:
        case = register.by_id(desk, draft.case_id)
        listed = "、".join(f"「{one}」" for one in missed)
        text = f"{case.no} 第 {draft.version} 稿：来信中的{listed}似未回应。这是模型的提示，不影响审核。"
        announce.tell(
            desk,
            announce.home(case),
            text,
            case=case,
            key=f"missed:{draft.id}",
            while_open=True,
            to_reviewers=True,
        )
