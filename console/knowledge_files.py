"""The knowledge base in and out as files."""

import tempfile
from pathlib import Path

from fastapi import Response

from cases.knowledge import learn
from cases.register import permissions
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.tables import Staff
from console.door import Visit
from knowledge_base.files import exchange
from knowledge_base.files.exchange import ReadResult

_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
}
_BATCH = 200  # entries of one transaction, so that a large file keeps nobody waiting


def bring_in(visit: Visit) -> Response:
    """Import a file: good rows wait as candidates, refused ones are listed with their reasons."""
    visit.look(lambda _desk, me: permissions.require(me, permissions.REVIEWER))
    upload = visit.upload("file")
    suffix = Path(upload.filename or "").suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix if suffix[1:] in _KINDS else '.txt'}"
        path.write_bytes(upload.file.read())
        if suffix[1:] not in _KINDS:
            raise Invalid("不认识的文件类型；请用 .xlsx、.csv 或 .jsonl 文件。")
        result = exchange.read(path)
    counts = {"added": 0, "updated": 0, "same": 0}
    for start in range(0, len(result.rows), _BATCH):
        part = visit.act(lambda desk, me, at=start: _take(desk, me, result, at))  # type: ignore[misc]
        counts = {name: number + part[name] for name, number in counts.items()}
    return visit.page("imported.html", 400 if result.refused else 200, counts=counts, result=result)


def take_out(visit: Visit) -> Response:
    """Export all entries, or those of a status, as the kind of file asked for."""
    kind = visit.query("kind") or "xlsx"
    if kind not in _KINDS:
        raise Invalid("请选择 xlsx、csv 或 jsonl。")
    status = visit.query("status") or None
    rows = visit.look(lambda desk, _me: learn.listed(desk.session, status))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"knowledge.{kind}"
        exchange.write(path, [learn.as_entry(row) for row in rows])
        content = path.read_bytes()
    visit.act(lambda desk, _me: desk.audit("kb.export", "kb", added=len(rows)))
    headers = {"Content-Disposition": f'attachment; filename="knowledge.{kind}"'}
    return Response(content, media_type=_KINDS[kind], headers=headers)


def _take(desk: Desk, me: Staff, result: ReadResult, start: int) -> dict[str, int]:
    counts = {"added": 0, "updated": 0, "same": 0}
    for entry in result.rows[start : start + _BATCH]:
        counts[learn.bring_in(desk, entry, me)] += 1
    desk.audit("kb.import", "kb", added=counts["added"], updated=counts["updated"])
    return counts
