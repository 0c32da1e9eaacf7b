"""「采用建议」: an entry's answer becomes the draft; a case that nobody has is claimed with it."""

from cases.knowledge import learn
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Stale
from cases.register.readonly import Case, Draft, Staff
from cases.register.states import State
from cases.steps import assign, draft
from cases.steps.suggest import may_suggest


def adopt(desk: Desk, staff: Staff, case: Case, entry_id: str | None) -> Draft:
    """Put the answer of a published entry up for review. Raises: Stale if it, or the case, is past it; as the steps do."""
    entry = learn.published(desk, entry_id)
    if not may_suggest(case) and register.is_open(case):
        raise Stale("本件不再采用建议答复，请自行拟写。")
    if case.status == State.NEW:
        assign.claim(desk, staff, case)
    return draft.submit(desk, staff, case, entry.answer, entry_id=entry.id)
