"""`huiyin deadline` and `huiyin calendar`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.frame import WRONG_USAGE, fail, print_json, print_table, read_settings
from app.keep.notices import calendar_in_force

app = typer.Typer()
calendar_app = typer.Typer(no_args_is_help=True, help="工作日历")
app.add_typer(calendar_app, name="calendar")


@app.command("deadline", help="计算答复时限")
def deadline_(
    category: Annotated[
        str,
        typer.Option(
            "--category", help="praise（表扬感谢）、advice_inquiry（咨询建议）或 complaint（投诉求助）"
        ),
    ],
    received: Annotated[str, typer.Option("--received", help="收到时间，例如 2026-01-05T09:00:00+08:00")],
    extended: Annotated[bool, typer.Option("--extended", help="已批准延期")] = False,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    from sla.deadline import deadline, derivation, due_words
    from sla.hours import parse_office_close
    from sla.policy import CATEGORIES, load_policy

    if category not in CATEGORIES:
        fail(f"没有「{category}」这个类别，应为 {'、'.join(CATEGORIES)} 之一", WRONG_USAGE)
    moment = _moment(received)
    settings = read_settings()
    calendar = calendar_in_force(settings.database_url)
    limit = load_policy().limit(category, extended)
    zone, close = ZoneInfo(settings.timezone), parse_office_close(settings.office_close)
    due = deadline(moment, limit, calendar, zone, close)
    days = derivation(due.received_on, limit, calendar)
    result = {
        "category": category,
        "received_at": moment.isoformat(),
        "working_days": limit,
        "due_on": due.due_on,
        "provisional": due.provisional,
        "days": [{"date": d.date, "counts": d.counts, "reason": d.reason, "n": d.n} for d in days],
    }
    if json:
        print_json(result)
        return
    print_table(
        [{"date": d.date, "reason": d.reason, "n": d.n if d.counts else ""} for d in days],
        {"date": "日期", "reason": "说明", "n": "第几个工作日"},
    )
    typer.echo(f"{limit} 个工作日，答复时限 {due_words(due.due_on, due.provisional)}")


def _moment(written: str) -> datetime:
    model = "请写成 2026-01-05T09:00:00+08:00"
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        fail(f"时间「{written}」读不懂，{model}", WRONG_USAGE)
    if moment.tzinfo is None:
        fail(f"时间「{written}」缺少时区，{model}", WRONG_USAGE)
    return moment


@calendar_app.command("show", help="显示一年的工作日历")
def show(year: int, json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    from datetime import date, timedelta

    from sla.notice import FIRST_YEAR, LAST_YEAR

    if not FIRST_YEAR <= year <= LAST_YEAR:
        fail(f"年份 {year} 不在 {FIRST_YEAR}–{LAST_YEAR} 之间", WRONG_USAGE)
    calendar = calendar_in_force(read_settings().database_url)
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    official = next((known for known in calendar.years if known.year == year), None)
    special = [
        {"date": day, "workday": calendar.is_workday(day), "reason": calendar.reason(day)}
        for day in days
        if calendar.reason(day) not in ("工作日", "周末")
    ]
    result = {
        "year": year,
        "official": calendar.is_official(year),
        "provisional": not calendar.is_official(year),
        "source": official.source if official else "",
        "holidays": [row["date"] for row in special if not row["workday"]],
        "workdays": [row["date"] for row in special if row["workday"]],
        "working_days": sum(calendar.is_workday(day) for day in days),
        "days": special,
    }
    if json:
        print_json(result)
        return
    typer.echo(
        f"{year} 年：{result['source'] or '尚无国务院办公厅通知，暂定'}；共 {result['working_days']} 个工作日"
    )
    print_table(special, {"date": "日期", "reason": "说明"})


@calendar_app.command("import", help="导入国务院办公厅的放假通知（TOML）")
def import_(file: Path, json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    from app.cli.frame import progress, services
    from cases.register.desk import COMMAND_LINE
    from cases.watch import calendar_change, recount
    from sla.notice import doubts

    try:
        toml = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file} 不是 UTF-8 文本")
    place = services().workplace
    year = place.act(lambda desk: calendar_change.import_notice(desk, toml), COMMAND_LINE)
    with progress("重新计算时限") as advance:
        recount.run(place, COMMAND_LINE, advance)
    since = datetime.fromisoformat(place.look(lambda desk: calendar_change.version(desk.session)))
    moved = place.look(lambda desk: recount.moved_since(desk, since))
    if json:
        print_json({"year": year.year, "source": year.source, "moved": moved, "doubts": doubts(year)})
        return
    for doubt in doubts(year):
        typer.echo(doubt)
    typer.echo(f"已导入 {year.year} 年（{year.source}）；{len(moved)} 件未办结事项的时限有变动。")
