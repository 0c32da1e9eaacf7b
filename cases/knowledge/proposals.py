"""Wordings that led to the right entry, proposed as its own: a person looks at each before it becomes one."""

from dataclasses import dataclass

from sqlmodel import col, or_, select

from cases.knowledge import learn, wordings
from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.permissions import REVIEWER, require
from cases.register.readonly import Staff
from cases.register.rows import row_of
from cases.register.states import DraftState
from cases.register.tables import AutoAnswer, Draft, KnowledgeEntry
from knowledge_base.base.entries import CANDIDATE, PUBLISHED
from text.masking import mask

TAKEN, LEFT = "taken", "left"
SHOWN = 20
_LONGEST = 60  # characters: a longer letter tells a story, and is nobody else's wording
_MOST = 200  # letters that are looked through for one entry
_CONTENT = ("", "基本满意")  # of a citizen who chose the entry; 满意 speaks for any answer


@dataclass(frozen=True, slots=True)
class ProposedWording:
    """A citizen's words. `of`: the automatic answer, or the candidate that grew from an adopted suggestion."""

    words: str
    of: AutoAnswer | KnowledgeEntry

    @property
    def key(self) -> str:
        """Names it on a page: the number of the answer, or the id of the candidate."""
        return str(self.of.id) if isinstance(self.of, AutoAnswer) else f"candidate:{self.of.id}"


def waiting(desk: Desk, row: readonly.KnowledgeEntry) -> list[ProposedWording]:
    """Return the words that might be wordings of a published entry, newest first, each once.

    The citizen chose the entry from a short list and did not complain, or rated its answer 满意; or a colleague adopted it
    for that citizen's case and a reviewer passed it unchanged. And the answer still stands.
    """
    if row.status != PUBLISHED:
        return []
    known = {wordings.folded(each) for each in learn.as_entry(row).wordings}
    found = []
    for each in [*_adopted(desk, row), *_answered(desk, row)]:
        words = wordings.folded(each.words)
        if words and words not in known and _fits(each, row):
            known.add(words)
            found.append(each)
    return found[:SHOWN]


def _answered(desk: Desk, row: readonly.KnowledgeEntry) -> list[ProposedWording]:
    helped = or_(
        col(AutoAnswer.outcome) == "满意",
        col(AutoAnswer.chosen).is_(True) & col(AutoAnswer.outcome).in_(_CONTENT),
    )
    query = select(AutoAnswer).where(AutoAnswer.entry_id == row.id, AutoAnswer.wording == "", helped)
    hits = desk.session.exec(query.order_by(col(AutoAnswer.id).desc()).limit(_MOST))
    return [ProposedWording(hit.masked_question, hit) for hit in hits]


def _adopted(desk: Desk, row: readonly.KnowledgeEntry) -> list[ProposedWording]:
    """What an approved answer made a candidate of, where the answer was this entry's."""
    query = (
        select(KnowledgeEntry)
        .join(Draft, col(Draft.case_id) == col(KnowledgeEntry.case_id))
        .where(
            Draft.entry_id == row.id, Draft.state == DraftState.APPROVED, KnowledgeEntry.status == CANDIDATE
        )
        .order_by(col(KnowledgeEntry.change_seq).desc())
    )
    return [
        ProposedWording(candidate.question, candidate) for candidate in desk.session.exec(query.limit(_MOST))
    ]


def _fits(each: ProposedWording, row: readonly.KnowledgeEntry) -> bool:
    plain = len(each.words) <= _LONGEST and "〔" not in each.words
    return plain and wordings.folded(each.of.answer) == wordings.folded(mask(row.answer))


def entries(desk: Desk) -> list[readonly.KnowledgeEntry]:
    """Return the published entries for which some wording waits."""
    answered = select(AutoAnswer.entry_id).where(
        AutoAnswer.wording == "", or_(col(AutoAnswer.chosen).is_(True), col(AutoAnswer.outcome) == "满意")
    )
    adopted = (
        select(Draft.entry_id)
        .join(KnowledgeEntry, col(KnowledgeEntry.case_id) == col(Draft.case_id))
        .where(Draft.entry_id != "", Draft.state == DraftState.APPROVED, KnowledgeEntry.status == CANDIDATE)
    )
    ids = {
        *desk.session.exec(answered.order_by(col(AutoAnswer.id).desc()).limit(_MOST)),
        *desk.session.exec(adopted.order_by(col(Draft.id).desc()).limit(_MOST)),
    }
    rows = (desk.session.get(KnowledgeEntry, entry_id) for entry_id in sorted(ids))
    return [row for row in rows if row is not None and waiting(desk, row)]


def decide(desk: Desk, entry_id: str, key: str, staff: Staff, take: bool) -> readonly.KnowledgeEntry:
    """「收作问法」 or 「不收」, by a reviewer. Raises: NotAllowed; NotFound where nothing waits; Invalid for too many."""
    require(staff, REVIEWER)
    row = learn.by_id(desk, entry_id)
    hit = next((each for each in waiting(desk, row) if each.key == key), None)
    if hit is None:
        raise NotFound("没有这条问法，或已经看过了。")
    if take and len(learn.as_entry(row).aliases) >= learn.MOST_ALIASES:
        raise Invalid(f"「其他问法」已有 {learn.MOST_ALIASES} 条，请先精简。")
    if isinstance(hit.of, AutoAnswer):
        hit.of.wording = TAKEN if take else LEFT
        desk.session.add(hit.of)
    else:  # either way nobody needs the same answer a second time
        learn.decide(desk, hit.of.id, staff, publish_it=False)
    if take:
        learn.add_alias(desk, row_of(KnowledgeEntry, row), hit.words)
    desk.audit("kb.wording", f"entry:{row.id}", taken=take, version=row.version)
    return row
