"""An entry is published, changed or stopped as it was seen, by another person, with a source and a day of review."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.knowledge import learn, shown
from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from cases.register.tables import KnowledgeEntry, KnowledgeVersion, KnowledgeWording, Staff
from knowledge_base.base.entries import STATUSES, Entry
from tests import stages
from tests.builders import Bureau, a_bureau, a_store

LATER = date(2026, 9, 1)


def written(office: Bureau, who: str = "张工", **more: object) -> str:
    """Return the id of a candidate that a colleague wrote by hand."""
    entry = Entry("", "居住证怎么办", "请到三楼。", **more)  # type: ignore[arg-type]
    return office.act(who, lambda desk, me: learn.write(desk, entry, me).id)


def row(office: Bureau) -> KnowledgeEntry:
    (found,) = office.rows(KnowledgeEntry)
    return found


def publish(office: Bureau, who: str, key: str, seen: int = 1, **more: object) -> None:
    office.act(who, lambda desk, me: shown.publish(desk, key, me, seen, **more))  # type: ignore[arg-type]


def test_another_person_publishes_what_a_colleague_wrote(office: Bureau) -> None:
    key = written(office)
    publish(office, "李科长", key, source="《居住证暂行条例》", review_on=LATER)
    found = row(office)
    assert (found.status, found.source, found.review_on) == ("published", "《居住证暂行条例》", LATER)
    assert (found.author_id, found.approver_id) == (office.ids["张工"], office.ids["李科长"])


# who publishes, what is given, and why nothing is published
NOT_PUBLISHED: list[tuple[str, int, dict[str, object], type[Refusal], str]] = [
    ("张工", 1, {"source": "《条例》"}, NotAllowed, "权限"),
    ("钱管理", 1, {"source": "《条例》"}, NotAllowed, "权限"),
    ("李科长", 1, {"source": ""}, Invalid, "没有来源"),
    ("李科长", 1, {"source": "  "}, Invalid, "没有来源"),
    ("李科长", 1, {"source": "《条例》", "review_on": date(2026, 3, 2)}, Invalid, "已过"),
    ("李科长", 1, {"source": "《条例》", "review_on": date(2020, 1, 1)}, Invalid, "已过"),
    ("李科长", 0, {"source": "《条例》"}, Invalid, "请先看过"),
    ("李科长", 2, {"source": "《条例》"}, Stale, "您看到的是第 2 版"),
]


@pytest.mark.parametrize(("who", "seen", "more", "kind", "why"), NOT_PUBLISHED)
def test_why_an_entry_is_not_published(
    office: Bureau, who: str, seen: int, more: dict[str, object], kind: type[Refusal], why: str
) -> None:
    key = written(office)
    before = office.everything()
    with pytest.raises(kind, match=why):
        publish(office, who, key, seen, **more)
    assert office.everything() == before


def test_a_reviewer_does_not_publish_what_they_wrote(office: Bureau) -> None:
    key = written(office, "李科长")
    with pytest.raises(NotAllowed, match="起草人以外"):
        publish(office, "李科长", key, source="《条例》")
    publish(office, "周科长", key, source="《条例》")


def test_what_another_changed_meanwhile_is_neither_published_nor_overwritten(office: Bureau) -> None:
    key = written(office)
    publish(office, "李科长", key, source="《条例》")

    def change(who: str, answer: str, seen: int) -> None:
        entry = Entry(key, "居住证怎么办", answer, source="《条例》", review_on=LATER)
        office.act(who, lambda desk, me: shown.edit(desk, entry, me, seen))

    change("李科长", "请到四楼。", 1)
    before = office.everything()
    with pytest.raises(Stale, match=r"李科长已于 03-02 09:00 改过这一条（现为第 2 版）"):
        change("周科长", "请到五楼。", 1)
    with pytest.raises(Stale):
        publish(office, "周科长", key, 1)
    assert office.everything() == before
    publish(office, "周科长", key, 2)
    assert (row(office).answer, row(office).status, row(office).version) == ("请到四楼。", "published", 2)


@pytest.mark.parametrize(
    ("question", "answer", "field"),
    [("", "答", "question"), (" ", "答", "question"), ("问", "", "answer"), ("问", "\n", "answer")],
)
def test_an_entry_has_a_question_and_an_answer(
    office: Bureau, question: str, answer: str, field: str
) -> None:
    key = written(office)
    with pytest.raises(Invalid) as refused:
        office.act("李科长", lambda desk, me: shown.edit(desk, Entry(key, question, answer), me, 1))
    assert refused.value.field == field
    with pytest.raises(Invalid):
        office.act("张工", lambda desk, me: learn.write(desk, Entry("", question, answer), me))


def test_versions_are_kept_the_latest_first_with_who_wrote_them(office: Bureau) -> None:
    key = written(office)
    office.clock.advance(hours=1)
    entry = Entry(key, "居住证怎么补办", "请到四楼。")
    office.act("李科长", lambda desk, me: shown.edit(desk, entry, me, 1))
    found = office.workplace.look(lambda desk: shown.versions(desk, key))
    assert [(one.version, one.by, one.question) for one in found] == [
        (2, "李科长", "居住证怎么补办"), (1, "张工", "居住证怎么办"),
    ]  # fmt: skip
    assert office.workplace.look(lambda desk: shown.versions(desk, key, 1)) == found[:1]


@pytest.mark.parametrize("publish_it", [True, False])
def test_a_candidate_is_decided_once(office: Bureau, publish_it: bool) -> None:
    office.answered("请问水管怎么报修", "水管报修请拨打12345。")
    key = row(office).id
    office.act("李科长", lambda desk, me: learn.decide(desk, key, me, publish_it))
    assert row(office).status == ("published" if publish_it else "retired")
    before = office.everything()
    for again in (True, False):
        with pytest.raises(Stale, match="已经处理过"):
            office.act("周科长", lambda desk, me, yes=again: learn.decide(desk, key, me, yes))
    assert office.everything() == before


@pytest.mark.parametrize("status", [*STATUSES, None])
def test_entries_are_listed_by_their_state(office: Bureau, status: str | None) -> None:
    for n, state in enumerate(STATUSES):
        office.workplace.act(
            lambda desk, k=n, s=state: learn.bring_in(desk, Entry(f"K{k}", f"问题{k}", "答", status=s))
        )
    found = office.workplace.look(lambda desk: [one.status for one in learn.listed(desk, status)])
    assert found == (list(STATUSES) if status is None else [status])
    with pytest.raises(Invalid, match="无效"):
        office.workplace.look(lambda desk: learn.listed(desk, "没有"))
    assert office.workplace.look(learn.published_ids) == ["K" + str(list(STATUSES).index("published"))]


@pytest.mark.parametrize("key", ["", "none", "x" * 300])
def test_an_entry_that_is_not_there(office: Bureau, key: str) -> None:
    for step in (learn.publish, learn.retire, learn.by_id):
        with pytest.raises(NotFound) as said:
            office.workplace.act(lambda desk, do=step: do(desk, key))
        assert len(str(said.value)) < 80


def test_a_handler_stops_nothing_and_a_reviewer_does(office: Bureau) -> None:
    key = written(office)
    publish(office, "李科长", key, source="《条例》")
    with pytest.raises(NotAllowed):
        office.act("张工", lambda desk, me: learn.retire(desk, key, me))
    assert row(office).status == "published"
    office.act("周科长", lambda desk, me: learn.retire(desk, key, me))
    assert row(office).status == "retired"
    with pytest.raises(Stale, match="已下架"):
        office.workplace.look(lambda desk: learn.published(desk, key))


WORDS = st.text("居住证怎么办补领？ 三楼", min_size=1, max_size=12).filter(lambda text: bool(text.strip()))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), WORDS, WORDS), min_size=1, max_size=6))
def test_bringing_the_same_file_in_again_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    office = a_bureau(a_store(tmp_path_factory.mktemp("kb") / "office.db"))
    last = {
        key: Entry(key, question, answer, status="published", source="《条例》")
        for key, question, answer in rows
    }

    def bring(desk) -> list[str]:  # type: ignore[no-untyped-def]
        return [learn.bring_in(desk, entry) for entry in last.values()]

    assert office.workplace.act(bring) == ["added"] * len(last)
    before = office.everything()
    office.clock.advance(days=30)
    assert office.workplace.act(bring) == ["same"] * len(last)
    after = office.everything()
    assert (
        after["knowledge_entry"] == before["knowledge_entry"]
        and after["knowledge_version"] == before["knowledge_version"]
    )
    assert {row.entry_id for row in office.rows(KnowledgeWording)} == set(last)
    office.store.close()


def test_the_trail_and_the_versions_name_the_same_people(office: Bureau) -> None:
    key = written(office)
    office.clock.now += timedelta(minutes=1)
    publish(office, "李科长", key, source="《条例》")
    assert [one.by for one in office.rows(KnowledgeVersion)] == ["张工", "李科长"]
    assert {one.name for one in office.rows(Staff)} >= {"张工", "李科长"} and office.chain().ok
    assert stages.ANSWER not in row(office).answer
