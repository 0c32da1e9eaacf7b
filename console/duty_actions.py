"""What is done on the pages of the duties: each form names its section and its act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from cases.register import register as cases
from cases.register.desk import Desk
from cases.register.duty_kinds import AccountState, SwapState
from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal
from cases.register.readonly import Staff
from console import duty_pages
from console.again import again
from console.door import Page, Visit, refusal_status, whole
from duties.accounts import register
from duties.matters import incidents, suggestions
from duties.papers import fields
from duties.people import handover, roster
from duties.releases import ledger
from duties.rules.days import read_day
from duties.selfcheck import record

Done = tuple[str, str]  # where the browser goes on to under /console/duties, and the word for the page
Step = Callable[[Visit, Desk, Staff], Done]


def act(visit: Visit) -> Response:
    """Do what the path names. Raises: NotFound for what is no act of its section."""
    section, name = visit.part("section"), visit.part("action")
    step = _STEPS.get((section, name))
    if step is None:
        raise NotFound("没有这个操作。")

    def done(desk: Desk, me: Staff) -> Done:
        return step(visit, desk, me)

    try:
        where, word = visit.act(done)
    except NotAllowed:
        raise
    except Refusal as refused:
        return _again(visit, refused)
    return visit.go(f"/console/duties{where}", word)


# ── accounts ────────────────────────────────────────────────────────────────


def _account_add(visit: Visit, desk: Desk, me: Staff) -> Done:
    new = register.NewAccount(
        visit.field("name"), visit.field("platform"), visit.field("unit"),
        _day(visit, "opened", "开设日期"), visit.field("standard"), visit.field("reason"),
    )  # fmt: skip
    row, event = register.add(desk, me, new)
    return f"/accounts/{row.id}", f"已登记，{register.filing_words(event)}。"


def _account_fill(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = register.by_id(desk, _id(visit))
    given = {name: visit.field(name) for name in fields.known(row.standard) if name in visit.form}
    missing = register.fill(desk, me, row, given, visit.field("seen"))
    return (
        f"/accounts/{row.id}",
        f"已保存；还缺 {len(missing)} 项。" if missing else "已保存，备案表栏目已齐全。",
    )


def _account_change(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = register.by_id(desk, _id(visit))
    event = register.change(desk, me, row, _day(visit, "on", "变更日期"), visit.field("text"))
    return (
        f"/accounts/{row.id}",
        f"已登记变更，{register.filing_words(event)}。",
    )


def _account_rest(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = register.by_id(desk, _id(visit))
    day, resume = _day(visit, "on", "日期"), row.state == AccountState.SUSPENDED
    event = register.suspend(desk, me, row, day, visit.field("reason"), resume=resume)
    return (
        f"/accounts/{row.id}",
        f"已登记{register.KINDS[event.kind]}，{register.filing_words(event)}。",
    )


def _account_close(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = register.by_id(desk, _id(visit))
    end = _day(visit, "notice_to", "公告结束日期") if visit.field("notice_to") else None
    start = _day(visit, "notice_from", "公告开始日期")
    event = register.close(desk, me, row, start, visit.field("reason"), end)
    return (
        f"/accounts/{row.id}",
        f"公告至 {event.notice_to}，{register.filing_words(event)}。",
    )


def _account_filed(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = register.by_id(desk, _id(visit))
    day = _day(visit, "on", "报送日期") if visit.field("on") else None
    event = register.filed(desk, me, row, visit.field("kind"), day)
    return f"/accounts/{row.id}", f"{register.KINDS[event.kind]}备案已记为 {event.filed_on} 报送。"


# ── releases ────────────────────────────────────────────────────────────────


def _release_add(visit: Visit, desk: Desk, me: Staff) -> Done:
    account = register.by_id(desk, whole(visit.field("account")))
    row = ledger.add(desk, me, account, _article(visit))
    return f"/releases/{row.id}", f"已提交，须经 {row.levels} 级审核。"


def _release_approve(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = ledger.by_id(desk, _id(visit))
    done = ledger.approve(desk, me, row, visit.fields("checks"))
    return f"/releases/{row.id}", "已签发。" if done else f"已通过第 {row.level} 级。"


def _release_return(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = ledger.by_id(desk, _id(visit))
    ledger.send_back(desk, me, row, visit.field("reason"))
    return f"/releases/{row.id}", "已退回起草人。"


def _release_resubmit(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = ledger.by_id(desk, _id(visit))
    ledger.resubmit(desk, me, row, _article(visit, row.weight))
    return f"/releases/{row.id}", "已重新提交。"


def _article(visit: Visit, weight: str = "") -> ledger.NewRelease:
    return ledger.NewRelease(
        title=visit.field("title"),
        weight=weight or visit.field("weight"),
        source=visit.field("source").strip(),
        author=visit.field("author").strip(),
        original_title=visit.field("original_title").strip(),
        published=visit.field("published").strip(),
        body=visit.field("text"),
    )


# ── self-check ──────────────────────────────────────────────────────────────


def _check_start(visit: Visit, desk: Desk, me: Staff) -> Done:
    number = whole(visit.field("account"))
    account = register.by_id(desk, number) if number else None
    check = record.start(desk, me, visit.field("month").strip(), account)
    return f"/selfcheck/{check.id}", "已开始，系统能判定的已填好。"


def _check_answer(visit: Visit, desk: Desk, me: Staff) -> Done:
    check = record.by_id(desk, _id(visit))
    item = record.answer(
        desk, me, check, visit.field("code"), visit.field("verdict"), visit.field("text"), visit.field("seen")
    )
    return f"/selfcheck/{check.id}#{item.code}", f"{item.code} 已记为{record.VERDICTS[item.verdict]}。"


def _check_sign(visit: Visit, desk: Desk, me: Staff) -> Done:
    check = record.sign(desk, me, record.by_id(desk, _id(visit)))
    return f"/selfcheck/{check.id}", f"{check.month} 自查已签署留存。"


def _check_mend(visit: Visit, desk: Desk, me: Staff) -> Done:
    check = record.by_id(desk, _id(visit))
    task = record.mend(desk, me, check, visit.field("code"), visit.field("text"))
    return f"/selfcheck/{check.id}", f"{task.code} 已记为整改完毕。"


# ── incidents and advice ────────────────────────────────────────────────────


def _incident_add(visit: Visit, desk: Desk, me: Staff) -> Done:
    no = visit.field("case").strip()
    case = cases.by_number(desk, no) if no else None
    row = incidents.add(
        desk, me, visit.field("kind"), case=case, text=visit.field("text"), media=visit.house.media
    )
    return "/incidents", f"第 {row.id} 号事件已登记，证据已封存。"


def _incident_report(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = incidents.by_id(desk, _id(visit))
    incidents.report(desk, me, row, visit.field("to"))
    return "/incidents", f"第 {row.id} 号事件已记为向{visit.field('to')}报告。"


def _incident_close(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = incidents.close(desk, me, incidents.by_id(desk, _id(visit)), visit.field("text"))
    return "/incidents", f"第 {row.id} 号事件已办结。"


def _suggestion_pass(visit: Visit, desk: Desk, me: Staff) -> Done:
    day = _day(visit, "feedback_by", "反馈日期")
    suggestions.pass_on(desk, me, visit.field("no"), visit.field("department"), day)
    return "/suggestions", f"{visit.field('no').strip()} 已转送。"


def _suggestion_adopt(visit: Visit, desk: Desk, me: Staff) -> Done:
    suggestions.adopt(desk, me, visit.field("no"), visit.field("text"))
    return "/suggestions", "已登记采纳；告知来信人的文字已提交审核。"


def _suggestion_decline(visit: Visit, desk: Desk, me: Staff) -> Done:
    suggestions.decline(desk, me, visit.field("no"), visit.field("text"))
    return "/suggestions", "已登记不采纳。"


# ── watch and hand-over ─────────────────────────────────────────────────────


def _roster_plan(visit: Visit, desk: Desk, me: Staff) -> Done:
    first, last = _day(visit, "from", "开始日期"), _day(visit, "to", "结束日期")
    roster.plan(desk, me, first, last, visit.fields("staff"))
    return f"/roster?month={first:%Y-%m}", f"{first} 至 {last} 已排好。"


def _roster_swap(visit: Visit, desk: Desk, me: Staff) -> Done:
    day = _day(visit, "day", "日期")
    done = roster.swap(desk, me, day, visit.field("from"), visit.field("to"))
    return f"/roster?month={day:%Y-%m}", "已换班。" if done["agreed"] else "已请对方同意。"


def _roster_decide(visit: Visit, desk: Desk, me: Staff) -> Done:
    asked = roster.decide_swap(desk, me, _id(visit), agree=visit.field("agree") == "yes")
    return "", f"{asked.day} 的换班已{'同意' if asked.state == SwapState.AGREED else '回绝'}。"


def _roster_note(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = roster.note(desk, me, _day(visit, "day", "日期"), visit.field("text"))
    return f"/roster?month={row.day:%Y-%m}", "交接已记下。"


def _handover_start(visit: Visit, desk: Desk, me: Staff) -> Done:
    number = whole(visit.field("account"))
    account = register.by_id(desk, number) if number else None
    leaving = visit.field("stays") != "yes"
    handover.start(desk, me, visit.field("from"), visit.field("to"), account, leaving=leaving)
    return "/handovers", "交接已开始" + ("，移交人的权限已收回。" if leaving else "。")


def _handover_pass(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = handover.by_id(desk, _id(visit))
    handover.pass_on(desk, me, row, visit.field("to"))
    return "/handovers", "接收人已更换，由新的接收人签字。"


def _handover_tick(visit: Visit, desk: Desk, me: Staff) -> Done:
    row = handover.by_id(desk, _id(visit))
    item = handover.tick(desk, me, row, visit.field("code"), visit.field("text"))
    return "/handovers", f"已办：{handover.ITEMS[item.code]}。"


def _handover_sign(visit: Visit, desk: Desk, me: Staff) -> Done:
    closed = handover.sign(desk, me, handover.by_id(desk, _id(visit)))
    return "/handovers", "交接已办结。" if closed else "已签字。"


def _id(visit: Visit) -> int:
    return whole(visit.field("id"))


def _day(visit: Visit, field: str, what: str) -> date:
    try:
        return read_day(visit.field(field), what)
    except Invalid as wrong:
        raise Invalid(str(wrong), field) from None


def _again(visit: Visit, refused: Refusal) -> Response:
    """Return the page of the form that was refused, with what was typed and the message beside its field."""
    section, name = visit.part("section"), visit.part("action")
    listed, one = _PAGES[section]
    of_one = one is not None and name not in ("add", "start")
    scope = {**visit.request.scope, "path_params": {"id": visit.field("id")}, "query_string": b""}
    shown = (one if one is not None and of_one else listed)(replace(visit, request=Request(scope)))
    sent = {field: visit.fields(field) for field in visit.form}
    act = _ACTS.get((section, name), f"{_FORMS[section]}-{name}")
    page = again(bytes(shown.body).decode(), act, sent, str(refused), refused.field)
    if not page:
        raise refused
    return HTMLResponse(page, refusal_status(refused))


_PAGES: dict[str, tuple[Page, Page | None]] = {
    "accounts": (duty_pages.accounts, duty_pages.account),
    "releases": (duty_pages.releases, duty_pages.release),
    "selfcheck": (duty_pages.selfchecks, duty_pages.selfcheck),
    "incidents": (duty_pages.incident_list, None),
    "suggestions": (duty_pages.suggestion_list, None),
    "roster": (duty_pages.roster_month, None),
    "handovers": (duty_pages.handovers, None),
}
_FORMS = {
    "accounts": "account", "releases": "release", "selfcheck": "selfcheck", "incidents": "incident",
    "suggestions": "suggestion", "roster": "duty", "handovers": "handover",
}  # fmt: skip
_ACTS = {("releases", name): name for name in ("approve", "return", "resubmit")} | {
    ("roster", "decide"): "decide-swap"
}


_STEPS: dict[tuple[str, str], Step] = {
    ("accounts", "add"): _account_add,
    ("accounts", "fill"): _account_fill,
    ("accounts", "change"): _account_change,
    ("accounts", "rest"): _account_rest,
    ("accounts", "close"): _account_close,
    ("accounts", "filed"): _account_filed,
    ("releases", "add"): _release_add,
    ("releases", "approve"): _release_approve,
    ("releases", "return"): _release_return,
    ("releases", "resubmit"): _release_resubmit,
    ("selfcheck", "start"): _check_start,
    ("selfcheck", "answer"): _check_answer,
    ("selfcheck", "sign"): _check_sign,
    ("selfcheck", "mend"): _check_mend,
    ("incidents", "add"): _incident_add,
    ("incidents", "report"): _incident_report,
    ("incidents", "close"): _incident_close,
    ("suggestions", "pass"): _suggestion_pass,
    ("suggestions", "adopt"): _suggestion_adopt,
    ("suggestions", "decline"): _suggestion_decline,
    ("roster", "plan"): _roster_plan,
    ("roster", "swap"): _roster_swap,
    ("roster", "decide"): _roster_decide,
    ("roster", "note"): _roster_note,
    ("handovers", "start"): _handover_start,
    ("handovers", "pass"): _handover_pass,
    ("handovers", "tick"): _handover_tick,
    ("handovers", "sign"): _handover_sign,
}
POST: tuple[tuple[str, Page], ...] = (("/duties/{section}/{action}", act),)
