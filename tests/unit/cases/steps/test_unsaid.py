"""Of who is forgotten their part of a common line goes; what it says of others, and that their own case is open, stays."""

import pytest
from sqlmodel import select

from cases.register.desk import Desk
from cases.register.states import OutboxState
from cases.register.tables import Case, Outbox
from cases.sending import announce
from cases.steps import forget, unsaid
from tests.builders import ACCOUNT, Bureau

A, B = "20260302-0001", "20260302-0002"
LETTER = "投诉丁香路水管漏水，请打〔手机号〕联系我。\n家里 全淹了"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"退回待认领：{A}、{B}。请安排。", f"退回待认领：{A}、{B}。请安排。"),
        (f"催办：{A}（逾期三天）；{B}（今日到期）。", f"催办：{A}；{B}（今日到期）。"),
        (f"【名单】\n{A} 丁香路水管\n{B} 路灯", f"【名单】\n{A}（内容已删除）\n{B} 路灯"),
        (f"【热点】投诉丁香路水管漏水，请打…联系我\n3 人反映：{A}、{B}", f"【热点】（内容已删除）\n3 人反映：{A}、{B}"),
        (f"1. 家里全淹了（3 次）\n2. 请问几点上班（2 次）\n{B}", f"1. （内容已删除）\n2. 请问几点上班（2 次）\n{B}"),
        (f"{A}0、{B}", f"{A}0、{B}"),
    ],
)  # fmt: skip
def test_their_part_alone_goes(text: str, left: str) -> None:
    assert unsaid.without(text, A, [LETTER]) == left
    assert unsaid.without(left, A, [LETTER]) == left


def told(office: Bureau) -> list[tuple[str, str]]:
    rows = [row for row in office.rows(Outbox) if row.target == announce.SUPERVISORS]
    return [(row.state, str(row.payload.get("text", ""))) for row in rows]


def erase(office: Bureau, openid: str) -> None:
    office.workplace.act(lambda desk: forget.person(desk, ACCOUNT, openid))


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.DONE])
def test_a_line_of_several_cases_is_still_said(office: Bureau, state: OutboxState) -> None:
    mine, other = office.a_case("投诉水管漏水", "amy"), office.a_case("投诉公交太慢", "bob")

    def tell(desk: Desk) -> None:
        announce.supervisors(desk, f"【退回待认领】{mine}（水管漏水）、{other}（公交太慢）。", key="left:1")
        announce.supervisors(desk, "【热点】投诉水管漏水\n3 人反映", key=f"{announce.HOT_SPOT}1:2")
        announce.supervisors(
            desk, "1. 投诉水管漏水（3 次）\n2. 公交几点（2 次）", key=f"{announce.GAPS}2026-10"
        )
        desk.session.flush()
        for row in desk.session.exec(select(Outbox)).all():
            row.state = state
            desk.session.add(row)

    office.workplace.act(tell)
    erase(office, "amy")
    assert [text for _, text in told(office)] == [
        f"【退回待认领】{mine}、{other}（公交太慢）。",
        "【热点】（内容已删除）\n3 人反映",
        "1. （内容已删除）\n2. 公交几点（2 次）",
    ]


def test_what_waits_of_the_one_case_keeps_its_number(office: Bureau) -> None:
    """The case stays open: that it is overdue is still told, without a word of the letter."""
    no = office.a_case("投诉水管漏水", "amy")

    def tell(desk: Desk) -> None:
        one = desk.session.exec(select(Case)).one()
        announce.supervisors(desk, f"【敏感】{no}　水管漏水\n投诉水管漏水", key="s:1", case=one)

    office.workplace.act(tell)
    erase(office, "amy")
    assert told(office) == [(OutboxState.PENDING, f"【敏感】{no}（内容已删除）")]
