"""What must be true of an office whatever broke: told by those who watched it from outside, compared with its register."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from bot.wechat.words import KEPT_ASIDE
from cases.register import audit, binding  # noqa: F401 - sealed values are named by their place
from cases.register.states import DeliveryState, DraftState
from cases.register.store import Store
from cases.register.tables import Approval, Case, Citizen, Delivery, Draft, DueChange, Message, Outbox
from cases.register.vault import Vault

SERIAL = re.compile(r"第(\d+)封")
NUMBER = re.compile(r"\d{8}-\d{4,}")
TWICE = "可能重复"
_SAID_NOT_TO = (DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.NOTIFIED)
_ARRIVED = (DeliveryState.SENT, DeliveryState.HANDED_OVER)


@dataclass
class Oracle:
    """Knows who wrote which letter (each has its number, 「第 N 封」), and which were acknowledged with which words."""

    written: dict[int, str] = field(default_factory=dict)  # letter → openid
    heard: dict[int, str] = field(default_factory=dict)  # letter → the reply to it
    read: dict[str, list[str]] = field(default_factory=dict)  # openid → replies that they saw
    said: set[str] = field(default_factory=set)  # commands, which may turn out to be letters too

    def writes(self, openid: str) -> int:
        """Return the number of the next letter."""
        number = len(self.written) + 1
        self.written[number] = openid
        return number

    def hears(self, openid: str, reply: str, letter: int | None = None) -> None:
        self.read.setdefault(openid, []).append(reply)
        if letter is not None:
            self.heard.setdefault(letter, reply)

    def faults(self, store: Store, vault: Vault, texts: Callable[[str], Iterable[str]]) -> list[str]:
        """Return what is not as it must be. `texts`: what the platform brought to a citizen's phone."""
        with store.read() as session:
            look = _Look(session, vault, self, texts)
            return [*look.letters(), *look.releases(), *look.reviews(), *look.dates(), *look.trail()]


class _Look:
    def __init__(
        self, session: Session, vault: Vault, told: Oracle, texts: Callable[[str], Iterable[str]]
    ) -> None:
        self._session, self._vault, self._told, self._texts = session, vault, told, texts
        self._openids = {c.id: vault.open(c.openid_sealed) for c in session.exec(select(Citizen))}
        self._cases = {case.id: case for case in session.exec(select(Case))}

    def letters(self) -> Iterable[str]:
        """Each acknowledged message is one case or part of one; none is there twice, none is anybody else's."""
        places: dict[int, list[Message]] = {}
        commands: set[int | None] = set()
        for message in self._session.exec(select(Message)):
            text = self._vault.open(message.sealed)
            found = SERIAL.search(text)
            if text in self._told.said:
                commands.add(message.case_id)
                continue
            if found is None or int(found[1]) not in self._told.written:
                yield f"message {message.id}: nobody wrote it"
                continue
            places.setdefault(int(found[1]), []).append(message)
        for letter, messages in places.items():
            if len(messages) > 1:
                yield f"letter {letter} is there {len(messages)} times"
            if self._openids[messages[0].citizen_id] != self._told.written[letter]:
                yield f"letter {letter} is kept as another citizen's"
        for letter, reply in self._told.heard.items():
            if letter not in places:
                yield f"letter {letter} was acknowledged and is lost: {reply[:60]}"
                continue
            named = NUMBER.search(reply)
            case = self._cases.get(places[letter][0].case_id or 0)
            if named and KEPT_ASIDE not in reply and (case is None or case.no not in reply):
                yield f"letter {letter} was told {named[0]} and is in {case.no if case else 'no case'}"
        filled = {message.case_id for rows in places.values() for message in rows} | commands
        for case_id, case in self._cases.items():
            if case_id not in filled:
                yield f"case {case.no} holds no message"

    def releases(self) -> Iterable[str]:
        """Each released text reaches its citizen or is said not to; nothing else does, and nobody else reads it."""
        brought = {
            openid: [*self._texts(openid), *self._told.read.get(openid, ())]
            for openid in {*self._openids.values(), *self._told.read}
        }
        deliveries = list(self._session.exec(select(Delivery)))
        of_draft = {row.draft_id: row for row in deliveries if row.draft_id is not None}
        for draft in self._session.exec(select(Draft)):
            text, own = (
                self._vault.open(draft.text_sealed),
                self._openids[self._cases[draft.case_id].citizen_id],
            )
            readers = {openid for openid, seen in brought.items() if any(text in one for one in seen)}
            approved = draft.state == DraftState.APPROVED
            if approved != (draft.id in of_draft):
                yield f"draft {draft.id} is {draft.state}, and its delivery is {'not ' * approved}there"
            if readers - {own} or (readers and not approved):
                yield f"draft {draft.id} ({draft.state}) was read by {readers}, it is {own}'s"
        same: dict[tuple[str, str], list[Delivery]] = {}  # a notice may say the same as one before
        for row in deliveries:
            same.setdefault((self._openids[row.citizen_id], self._vault.open(row.text_sealed)), []).append(
                row
            )
        for (openid, text), rows in same.items():
            receipts = self._told.read.get(openid, ()).count(
                text
            )  # a late receipt says what others are told at once
            copies = sum(one.count(text) for one in brought.get(openid, ())) - receipts
            yield from _delivered(rows, copies)
        for sending in self._session.exec(select(Outbox).where(Outbox.state == "sending")):
            yield f"outbox {sending.id} ({sending.kind}) is under way for ever"

    def reviews(self) -> Iterable[str]:
        """Nobody reviewed a text of a case of which they had written one; each level is another person's."""
        drafts = {draft.id: draft for draft in self._session.exec(select(Draft))}
        seen: Counter[tuple[int, int, int]] = Counter()
        for row in self._session.exec(select(Approval).order_by(col(Approval.id))):
            draft = drafts[row.draft_id]
            authors = {
                d.author_id for d in drafts.values() if d.case_id == draft.case_id and d.created_at <= row.at
            }
            if row.reviewer_id in authors:
                yield f"draft {draft.id} was passed by {row.reviewer_id}, who wrote a version of it"
            if row.text_hash != draft.text_hash:
                yield f"draft {draft.id} was passed with another text"
            seen[draft.id or 0, row.round, row.reviewer_id] += 1
        for (draft_id, round_, who), times in seen.items():
            if times > 1:
                yield f"draft {draft_id} was passed {times} times by {who} in round {round_}"

    def dates(self) -> Iterable[str]:
        """No date without its history, and the last line of the history is the date."""
        history: dict[int, list[DueChange]] = {}
        for change in self._session.exec(select(DueChange).order_by(col(DueChange.id))):
            history.setdefault(change.case_id, []).append(change)
        for case in self._cases.values():
            lines = history.get(case.id or 0, [])
            if not lines or lines[0].cause != "received":
                yield f"case {case.no} has a date without a history"
            elif (lines[-1].due_on, lines[-1].due_at) != (case.due_on, case.due_at):
                yield f"case {case.no} is due {case.due_on}, its history ends with {lines[-1].due_on}"

    def trail(self) -> Iterable[str]:
        verdict = audit.verify(self._session, self._vault)
        if not verdict.ok:
            yield f"the trail is broken at {verdict.first_bad}"


def _delivered(rows: list[Delivery], copies: int) -> Iterable[str]:
    """Judge the deliveries of one text to one citizen, of which so many copies arrived."""
    what = "、".join(f"delivery {row.id} ({row.kind}, {row.state}, {row.error!r})" for row in rows)
    arrived = sum(row.state in _ARRIVED for row in rows)
    if any(row.state not in (*_ARRIVED, *_SAID_NOT_TO) for row in rows):
        yield f"{what} has no end"
    if copies < arrived:
        yield f"{what} arrived {copies} times"
    if copies > arrived and not any(TWICE in row.error for row in rows):
        yield f"{what} arrived {copies} times, and nobody says so"
