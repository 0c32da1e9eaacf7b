"""Finding cases for a member of staff: by number, even a short one, and in lists. What one may not see is not there."""

import re
import unicodedata

from sqlmodel import col, select

from cases.register import readonly, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound
from cases.register.permissions import HANDLER, may_see, require
from cases.register.readonly import Staff
from cases.register.states import OPEN
from cases.register.tables import Case, CaseNumber

_FULL = re.compile(r"(\d{8})[-—–－_ ]?(\d{4,})")
_SHORT = re.compile(r"\d{1,7}")


def case(desk: Desk, staff: Staff, written: str) -> readonly.Case:
    """Return the case that `written` names: `20261121-0007`, or `0007` where only one recent case ends so.

    Raises: NotFound also for a case out of sight; Invalid if the short number fits several.
    """
    require(staff, HANDLER)
    words = unicodedata.normalize("NFKC", written).strip().lstrip("#")
    if full := _FULL.fullmatch(words):
        rows = desk.session.exec(select(Case).where(Case.no == f"{full[1]}-{full[2]}")).all()
    elif _SHORT.fullmatch(words):
        of_a_day = select(col(CaseNumber.day) + f"-{words.zfill(4)}").where(CaseNumber.last >= int(words))
        query = select(Case).where(col(Case.no).in_(of_a_day))
        rows = desk.session.exec(query.order_by(col(Case.id).desc()).limit(50)).all()
    else:
        raise Invalid("请写编号，例如 20261121-0007 或 0007。")
    seen = [row for row in rows if may_see(staff, row)]
    chosen = [row for row in seen if row.status in OPEN] or seen[:1]
    if not chosen:
        raise NotFound(f"没有编号为 {words[:20]} 的事项。")
    if len(chosen) > 1:
        raise Invalid(f"有多件以此结尾：{'、'.join(row.no for row in chosen[:6])}，请写完整编号。")
    return chosen[0]


def mine(desk: Desk, staff: Staff) -> list[readonly.Case]:
    """Return the open cases in this person's hands, danger first, then the earliest due."""
    require(staff, HANDLER)
    query = select(Case).where(Case.handler_id == staff.id, col(Case.status).in_(OPEN))
    return list(desk.session.exec(query.order_by(*register.gravest_first())).all())


def overdue(desk: Desk, staff: Staff) -> list[readonly.Case]:
    """Return the overdue cases in this person's sight, danger first, then the longest overdue."""
    require(staff, HANDLER)
    query = select(Case).where(col(Case.status).in_(OPEN), register.overdue(desk.now))
    rows = desk.session.exec(query.order_by(*register.gravest_first())).all()
    return [row for row in rows if may_see(staff, row)]
