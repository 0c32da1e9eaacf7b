"""`huiyin kb …`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.frame import (
    REFUSED,
    WRONG_USAGE,
    act,
    fail,
    look,
    print_json,
    print_table,
    progress,
    read_settings,
    services,
)
from app.jsonl import JsonLine, read_lines, report_bad

if TYPE_CHECKING:
    from knowledge_base.base.entries import Entry
    from knowledge_base.files.exchange import ReadResult, RefusedRow
    from knowledge_base.measure.evaluate import LabelledQuery

app = typer.Typer()
kb = typer.Typer(no_args_is_help=True, help="咨询答问库")
app.add_typer(kb, name="kb")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
_STRANGE_SHOWN = 5  # ids that are named where many are unknown


@kb.command("import", help="导入 .jsonl、.csv 或 .xlsx")
def import_(file: Path, json: Json = False) -> None:
    from knowledge_base.files import exchange
    from text.placeholders import hole

    with progress("读取"):
        found = exchange.read(file)
    done, late = _bring_in(file, found) if found.rows else ([], [])
    refused = [*found.refused, *late]
    result = {
        "added": done.count("added"),
        "updated": done.count("updated"),
        "refused": [{"row": refusal.row, "reason": refusal.reason} for refusal in refused],
    }
    if json:
        print_json(result)
    else:
        typer.echo(f"新增 {result['added']} 条，更新 {result['updated']} 条，未收 {len(refused)} 条。")
        if found.ignored:
            typer.echo(f"未用到的列：{'、'.join(found.ignored)}")
    for name in found.unread:
        typer.echo(f"工作表「{name}」没有「问题」和「答案」两列，未读取。", err=True)
    for refusal in refused:
        typer.echo(f"第 {refusal.row} 行：{refusal.reason}", err=True)
    for entry in found.rows:
        if unfilled := hole(entry.answer):
            line = f"{entry.id}：答案有未填写的占位内容「{unfilled}」，填写前不会自动答复"
            typer.echo(line, err=True)
    if refused:
        raise typer.Exit(REFUSED)


def _bring_in(file: Path, found: "ReadResult") -> tuple[list[str], list["RefusedRow"]]:
    """Take the rows that read well; returns what became of each that may be published, and why the others may not."""
    from cases.knowledge import learn
    from cases.register.desk import Desk
    from cases.register.errors import Invalid

    def step(desk: Desk) -> tuple[list[str], list["RefusedRow"]]:
        done, refused = [], []
        for number, entry in enumerate(found.rows, 1):
            try:
                done.append(learn.bring_in(desk, entry))
            except Invalid as why:
                refused.append(found.refusal(entry, f"{why}状态写成「候选」的可先存为待发布。"))
            advance(number, len(found.rows))
        counts = {"rows": len(done), "refused": len(found.refused) + len(refused)}
        desk.audit("kb.import", f"file:{file.name}", **counts)
        return done, refused

    with progress("导入") as advance:
        return act(step)


@kb.command("export", help="导出为 .jsonl、.csv 或 .xlsx")
def export(file: Path, json: Json = False) -> None:
    from cases.knowledge import learn
    from knowledge_base.files import exchange

    with progress("导出"):
        entries = look(lambda desk: [learn.as_entry(row) for row in learn.listed(desk)])
        exchange.write(file, entries)
    if json:
        print_json({"exported": len(entries)})
        return
    typer.echo(f"已导出 {len(entries)} 条到 {file}。")


@kb.command("search", help="在已发布的条目里查找")
def search(
    query: str,
    top: Annotated[int, typer.Option("--top", min=1, max=100, help="最多几条")] = 5,
    json: Json = False,
) -> None:
    opened = services()
    with progress("查找"):
        opened.live.knowledge.follow()
        matches = opened.live.knowledge.search(query, top)
    found = [
        {
            "id": m.entry.id,
            "question": m.entry.question,
            "answer": m.entry.answer,
            "score": m.score,
            "auto": m.auto,
        }
        for m in matches
    ]
    if json:
        print_json(found)
        return
    said = [
        {**row, "score": f"{float(str(row['score'])):.0%}", "auto": "是" if row["auto"] else ""}
        for row in found
    ]
    print_table(said, {"id": "编号", "question": "问题", "score": "把握", "auto": "可自动答复"}, "没有找到。")


@kb.command("list", help="列出条目")
def list_(
    status: Annotated[
        str | None,
        typer.Option(
            "--status", help="candidate（待发布）、published（已发布）或 retired（已停用），缺省为全部"
        ),
    ] = None,
    json: Json = False,
) -> None:
    from cases.knowledge import learn
    from knowledge_base.base.entries import STATUSES

    if status is not None and status not in STATUSES:
        fail(f"--status「{status}」无效，应为 {'、'.join(STATUSES)} 之一。", WRONG_USAGE)
    rows = look(lambda desk: learn.listed(desk, status))
    found = [
        _shown(learn.as_entry(row)) | {"used": row.used, "unsolved": row.unsolved, "muted": row.muted}
        for row in rows
    ]
    if json:
        print_json(found)
        return
    names = {"published": "已发布", "retired": "已停用", "candidate": "待发布"}
    print_table(
        [{**row, "status": names[str(row["status"])]} for row in found],
        {"id": "编号", "status": "状态", "question": "问题", "version": "版本", "used": "使用"},
    )


def _shown(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id,
        "question": entry.question,
        "answer": entry.answer,
        "aliases": list(entry.aliases),
        "status": entry.status,
        "department": entry.department,
        "topic": entry.topic,
        "source": entry.source,
        "effective_on": entry.effective_on,
        "review_on": entry.review_on,
        "owner": entry.owner,
        "version": entry.version,
    }


@kb.command("publish", help="发布一条")
def publish(entry_id: str, json: Json = False) -> None:
    from cases.knowledge import learn

    row = act(lambda desk: learn.publish(desk, entry_id))
    _say(row.id, row.status, json)


@kb.command("retire", help="停用一条")
def retire(entry_id: str, json: Json = False) -> None:
    from cases.knowledge import learn

    row = act(lambda desk: learn.retire(desk, entry_id))
    _say(row.id, row.status, json)


@kb.command("source-changed", help="文件有变动：引用它的已发布条目停止自动答复，待人核对")
def source_changed(title: Annotated[str, typer.Argument(help="文件名称")], json: Json = False) -> None:
    from cases.knowledge import upkeep

    ids = look(lambda desk: upkeep.citing(desk, title))
    marked = act(lambda desk: upkeep.source_changed(desk, title, ids))
    if json:
        print_json({"marked": marked})
        return
    typer.echo(f"{len(marked)} 条已停止自动答复，重新发布或修改后恢复：{'、'.join(marked)}")


@kb.command("evaluate", help="用文件评估检索与自动答复")
def evaluate(
    entries: Annotated[
        Path,
        typer.Option(
            "--entries",
            help='每行 {"id", "question", "answer", "department", "source", "aliases"}，后三项可省',
        ),
    ],
    queries: Annotated[Path, typer.Option("--queries", help='每行 {"query", "expected"}')],
    details: Annotated[Path | None, typer.Option("--details", help="逐条结果写到哪个文件（.jsonl）")] = None,
    json: Json = False,
) -> None:
    import json as json_module

    from app.keep import own_files
    from knowledge_base.base import meaning
    from knowledge_base.measure import evaluate as evaluation

    if details:
        own_files.spare(read_settings(), details)
    kept, bad = read_lines(entries, ("id", "question", "answer"))
    asked, wrong = read_lines(queries, ("query", "expected"))
    rows, twice = _once(kept)
    questions = [
        evaluation.LabelledQuery(
            line.row["query"], None if line.row["expected"] is None else str(line.row["expected"])
        )
        for line in asked
    ]
    with progress("评估"):
        figures, found = evaluation.evaluate(rows, questions, meaning.load(read_settings().semantic))
    if details:
        with details.open("w", encoding="utf-8") as stream:
            stream.writelines(json_module.dumps(row, ensure_ascii=False) + "\n" for row in found)
    print_json(figures)
    typer.echo(evaluation.curve_of(found), err=True)
    bad = [f"{entries} {line}" for line in (*bad, *twice)] + [f"{queries} {line}" for line in wrong]
    if strange := evaluation.strangers(rows, questions):
        bad.append(_not_there(queries, entries, strange, questions))
    report_bad(bad)


def _once(lines: Sequence[JsonLine]) -> tuple[list["Entry"], list[str]]:
    """Return the entries of a file, and a line for each whose id stands there before."""
    from knowledge_base.measure import evaluate as evaluation

    rows: dict[str, Entry] = {}
    twice = []
    for line in lines:
        entry = evaluation.entry_of(line.row)
        if rows.setdefault(entry.id, entry) is not entry:
            twice.append(f"第 {line.number} 行：id「{entry.id[:40]}」与前面的行重复，未用")
    return list(rows.values()), twice


def _not_there(
    queries: Path, entries: Path, strange: Sequence[str], questions: "Sequence[LabelledQuery]"
) -> str:
    count = sum(each.expected in strange for each in questions)
    first = "、".join(each[:40] for each in strange[:_STRANGE_SHOWN])
    more = " 等" if len(strange) > _STRANGE_SHOWN else ""
    return (
        f"{queries} 有 {count} 行的 expected 不是 {entries} 里的编号（{first}{more}，共 {len(strange)} 个），"
        "这些行按没有找到计入；请核对两个文件是否配套。"
    )


@kb.command("duplicates", help="问法相同的条目：候选和已发布的，与已发布的比较")
def duplicates(json: Json = False) -> None:
    from cases.knowledge import learn
    from knowledge_base.base.entries import RETIRED

    opened = services()
    entries = look(lambda desk: [learn.as_entry(row) for row in learn.listed(desk)])
    with progress("比对"):
        pairs = opened.live.knowledge.twins([entry for entry in entries if entry.status != RETIRED])
    found = [
        {"id": entry.id, "question": entry.question, "twin": twin.id, "twin_question": twin.question}
        for entry, twin in pairs
    ]
    if json:
        print_json(found)
        return
    columns = {"id": "编号", "question": "问题", "twin": "相同的", "twin_question": "它的问题"}
    print_table(found, columns, "没有问法相同的条目。")


@kb.command("gaps", help="没有答案的问题，按相近归组")
def gaps_(
    days: Annotated[int, typer.Option("--days", min=1, max=36_500, help="往回数的天数")] = 7,
    json: Json = False,
) -> None:
    from app.keep.gaps import unanswered

    opened = services()
    with progress("归组"):
        gaps = unanswered(opened.workplace, days)
    found = [{"title": gap.title, "size": gap.size, "questions": list(gap.questions)} for gap in gaps]
    if json:
        print_json(found)
        return
    print_table(found, {"title": "问题", "size": "次数"})


def _say(entry_id: str, status: str, json: bool) -> None:
    if json:
        print_json({"id": entry_id, "status": status})
        return
    names = {"published": "已发布", "retired": "已停用", "candidate": "候选"}
    typer.echo(f"{entry_id} {names[status]}。")
