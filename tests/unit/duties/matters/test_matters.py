"""Incidents keep their evidence; advice is told of in reviewed words only."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cases.register.errors import Invalid, NotAllowed, NotFound, Stale
from cases.register.register import by_number
from cases.register.tables import Audit, Case, Delivery, Draft
from cases.register.tables.duties import Incident, IncidentFile, Suggestion
from cases.steps.receive import AutoAnswered
from duties.matters import incidents, suggestions
from tests.builders import Bureau, a_match
from tests.unit.duties.releases.test_ledger import doing

SAID = "代开发票，电话 13812345678"


def taken(bureau: Bureau, kind: str = "unlawful", no: str = "", who: str = "", **more: Any) -> int:
    def step(desk: Any, doer: Any) -> int:
        case = by_number(desk, no) if no else None
        return incidents.add(desk, doer, kind, case=case, **more).id or 0

    return doing(bureau, who, step)


def shown(bureau: Bureau, number: int) -> dict[str, Any]:
    return bureau.workplace.look(lambda desk: incidents.shown(desk, incidents.by_id(desk, number)))


def test_the_evidence_is_sealed_as_it_was_found(bureau: Bureau, tmp_path: Path) -> None:
    no = bureau.a_case(SAID, "o-bad")
    (tmp_path / "截图.png").write_bytes(b"picture")
    number = taken(bureau, no=no, who="李科长", files=[tmp_path / "截图.png"])
    (row,) = bureau.rows(Incident)
    evidence = json.loads(bureau.workplace.office.vault.open(row.evidence_sealed))
    assert evidence["messages"][0]["text"] == SAID
    assert evidence["openid"] == "o-bad"
    assert evidence["files"][0]["name"] == "截图.png"
    assert "13812345678" not in row.excerpt
    assert bureau.workplace.office.vault.open_bytes(bureau.rows(IncidentFile)[0].content_sealed) == b"picture"
    line = shown(bureau, number)
    assert (line["case"], line["by"], line["intact"], line["state"]) == (no, "李科长", True, "open")
    assert bureau.told("supervisor", "违法有害信息")
    assert "13812345678" not in "".join(audit.detail for audit in bureau.rows(Audit))

    def alter(desk: Any) -> None:
        found = incidents.by_id(desk, number)
        found.evidence_sealed = desk.office.vault.seal("{}")
        desk.session.add(found)

    bureau.workplace.act(alter)
    assert shown(bureau, number)["intact"] is False


def test_the_like_of_an_unlawful_message_is_not_answered_by_itself(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 2)
    no = bureau.a_case("办证请加微信", "o-bad")
    assert isinstance(bureau.writes("居住证怎么办", match=a_match("K1")), AutoAnswered)
    number = taken(bureau, no=no)
    for said, openid in (("办 证请加微信", ""), ("居住证怎么办", "o-bad")):
        bureau.clock.advance(minutes=10)
        outcome = bureau.writes(said, openid, match=a_match("K1"))
        assert not isinstance(outcome, AutoAnswered)
    doing(bureau, "", lambda d, who: incidents.close(d, who, incidents.by_id(d, number), "已删除"))
    bureau.clock.advance(minutes=10)
    assert isinstance(bureau.writes("居住证怎么办", "o-bad2", match=a_match("K1")), AutoAnswered)
    assert not isinstance(bureau.writes("办证请加微信", match=a_match("K1")), AutoAnswered)


def test_reported_then_closed_with_a_note(bureau: Bureau) -> None:
    number = taken(bureau, "rumour", text="某地发生地震")

    def report(to: str) -> None:
        doing(bureau, "王主任", lambda d, who: incidents.report(d, who, incidents.by_id(d, number), to))

    def close(note: str) -> None:
        doing(bureau, "王主任", lambda d, who: incidents.close(d, who, incidents.by_id(d, number), note))

    with pytest.raises(Invalid):
        report(" ")
    report("市委网信办")
    with pytest.raises(Invalid):
        close("")
    close("已发布辟谣信息")
    line = shown(bureau, number)
    assert (line["state"], line["reports"][0]["to"], line["note"]) == (
        "closed",
        "市委网信办",
        "已发布辟谣信息",
    )
    for again in (lambda: report("公安"), lambda: close("再次")):
        with pytest.raises(Stale):
            again()


@pytest.mark.parametrize("given", [{}, {"no": "x", "text": "y"}, {"kind": "other", "text": "y"}])
def test_what_is_no_incident(bureau: Bureau, given: dict[str, str]) -> None:
    if "no" in given:
        given = {**given, "no": bureau.a_case()}
    with pytest.raises(Invalid):
        taken(bureau, **given)  # type: ignore[arg-type]


def passed(bureau: Bureau, no: str, who: str = "", day: date = date(2026, 3, 20)) -> Suggestion:
    return doing(bureau, who, lambda d, doer: suggestions.pass_on(d, doer, no, "交通局", day))


def adopt(bureau: Bureau, no: str, who: str = "", note: str = "将增设夜间班次。") -> Suggestion:
    return doing(bureau, who, lambda d, doer: suggestions.adopt(d, doer, no, note))


def line(bureau: Bureau) -> dict[str, Any]:
    (row,) = bureau.rows(Suggestion)
    return bureau.workplace.look(lambda d: suggestions.shown(d, row))


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_the_citizen_is_told_of_an_adoption_in_reviewed_words(bureau: Bureau, answered: bool) -> None:
    no = bureau.answered("建议增加水管巡查") if answered else bureau.a_case("建议增加水管巡查")
    status, sent = bureau.case(no).status, len(bureau.rows(Delivery))
    passed(bureau, no)
    assert bureau.told(word="请交通局研究")
    adopt(bureau, no, "刘工")
    assert len(bureau.rows(Delivery)) == sent  # nothing is said yet
    draft = bureau.drafts(no)[-1]
    assert (draft.purpose, draft.state, line(bureau)["told"]) == ("adoption", "review", "review")
    with pytest.raises(NotAllowed):
        bureau.approve("刘工", draft.id or 0)
    bureau.approve("周科长", draft.id or 0)
    delivery = bureau.rows(Delivery)[-1]
    words = bureau.workplace.office.vault.open(delivery.text_sealed)
    assert delivery.kind == "adoption"
    assert "已被采纳" in words
    assert "夜间班次" in words
    assert bureau.case(no).status == status
    assert bureau.case(no).review_since is None
    assert line(bureau)["told"] == "told"
    with pytest.raises(Stale):
        adopt(bureau, no, "刘工")


def test_words_that_are_sent_back_are_written_anew(bureau: Bureau) -> None:
    no = bureau.answered("建议增加水管巡查")
    passed(bureau, no)
    adopt(bureau, no)
    assert (
        bureau.drafts(no)[-1].author_id == bureau.ids["张工"]
    )  # the handler's, where the administrator acts
    bureau.send_back("周科长", bureau.drafts(no)[-1].id or 0, "写具体些")
    assert line(bureau)["told"] == "back"
    assert bureau.case(no).review_since is None
    adopt(bureau, no, "张工", "自四月起每周巡查两次。")
    assert line(bureau)["told"] == "review"


def test_an_answer_and_the_news_of_an_adoption_stand_side_by_side(bureau: Bureau) -> None:
    no = bureau.a_case("建议增加水管巡查")
    bureau.claim("张工", no)
    passed(bureau, no, "张工")
    adopt(bureau, no, "张工")
    answer = bureau.draft("张工", no, "水管巡查建议已转有关部门。")
    states = {draft.purpose: draft.state for draft in bureau.drafts(no)}
    assert states == {"adoption": "review", "answer": "review"}
    bureau.approve("周科长", answer)
    bureau.approve("周科长", next(d.id or 0 for d in bureau.rows(Draft) if d.purpose == "adoption"))
    assert [d.kind for d in bureau.rows(Delivery)][-2:] == ["answer", "adoption"]


def test_without_a_handler_the_words_are_asked_for(bureau: Bureau) -> None:
    no = bureau.a_case("建议增加水管巡查")
    passed(bureau, no)
    adopt(bureau, no)
    assert line(bureau)["told"] == "none"
    assert bureau.told(word="拟写告知")
    adopt(bureau, no, "刘工")
    assert line(bureau)["told"] == "review"


def test_declining_needs_a_reason_and_tells_nobody_outside(bureau: Bureau) -> None:
    no = bureau.answered("建议增加水管巡查")
    sent = len(bureau.rows(Delivery))
    with pytest.raises(NotFound):
        adopt(bureau, no)
    passed(bureau, no)

    def decline(note: str) -> Suggestion:
        return doing(bureau, "", lambda d, who: suggestions.decline(d, who, no, note))

    with pytest.raises(Invalid):
        decline("")
    decline("已有巡查制度")
    assert line(bureau)["state"] == "declined"
    assert len(bureau.rows(Delivery)) == sent
    for again in (lambda: decline("再次"), lambda: adopt(bureau, no), lambda: passed(bureau, no)):
        with pytest.raises(Stale):
            again()


def test_what_cannot_be_passed_on(bureau: Bureau) -> None:
    no = bureau.a_case("建议")
    with pytest.raises(Invalid, match="早于今天"):
        passed(bureau, no, day=date(2026, 3, 1))
    with pytest.raises(NotFound):
        passed(bureau, "20260302-9999")
    secret = bureau.a_case("举报局长")
    assert bureau.rows(Case)[-1].accusation
    with pytest.raises(NotAllowed):
        passed(bureau, secret)


def test_the_quarters_digest(bureau: Bureau) -> None:
    no = bureau.answered("建议增加水管巡查")
    passed(bureau, no)
    adopt(bureau, no)
    assert bureau.workplace.look(suggestions.quarter_words) == ""
    bureau.clock.set(2026, 4, 1)
    words = bureau.workplace.look(suggestions.quarter_words)
    assert "2026 年第 1 季度转送 1 件：采纳 1 件" in words
