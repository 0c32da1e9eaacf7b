"""Fourth step: a text for the citizen is drafted, checked and put up for review."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select

from cases.register import channels, drafts, people, proposals, readonly, register, tables
from cases.register.desk import Desk
from cases.register.errors import Invalid, Stale
from cases.register.kinds import Job, Lane
from cases.register.readonly import Case, Staff
from cases.register.rows import id_of, row_of
from cases.register.states import PURPOSE_NAMES, DraftState, Event, Purpose
from cases.register.tables import Draft, Message
from cases.sending import announce, outbox, payloads
from cases.steps.allowed import Action, demand
from sla.promises import gone_by, promised
from text.masking import REFUSED_IN_PUBLIC, findings, mask
from text.normalise import normalise, storable
from text.placeholders import hole
from text.words import words

LONGEST = 20_000
_EMPTY_PHRASES = ("已收悉", "高度重视", "正在研究", "按规定办理", "感谢您的关心", "敬请谅解", "进一步加强")
_COLD = ("不归我们管", "不属于我们", "自行解决", "无法答复", "你应该", "不清楚", "请勿重复")
_LONG_FOR_WECHAT = 2048
_ANSWERING = (Purpose.ANSWER, Purpose.CORRECTION)  # the others say something else than what was asked
_ACTIONS = {
    Purpose.ANSWER: Action.DRAFT,
    Purpose.QUESTION: Action.ASK,
    Purpose.REFUSAL: Action.REFUSE,
    Purpose.CORRECTION: Action.CORRECT,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says of a draft; a blocking one keeps it from review."""

    text: str
    blocks: bool = False


def check(
    text: str, *, question: str, public: bool, own_numbers: tuple[str, ...] = (), answers: bool = True
) -> list[Finding]:
    """Return what a reviewer should know of a draft.

    Only an unfilled placeholder, an empty text, or personal data in a public reply block.
    Source: Hengnan 2023 no. 2, §3(2) (lawful, sincere, exact; never beside the point, empty or cold).
    """
    found = []
    if not normalise(text):
        return [Finding("草稿是空的。", blocks=True)]
    if len(text) > LONGEST:
        found.append(Finding(f"草稿超过 {LONGEST} 字，请核对。"))
    if unfilled := hole(text):
        found.append(Finding(f"有未填写的占位内容：{unfilled}", blocks=True))
    private = (
        [item for item in findings(text, own_numbers) if item.kind in REFUSED_IN_PUBLIC] if public else []
    )
    if private:
        kinds = "、".join(dict.fromkeys(item.kind for item in private))
        found.append(Finding(f"公开回复中含个人信息（{kinds}），请删去。", blocks=True))
    if answers and not _share_a_word(normalise(question), normalise(text)):
        found.append(Finding("答复与来信没有共同的词，请核对是否答非所问。"))
    phrases = [phrase for phrase in _EMPTY_PHRASES if phrase in text]
    if len(phrases) > 1 or (phrases and len(text) < 80):
        found.append(Finding(f"套话较多：{'、'.join(phrases)}"))
    if cold := [phrase for phrase in _COLD if phrase in text]:
        found.append(Finding(f"语气偏冷：{'、'.join(cold)}"))
    if len(text.encode()) > _LONG_FOR_WECHAT:
        found.append(Finding("超过微信单条上限，将分条发送。"))
    return found


def _share_a_word(question: str, text: str) -> bool:
    """Tell whether a word of one stands in the other, be it as part of a longer one (户口, 户口簿)."""
    asked, said = words(question), words(text)
    within = any(len(word) > 1 and word in text for word in asked)
    return not asked or within or any(len(word) > 1 and word in question for word in said)


def submit(
    desk: Desk,
    staff: Staff,
    case: Case,
    text: str,
    purpose: Purpose = Purpose.ANSWER,
    entry_id: str = "",
    seen: int | None = None,
) -> readonly.Draft:
    """Put a text up for review; it replaces a draft that is still under review.

    `seen`: the newest draft that the writer knew of, 0 for none. Raises: NotAllowed unless `staff` has claimed the
    case; Invalid if a check blocks; Stale if the case moved, or another text was put up since `seen`.
    """
    register.lock(desk, case)
    demand(desk, staff, case, _ACTIONS[purpose])
    if seen is not None:
        _unchanged(desk, case, seen)
    return put_up(desk, staff, case, text, purpose, entry_id)


def put_up(desk: Desk, staff: Staff, case: Case, text: str, purpose: Purpose, entry_id: str = "") -> Draft:
    """Put a text of a case that is held up for review, whoever may write it. Raises: Invalid if a check blocks."""
    case = row_of(tables.Case, case)
    text = storable(text)
    blocking = [f for f in findings_on(desk, case, text, purpose) if f.blocks]
    if blocking:
        raise Invalid("草稿未提交：" + " ".join(finding.text for finding in blocking))
    _replace(desk, case, purpose)
    _move(desk, case, purpose)
    proposal = proposals.latest(desk, id_of(case), staff)
    draft = Draft(
        case_id=id_of(case),
        proposal_id=proposal.id if proposal is not None else None,
        version=drafts.versions(desk, case) + 1,
        purpose=purpose.value,
        levels=desk.office.review_levels,
        supervisor_last=drafts.needs_supervisor(desk, case),
        text_sealed=desk.office.vault.seal(text),
        masked=mask(text, desk.own_numbers),
        text_hash=text_hash(text),
        author_id=id_of(staff),
        entry_id=entry_id,
        created_at=desk.now,
    )
    desk.session.add(draft)
    desk.session.flush()
    facts = {"model": proposal.model, "changed": proposals.told(desk, draft)} if proposal else {}
    desk.audit(
        "draft.submit",
        f"case:{case.no}",
        draft=draft.id,
        version=draft.version,
        purpose=purpose.value,
        **facts,
    )
    announce.review_card(desk, draft)
    announce.card(desk, case)
    _look_again(desk, draft)
    return draft


def _move(desk: Desk, case: tables.Case, purpose: Purpose) -> None:
    if purpose is Purpose.ADOPTION:
        case.review_since = desk.now if not register.is_open(case) else case.review_since
        register.look_again(desk, case)
    elif purpose is Purpose.CORRECTION:
        register.move(desk, case, Event.CORRECT, review_since=desk.now)
    else:
        register.move(desk, case, Event.SUBMIT, review_since=desk.now)


def _unchanged(desk: Desk, case: Case, seen: int) -> None:
    newest = desk.session.exec(
        select(Draft).where(Draft.case_id == case.id).order_by(col(Draft.id).desc())
    ).first()
    if newest is None or newest.id == seen:
        return
    who = people.staff_name(desk, newest.author_id)
    at = newest.created_at.astimezone(desk.office.zone).strftime("%m-%d %H:%M")
    raise Stale(f"{who}已于 {at} 提交了{name(newest)}。您的文字没有提交，也没有丢失：请对照后再提交。")


def _look_again(desk: Desk, draft: readonly.Draft) -> None:
    """Have the office's model look for questions without an answer: a warning may come of it, nothing waits for it."""
    if desk.office.model_on and draft.purpose == Purpose.ANSWER:
        outbox.put(
            desk, key=f"second_look:{draft.id}", lane=Lane.MODEL, target=f"draft:{draft.id}",
            kind=Job.SECOND_LOOK, now=desk.now, priority=outbox.BACKGROUND, payload=payloads.ToLookAt(id_of(draft)),
        )  # fmt: skip


def findings_on(desk: Desk, case: Case, text: str, purpose: Purpose = Purpose.ANSWER) -> list[Finding]:
    """Return the findings on a text for this case's citizen, and for those of the cases linked to it."""
    message = desk.session.exec(
        select(Message).where(Message.case_id == case.id).order_by(col(Message.id))
    ).first()
    question = desk.office.vault.open(message.sealed) if message else ""
    together = (case, *register.linked(desk, case))
    public = any(channels.is_public(desk, one) for one in together)
    found = check(
        text, question=question, public=public, own_numbers=desk.own_numbers, answers=purpose in _ANSWERING
    )
    found += _of_the_model(desk, case, text)
    found += [
        Finding(f"承诺的日期「{gone.words}」（{gone.due_on}）已过，请核对。")
        for gone in gone_by(text, desk.today, desk.calendar)
    ]
    return found + [
        Finding(f"承诺「{promise.words}」签发后列入跟踪，兑现期限 {promise.due_on}，请确认能够兑现。")
        for promise in promised(text, desk.today, desk.calendar)
    ]


def _of_the_model(desk: Desk, case: Case, text: str) -> list[Finding]:
    """What a proposing model wrote without a source and still stands there, and what a second look missed."""
    under_review = drafts.under_review(desk, case)
    if under_review is None or under_review.text_hash != text_hash(text):
        return []
    marks = proposals.unchecked(desk, under_review, text)
    found = [Finding(f"模型所拟的{mark['kind']}「{mark['words']}」{mark['why']}，请核对。") for mark in marks]
    missed = proposals.missed(under_review)
    return found + [Finding(f"模型提示：来信中的「{words_}」草稿似未回应。") for words_ in missed]


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def name(draft: readonly.Draft) -> str:
    return f"{PURPOSE_NAMES[Purpose(draft.purpose)]}（第 {draft.version} 稿）"


def _replace(desk: Desk, case: Case, purpose: Purpose) -> None:
    """A new text takes the place of the one under review; the news of an adoption and an answer stand side by side."""
    same = col(Draft.purpose) == Purpose.ADOPTION.value
    desk.session.execute(
        update(Draft)
        .where(
            col(Draft.case_id) == case.id,
            col(Draft.state) == DraftState.REVIEW,
            same if purpose is Purpose.ADOPTION else ~same,
        )
        .values(state=DraftState.REPLACED.value)
    )
