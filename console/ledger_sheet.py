"""The ledger of released texts as a workbook that prints."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cases.lists.ledger import AUTO, LedgerRow
from cases.register import channels
from console.wording import DELIVERIES, DELIVERY_WAYS
from duties.papers.workbook import write_table

HEADS = (
    "编号",
    "种类",
    "内容",
    "起草人",
    "起草时间",
    "审核人（时间）",
    "签发时间",
    "部门",
    "渠道",
    "送达情况",
    "送达时间",
    "方式",
    "模型拟稿",
)
_WIDTHS = (15, 9, 48, 9, 15, 22, 15, 12, 11, 12, 15, 11, 24)


def write(rows: Sequence[LedgerRow], month: str, path: Path, zone: ZoneInfo) -> None:
    """Raises: OSError."""
    write_table(path, f"{month} 审核发布台账", HEADS, [cells(row, zone) for row in rows], _WIDTHS)


def cells(row: LedgerRow, zone: ZoneInfo) -> list[str]:
    """Return a row as the ledger shows it, in the order of `HEADS`."""

    def at(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""

    return [
        row.no, row.kind, row.text, row.author, at(row.written_at),
        "；".join(f"{one.by}（{at(one.at)}）" for one in row.reviews) or AUTO,
        at(row.released_at), row.department, channels.title(row.channel),
        DELIVERIES.get(row.delivery, row.delivery), at(row.delivered_at), DELIVERY_WAYS.get(row.way, row.way),
        row.proposed,
    ]  # fmt: skip
