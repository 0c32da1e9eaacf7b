"""The standard's own form of an event, filled from the register."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, AccountStep, StandardCode
from cases.register.errors import Invalid, Malformed
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.accounts import register
from duties.accounts.register import CHANGES, KINDS
from duties.papers import facts, fields, filling

FORM_KINDS = (AccountStep.OPEN, AccountStep.CHANGE, AccountStep.CLOSE)
_EPOCH = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form. `missing` names the fields that are still empty on it."""

    content: bytes
    name: str
    missing: list[str]


def form(desk: Desk, account: MediaAccount, kind: str, own: Path | None = None) -> Form:
    """Fill the form of the latest event of this kind. Raises: Invalid where there was none.

    Source: MLGK 004—2018 annexes A–C; Qingdao 2020-88 annex 1; Hengnan 2023-2 annex 1.
    """
    if kind not in FORM_KINDS:
        raise Malformed(f"没有「{kind}」这种备案表，应为 {'、'.join(FORM_KINDS)}。")
    event = _event(desk, account, kind)
    layout = _layout(account, kind)
    title = filling.LAYOUTS[layout]
    values = facts.of_account(account, event, desk.today, name=title, running=running(desk, account, kind))
    return Form(filling.fill(layout, values, own), title, missing(account, kind))


def missing(account: MediaAccount, kind: str) -> list[str]:
    """Return the names that stand on the form of such an event and are still empty."""
    of = fields.opening if kind == AccountStep.OPEN else fields.changing
    return fields.lacking(of(account.standard, account.fields).wanted, account.fields)


def survey(desk: Desk, who: str, phone: str = "", own: Path | None = None) -> Form:
    """Fill the survey sheet with every account. Source: Hengnan 2023-2 annex 2."""
    accounts = register.listed(desk)
    lines = [facts.survey_line(account, running(desk, account)) for account in accounts]
    values = {
        "单位": facts.units(accounts), "填报人": who, "联系电话": phone, "账号": lines,
        "统计时间": facts.day(desk.today),
    }  # fmt: skip
    empty = [
        f"{account.name}：{name}"
        for account in accounts
        for name in fields.lacking(fields.SURVEY.wanted, account.fields)
    ]
    title = filling.LAYOUTS["hengnan-survey"]
    return Form(filling.fill("hengnan-survey", values, own), title, empty)


def running(desk: Desk, account: MediaAccount, kind: str = "") -> str:
    """Return the box that tells how an account runs: 正常, 暂停 or 关停."""
    if kind == AccountStep.CLOSE or account.state == AccountState.CLOSED:
        return "关停"
    return "暂停" if account.state == AccountState.SUSPENDED and kind != AccountStep.OPEN else "正常"


def sample(layout: str) -> dict[str, object]:
    """Return a value for every field that a layout may name, to try a Word file with."""
    filling.template(layout)
    if layout == "hengnan-survey":
        line = dict.fromkeys((*fields.SURVEY.all, "名称", "主办单位", "开通时间", "运营状态", "平台类型"), "")
        return {"单位": "", "填报人": "", "联系电话": "", "统计时间": "", "账号": [line]}
    standard = layout.partition("-")[0]
    blank = MediaAccount(name="", platform="", unit="", standard=standard, opened_on=_EPOCH, fields={})
    event = AccountEvent(account_id=0, kind=AccountStep.OPEN, on=_EPOCH, filing_due_on=_EPOCH)
    return facts.of_account(blank, event, _EPOCH)


def _layout(account: MediaAccount, kind: str) -> str:
    if account.standard != StandardCode.MLGK:
        return account.standard
    if kind != AccountStep.OPEN:
        return "mlgk-c"
    return "mlgk-b" if account.fields.get(fields.BELONGS) == fields.PERSON else "mlgk-a"


def _event(desk: Desk, account: MediaAccount, kind: str) -> AccountEvent:
    kinds = CHANGES if kind == AccountStep.CHANGE else (kind,)
    found = [event for event in register.events(desk, account) if event.kind in kinds]
    if not found:
        raise Invalid(f"账号「{account.name}」没有{KINDS[kind]}记录，不能填{KINDS[kind]}备案表。")
    return found[-1]
