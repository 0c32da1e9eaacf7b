"""One case for a person to read: what it is, what was written, how its date came about, and what was done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from app.cli.frame import print_table
from sla.deadline import PROVISIONAL, due_words


def print_sheet(case: dict[str, Any], marks: Sequence[str], zone: ZoneInfo) -> None:
    """Print what `huiyin case show --json` gives, in Chinese and in the office's time."""
    from console.wording import NAMES

    for name, value in _facts(case, marks, zone).items():
        if value:
            typer.echo(f"{name}：{value}")
    for message in case["messages"]:
        words = message["text"] or NAMES["message"].get(message["kind"], "")
        typer.echo(f"{_at(message['at'], zone)}　{words}")
    typer.echo("\n时限的由来")
    moves = [_moved(move, zone) for move in case["due_history"]]
    print_table(moves, {"at": "时间", "cause": "事由", "count": "计算", "due_on": "时限", "note": "说明"})
    typer.echo("\n逐日推算")
    days = [{**day, "n": day["n"] if day["counts"] else ""} for day in case["days"]]
    print_table(days, {"date": "日期", "reason": "说明", "n": "第几个工作日"})
    typer.echo("\n办理经过")
    done = [_done(happening, zone) for happening in case["timeline"]]
    print_table(done, {"at": "时间", "actor": "人", "action": "事", "detail": "详情"})


def _at(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


def _facts(case: dict[str, Any], marks: Sequence[str], zone: ZoneInfo) -> dict[str, str]:
    from console.wording import NAMES

    first = _at(case["first_answer_due_at"], zone)
    return {
        "编号": case["no"],
        "类别": NAMES["category"][case["category"]],
        "标记": "　".join(marks),
        "状态": NAMES["state"][case["status"]],
        "渠道": NAMES["channel"][case["channel"]],
        "收到": _at(case["received_at"], zone),
        "时限": due_words(case["due_on"], case["provisional"]),
        "首次回应": f"{first}{PROVISIONAL if case['first_answer_provisional'] else ''}" if first else "",
        "部门": case["department"],
        "承办": case["handler"],
        "评价": case["rating"],
    }


def _moved(move: dict[str, Any], zone: ZoneInfo) -> dict[str, str]:
    from console.wording import CAUSES

    return {
        "at": _at(move["at"], zone),
        "cause": CAUSES.get(move["cause"], move["cause"]),
        "count": f"自 {move['counted_from'].astimezone(zone):%Y-%m-%d} 起 {move['working_days']} 个工作日",
        "due_on": due_words(move["due_on"], move["provisional"]),
        "note": move["note"],
    }


def _done(happening: dict[str, Any], zone: ZoneInfo) -> dict[str, str]:
    from console.wording import NAMES, told

    return {
        "at": _at(happening["at"], zone),
        "actor": happening["actor"],
        "action": NAMES["action"].get(happening["action"], happening["action"]),
        "detail": told(happening["detail"]),
    }
