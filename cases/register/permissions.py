"""Who may do what. Roles: handler < reviewer < supervisor; admin manages and approves nothing."""

from collections.abc import Collection

from cases.register.errors import NotAllowed
from cases.register.kinds import Role
from cases.register.readonly import Case, Department, Staff
from cases.register.states import CoHandlingState, State

HANDLER, REVIEWER, SUPERVISOR, ADMIN = Role.HANDLER, Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN
ROLES = (HANDLER, REVIEWER, SUPERVISOR, ADMIN)
ROLE_NAMES: dict[str, str] = {HANDLER: "承办人", REVIEWER: "审核人", SUPERVISOR: "督办人", ADMIN: "管理员"}
_RANK: dict[str, int] = {ADMIN: 0, HANDLER: 1, REVIEWER: 2, SUPERVISOR: 3}


def holds(staff: Staff, role: str) -> bool:
    """Each of handler, reviewer and supervisor includes the lower ones; admin stands apart."""
    if role == ADMIN:
        return staff.active and staff.role == ADMIN
    return staff.active and _RANK[staff.role] >= _RANK[role]


def require(staff: Staff, role: str) -> None:
    if not holds(staff, role):
        raise NotAllowed(f"此操作需要{ROLE_NAMES[role]}权限。")


def is_head(staff: Staff, department: Department | None) -> bool:
    """A supervisor with a department is its head."""
    return department is not None and holds(staff, SUPERVISOR) and staff.department_id == department.id


def co_handles(staff: Staff, case: Case) -> bool:
    """Tell whether the colleague's department was asked to co-handle the case, and is not the one that answers."""
    own = staff.department_id
    if not staff.active or own is None or own == case.department_id or case.accusation:
        return False
    return any(row.department_id == own and row.state != CoHandlingState.ENDED for row in case.co_handlings)


def may_see(staff: Staff, case: Case) -> bool:
    """Whoever may work on a case sees it, and so do the colleagues of a department that co-handles it."""
    return may_work(staff, case) or co_handles(staff, case)


def may_work(staff: Staff, case: Case) -> bool:
    """A colleague works on cases of the own department and those without one; supervisors of no department on all."""
    if not staff.active:
        return False
    if case.accusation:
        return holds(staff, SUPERVISOR)
    if staff.role == ADMIN:
        return True
    if staff.department_id is None or case.department_id is None:
        return True
    return staff.department_id == case.department_id or case.handler_id == staff.id


def require_sight(staff: Staff, case: Case) -> None:
    if not may_see(staff, case):
        raise NotAllowed("您没有查看或办理本件的权限。")


def require_work(staff: Staff, case: Case) -> None:
    """Raises: NotAllowed also for a department that co-handles: it has an opinion, the answer is another's."""
    if may_work(staff, case):
        return
    require_sight(staff, case)
    raise NotAllowed("贵部门是协办部门，只能提交协办意见；本件由主办部门办理和答复。")


def require_handler(staff: Staff, case: Case) -> None:
    """Only the one who claimed the case, while it is in their sight; a supervisor is no exception."""
    require(staff, HANDLER)
    require_work(staff, case)
    if case.handler_id != staff.id:
        raise NotAllowed(
            "请先认领：只有认领人可以办理本件。" if case.handler_id is None else "本件由其他同事办理。"
        )


def require_hold(staff: Staff, case: Case) -> None:
    """The handler, or a supervisor; while nobody has claimed it, any handler in sight of it."""
    require(staff, HANDLER)
    require_work(staff, case)
    if case.status != State.NEW and case.handler_id != staff.id and not holds(staff, SUPERVISOR):
        raise NotAllowed("本件由其他同事办理。")


def require_reviewer(staff: Staff, case: Case, authors: Collection[int], earlier: Collection[int]) -> None:
    """Nobody reviews a text of which they wrote any version, and no one passes two levels."""
    require(staff, REVIEWER)
    require_work(staff, case)
    if staff.id in authors:
        raise NotAllowed("不能审核自己起草的答复，请由其他审核人办理。")
    if staff.id in earlier:
        raise NotAllowed("同一人不能通过两级审核，请由其他审核人办理。")
