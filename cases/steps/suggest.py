"""When the knowledge base may suggest an answer to staff: where it is rather sure, and nobody is in danger."""

from cases.register.states import State
from cases.register.tables import Case

FROM = 0.60  # how sure an entry must be to stand on a card
MOST = 3


def may_suggest(case: Case) -> bool:
    """Danger, a sensitive matter and an accusation are answered in a person's own words."""
    flagged = case.urgent or case.sensitive or case.accusation
    return not flagged and case.parent_id is None and case.status in (State.NEW, State.CLAIMED)
