"""The knowledge base in and out as files."""

import tempfile
from functools import partial
from pathlib import Path

from fastapi import Response

from cases.knowledge import learn
from cases.register import permissions
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.readonly import Staff
from console import knowledge_pages
from console.door import Visit
from knowledge_base.base.entries import KnowledgeError
from knowledge_base.files import exchange
from knowledge_base.files.exchange import ReadResult
from text.normalise import storable

_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
}
_BATCH = 200  # entries of one transaction, so that a large file keeps nobody waiting


def bring_in(visit: Visit) -> Response:
    """Import a file: good rows wait as candidates, refused ones are listed with their reasons."""
    visit.look(lambda _desk, me: permissions.require(me, permissions.REVIEWER))
    try:
        name, result = _read(visit)
    except (Invalid, KnowledgeError) as error:
        return knowledge_pages.knowledge(visit, str(error))
    counts = {"added": 0, "updated": 0, "same": 0}
    for start in range(0, len(result.rows), _BATCH):
        part = visit.act(partial(_take, result=result, start=start))
        counts = {name: number + part[name] for name, number in counts.items()}
    return visit.page(
        "imported.html", 400 if result.refused else 200, counts=counts, result=result, name=name
    )


def _read(visit: Visit) -> tuple[str, ReadResult]:
    """Return the file's own name and its rows. Raises: Invalid, KnowledgeError, which say that name."""
    upload = visit.upload("file")
    name = storable(Path((upload.filename or "").replace("\\", "/")).name).strip("\0 .")[-120:] or "文件"
    if Path(name).suffix.lower()[1:] not in _KINDS:
        raise Invalid(f"不认识的文件类型「{name}」；请用 .xlsx、.csv 或 .jsonl 文件。")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        try:
            path.write_bytes(upload.file.read())
        except (OSError, ValueError):  # a name that no file can have
            path = path.with_name(f"upload{path.suffix.lower()}")
            path.write_bytes(upload.file.read())
        return name, exchange.read(path)


def take_out(visit: Visit) -> Response:
    """Export all entries, or those of a status, as the kind of file asked for."""
    kind = visit.query("kind") or "xlsx"
    if kind not in _KINDS:
        raise Invalid("请选择 xlsx、csv 或 jsonl。")
    status = visit.query("status") or None
    rows = visit.look(lambda desk, _me: learn.listed(desk, status))
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
