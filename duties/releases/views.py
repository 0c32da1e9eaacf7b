"""The ledger as lists, pages and the month's workbook show it."""

from pathlib import Path
from typing import Any

from cases.register.desk import Desk
from cases.register.duty_kinds import ReleaseDeed
from cases.register.errors import Malformed
from cases.register.tables.duties import Release
from duties.accounts import register
from duties.papers.workbook import write_table
from duties.releases import ledger
from duties.releases.ledger import STATES, WEIGHTS

_HEADS = (
    "编号", "账号", "标题", "级别", "状态", "起草人", "提交时间", "一审", "一审时间", "二审", "二审时间", "三审", "三审时间",
    "签发时间", "退回情况", "来源", "原作者", "原标题", "原发时间",
)  # fmt: skip
_WIDTHS = (6, 16, 30, 7, 8, 10, 16, 9, 16, 9, 16, 9, 16, 16, 22, 14, 10, 22, 12)


def line(desk: Desk, row: Release) -> dict[str, Any]:
    steps = ledger.steps(desk, row)
    passed = [s for s in steps if s.action == ReleaseDeed.APPROVE and s.round == row.round]
    return {
        "id": row.id,
        "account": register.by_id(desk, row.account_id).name,
        "account_id": row.account_id,
        "title": row.title,
        "weight": row.weight,
        "levels": row.levels,
        "level": row.level,
        "round": row.round,
        "state": row.state,
        "author": next(s.by for s in reversed(steps) if s.action == ReleaseDeed.SUBMIT),
        "created_at": row.created_at,
        "released_at": row.released_at,
        "reprint": ledger.is_reprint(row),
        "source": row.source,
        "original_author": row.original_author,
        "original_title": row.original_title,
        "published": row.original_published,
        "approvals": [{"level": s.level, "by": s.by, "at": s.at} for s in passed],
        "returns": [
            {"by": s.by, "at": s.at, "reason": s.note} for s in steps if s.action == ReleaseDeed.RETURN
        ],
    }


def listed(desk: Desk, month: str = "", words: str = "") -> list[dict[str, Any]]:
    return [line(desk, row) for row in ledger.listed(desk, month, words)]


def export(desk: Desk, month: str, file: Path) -> int:
    """Write the month's ledger; returns how many articles stand in it. Raises: Invalid, OSError."""
    if file.suffix.lower() != ".xlsx":
        raise Malformed(f"{file.name} 应以 .xlsx 结尾。")
    rows = [_cells(desk, shown) for shown in listed(desk, month)]
    write_table(file, f"{month} 信息审核发布登记台账", _HEADS, rows, _WIDTHS)
    return len(rows)


def _cells(desk: Desk, shown: dict[str, Any]) -> list[Any]:
    def at(moment: Any) -> str:
        return moment.astimezone(desk.office.zone).strftime("%Y-%m-%d %H:%M") if moment else ""

    by_level = {step["level"]: step for step in shown["approvals"]}
    reviews: list[str] = []
    for level in (1, 2, 3):
        step = by_level.get(level)
        reviews += [step["by"], at(step["at"])] if step else ["", ""]
    returns = "；".join(f"{at(r['at'])} {r['by']}：{r['reason']}" for r in shown["returns"])
    return [
        shown["id"], shown["account"], shown["title"], WEIGHTS[shown["weight"]], STATES[shown["state"]],
        shown["author"], at(shown["created_at"]), *reviews, at(shown["released_at"]), returns, shown["source"],
        shown["original_author"], shown["original_title"], shown["published"],
    ]  # fmt: skip
