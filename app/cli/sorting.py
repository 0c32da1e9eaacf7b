"""`huiyin classify`, `evaluate`, `train`, `hotspots`, `models`."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from app.cli.frame import (
    REFUSED,
    WRONG_USAGE,
    fail,
    local,
    print_json,
    print_lines,
    print_table,
    progress,
    read_settings,
)
from app.jsonl import JsonLine, read_lines, report_bad

if TYPE_CHECKING:
    from classifier.hotspots import Mention

app = typer.Typer()
models = typer.Typer(no_args_is_help=True, help="内置模型、版本与回退")
app.add_typer(models, name="models")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
_BATCH = 256  # letters between two steps of the bar
_SHOWN = (
    "category", "confidence", "needs_review", "topic", "urgent", "sensitive", "accusation", "chitchat", "ad",
    "procedure", "reasons",
)  # fmt: skip


@app.command("classify", help="给来信分类，输出 JSON Lines")
def classify(
    texts: Annotated[list[str] | None, typer.Argument(help="要分类的文字，可写几段")] = None,
    file: Annotated[Path | None, typer.Option("--file", help='每行 {"id"?, "text"}')] = None,
    json: Json = False,
) -> None:
    from app.cli.model_in_use import classifier

    if bool(texts) == bool(file):
        fail("请给出要分类的文字，或用 --file 指定文件（二者择一）。", WRONG_USAGE)
    lines, bad = (
        read_lines(file, ("text",)) if file else ([JsonLine(0, {"text": text}) for text in texts or []], [])
    )
    with progress("分类") as advance:
        model, found = classifier(), list[Any]()
        for start in range(0, len(lines), _BATCH):
            found += model.triage_many([line.row["text"] for line in lines[start : start + _BATCH]])
            advance(len(found), len(lines))
    rows = []
    for line, triage in zip(lines, found, strict=True):
        result = {name: value for name, value in asdict(triage).items() if name in _SHOWN}
        rows.append({**({"id": line.row["id"]} if "id" in line.row else {}), **result})
    print_lines(rows)
    report_bad(bad)


@app.command("evaluate", help="用已标注的数据评估分类")
def evaluate(
    data: Annotated[Path, typer.Option("--data", help='每行 {"text", "label"}')],
    report: Annotated[Path | None, typer.Option("--report", help="混淆矩阵和校准图的目录")] = None,
    json: Json = False,
) -> None:
    from app.cli.model_in_use import classifier
    from classifier.fit.train import LabelledText
    from classifier.measure import evaluate as evaluation

    lines, bad = read_lines(data, ("text", "label"), {"label": _labels()})
    if not lines:
        report_bad(bad)
        fail(f"{data} 里没有可用的行。")
    rows = [LabelledText(line.row["text"], line.row["label"]) for line in lines]
    with progress("评估"):
        model = classifier()
        figures = evaluation.evaluate(rows, model)
        if report:
            report.mkdir(parents=True, exist_ok=True)
            evaluation.report(rows, model, report)
    print_json(figures)
    report_bad(bad)


@app.command("train", help="用语料、工作人员的更正和文件训练；不差于现用模型才启用")
def train(
    data: Annotated[list[Path] | None, typer.Option("--data", help='每行 {"text", "label"}，可重复')] = None,
    json: Json = False,
) -> None:
    from app.cli.frame import services
    from app.keep.training import train_and_adopt

    rows: list[tuple[str, str]] = []
    bad: list[str] = []
    for file in data or []:
        lines, wrong = read_lines(file, ("text", "label"), {"label": _labels()})
        rows += [(line.row["text"], line.row["label"]) for line in lines]
        bad += [f"{file} {line}" for line in wrong]
    with progress("训练"):
        result = train_and_adopt(services(), rows)
    if json:
        print_json(result)
    else:
        verdict = "已启用" if result["adopted"] else "未启用：不如现用模型"
        typer.echo(
            f"新模型 macro-F1 {result['new_macro_f1']:.4f}，现用模型 {result['current_macro_f1']:.4f}；{verdict}"
            f"（版本 {result['version']}）"
        )
    report_bad(bad)
    if not result["adopted"]:
        raise typer.Exit(REFUSED)


@app.command("hotspots", help="找出许多人在说的同一件事")
def hotspots(
    data: Annotated[
        Path | None, typer.Option("--data", help='每行 {"id", "text", "time", "user"?}；缺省为本办登记的来信')
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=36_500, help="从最新一行往回数的天数")
    ] = None,
    json: Json = False,
) -> None:
    from classifier import hotspots as spots

    bad: list[str] = []
    if data:
        letters, bad = _mentions(data)
    else:
        from app.cli.frame import look
        from app.serve.hot import letters_of_register

        with progress("读取来信"):
            letters = look(letters_of_register)
    with progress("分组"):
        found = [spot.as_dict() for spot in spots.hotspots(letters, days)]
    if not data:
        found = [_weekly(spot, letters) for spot in found]
    if json or data:
        print_json(found)
    else:
        columns = {
            "rank": "名次", "title": "事项", "place": "地点", "size": "件数", "users": "人数", "growth": "比前一周",
            "weeks": "近几周", "last_at": "最近",
        }  # fmt: skip
        print_table([_told(spot) for spot in found], columns)
    report_bad(bad)


def _mentions(file: Path) -> tuple[list["Mention"], list[str]]:
    """Return the file's letters, and what is wrong with each line that is none."""
    from classifier import hotspots as spots

    lines, bad = read_lines(file, ("id", "text", "time"))
    zone = ZoneInfo(read_settings().timezone)
    letters = []
    for line in lines:
        try:
            time = _time(line.row["time"], zone)
        except (ValueError, OverflowError, OSError):
            bad.append(f"第 {line.number} 行：time「{str(line.row['time'])[:30]}」读不懂")
            continue
        numbered = isinstance(line.row["id"], str | int | float)
        if not numbered:
            bad.append(f"第 {line.number} 行：id 应为文字或数字")
            continue
        letters.append(spots.Mention(line.row["id"], str(line.row["text"]), time, _user(line.row)))
    return letters, bad


_WEEKS = 6


def _weekly(spot: dict[str, Any], letters: Sequence[Any]) -> dict[str, Any]:
    """Return a hot spot of the register with its letters by week, counted back from the newest of all, and its growth."""
    from cases.lists.matters import place_of

    mine = set(spot["ids"])
    own = [letter for letter in letters if letter.id in mine]
    newest = max(letter.time for letter in letters)
    counts = [0] * _WEEKS
    for letter in own:
        back = int((newest - letter.time) / timedelta(days=7))
        if back < _WEEKS:
            counts[back] += 1
    weeks = [
        {"until": (newest - timedelta(days=7 * back)).date().isoformat(), "size": counts[back]}
        for back in reversed(range(_WEEKS))
    ]
    place = place_of([letter.text for letter in own])
    return {**spot, "place": place, "growth": counts[0] - counts[1], "weeks": weeks}


def _told(spot: dict[str, Any]) -> dict[str, Any]:
    weeks = " → ".join(str(week["size"]) for week in spot["weeks"])
    return {**spot, "weeks": weeks, "growth": f"{spot['growth']:+d}", "last_at": local(spot["last_at"])}


@models.command("build", help="由自带语料重新训练内置模型")
def build_models(json: Json = False) -> None:
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from classifier.fit import train as classifier_training
    from classifier.triage import BUILT as CLASSIFIER_BUILT
    from knowledge_base.verifier import fit as knowledge_training
    from knowledge_base.verifier.shipped import BUILT as VERIFIER_BUILT
    from text.words import warm_up

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    ) as bars:
        warm_up()
        for title, build, folder in (
            ("分类模型", classifier_training.build, CLASSIFIER_BUILT),
            ("答问库判别模型", knowledge_training.build, VERIFIER_BUILT),
        ):
            task = bars.add_task(title, total=1.0)

            def advance(_what: str, share: float, task: Any = task) -> None:
                bars.update(task, completed=share)

            build(folder, advance)
            bars.update(task, completed=1.0)
    if json:
        print_json({"built": ["classifier", "verifier"]})


@models.command("list", help="列出训练过的版本")
def list_models(json: Json = False) -> None:
    from app.cli.frame import services
    from app.keep.training import versions

    with progress("核对版本"):
        found = versions(services())
    if json:
        print_json(found)
        return
    said = [{**row, "made_at": local(row["made_at"] or None)} for row in found]
    print_table(said, {"version": "版本", "made_at": "时间", "macro_f1": "宏平均 F1", "in_use": "使用中"})


@models.command("use", help="回到某个版本；built-in 为内置模型")
def use_model(version: str, json: Json = False) -> None:
    from app.cli.frame import services
    from app.keep.training import use

    with progress("启用"):
        use(services(), "" if version == "built-in" else version)
    if json:
        print_json({"version": version, "in_use": True})
        return
    typer.echo(f"已启用 {version}。")


def _labels() -> tuple[str, ...]:
    return ("praise", "advice_inquiry", "complaint")


def _user(row: dict[str, Any]) -> str:
    return str(row.get("user") or "")


def _time(value: object, zone: ZoneInfo) -> datetime:
    """Read ISO or seconds since 1970; a time without a zone is the office's."""
    from datetime import UTC

    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment = datetime.fromisoformat(str(value).strip().replace("/", "-"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
