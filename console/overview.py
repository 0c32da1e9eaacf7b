"""The overview: how the office stands now, and what wants attention."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Response

from cases.lists import ahead, browse, today
from cases.lists import standing as open_
from cases.register import people
from cases.register.desk import Desk
from cases.register.permissions import ADMIN, SUPERVISOR, holds
from cases.register.readonly import Staff
from cases.sending import chat, resend
from cases.steps import nudge
from console.door import Visit, whole
from sla.calendar_check import missing_year, warning

TROUBLES = 5  # sendings given up that the overview names


@dataclass(frozen=True, slots=True)
class Tile:
    """A count with the list behind it. `tone`: "", warn, bad."""

    code: str
    name: str
    number: int
    link: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    tiles: list[Tile]
    wanted: list[today.Section]
    first: list[today.Task]  # the check list of the first days, until all of it is done
    by_category: list[tuple[str, int, int]]
    by_department: list[tuple[str, int, int]]
    warnings: list[str]
    ahead: ahead.Ahead | None  # of those who supervise
    troubles: list[resend.Failed]


_TILES = (
    ("urgent", "紧急", "bad"),
    ("overdue", "逾期", "bad"),
    ("mine", "我在办的", ""),
    ("my_review", "等我审核", "warn"),
    ("unclaimed", "无人认领", "warn"),
    ("due_today", "今日到期", "warn"),
    ("soon", "三个工作日内到期", "warn"),
    ("waiting", "待送达", "warn"),
)


def overview(visit: Visit) -> Response:
    served = bool(visit.house.facts.accounts)
    now = visit.look(lambda desk, me: standing(desk, me, served))
    return visit.page("overview.html", now=now, clock=visit.house.workplace.clock())


def urge(visit: Visit) -> Response:
    """「催办」 of a colleague, with all that is late or nearly so."""

    def step(desk: Desk, me: Staff) -> str:
        to = people.staff_by_id(desk, whole(visit.field("staff")))
        return f"已催办{to.name}：{'、'.join(nudge.person(desk, me, to))}。"

    return visit.go("/console/", visit.act(step))


def send_again(visit: Visit) -> Response:
    """「重试」 beside a sending that was given up."""
    visit.act(lambda desk, me: resend.again(desk, me, whole(visit.part("row"))))
    back = "/console/" if visit.field("back") == "overview" else "/console/failed"
    return visit.go(back, "已重新排队发送。")


def failed(visit: Visit) -> Response:
    """Every sending that was given up, of the cases in sight."""

    def question(desk: Desk, me: Staff) -> tuple[list[resend.Failed], bool]:
        return resend.failed(desk, me), resend.may(me)

    rows, may = visit.look(question)
    return visit.page("failed.html", rows=rows, may=may)


def standing(desk: Desk, me: Staff, served: bool = False) -> Standing:
    tiles = []
    for status, name, tone in _TILES:
        number = browse.tally(desk, me, status)
        tiles.append(Tile(status, name, number, f"/console/cases?status={status}", tone if number else ""))
    counted = {tile.code: tile.number for tile in tiles}
    failed = resend.failed(desk, me)
    tiles.append(Tile("failed", "未能发出", len(failed), "/console/failed", "bad" if failed else ""))
    first = today.first_steps(desk, served) if _sets_up(me) else []
    return Standing(
        tiles=tiles,
        wanted=today.sections(desk, me, counted),
        first=[] if all(task.done for task in first) else first,
        by_category=open_.by_category(desk, me),
        by_department=open_.by_department(desk, me),
        warnings=_warnings(desk, me),
        ahead=ahead.ahead(desk, me) if holds(me, SUPERVISOR) else None,
        troubles=failed[:TROUBLES] if resend.may(me) else [],
    )


def _sets_up(me: Staff) -> bool:
    return holds(me, SUPERVISOR) or holds(me, ADMIN)


def _warnings(desk: Desk, me: Staff) -> list[str]:
    found = []
    if (year := missing_year(desk.today, desk.calendar)) is not None:
        found.append(warning(year))
    if not desk.office.chat_on:
        found.append("办理群未启用（没有设置 Telegram 或企业微信）：新事项和提醒只在本控制台显示。")
    if not desk.office.comments_on:
        found.append("图文留言未启用：文章下的留言不会收进来。")
    if _sets_up(me):
        for where, since in chat.troubles(desk).items():
            found.append(f"会话 {where} 发不出消息（{_since(desk, since)}）。{chat.remedy(where)}。")
    return found


def _since(desk: Desk, noted: str) -> str:
    at, _, why = noted.partition(" ")
    local = datetime.fromisoformat(at).astimezone(desk.office.zone)
    return f"{local:%Y-%m-%d %H:%M} 起，{why}"
