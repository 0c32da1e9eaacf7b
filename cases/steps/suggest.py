"""When the knowledge base may suggest an answer to staff: where it is rather sure, and nobody is in danger."""

import re

from cases.register.readonly import Case
from cases.register.states import State

_MASK = re.compile(r"〔[^〔〕]{1,12}〕")
FROM = 0.60  # how sure an entry must be to stand on a card
MOST = 3


def wording(masked: str) -> str:
    """Return what is looked up for a masked letter: a mask says nothing of the matter, and no entry holds one."""
    return _MASK.sub("", masked)


def may_suggest(case: Case) -> bool:
    """Danger, a sensitive matter and an accusation are answered in a person's own words."""
    flagged = case.urgent or case.sensitive or case.accusation
    return not flagged and case.parent_id is None and case.status in (State.NEW, State.CLAIMED)
