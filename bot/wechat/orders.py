"""What citizens order in so many words: 查询, 补充, 评价, 人工, 没解决 and the answer to what they were asked."""

from collections.abc import Callable, Sequence

from bot.wechat import letters, words
from bot.wechat.commands import Command
from bot.wechat.talk import Said, Talk
from cases.lists import progress, views
from cases.register import register
from cases.register.desk import Desk
from cases.register.kinds import Sent
from cases.register.readonly import Case
from cases.register.rows import id_of
from cases.register.states import OPEN, State
from cases.sending import announce
from cases.steps import choose, follow_up, promise_answer, rate, receive

_CONTENT = rate.GRADES[:2]  # 不满意 is heard at any time: it may say what is wrong


def _query(talk: Talk, found: Command) -> Said:
    desk = talk.desk
    if not found.no:
        cases = rate.own_cases(desk, talk.citizen)
        first = _first_words(desk, cases)
        return Said(words.mine([_line(case, first.get(id_of(case), "")) for case in cases]))
    case = rate.own_case(desk, talk.citizen, found.no)
    waits = any(
        row.case_id == case.id and row.kind != Sent.NOTICE
        for row in announce.undelivered(desk, id_of(talk.citizen))
    )
    steps = [(step.at.astimezone(desk.office.zone), step.what) for step in progress.of(desk, case)]
    return Said(words.one(_line(case, ""), steps, "" if waits else views.answer_of(desk, case)))


def _add(talk: Talk, found: Command) -> Said | None:
    desk, citizen = talk.desk, talk.citizen
    if not found.no:
        last = register.find(desk, citizen.last_case_id)
        if not found.rest:
            return Said(words.ADD_USAGE)
        return letters.added(talk, last, found.rest) if last is not None and last.status in OPEN else None
    case = rate.own_case(desk, citizen, found.no)
    if not found.rest:
        return Said(words.ADD_USAGE)
    if case.status in OPEN:
        return letters.added(talk, case, found.rest)
    return letters.received(talk, found.rest, case)  # an answered case takes no additions


def _rate(talk: Talk, found: Command) -> Said | None:
    desk, citizen = talk.desk, talk.citizen
    case = rate.own_case(desk, citizen, found.no) if found.no else rate.last_answered(desk, citizen)
    if case is None and found.grade in _CONTENT and not found.rest:
        return _too_early(talk)
    if case is None or (found.rest and not found.no and _stale(talk, case)):
        return None if found.grade else Said(words.RATE_USAGE)
    if not found.grade:
        return (
            letters.kept_aside(talk, found.rest, words.RATE_USAGE) if found.rest else Said(words.RATE_USAGE)
        )
    if case.status in OPEN and found.rest:
        said = letters.added(talk, case, found.rest)
        return said if said.alone else Said(f"{words.not_yet(case.no)}\n{said.text}")
    again = rate.rate(desk, case, found.grade)
    if again:
        return _reopened(talk, case, found.rest)
    if not found.rest:
        return Said(words.rated(case.no, found.grade))
    said = letters.received(talk, found.rest, case)
    return said if said.alone else Said(f"{words.thanks(case.no, found.grade)}\n{said.text}")


def _too_early(talk: Talk) -> Said | None:
    """Who is content before there is an answer adds nothing to the case: a draft in review stays as it was read."""
    last = register.find(talk.desk, talk.citizen.last_case_id)
    return Said(words.not_yet(last.no)) if last is not None and last.status in OPEN else None


def _reopened(talk: Talk, case: Case, reason: str) -> Said:
    """A case begins anew: its reason is kept with it, and what is written next says why."""
    said = letters.beside(talk, case, reason) if reason else None
    if said is not None and said.alone:
        return said
    receive.remember(talk.desk, talk.citizen, case, talk.desk.now)
    again = words.reopened(case.no, case.due_on, case.provisional, told=bool(reason))
    return Said(f"{again}\n{said.text}" if said else again)


def _choose(talk: Talk, found: Command) -> Said | None:
    """A number answers from the short list that was just shown; else it is a message like any other."""
    chosen = choose.choose(talk.desk, talk.citizen, int(found.grade)) if found.grade else None
    if chosen is None:
        case = None if found.grade else choose.decline(talk.desk, talk.citizen)
        return _for_person(talk, case) if case else None
    if chosen.entry is None:
        return _for_person(talk, chosen.case)
    entry = chosen.entry
    return Said(words.automatic(chosen.case.no, entry.answer, entry.source, entry.effective_on))


def _person(talk: Talk, found: Command) -> Said | None:
    desk, citizen = talk.desk, talk.citizen
    if not found.no and (offered := choose.decline(desk, citizen)):
        return _for_person(talk, offered, found.rest)
    if found.rest and not found.no:
        return _with_words(talk, found, "human")
    return _for_person(talk, rate.want_person(desk, citizen, "human", found.no), found.rest)


def _with_words(talk: Talk, found: Command, why: str) -> Said | None:
    """Whoever says more is understood to speak of the automatic answer just read; else it is a message like any other."""
    case = rate.automatic_just_read(talk.desk, talk.citizen)
    if case is None:
        return None
    return _for_person(talk, rate.want_person(talk.desk, talk.citizen, why, case.no), found.rest)


def _unsolved(talk: Talk, found: Command) -> Said | None:
    """「没解决」 is of the answer that was read last, whoever gave it; where it can reopen nothing it is a message."""
    desk, citizen = talk.desk, talk.citizen
    if not found.no and (kept := promise_answer.not_done(desk, citizen)):
        return _resumed(talk, kept, found.rest)
    if found.rest and not found.no:
        return _with_words(talk, found, "unsolved")
    case = rate.own_case(desk, citizen, found.no) if found.no else rate.last_answered(desk, citizen)
    if case is None:
        return None
    if case.status == State.AUTO_ANSWERED:
        return _for_person(talk, rate.want_person(desk, citizen, "unsolved", case.no), found.rest)
    if case.status in OPEN:
        return letters.added(talk, case, talk.push.text)
    if (not found.no and _stale(talk, case)) or not rate.unsolved(desk, case):
        return letters.received(talk, talk.push.text, case) if found.no else None
    return _reopened(talk, case, talk.push.text)


def _not_done(talk: Talk, found: Command) -> Said | None:
    case = promise_answer.not_done(talk.desk, talk.citizen)
    return _resumed(talk, case, found.rest) if case else None


def _done(talk: Talk, _found: Command) -> Said | None:
    case = promise_answer.done(talk.desk, talk.citizen)
    return Said(promise_answer.noted(case)) if case else None


def _belongs(talk: Talk, found: Command) -> Said | None:
    pair = follow_up.belongs(talk.desk, talk.citizen)
    return Said(words.belongs(pair[0].no, pair[1].no)) if pair else _done(talk, found)


def _mistyped(talk: Talk, found: Command) -> Said:
    return letters.kept_aside(talk, found.rest, words.MISTYPED) if found.rest else Said(words.MISTYPED)


ORDERS: dict[str, Callable[[Talk, Command], Said | None]] = {
    "query": _query,
    "add": _add,
    "rate": _rate,
    "person": _person,
    "choose": _choose,
    "unsolved": _unsolved,
    "belongs": _belongs,
    "not_done": _not_done,
    "done": _done,
    "mistyped": _mistyped,
    "help": lambda _talk, _found: Said(words.HELP),
    "write": lambda _talk, _found: Said(words.WRITE),
    "text": lambda _talk, found: Said(found.rest or words.HELP),  # a line that is no longer in the menu
}
MAY_BE_A_MESSAGE = frozenset(
    {"add", "choose", "rate", "person", "unsolved", "belongs", "not_done", "done", "mistyped"}
)


def _for_person(talk: Talk, case: Case, reason: str = "") -> Said:
    late = talk.desk.now >= case.due_at
    return _told(talk, case, words.for_person(case.no, case.due_on, case.provisional, late=late), reason)


def _resumed(talk: Talk, case: Case, reason: str) -> Said:
    return _told(talk, case, promise_answer.taken_up(case), reason)


def _told(talk: Talk, case: Case, done: str, reason: str) -> Said:
    """Say what was done of a case that is open now, and keep with it what was said beside the command."""
    said = letters.beside(talk, case, reason) if reason else None
    if said is not None and said.alone:
        return said
    more = said.text if said else words.TOLD_TOO if reason else ""
    return Said(f"{done}\n{more}" if more else done)


def _stale(talk: Talk, case: Case) -> bool:
    return case.released_at is None or talk.desk.now - case.released_at > rate.FRESH


def _line(case: Case, excerpt: str) -> words.Line:
    return words.Line(
        case.no, views.status_name(case), case.due_on, case.provisional, case.status in OPEN, excerpt
    )


def _first_words(desk: Desk, cases: Sequence[Case]) -> dict[int, str]:
    first = views.first_words(desk, [case.id for case in cases])
    return {case_id: " ".join(masked.split())[:14] for case_id, masked in first.items()}
