"""What many write about at once: told once and again when it doubled, never with an accusation in it, kept for pages."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.serve import hot, metrics
from app.wiring import Services
from cases.lists import matters
from cases.register import memo, proposals
from cases.register.tables import Outbox
from tests import stages
from tests.builders import Bureau, Clock, a_bureau, a_store
from tests.unit.app.installation import services_in

WORDS = "投诉幸福小区3号楼水管漏水没人修"


@pytest.fixture
def office(tmp_path: Path) -> tuple[Bureau, Services]:
    clock = Clock()
    bureau = a_bureau(a_store(tmp_path / "huiyin.db"), clock)
    services = services_in(tmp_path, bureau.store, clock=clock)
    return bureau, replace(services, workplace=bureau.workplace)


def write(bureau: Bureau, people: int, first: int = 0, words: str = WORDS) -> list[str]:
    return [bureau.a_case(words, f"u{n}") for n in range(first, first + people)]


def told(bureau: Bureau) -> list[str]:
    return bureau.told("supervisor", "【热点】")


@pytest.mark.parametrize(("people", "count"), [(0, 0), (4, 0), (5, 1), (7, 1)])
async def test_five_people_make_a_hot_spot(office: tuple[Bureau, Services], people: int, count: int) -> None:
    bureau, services = office
    numbers = write(bureau, people)
    assert await hot.watch_hotspots(services) == count
    assert len(told(bureau)) == count
    assert all(no in text and f"{people} 人反映" in text for text in told(bureau) for no in numbers)


async def test_it_is_told_once_and_again_when_it_has_doubled(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    write(bureau, 5)
    for _ in range(3):
        await hot.watch_hotspots(services)
    assert len(told(bureau)) == 1
    write(bureau, 2, first=5)
    await hot.watch_hotspots(services)
    assert len(told(bureau)) == 1  # seven are no twice five
    write(bureau, 1, first=7)
    await hot.watch_hotspots(services)
    assert len(told(bureau)) == 2 and "8 人反映" in told(bureau)[-1]


async def test_an_accusation_never_becomes_a_title(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    secret = write(bureau, 6, words="举报局长收钱，幸福小区的事")
    write(bureau, 5, first=10)
    await hot.watch_hotspots(services)
    assert len(told(bureau)) == 1
    assert not any("局长" in text or no in text for text in told(bureau) for no in secret)
    letters = bureau.workplace.look(hot.letters_of_register)
    assert len(letters) == 5 and not any("局长" in letter.text for letter in letters)


async def test_what_is_older_than_a_week_makes_none(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    write(bureau, 5)
    bureau.clock.advance(days=8)
    assert await hot.watch_hotspots(services) == 0 and told(bureau) == []
    assert len(bureau.workplace.look(hot.letters_of_register)) == 5


async def test_many_letters_of_one_person_are_no_hot_spot(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    for _ in range(6):
        bureau.a_case(WORDS, "amy")
        bureau.clock.advance(hours=1)
    assert await hot.watch_hotspots(services) == 0


async def test_numbers_of_people_stand_in_no_title(office: tuple[Bureau, Services]) -> None:
    bureau, services = office
    write(bureau, 5, words=f"{WORDS}，电话13800138000")
    await hot.watch_hotspots(services)
    assert len(told(bureau)) == 1 and "13800138000" not in told(bureau)[0]


async def test_what_a_page_would_wait_for_is_kept_for_it(
    office: tuple[Bureau, Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau, services = office
    numbers = write(bureau, 6)
    await hot.keep_matters(services)  # few letters: a page groups them itself
    assert bureau.workplace.look(lambda desk: memo.HOT_SPOTS.of(desk.session, matters.WEEK)) is None
    monkeypatch.setattr(matters, "AT_ONCE", 3)
    await hot.keep_matters(services)
    noted = bureau.workplace.look(lambda desk: memo.HOT_SPOTS.of(desk.session, matters.WEEK))
    assert noted is not None and noted.at == bureau.clock.now and set(noted.spots[0]) == set(numbers)
    bureau.clock.advance(minutes=5)
    await hot.keep_matters(services)
    again = bureau.workplace.look(lambda desk: memo.HOT_SPOTS.of(desk.session, matters.WEEK))
    assert again == noted  # found five minutes ago
    bureau.clock.advance(minutes=30)
    await hot.keep_matters(services)
    later = bureau.workplace.look(lambda desk: memo.HOT_SPOTS.of(desk.session, matters.WEEK))
    assert later is not None and later.at == bureau.clock.now


def test_the_numbers_for_programs_agree_with_the_register(office: tuple[Bureau, Services]) -> None:
    bureau, _ = office
    stages.answered(bureau)
    stages.claimed(bureau)
    stages.urgent(bureau)
    bureau.clock.advance(days=60)
    said = bureau.workplace.look(metrics.exposition).decode()
    for line in (
        'huiyin_cases{status="answered"} 1.0', 'huiyin_cases{status="claimed"} 1.0', "huiyin_cases_overdue 2.0",
        'huiyin_cases_listed{list="urgent"} 1.0', 'huiyin_deliveries{kind="answer",state="pending"} 1.0',
        f"huiyin_danger_untaken_seconds {timedelta(days=60).total_seconds():.6g}"[:40], "huiyin_sendings_given_up 0.0",
    ):  # fmt: skip
        assert line in said, line
    assert not any(word in said for word in ("水管", "citizen-1", "张工", stages.ANSWER))


@pytest.mark.parametrize(("why", "up"), [("", "1.0"), ("20 秒内没有回答", "0.0")])
def test_whether_the_model_answers_is_a_number_where_there_is_one(
    office: tuple[Bureau, Services], why: str, up: str
) -> None:
    bureau, _ = office
    assert "huiyin_model_up" not in bureau.workplace.look(metrics.exposition).decode()
    asked = bureau.with_office(model_on=True)
    asked.workplace.act(lambda desk: proposals.note_trouble(desk, why))
    assert f"huiyin_model_up {up}" in asked.workplace.look(metrics.exposition).decode()


def test_what_never_happened_has_no_line(office: tuple[Bureau, Services]) -> None:
    bureau, _ = office
    said = bureau.workplace.look(metrics.exposition).decode()
    for name in ("huiyin_backup_age_seconds", "huiyin_chat_poll_age_seconds", "huiyin_leaderless_seconds"):
        assert name not in said
    bureau.workplace.act(lambda desk: memo.BACKED_UP.put(desk.session, desk.now))
    bureau.clock.advance(hours=1)
    assert "huiyin_backup_age_seconds 3600.0" in bureau.workplace.look(metrics.exposition).decode()
    assert bureau.rows(Outbox) == []
