"""The templates: Jinja2, every value escaped, every unknown name an error."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cases.register import channels
from cases.register.permissions import ADMIN, HANDLER, REVIEWER, SUPERVISOR, holds
from console import charts, wording
from sla.deadline import due_words

STATIC = Path(__file__).parent / "static"
_WEEKDAYS = "一二三四五六日"


class Sheets:
    """Renders pages; times are shown in the office's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(
            local=self.local,
            day=self.day,
            told=wording.told,
            subject=wording.subject,
            percent=percent,
            share=share,
            name=name,
            weekday=weekday,
            due=due_words,
        )
        environment.globals.update(
            holds=holds, HANDLER=HANDLER, REVIEWER=REVIEWER, SUPERVISOR=SUPERVISOR, ADMIN=ADMIN,
            names=wording.NAMES, chart=charts,
        )  # fmt: skip
        self._environment = environment

    def render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(**values)

    def local(self, moment: datetime | None) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M") if moment else ""

    def day(self, moment: datetime | None) -> str:
        return moment.astimezone(self._zone).strftime("%m-%d %H:%M") if moment else ""


def percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def share(part: float | None) -> str:
    """A share that stands by itself: where there is nothing to judge, that is said."""
    return "暂无数据" if part is None else percent(part)


def name(code: object, kind: str) -> str:
    """Return the Chinese word for a code; one that has none stands for itself."""
    if kind == "channel":
        return channels.title(str(code))
    return wording.NAMES[kind].get(str(code), str(code))


def weekday(day: Any) -> str:
    return f"周{_WEEKDAYS[day.weekday()]}"
