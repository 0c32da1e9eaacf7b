"""A message that is no command: what became of it, in words for its citizen."""

from collections.abc import Callable, Sequence

from bot.wechat import words
from bot.wechat.parsing import Push
from bot.wechat.talk import FirstWords, Said, Talk
from cases.register import questions
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.steps import follow_up, receive
from cases.steps.receive import Incoming, IncomingMedia, Joined

_FILES = ("image", "voice", "video", "shortvideo")


def received(talk: Talk, text: str, before: Case | None = None) -> Said:
    """Keep a message and say what it became; `before` is the answered case that it was expressly added to."""
    desk, push, citizen = talk.desk, talk.push, talk.citizen
    assert talk.judged is not None  # noqa: S101 - `wants_judging` said so
    asked = questions.take(desk, citizen)
    match = talk.judged.match if text == push.text else None
    outcome = receive.receive(desk, incoming(talk, text), talk.judged.triage, match, citizen)
    if isinstance(outcome, receive.SmallTalk):
        if asked is not None:
            questions.put(desk, citizen, asked)
        return Said(words.small_talk())
    case = outcome.case
    if isinstance(outcome, receive.AutoAnswered):
        entry = outcome.match.entry
        return Said(words.automatic(case.no, entry.answer, entry.source, entry.effective_on))
    if outcome.danger:
        return Said(words.safety(talk.safety(), case.no), alone=True)
    if isinstance(outcome, Joined):
        return Said(_unheard(talk, joined(case)))
    said = _plain_receipt(desk, case)
    if outcome.choices:
        return Said(words.choices(said, outcome.choices))
    if before is not None:
        follow_up.attach(desk, case, before)
        return Said(f"{said}\n{words.belongs(case.no, before.no)}")
    if answered := follow_up.ask(desk, citizen, case):
        said = f"{said}\n{words.related(answered.no)}"
    return Said(_unheard(talk, said, new=True))


def first_words(desk: Desk, letters: Sequence[FirstWords], safety: Callable[[], str]) -> dict[str, str]:
    """Make a case of each citizen's first message and return the whole replies by the keys of their pushes."""
    if not letters:
        return {}
    written = [
        (one.citizen, _incoming(desk, one.push, one.push.text, one.key), one.judged.triage) for one in letters
    ]
    cases = receive.receive_first_words(desk, written)
    return {one.key: _receipt(desk, case, safety) for one, case in zip(letters, cases, strict=True)}


def _receipt(desk: Desk, case: Case, safety: Callable[[], str]) -> str:
    if receive.danger(case):
        return words.safety(safety(), case.no)
    return _plain_receipt(desk, case)


def _plain_receipt(desk: Desk, case: Case) -> str:
    return words.receipt(case.no, case.due_on, case.provisional, late=case.due_at <= desk.now)


def added(talk: Talk, case: Case, text: str) -> Said:
    """Add words to one's own open case."""
    if said := beside(talk, case, text):
        return said
    if receive.danger(case):
        return Said(words.joined_danger(case.no))
    return Said(words.added(case.no, case.due_on, case.provisional))


def beside(talk: Talk, case: Case, text: str) -> Said | None:
    """Add words to one's own open case. None: they joined it, and the reply to what they came with says so."""
    assert talk.judged is not None  # noqa: S101 - `wants_judging` said so
    outcome = receive.add_to(talk.desk, talk.citizen, case, incoming(talk, text), talk.judged.triage)
    if outcome.danger:
        return Said(words.safety(talk.safety(), outcome.case.no), alone=True)
    if isinstance(outcome, Joined):
        return None
    return Said(f"{_plain_receipt(talk.desk, outcome.case)}\n{words.apart(case.no)}")


def kept_aside(talk: Talk, text: str, refusal: str) -> Said:
    """A command could not be done: the words that came with it are kept, and a grave one becomes a case at once."""
    judged = talk.judged.triage if talk.judged else None
    if judged is not None and (judged.urgent or judged.sensitive or judged.accusation):
        said = received(talk, text)
        return said if said.alone else Said(f"{refusal}\n{said.text}")
    receive.set_aside(talk.desk, talk.citizen, incoming(talk, talk.push.text))
    return Said(f"{refusal}\n{words.KEPT_ASIDE}")


def joined(case: Case) -> str:
    if receive.danger(case):
        return words.joined_danger(case.no)
    return words.joined(case.no, case.due_on, case.provisional)


def incoming(talk: Talk, text: str) -> Incoming:
    return _incoming(talk.desk, talk.push, text, talk.key)


def _incoming(desk: Desk, push: Push, text: str, key: str) -> Incoming:
    return Incoming(
        account=push.account.app_id,
        openid=push.openid,
        text=text,
        sent_at=push.sent_at or desk.now,
        kind=push.kind,
        media=tuple(IncomingMedia(kind, media_id) for kind, media_id in push.media if kind in _FILES),
        push_key=key,
    )


def _unheard(talk: Talk, said: str, *, new: bool = False) -> str:
    """Ask for a sentence where nothing was said in words: always of a voice, else of a new case."""
    push = talk.push
    if push.kind == "voice" and not push.heard:
        return words.voice_receipt(said)
    return words.ask_for_words(said) if new and incoming(talk, push.text).wordless else said
