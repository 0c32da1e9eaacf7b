"""How the office is set up: departments, accounts, policy, models, settings. Seen by supervisors and administrators."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Response

import classifier
from cases.lists import health, policy_preview
from cases.register import people, sources
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound
from cases.register.permissions import ADMIN, HANDLER, REVIEWER, SUPERVISOR, holds, require
from cases.register.readonly import Department, Staff
from cases.sending import chat
from classifier.labels import TOPICS
from console.door import BUILT_IN, Visit, whole
from console.wording import THRESHOLDS
from duties.accounts import register as accounts_
from sla.errors import SlaError
from sla.notice import CalendarYear, parse_year
from sla.policy import Policy

T = TypeVar("T")
MOST_MOVED = 200
LARGEST_NOTICE = 1 << 16  # bytes; a year's notice has three thousand
_LIMITS = ("praise", "advice_inquiry", "complaint", "extension")


@dataclass(frozen=True, slots=True)
class Bureau:
    """A department with who is there. `lacks`: what it cannot do by itself."""

    row: Department
    handlers: int
    reviewers: int
    heads: int
    lacks: tuple[str, ...]


def departments(visit: Visit) -> Response:
    def question(desk: Desk) -> tuple[list[Bureau], list[str]]:
        staff = [s for s in people.everybody(desk) if s.active]
        rows = desk.departments
        covered = {topic for d in rows for topic in d.topics}
        return [_bureau(d, staff) for d in rows], [topic for topic in TOPICS if topic not in covered]

    bureaus, uncovered = _seen(visit, question)
    return visit.page("departments.html", bureaus=bureaus, uncovered=uncovered, topics=TOPICS)


def accounts(visit: Visit) -> Response:
    """The official accounts, what the register says of them, and the office's other channels."""

    def question(desk: Desk) -> dict[str, Any]:
        return {
            "filed": accounts_.listed(desk), "sources": sources.all_of(desk),
            "troubles": chat.troubles(desk),
            "inlets": health.inlets(desk), "outlets": health.outlets(desk), "days": health.DAYS,
        }  # fmt: skip

    return visit.page("accounts.html", served=visit.house.facts.accounts, **_seen(visit, question))


def policy(visit: Visit) -> Response:
    """The time limits; with others in the address, which open cases they would move. Nothing is changed here."""
    now = visit.house.workplace.office.policy
    limits = {name: getattr(now, name) for name in _LIMITS}
    wrong = [name for name in _LIMITS if visit.query(name) and not 1 <= whole(visit.query(name)) <= 250]
    tried = {name: whole(visit.query(name), limits[name]) for name in _LIMITS}
    other = replace(
        now, praise=tried["praise"], advice_inquiry=tried["advice_inquiry"], complaint=tried["complaint"],
        extension=tried["extension"],
    )  # fmt: skip
    preview = any(visit.query(name) for name in _LIMITS) and not wrong
    return _policy_page(visit, Trial(other) if preview else None, wrong)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: other limits, or another year's notice."""

    policy: Policy | None = None
    notice: CalendarYear | None = None


def try_notice(visit: Visit) -> Response:
    """A year's holiday notice: which open cases it would move. It is put in force on the command line."""
    _seen(visit, lambda _desk: None)
    try:
        upload = visit.upload("file")
        notice = parse_year(upload.file.read(LARGEST_NOTICE).decode("utf-8"))
    except UnicodeDecodeError:
        return _policy_page(visit, None, [], "文件不是 UTF-8 文本。")
    except (Invalid, SlaError) as error:
        return _policy_page(visit, None, [], str(error))
    return _policy_page(visit, Trial(notice=notice), [])


def _policy_page(visit: Visit, tried: Trial | None, wrong: list[str], said: str = "") -> Response:
    def question(desk: Desk, me: Staff) -> tuple[list[policy_preview.WouldMove], int, list[tuple[int, str]]]:
        _require(me)
        years = [(year.year, year.source) for year in desk.calendar.years]
        if tried is None:
            return [], 0, years
        calendar = desk.calendar.with_year(tried.notice) if tried.notice else None
        return *policy_preview.moved(desk, me, tried.policy, calendar), years

    moved, checked, years = visit.look(question)
    now = visit.house.workplace.office.policy
    limits = {name: getattr(now, name) for name in _LIMITS}
    return visit.page(
        "policy.html", 400 if wrong or said else 200, limits=limits, said=said, wrong=wrong, policy=now, years=years,
        shown={n: visit.query(n) or limits[n] for n in _LIMITS}, preview=tried is not None,
        notice=tried.notice if tried else None, moved=moved[:MOST_MOVED], total=len(moved), checked=checked,
    )  # fmt: skip


def models(visit: Visit) -> Response:
    """The classifier's versions with their figures; the administrator goes back to one."""
    _seen(visit, lambda _desk: None)
    shelf = visit.house.shelf
    return visit.page("models.html", versions=shelf.versions() if shelf else [], card=_card())


def use_model(visit: Visit) -> Response:
    """「启用」 a version, on record. Raises: NotAllowed for all but the administrator; NotFound."""
    visit.look(lambda _desk, me: require(me, ADMIN))
    if visit.house.shelf is None:
        raise NotFound("没有可以启用的模型。")
    version = visit.field("version")
    visit.house.shelf.use("" if version == BUILT_IN else version, visit.actor)
    return visit.go(
        "/console/models", f"已启用 {'内置模型' if version == BUILT_IN else version}，2 秒内对新来信生效。"
    )


def settings(visit: Visit) -> Response:
    """Every setting as it is; of a secret only whether it is set."""
    _seen(visit, lambda _desk: None)
    return visit.page("settings.html", rows=visit.house.facts.settings)


def _seen(visit: Visit, question: Callable[[Desk], T]) -> T:
    def asked(desk: Desk, me: Staff) -> T:
        _require(me)
        return question(desk)

    return visit.look(asked)


def _require(me: Staff) -> None:
    if not (holds(me, SUPERVISOR) or holds(me, ADMIN)):
        raise NotAllowed("这个页面供督办人和管理员使用。")


def _card() -> list[tuple[str, str]]:
    """Return what the built-in model says of itself."""
    file = Path(classifier.__file__).parent / "built" / "card.json"
    if not file.is_file():
        return []
    card = json.loads(file.read_text(encoding="utf-8"))
    shown = {"版本": card.get("version"), "训练样本": card.get("trained_on", {}).get("corpus_examples"),
             "词项": card.get("terms"), "句向量模型": card.get("second_stage"), "适用范围": card.get("limits")}  # fmt: skip
    shown |= {
        f"阈值：{THRESHOLDS.get(name, name)}": value for name, value in card.get("thresholds", {}).items()
    }
    return [(name, str(value)) for name, value in shown.items() if value is not None]


def _bureau(department: Department, staff: Sequence[Staff]) -> Bureau:
    own = [s for s in staff if s.department_id == department.id]
    counts = [sum(holds(s, role) for s in own) for role in (HANDLER, REVIEWER, SUPERVISOR)]
    everywhere = any(s.department_id is None and holds(s, REVIEWER) for s in staff)
    lacks = [
        word
        for word, number in zip(("没有承办人", "没有审核人", "没有负责人"), counts, strict=True)
        if not number
    ]
    if "没有审核人" in lacks and everywhere:
        lacks[lacks.index("没有审核人")] = "本部门没有审核人，由分管领导审核"
    if not department.topics:
        lacks.append("没有主题，来信不会自动分来")
    return Bureau(department, counts[0], counts[1], counts[2], tuple(lacks))
