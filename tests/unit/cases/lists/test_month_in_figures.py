"""The month in figures and the ledger: sums of parts are the whole, months do not overlap, and what was counted stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.knowledge import shown, templates
from cases.lists import filters, ledger, policy_preview, statistics
from cases.lists.reveal import file, files, may_reveal, originals
from cases.lists.statistics import Figures, month_of, span, summed
from cases.lists.today import first_steps, long, sections
from cases.register import register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound, Stale
from cases.register.kinds import Sent
from cases.register.media_store import InFolder
from cases.register.tables import Audit, Case, Delivery, KnowledgeEntry, Staff
from cases.steps import rate
from cases.steps.receive import IncomingMedia
from sla.policy import load_policy
from tests.builders import SHANGHAI, Bureau, a_bureau, a_match, a_store

MONTHS = ["2026-03", "2026-04"]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """Two months of an office: answers in time and late, refusals, ratings, automatic answers."""
    office = a_bureau(a_store(Path(tmp_path_factory.mktemp("lived")) / "office.db"))
    for day in (2, 9, 30):
        office.clock.set(2026, 3, day)
        no = office.answered("请问水管多久修好")
        office.a_case("投诉公交噪音")
        office.writes("请问居住证", match=a_match("e1"))
        office.workplace.act(lambda desk, no=no: rate.rate(desk, register.by_number(desk, no), "满意"))
    late = office.a_case("表扬保洁员水管")
    office.claim("张工", late)
    office.clock.set(2026, 4, 20)
    office.sweep()
    office.approve("李科长", office.draft("张工", late, "感谢您的表扬。"))
    again = office.answered("投诉水管漏水")
    office.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, again), "不满意"))
    office.clock.set(2026, 4, 25)
    yield office
    office.store.close()


@pytest.mark.parametrize("month", MONTHS)
def test_parts_add_up_to_the_whole_whichever_way_they_are_cut(lived: Bureau, month: str) -> None:
    report = lived.workplace.look(lambda desk: statistics.monthly(desk, month))
    total = report.total
    for parts in (
        report.by_department(),
        report.by_category(),
        report.by_channel(),
        report.by_topic(),
        report.cells,
    ):
        whole = summed(parts.values())
        assert (whole.received, whole.answered, whole.on_time, whole.refused, whole.automatic, whole.open_overdue) == (
            total.received, total.answered, total.on_time, total.refused, total.automatic, total.open_overdue,
        )  # fmt: skip
    assert total.on_time <= total.answered and total.automatic + total.refused <= total.answered
    assert sum(report.received_by_day.values()) == total.received
    assert sum(report.answered_by_day.values()) == total.answered
    assert total.unrated == total.answered - sum(total.ratings.values())


def test_every_letter_is_received_in_one_month_and_every_text_released_in_one(lived: Bureau) -> None:
    reports = [
        lived.workplace.look(lambda desk, month=month: statistics.monthly(desk, month)) for month in MONTHS
    ]
    assert sum(report.total.received for report in reports) == len(lived.rows(Case))
    lines = [
        row
        for month in MONTHS
        for row in lived.workplace.look(lambda desk, month=month: ledger.monthly(desk, month))
    ]
    assert len(lines) == len([row for row in lived.rows(Delivery) if row.kind != Sent.NOTICE])
    for line in lines:
        assert line.text and line.author
        if line.author == ledger.AUTO:
            assert line.reviews == () and line.kind.startswith(ledger.AUTO)
        else:
            assert line.reviews and line.author not in {one.by for one in line.reviews}
            assert line.written_at is not None and line.written_at <= line.released_at


@pytest.mark.parametrize("month", MONTHS)
def test_a_ledger_in_pages_is_the_ledger(lived: Bureau, month: str) -> None:
    whole = lived.workplace.look(lambda desk: ledger.monthly(desk, month))
    pages = [
        lived.workplace.look(lambda desk, start=start: ledger.monthly(desk, month, None, start, 2))
        for start in range(0, len(whole) + 2, 2)
    ]
    assert [row for page in pages for row in page] == whole
    assert lived.workplace.look(lambda desk: ledger.number(desk, month)) == len(whole)


def test_figures_of_a_year_are_those_of_its_months(lived: Bureau) -> None:
    year = lived.workplace.look(lambda desk: statistics.yearly(desk, 2026))
    assert list(year) == ["2026-01", "2026-02", "2026-03", "2026-04"]
    for month in MONTHS:
        assert year[month] == lived.workplace.look(lambda desk, month=month: statistics.in_all(desk, month))
    assert year["2026-01"].received == 0 and year["2026-01"].rate is None


@pytest.mark.parametrize("who", ["王主任", "赵局长"])
def test_a_month_counted_as_one_is_the_sum_of_its_groups(lived: Bureau, who: str) -> None:
    def both(desk: Desk, month: str) -> tuple[Figures, Figures]:
        sight = filters.in_sight(desk.session.get_one(Staff, lived.ids[who]))
        return statistics.in_all(desk, month, sight), statistics.monthly(desk, month, sight).total

    for month in MONTHS:
        one, total = lived.workplace.look(lambda desk, month=month: both(desk, month))
        assert replace(one, days=sorted(one.days)) == replace(total, days=sorted(total.days)), month


@pytest.mark.parametrize(
    "month",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "26-03",
        "2026-3",
        "2023-12",
        "2026-05",
        "2099-01",
        "２０２６-03",
        "2026-03-01",
    ],
)
def test_what_is_no_month_or_has_not_begun_is_refused(lived: Bureau, month: str) -> None:
    for ask in (statistics.monthly, ledger.monthly):
        with pytest.raises(Invalid):
            lived.workplace.look(lambda desk, ask=ask: ask(desk, month))


@given(st.integers(2024, 2090), st.integers(1, 12))
def test_months_follow_each_other_without_a_gap(year: int, number: int) -> None:
    now = datetime(2100, 1, 1, tzinfo=UTC)
    one = span(f"{year}-{number:02d}", SHANGHAI, now)
    other = span(f"{year + number // 12}-{number % 12 + 1:02d}", SHANGHAI, now)
    assert one.end == other.start and one.cut == one.end
    assert month_of(one.start, SHANGHAI) == one.name == month_of(one.end - timedelta(seconds=1), SHANGHAI)
    middle = one.start + timedelta(days=9)
    assert span(one.name, SHANGHAI, middle).cut == middle


@given(st.lists(st.integers(0, 30), max_size=30))
def test_nine_of_ten_were_answered_within_the_days_said(days: list[int]) -> None:
    figures = Figures(answered=len(days), days=list(days))
    if not days:
        assert figures.median_days is None and figures.most_days is None
        return
    assert sum(one <= (figures.most_days or 0) for one in days) * 10 >= 9 * len(days)
    assert min(days) <= (figures.median_days or 0) <= max(days)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-5, "不到 1 小时"),
        (0, "不到 1 小时"),
        (0.99, "不到 1 小时"),
        (1, "1 小时"),
        (47.9, "47 小时"),
        (48, "2 天"),
        (500, "20 天"),
    ],
)
def test_a_span_as_people_say_it(hours: float, said: str) -> None:
    assert long(timedelta(hours=hours)) == said


@pytest.mark.parametrize("who", ["张工", "李科长", "王主任", "钱管理"])
def test_what_is_to_do_names_each_case_once_and_nothing_empty(lived: Bureau, who: str) -> None:
    found = lived.act(who, sections)
    numbers = [line.line.no for section in found for line in section.lines]
    assert len(numbers) == len(set(numbers)) and all(section.total and section.lines for section in found)
    assert (found == []) if who == "钱管理" else True
    assert all(task.link.startswith("/console/") for task in lived.workplace.look(first_steps))


def test_another_policy_shows_what_would_move_and_moves_nothing(lived: Bureau) -> None:
    before = [(case.no, case.due_on) for case in lived.rows(Case)]
    moved, looked_at = lived.act("王主任", lambda desk, me: policy_preview.moved(desk, me, load_policy()))
    assert moved == [] and looked_at > 0
    assert [(case.no, case.due_on) for case in lived.rows(Case)] == before


def reviewed(office: Bureau, who: str, seen: int, **more: object) -> KnowledgeEntry:
    (entry,) = office.rows(KnowledgeEntry)
    return office.act(who, lambda desk, me: shown.publish(desk, entry.id, me, seen, **more))  # type: ignore[arg-type]


def test_only_what_was_seen_is_published(office: Bureau) -> None:
    office.answered("请问水管怎么报修", "请拨打12345报修。")
    with pytest.raises(NotAllowed):
        reviewed(office, "刘工", 1)
    for seen in (0, -1):
        with pytest.raises(Invalid, match="看过"):
            reviewed(office, "李科长", seen)
    with pytest.raises(Exception, match="第 9 版"):
        reviewed(office, "李科长", 9)
    with pytest.raises(Invalid, match="复核日期"):
        reviewed(office, "李科长", 1, review_on=date(2026, 3, 2))
    assert reviewed(office, "李科长", 1, source="供水条例").status == "published"


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [("", "正文", "name"), ("长" * 61, "正文", "name"), ("名称", " ", "text"), ("名称", "长" * 4001, "text")],
)
def test_a_template_has_a_name_and_words(office: Bureau, name: str, text: str, field: str) -> None:
    with pytest.raises(Invalid) as told:
        office.act("王主任", lambda desk, me: templates.save(desk, me, name, text))
    assert told.value.field == field


def test_a_template_of_a_name_is_one_and_only_supervisors_write_it(office: Bureau) -> None:
    first = office.act("王主任", lambda desk, me: templates.save(desk, me, " 报修  答复 ", "一"))
    with pytest.raises(Stale):
        office.act("王主任", lambda desk, me: templates.save(desk, me, "报修 答复", "二"))
    seen = templates.version(first)
    office.act("王主任", lambda desk, me: templates.save(desk, me, "报修 答复", "二\x00", seen))
    (one,) = office.workplace.look(templates.listed)
    assert (one.name, one.text) == ("报修 答复", "二\ufffd")
    for step in (
        lambda d, me: templates.save(d, me, "x", "y"),
        lambda d, me: templates.remove(d, me, one.id or 0),
    ):
        with pytest.raises(NotAllowed):
            office.act("李科长", step)
    assert office.act("钱管理", lambda desk, me: templates.remove(desk, me, one.id or 0)) == "报修 答复"
    with pytest.raises(NotFound):
        office.act("钱管理", lambda desk, me: templates.remove(desk, me, 99))


def test_originals_are_shown_to_who_works_on_the_case_and_every_look_is_on_record(
    office: Bureau, tmp_path: Path
) -> None:
    no = office.a_case("投诉水管，电话13812345678", media=(IncomingMedia("image", "m1"),))
    looks = len([row for row in office.rows(Audit) if row.action == "case.reveal"])
    for who, may in (("张工", True), ("陈师傅", False), ("王主任", True), ("钱管理", False)):
        assert office.on(who, no, lambda _d, s, c: may_reveal(s, c)) is may
        if may:
            assert "13812345678" in office.on(who, no, originals).messages[1]
        else:
            with pytest.raises(NotAllowed):
                office.on(who, no, originals)
    assert len([row for row in office.rows(Audit) if row.action == "case.reveal"]) == looks + 2
    (line,) = office.workplace.look(lambda desk: files(desk, register.by_number(desk, no)))
    assert (line.kind, line.state) == ("image", "pending")
    for media_id in (1, 99):
        with pytest.raises(NotFound):
            office.on(
                "张工", no, lambda d, s, c, media_id=media_id: file(d, s, c, media_id, InFolder(tmp_path))
            )


def test_a_kept_file_is_opened_and_a_damaged_one_is_not(office: Bureau, tmp_path: Path) -> None:
    no = office.a_case("投诉水管", media=(IncomingMedia("image", "m1"),))
    digest = "a" * 64

    def keep(desk: Desk, _staff: Staff, _case: Case) -> None:
        from cases.register.tables import Media

        row = desk.session.get_one(Media, 1)
        row.state, row.sha256, row.size = "kept", digest, 4
        desk.session.add(row)
        (tmp_path / digest).write_bytes(desk.office.vault.seal_bytes(b"\xff\xd8\xff\xe0"))

    office.on("张工", no, keep)
    opened = office.on("张工", no, lambda d, s, c: file(d, s, c, 1, InFolder(tmp_path)))
    assert (opened.content_type, opened.name, opened.content[:2]) == (
        "image/jpeg",
        f"{no}-1.jpg",
        b"\xff\xd8",
    )
    for content in (b"", b"x", b"\0" * 100):
        (tmp_path / digest).write_bytes(content)
        with pytest.raises(NotFound, match="损坏"):
            office.on("张工", no, lambda d, s, c: file(d, s, c, 1, InFolder(tmp_path)))
    (tmp_path / digest).unlink()
    with pytest.raises(NotFound, match="备份"):
        office.on("张工", no, lambda d, s, c: file(d, s, c, 1, InFolder(tmp_path)))
