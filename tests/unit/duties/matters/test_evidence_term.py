"""Evidence stays while its incident is open and for its term, then goes; who is forgotten is forgotten here, too."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.register.tables import Audit
from cases.register.tables.duties import Incident, IncidentFile, IncidentText
from cases.steps import forget
from duties.matters import evidence, incidents
from duties.matters.evidence import Kept
from tests.builders import ACCOUNT, Bureau
from tests.unit.duties.matters.test_matters import SAID, shown, taken

TERM = [
    (datetime(2026, 3, 2, 8, tzinfo=UTC), 2, datetime(2028, 3, 2, 8, tzinfo=UTC)),
    (datetime(2028, 2, 29, 8, tzinfo=UTC), 1, datetime(2029, 3, 1, 8, tzinfo=UTC)),
    (None, 2, None),
]


@pytest.mark.parametrize(("closed", "years", "end"), TERM)
def test_the_term_runs_from_the_closing(closed: datetime | None, years: int, end: datetime | None) -> None:
    assert incidents.until(closed, years) == end


def forgotten(bureau: Bureau, openid: str = "o-bad") -> list[Kept]:
    def step(desk: Any) -> list[Kept]:
        whose = [citizen.id for citizen in forget.citizens(desk, ACCOUNT, openid)]
        forget.person(desk, ACCOUNT, openid)
        return evidence.forget(desk, evidence.of_citizens(desk, whose))

    return bureau.workplace.act(step)


def closed(bureau: Bureau, number: int) -> None:
    bureau.workplace.act(
        lambda desk: incidents.close(
            desk, None, incidents.by_id(desk, number), "已移交网信办，电话13812345678"
        )
    )


def ended(bureau: Bureau, before: datetime | None = None) -> int:
    return bureau.workplace.act(lambda desk: evidence.end_of_term(desk, before))


def sealed(bureau: Bureau) -> str:
    (row,) = bureau.rows(Incident)
    return bureau.workplace.office.vault.open(row.evidence_sealed)


def test_who_asks_to_be_forgotten_is_told_what_stays_and_until_when(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 2)
    number = taken(bureau, no=bureau.a_case(SAID, "o-bad"))
    other = taken(bureau, no=bureau.a_case("另一位来信", "o-other"))
    closed(bureau, number)
    (kept,) = forgotten(bureau)
    assert (kept.incident, kept.until) == (number, date(2028, 3, 2))
    assert "2028-03-02" in kept.said() and "行政处罚法" in kept.said()
    first, second = bureau.rows(Incident)
    assert SAID[:4] not in first.excerpt and second.excerpt == "另一位来信" and second.id == other
    assert SAID in bureau.workplace.office.vault.open(first.evidence_sealed)
    line = shown(bureau, number)
    assert (line["intact"], line["kept_until"]) == (True, date(2028, 3, 2))
    bureau.clock.set(2028, 3, 1)
    assert ended(bureau) == 0
    bureau.clock.set(2028, 3, 3)
    assert ended(bureau) == 1 and ended(bureau) == 0
    line = shown(bureau, number)
    assert (line["erased"], line["sha256"]) == (True, first.sha256)
    assert {row.action for row in bureau.rows(Audit)} >= {"incident.keep", "incident.erase"}
    assert bureau.chain().ok


def test_an_open_incident_keeps_its_evidence_and_says_so(bureau: Bureau) -> None:
    number = taken(bureau, no=bureau.a_case(SAID, "o-bad"))
    (kept,) = forgotten(bureau)
    assert kept.until is None and f"第 {number} 号事件尚未办结" in kept.said()
    bureau.clock.advance(days=4000)
    assert ended(bureau) == 0
    closed(bureau, number)
    bureau.clock.advance(days=729)
    assert ended(bureau) == 0
    bureau.clock.advance(days=2)
    assert ended(bureau) == 1 and sealed(bureau) == ""


def test_evidence_past_its_term_goes_at_once_with_files_and_fingerprints(
    bureau: Bureau, tmp_path: Any
) -> None:
    (tmp_path / "张三的截图.png").write_bytes(b"picture")
    number = taken(bureau, no=bureau.a_case(SAID, "o-bad"), files=[tmp_path / "张三的截图.png"])
    closed(bureau, number)
    bureau.clock.advance(days=800)
    assert forgotten(bureau) == []
    assert sealed(bureau) == "" and bureau.rows(IncidentText) == []
    (file,) = bureau.rows(IncidentFile)
    assert (bureau.workplace.office.vault.open_bytes(file.content_sealed), file.name) == (b"", "")


def test_evidence_stays_at_least_as_long_as_the_letters_that_it_is_of(bureau: Bureau) -> None:
    bureau.clock.set(2026, 3, 2)
    no = bureau.answered(SAID, "已处理，请放心。", openid="o-bad")
    closed(bureau, taken(bureau, no=no))
    bureau.clock.advance(days=1000)
    assert ended(bureau) == 0
    bureau.workplace.act(lambda desk: forget.old(desk, desk.now))
    assert ended(bureau) == 1


def test_what_is_of_no_citizen_goes_with_the_office_s_years(bureau: Bureau) -> None:
    closed(bureau, taken(bureau, kind="impostor", text="冒牌号「清河发布厅」"))
    bureau.clock.advance(days=1000)
    assert ended(bureau) == 0
    assert ended(bureau, bureau.clock.now) == 1


def test_a_closing_note_holds_no_number(bureau: Bureau) -> None:
    closed(bureau, taken(bureau, kind="rumour", text="谣言一则"))
    assert bureau.rows(Incident)[0].note == "已移交网信办，电话〔手机号〕"
