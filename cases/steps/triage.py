"""Second step: what the model says of a message is put on the case; flags only rise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlmodel import col, select

from cases.register import channels, lapse, register, tables
from cases.register.desk import Desk
from cases.register.kinds import Category, Cause, Job, Lane
from cases.register.readonly import Case
from cases.register.rows import id_of, row_of
from cases.register.states import CATEGORY_NAMES, State
from cases.register.tables import Media, Message
from cases.sending import announce, outbox, payloads
from cases.steps import assign, danger

if TYPE_CHECKING:  # the models are heavy: a command that needs none should not load them
    from classifier.triage import Triage

UNHEARD = "[语音]"  # the text of a voice message that nobody could put into words
_UNJUDGED = 0.34  # the confidence where nothing was said: one category is as likely as another


def wordless(kind: str, text: str) -> bool:
    """Tell whether a message holds nothing that its citizen said: a photo, a place, a link, a voice not understood."""
    return kind != "text" and not (kind == "voice" and text != UNHEARD)


def without_words(judged: Triage, kind: str) -> Triage:
    """Return the judgement of a message without words: a person looks at it, and no department gets it by its kind.

    What the title of a link raises stays raised.
    """
    flags = kind == "link"
    return replace(
        judged, category=Category.COMPLAINT, confidence=_UNJUDGED, needs_review=True, topic="", procedure="",
        urgent=flags and judged.urgent, sensitive=flags and judged.sensitive,
        accusation=flags and judged.accusation, chitchat=False, ad=False,
        reasons=("没有文字，待来信人说明", *(judged.reasons[1:] if flags else ())),
    )  # fmt: skip


def unjudged() -> Triage:
    """Return what is known of words that could not be judged in time: nothing, so that a person looks at them."""
    from classifier.triage import Triage

    return Triage(
        category=Category.COMPLAINT, confidence=_UNJUDGED, needs_review=True, topic="", urgent=False, sensitive=False,
        accusation=False, chitchat=False, ad=False, procedure="", reasons=("未能自动判断，请人工判断",),
    )  # fmt: skip


def has_words(desk: Desk, case: Case) -> bool:
    """Tell whether anything in the case was said in words, so that it could be judged."""
    return bool(_words_of(desk, case))


def _words_of(desk: Desk, case: Case) -> list[str]:
    query = select(Message).where(Message.case_id == case.id).order_by(col(Message.id))
    said = [(row.kind, desk.office.vault.open(row.sealed)) for row in desk.session.exec(query)]
    return [text for kind, text in said if not wordless(kind, text)]


def marks(judged: Triage) -> dict[str, Any]:
    """Return what a first judgement puts on a new case."""
    return {
        "category": judged.category, "confidence": judged.confidence, "needs_review": judged.needs_review,
        "topic": judged.topic, "procedure": judged.procedure, "urgent": judged.urgent, "sensitive": judged.sensitive,
        "accusation": judged.accusation, "reasons": tuple(judged.reasons),
    }  # fmt: skip


def as_request(judged: Triage, category: str | None) -> Triage:
    """Return the judgement with the category that a person gave, if one was."""
    if category is None:
        return replace(judged, chitchat=False)
    return replace(judged, category=category, confidence=1.0, needs_review=False, chitchat=False)


def beside(desk: Desk, case: Case, judged: Triage, text: str) -> Triage:
    """Return what a further line is beside the case that it joins: does it bring a danger that the case had not?"""
    if desk.office.further is None or case.urgent or not judged.urgent:
        return judged
    before = "\n".join(_words_of(desk, case))
    return desk.office.further(judged, text, before) if before else judged


def doubt(desk: Desk, case: Case, message: Message) -> None:
    """An alarm was called off beside the letter (`beside`): the supervisors are told once, for a person knows better."""
    text = f"【疑似险情】{case.no}　补充的这句单看像险情，与来信同看不像，没有按紧急处理，请立即看一眼。\n{message.masked[:500]}"
    key = f"doubt:{case.id}:{message.id}"
    announce.supervisors(desk, text, key=key, case=case, urgent=True, priority=outbox.REVIEW)


def rise(desk: Desk, case: Case, judged: Triage) -> None:
    """An addition was judged: flags only rise; the category may change until the case is claimed."""
    case = row_of(tables.Case, case)
    newly = judged.urgent and not case.urgent
    case.urgent = case.urgent or judged.urgent
    case.sensitive = case.sensitive or judged.sensitive
    case.procedure = case.procedure or judged.procedure
    if judged.accusation and not case.accusation:
        case.accusation = True
        case.department_id = None
    desk.session.add(case)
    if judged.reasons and (judged.urgent or judged.sensitive or judged.accusation):
        case.reasons = tuple(dict.fromkeys([*case.reasons, *judged.reasons]))
    desk.session.flush()
    if newly:
        case.urgent_since, case.first_answered_at = None, None  # what was said before was no answer to this
    if is_the_models(case) and not judged.chitchat:
        judge_anew(desk, case)
    elif newly:
        register.set_due(desk, case, Cause.URGENT)


def is_the_models(case: Case) -> bool:
    """Tell whether a case's category is still the model's choice: nobody ever claimed it or said otherwise."""
    return case.status == State.NEW and case.claimed_at is None and not case.settled


def judge_anew(desk: Desk, case: Case, why: str = "补充内容") -> None:
    """Judge a case that nobody has claimed by everything that was said in it; without words it stays 「待定」."""
    case = row_of(tables.Case, case)
    texts = _words_of(desk, case)
    if not texts:
        return
    whole = desk.office.triage("\n".join(texts))
    lapse.note(desk, case)
    case.confidence, case.needs_review = whole.confidence, whole.needs_review
    case.topic = whole.topic or case.topic
    if whole.category != case.category:
        before, case.category = case.category, whole.category
        register.set_due(
            desk,
            case,
            Cause.RECLASSIFIED,
            f"{CATEGORY_NAMES[before]}→{CATEGORY_NAMES[whole.category]}（{why}）",
        )
    elif case.urgent and case.urgent_since is None:
        register.set_due(desk, case, Cause.URGENT)
    if case.department_id is None and not case.accusation:
        assign.route(desk, case)
    desk.session.add(case)


def may_answer_itself(desk: Desk, case: Case) -> bool:
    """Only an advice or inquiry that carries no flag is ever answered without a person."""
    flagged = case.urgent or case.sensitive or case.accusation
    return (
        desk.office.auto_answer
        and case.category == Category.ADVICE_INQUIRY
        and not flagged
        and channels.channel(case.channel).answers_itself
    )


def alert(desk: Desk, case: Case, message: Message) -> None:
    """Tell the supervisors at once of danger, which is followed, and of a sensitive matter, which is told once."""
    if case.urgent:
        danger.raise_alarm(desk, case)
    elif case.sensitive:
        desk.session.flush()  # the key below names the message
        text = f"【敏感】{case.no}　{'；'.join(case.reasons) or CATEGORY_NAMES[case.category]}\n{message.masked[:500]}"
        announce.supervisors(
            desk,
            text,
            key=f"sensitive:{case.id}:{message.id}",
            case=case,
            urgent=True,
            priority=outbox.REVIEW,
        )


def fetch(desk: Desk, media: Media, account: str) -> None:
    """Have a file fetched by its MediaId; a URL in a message is never followed."""
    outbox.put(
        desk,
        key=f"media:{media.id}:{uuid4().hex[:8]}",
        lane=Lane.MEDIA,
        target=f"media:{media.id}",
        kind=Job.FETCH,
        now=desk.now,
        priority=outbox.BACKGROUND,
        payload=payloads.ToFetch(id_of(media), account),
    )
