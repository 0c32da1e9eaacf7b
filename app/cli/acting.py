"""Commands that a registered colleague may do: `--as NAME`, else the administrator."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.frame import WRONG_USAGE, fail, services

if TYPE_CHECKING:
    from cases.register.desk import Desk
    from cases.register.readonly import Staff

T = TypeVar("T")

As = Annotated[str, typer.Option("--as", help="以哪位工作人员的名义办理（姓名、用户名或编号），缺省为管理员")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="备案表栏目，写作 栏目=内容，可重复")]


def act_as(who: str, step: "Callable[[Desk, Staff | None], T]") -> T:
    """Do a step as the colleague `who`, whom the trail then names, or as the administrator."""
    from cases.register.desk import COMMAND_LINE, acting
    from duties.rules.doer import colleague

    place = services().workplace
    if not who.strip():
        return place.act(lambda desk: step(desk, None), COMMAND_LINE)
    found = place.look(lambda desk: colleague(desk, who))
    return place.act(lambda desk: step(desk, colleague(desk, str(found.id))), acting(found))


def pairs(written: list[str] | None) -> dict[str, str]:
    """Read `NAME=VALUE` options."""
    found: dict[str, str] = {}
    for text in written or []:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            fail(f"--field「{text[:40]}」应写作 栏目=内容。", WRONG_USAGE)
        found[name.strip()] = value
    return found
