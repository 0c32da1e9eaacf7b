"""Who may do a duty: one home for the console and the command line; docs/rights.md has the table.

The administrator is no colleague: None at the command line, a colleague of that role in the console.
"""

from cases.register.errors import NotAllowed, NotFound
from cases.register.permissions import ADMIN, REVIEWER, SUPERVISOR, holds, may_see
from cases.register.readonly import Case
from duties.rules.doer import Doer


def manages(who: Doer) -> bool:
    """Accounts, rosters and hand-overs are the supervisors' and the administrator's."""
    return who is None or holds(who, SUPERVISOR) or holds(who, ADMIN)


def require_manager(who: Doer, what: str = "此操作") -> None:
    if not manages(who):
        raise NotAllowed(f"{what}由督办人或管理员办理。")


def require_sight(who: Doer, case: Case) -> None:
    """A case that somebody may not see is answered as if it were not there. Raises: NotFound."""
    if not sees(who, case):
        raise NotFound(f"没有编号为 {case.no} 的事项。")


def sees(who: Doer, case: Case | None) -> bool:
    """Tell whether a row that is of a case, or of none, may be shown to somebody."""
    return case is None or who is None or may_see(who, case)


def signs(who: Doer) -> bool:
    """Tell whether somebody may sign a month's self-check: whoever answers for texts, of whatever department.

    Source: Qingdao 2020-88, annex 2 (五) 责任人（签字）: the one who answers for it, not who filled it in.
    """
    return manages(who) or (who is not None and holds(who, REVIEWER))


def require_signer(who: Doer) -> None:
    if not signs(who):
        raise NotAllowed("自查由审核人、督办人或管理员签署。")
