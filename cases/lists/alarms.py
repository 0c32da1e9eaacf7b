"""What the doors show of a danger: since when, who has it, how the citizen can be reached."""

import re
from dataclasses import dataclass
from datetime import datetime

from cases.lists import views
from cases.lists.views import CaseView
from cases.register import people
from cases.register.desk import Desk
from cases.register.readonly import Case
from cases.register.tables import Danger
from text.masking import BUILDING, EMAIL, HOME, LANDLINE, MOBILE, NETWORK, QQ, WECHAT

_USEFUL = (MOBILE, LANDLINE, HOME, BUILDING, WECHAT, QQ, NETWORK, EMAIL)
_MARK = re.compile(r"〔([^〔〕]{2,6})〕")


@dataclass(frozen=True, slots=True)
class AlarmView:
    """`leaders` and `taken_by` are names. `left` says what the letter holds that stands unmasked in the console."""

    view: CaseView
    raised_at: datetime
    taken_by: str
    taken_at: datetime | None
    window: str
    left: tuple[str, ...]
    leaders: tuple[str, ...]


def view(desk: Desk, case: Case) -> AlarmView | None:
    """Return None where nobody was ever in danger."""
    row = desk.session.get(Danger, case.id)
    if row is None:
        return None
    shown = views.view(desk, case)
    marked = set(_MARK.findall(shown.text))
    return AlarmView(
        view=shown,
        raised_at=row.raised_at,
        taken_by=people.staff_name(desk, row.taken_by),
        taken_at=row.taken_at,
        window=views.window(desk, case),
        left=tuple(kind for kind in _USEFUL if kind in marked),
        leaders=tuple(leader.name for leader in people.heads(desk, None)),
    )
