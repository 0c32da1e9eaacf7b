"""Wordings that led to the right entry, proposed as its own: a person looks at each before it becomes one."""

from sqlmodel import Session, col, or_, select

from cases.knowledge import learn, wordings
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.permissions import REVIEWER, require
from cases.register.tables import AutoAnswer, KnowledgeEntry, Staff
from knowledge_base.base.entries import PUBLISHED
from text.masking import mask

TAKEN, LEFT = "taken", "left"
SHOWN = 20
_LONGEST = 60  # characters: a longer letter tells a story, and is nobody else's wording
_MOST = 200  # letters that are looked through for one entry
_CONTENT = ("", "基本满意")  # of a citizen who chose the entry; 满意 speaks for any answer


def waiting(session: Session, row: KnowledgeEntry) -> list[AutoAnswer]:
    """Return the letters whose words might be wordings of a published entry, newest first, each wording once.

    The citizen chose the entry from a short list and did not complain, or rated its answer 满意; and that answer still stands.
    """
    if row.status != PUBLISHED:
        return []
    helped = or_(
        col(AutoAnswer.outcome) == "满意",
        col(AutoAnswer.chosen).is_(True) & col(AutoAnswer.outcome).in_(_CONTENT),
    )
    query = select(AutoAnswer).where(AutoAnswer.entry_id == row.id, AutoAnswer.wording == "", helped)
    known = {wordings.folded(each) for each in learn.as_entry(row).wordings}
    found = []
    for hit in session.exec(query.order_by(col(AutoAnswer.id).desc()).limit(_MOST)):
        words = wordings.folded(hit.masked_question)
        if words and words not in known and _fits(hit, row):
            known.add(words)
            found.append(hit)
    return found[:SHOWN]


def _fits(hit: AutoAnswer, row: KnowledgeEntry) -> bool:
    plain = len(hit.masked_question) <= _LONGEST and "〔" not in hit.masked_question
    return plain and wordings.folded(hit.answer) == wordings.folded(mask(row.answer))


def entries(session: Session) -> list[KnowledgeEntry]:
    """Return the published entries for which some wording waits."""
    query = select(AutoAnswer.entry_id).where(
        AutoAnswer.wording == "", or_(col(AutoAnswer.chosen).is_(True), col(AutoAnswer.outcome) == "满意")
    )
    ids = sorted(set(session.exec(query.order_by(col(AutoAnswer.id).desc()).limit(_MOST)).all()))
    rows = (session.get(KnowledgeEntry, entry_id) for entry_id in ids)
    return [row for row in rows if row is not None and waiting(session, row)]


def decide(desk: Desk, entry_id: str, answer_id: int, staff: Staff, take: bool) -> KnowledgeEntry:
    """「收作问法」 or 「不收」, by a reviewer. Raises: NotAllowed; NotFound where nothing waits; Invalid for too many."""
    require(staff, REVIEWER)
    row = learn.by_id(desk.session, entry_id)
    hit = next((each for each in waiting(desk.session, row) if each.id == answer_id), None)
    if hit is None:
        raise NotFound("没有这条问法，或已经看过了。")
    if take and len(learn.as_entry(row).aliases) >= learn.MOST_ALIASES:
        raise Invalid(f"「其他问法」已有 {learn.MOST_ALIASES} 条，请先精简。")
    hit.wording = TAKEN if take else LEFT
    desk.session.add(hit)
    if take:
        learn.add_alias(desk, row, hit.masked_question)
    desk.audit("kb.wording", f"entry:{row.id}", taken=take, version=row.version)
    return row
