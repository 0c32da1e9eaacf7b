"""An account's states and what each allows; its events in order; what is filed, on which form, with which box."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from docx import Document

from cases.register.duty_kinds import AccountStep
from cases.register.errors import Invalid, NotFound, Refusal, Stale
from cases.register.tables import Audit
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.accounts import forms, register, views
from duties.accounts.register import KINDS, STATES
from duties.papers import filling
from tests.builders import Bureau
from tests.unit.duties.accounts.test_register import account, opened
from tests.unit.duties.papers.test_forms import words
from tests.unit.duties.releases.test_ledger import doing

OPEN, CHANGE, SUSPEND, RESUME, CLOSE = AccountStep

ON = date(2026, 3, 10)


def act(bureau: Bureau, number: int, kind: str, on: date = ON, **more: Any) -> Any:
    """Do what is called `kind` to the account; returns the event."""

    def step(desk: Any, who: Any) -> Any:
        row = register.by_id(desk, number)
        doings: dict[str, Callable[[], Any]] = {
            CHANGE: lambda: register.change(
                desk, who, row, on, more.get("what", "更换负责人"), more.get("given")
            ),
            SUSPEND: lambda: register.suspend(desk, who, row, on, more.get("what", "改版"), resume=False),
            RESUME: lambda: register.suspend(desk, who, row, on, more.get("what", "改好"), resume=True),
            CLOSE: lambda: register.close(desk, who, row, on, more.get("what", "整合"), more.get("until")),
            "filed": lambda: register.filed(desk, who, row, more.get("of", ""), more.get("filed_on")),
            "fill": lambda: register.fill(desk, None, row, more.get("given", {"媒体链接": "https://a"})),
        }
        return doings[kind]()

    return doing(bureau, more.get("who", ""), step)


def in_state(bureau: Bureau, state: str) -> int:
    number = opened(bureau)
    if state == "suspended":
        act(bureau, number, SUSPEND)
    if state in ("closing", "closed"):
        act(bureau, number, CLOSE)
    if state == "closed":
        bureau.clock.set(2026, 4, 20)
        bureau.workplace.act(register.finish_closings)
    assert account(bureau, number).state == state
    return number


ALLOWED = {
    "open": {CHANGE: "open", SUSPEND: "suspended", CLOSE: "closing", "filed": "open", "fill": "open"},
    "suspended": {CHANGE: "suspended", RESUME: "open", CLOSE: "closing", "filed": "suspended", "fill": "suspended"},
    "closing": {"filed": "closing", "fill": "closing"},
    "closed": {"filed": "closed", "fill": "closed"},
}  # fmt: skip


@pytest.mark.parametrize("state", list(STATES))
def test_what_a_state_allows_and_where_it_leads(bureau: Bureau, state: str) -> None:
    for kind in (CHANGE, SUSPEND, RESUME, CLOSE, "filed", "fill"):
        number = in_state(bureau, state)
        before = bureau.rows(AccountEvent, account_id=number)
        if kind in ALLOWED[state]:
            act(bureau, number, kind, date(2026, 4, 21))
            assert account(bureau, number).state == ALLOWED[state][kind]
        else:
            with pytest.raises(Stale, match=f"「?弥勒发布」.*{STATES[state]}"):
                act(bureau, number, kind, date(2026, 4, 21))
            assert account(bureau, number).state == state
            assert bureau.rows(AccountEvent, account_id=number) == before
        bureau.workplace.act(lambda d, n=number: away(d, n))  # type: ignore[misc]
        bureau.clock.set(2026, 3, 2)


def away(desk: Any, number: int) -> None:
    """Make room for the next account of the same unit on the same platform."""
    row = register.by_id(desk, number)
    row.state = "closed"
    desk.session.add(row)


@pytest.mark.parametrize("kind", [CHANGE, SUSPEND, RESUME, CLOSE])
def test_a_step_without_its_reason_is_refused(bureau: Bureau, kind: str) -> None:
    number = in_state(bureau, "suspended" if kind == RESUME else "open")
    events = len(bureau.rows(AccountEvent))
    for nothing in ("", "  ", "\n"):
        with pytest.raises(Invalid, match="请写明"):
            act(bureau, number, kind, what=nothing)
    assert len(bureau.rows(AccountEvent)) == events


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([(CHANGE, "2026-03-01")], "变更日期 2026-03-01 早于开设日期 2026-03-02"),
        ([(SUSPEND, "2026-02-28")], "暂停日期 2026-02-28 早于开设日期"),
        (
            [(CHANGE, "2026-03-20"), (SUSPEND, "2026-03-19")],
            "暂停日期 2026-03-19 早于上一次登记的日期 2026-03-20",
        ),
        ([(SUSPEND, "2026-03-20"), (RESUME, "2026-03-19")], "恢复日期 2026-03-19 早于上一次"),
        ([(SUSPEND, "2026-03-20"), (CLOSE, "2026-03-19")], "公告开始日期 2026-03-19 早于上一次"),
        ([(CHANGE, "2026-03-20"), (CHANGE, "2026-03-20")], ""),
        ([(SUSPEND, "2026-03-02"), (RESUME, "2026-03-02"), (CLOSE, "2026-03-02")], ""),
    ],
)
def test_events_come_in_the_order_of_their_days(
    bureau: Bureau, steps: list[tuple[str, str]], named: str
) -> None:
    number = opened(bureau)
    for kind, day in steps[:-1]:
        act(bureau, number, kind, date.fromisoformat(day))
    kind, day = steps[-1]
    if named:
        with pytest.raises(Invalid, match=named):
            act(bureau, number, kind, date.fromisoformat(day))
    else:
        act(bureau, number, kind, date.fromisoformat(day))
    assert bureau.chain().ok


# a notice from Monday 2 March 2026: the fifteenth working day after it is Monday 23 March
NOTICES = [
    ("2026-03-23", "", "2026-03-30"),
    (None, "", "2026-03-30"),
    ("2026-03-28", "", "2026-04-03"),  # ends on a Saturday: five working days from there
    ("2026-03-22", "公告期只有 14 个工作日，应不少于 15 个工作日：最早到 2026-03-23", ""),
    ("2026-03-02", "公告期只有 0 个工作日", ""),
    ("2026-03-01", "公告结束日期 2026-03-01 早于开始日期 2026-03-02", ""),
]


@pytest.mark.parametrize(("until", "refused", "filing"), NOTICES)
def test_the_notice_of_a_closing(bureau: Bureau, until: str | None, refused: str, filing: str) -> None:
    number = opened(bureau)
    end = date.fromisoformat(until) if until else None
    if refused:
        with pytest.raises(Invalid, match=refused):
            act(bureau, number, CLOSE, date(2026, 3, 2), until=end)
        assert account(bureau, number).state == "open"
        return
    event = act(bureau, number, CLOSE, date(2026, 3, 2), until=end)
    assert str(event.notice_to) == (until or "2026-03-23") and str(event.filing_due_on) == filing


def test_a_notice_into_a_year_without_calendar_is_provisional(bureau: Bureau) -> None:
    number = opened(bureau)
    event = act(bureau, number, CLOSE, date(2026, 12, 15))
    assert event.provisional and event.notice_to > date(2026, 12, 31)
    assert bureau.workplace.look(views.listed)[0]["events"][-1]["provisional"] is True


@pytest.mark.parametrize(
    ("state", "filed"),
    [("open", [OPEN]), ("suspended", [OPEN, SUSPEND]), ("closing", [OPEN, CLOSE])],
)
def test_each_event_is_filed_once_the_earliest_first(bureau: Bureau, state: str, filed: list[str]) -> None:
    number = in_state(bureau, state)
    bureau.clock.set(2026, 4, 30)
    assert [act(bureau, number, "filed").kind for _ in filed] == filed
    with pytest.raises(Invalid, match="没有待报的备案"):
        act(bureau, number, "filed")
    assert bureau.workplace.look(register.unfiled) == []


def test_a_suspension_and_its_end_are_filed_as_changes(bureau: Bureau) -> None:
    number = in_state(bureau, "suspended")
    act(bureau, number, RESUME)
    with pytest.raises(Invalid, match="早于暂停日期"):
        act(bureau, number, "filed", of=CHANGE)
    bureau.clock.set(2026, 3, 31)
    assert [act(bureau, number, "filed", of=CHANGE).kind for _ in range(2)] == [SUSPEND, RESUME]
    with pytest.raises(Invalid, match="没有待报的变更备案"):
        act(bureau, number, "filed", of=CHANGE)
    assert act(bureau, number, "filed", of=OPEN).kind == OPEN
    for unknown in ("closing", "OPEN", "关停"):
        with pytest.raises(Invalid, match=f"没有「{unknown}」这种备案，应为 open、change"):
            act(bureau, number, "filed", of=unknown)


@pytest.mark.parametrize("number", [0, -1, 99, 1 << 31, 1 << 70])
def test_an_account_that_is_not_there(bureau: Bureau, number: int) -> None:
    with pytest.raises(NotFound, match=str(number)):
        bureau.workplace.look(lambda desk: register.by_id(desk, number))


def test_a_name_that_no_form_has_is_answered_with_the_near_one(bureau: Bureau) -> None:
    for given, hint in (({"第一责任人性名": "张"}, "第一责任人姓名"), ({"媒体连接": "x"}, "媒体链接")):
        with pytest.raises(Invalid, match=f"是否想写：{hint}"):
            opened(bureau, fields=given)
    with pytest.raises(Invalid) as refused:
        opened(bureau, fields={"zzz": "x"})
    assert "是否想写" not in str(refused.value)
    assert bureau.rows(MediaAccount) == []


def test_a_field_is_kept_clean_and_can_be_emptied(bureau: Bureau) -> None:
    number = opened(bureau, fields={"媒体链接": "  https://a\n", "开发单位": "某\x00局"})
    assert account(bureau, number).fields == {"媒体链接": "https://a", "开发单位": "某\ufffd局"}
    assert "媒体链接" not in register.missing(account(bureau, number))
    missing = act(bureau, number, "fill", given={"媒体链接": " "})
    assert missing[0] == "媒体链接"
    act(bureau, number, "fill", given={"媒体链接": "长" * 5000})
    assert len(account(bureau, number).fields["媒体链接"]) == register.LONGEST


@pytest.mark.parametrize("who", ["", "钱管理", "王主任"])
def test_the_trail_names_who_acted(bureau: Bureau, who: str) -> None:
    number = opened(bureau)
    event = act(bureau, number, CHANGE, who=who)
    assert event.by == who if who else event.by
    said = [row for row in bureau.rows(Audit) if row.action == "account.change"]
    assert len(said) == 1 and said[0].actor == event.by and said[0].subject == f"account:{number}"


def ticked(bureau: Bureau, number: int, kind: str) -> str:
    made = bureau.workplace.look(lambda d: forms.form(d, register.by_id(d, number), kind))
    return words(Document(io.BytesIO(made.content)))


FORMS = {"open": {OPEN}, "suspended": {OPEN, CHANGE}, "closing": {OPEN, CLOSE}, "closed": {OPEN, CLOSE}}


@pytest.mark.parametrize("state", list(FORMS))
def test_a_form_there_is_for_every_event_and_no_other(bureau: Bureau, state: str) -> None:
    number = in_state(bureau, state)
    for kind in forms.FORM_KINDS:
        if kind in FORMS[state]:
            assert "弥勒发布" in ticked(bureau, number, kind)
        else:
            with pytest.raises(Invalid, match=f"没有{KINDS[kind]}记录"):
                ticked(bureau, number, kind)
    with pytest.raises(Invalid, match="没有「suspend」这种备案表"):
        ticked(bureau, number, SUSPEND)


@pytest.mark.parametrize(
    ("state", "kind", "box"),
    [("open", OPEN, "正常"), ("suspended", CHANGE, "暂停"), ("suspended", OPEN, "正常"), ("closing", CLOSE, "关停"),
     ("closing", OPEN, "正常"), ("closed", OPEN, "关停")],
)  # fmt: skip
def test_the_box_that_tells_how_it_runs(bureau: Bureau, state: str, kind: str, box: str) -> None:
    number = in_state(bureau, state)
    assert bureau.workplace.look(lambda d: forms.running(d, register.by_id(d, number), kind)) == box


def test_a_closings_form_carries_its_notice(bureau: Bureau) -> None:
    number = opened(bureau)
    act(bureau, number, CLOSE, date(2026, 3, 2), what="机构改革")
    text = ticked(bureau, number, CLOSE)
    assert "机构改革（公告期 2026年3月2日至2026年3月23日）" in text


def test_a_persons_account_has_the_form_of_annex_b(bureau: Bureau) -> None:
    number = opened(bureau, fields={"新媒体归属": "个人", "账号责任人姓名": "李老师"})
    text = ticked(bureau, number, OPEN)
    assert "账号责任人" in text and "李老师" in text and "第一责任人" not in text
    assert "账号责任人单位" in register.missing(account(bureau, number))


@pytest.mark.parametrize("layout", ["mlgk-a", "mlgk-c", "anning", "hengnan-survey"])
def test_a_layout_can_be_tried_with_sample_values(layout: str) -> None:
    assert filling.template(layout)[:2] == b"PK"
    filled = filling.fill(layout, forms.sample(layout))
    assert "{{" not in words(Document(io.BytesIO(filled)))


def test_a_layout_that_is_none(bureau: Bureau) -> None:
    for make in (filling.template, forms.sample):
        with pytest.raises(Refusal, match="没有「mlgk-z」这个表样，可用：mlgk-a"):
            make("mlgk-z")
