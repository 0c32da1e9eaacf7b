"""What a server holds of the knowledge base follows the register: nothing stopped answers, nothing leaves its account."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.live import Calendars, Keys, Knowledge
from app.models_in_use import Models
from cases.knowledge import learn
from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import KnowledgeEntry
from cases.register.vault import Vault
from cases.watch import calendar_change
from knowledge_base.base.entries import Entry
from sla.calendar import shipped_years
from tests.builders import TEST_KEY, Bureau, a_bureau, a_store

TODAY = date(2026, 3, 2)
QUESTIONS = {
    "K1": ("居住证怎么办理", "人社局"), "K2": ("公交卡怎么充值", "交通局"), "K3": ("水管漏水找谁报修", "城建局"),
    "K4": ("身份证丢了怎么补办", ""),
}  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Bureau:
    bureau = a_bureau(a_store(tmp_path / "office.db"))
    for key, (question, department) in QUESTIONS.items():
        bring(bureau, Entry(key, question, f"{question}：请到三楼。", department=department))
    return bureau


def bring(bureau: Bureau, entry: Entry) -> None:
    bureau.workplace.act(lambda desk: learn.bring_in(desk, entry))


def opened(bureau: Bureau, **more: Any) -> Knowledge:
    knowledge = Knowledge(bureau.store, "off", lambda: TODAY, **more)
    knowledge.follow()
    return knowledge


def change(bureau: Bureau, key: str, **values: Any) -> None:
    def step(desk: Desk) -> None:
        row = desk.session.get_one(KnowledgeEntry, key)
        for name, value in values.items():
            setattr(row, name, value)
        learn.changed(desk, row)

    bureau.workplace.act(step)


@pytest.mark.parametrize(("key", "question"), [(key, question) for key, (question, _) in QUESTIONS.items()])
def test_the_very_words_of_an_entry_find_it(office: Bureau, key: str, question: str) -> None:
    knowledge = opened(office)
    found = knowledge.sure(question)
    assert found is not None and (found.entry.id, found.auto) == (key, True)
    assert knowledge.search(question, 1)[0].entry.id == key


# how an entry was stopped, whether it is still found for people, and never sent without one
STOPPED: list[tuple[dict[str, Any], bool]] = [
    ({"muted": "source"}, True),
    ({"muted": "unsolved"}, True),
    ({"review_on": date(2026, 3, 1)}, True),
    ({"effective_on": date(2026, 3, 3)}, True),
    ({"status": "retired"}, False),
    ({"status": "candidate"}, False),
]


@pytest.mark.parametrize(("values", "found"), STOPPED)
def test_what_was_stopped_answers_nobody_from_the_next_question_on(
    office: Bureau, values: dict[str, Any], found: bool
) -> None:
    knowledge = opened(office)
    assert knowledge.sure(QUESTIONS["K1"][0]) is not None
    change(office, "K1", **values)
    match = knowledge.sure(QUESTIONS["K1"][0])
    assert match is None or match.entry.id != "K1" or not (match.auto or match.choices)
    assert ("K1" in [one.entry.id for one in knowledge.search(QUESTIONS["K1"][0])]) is found


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2030, 1, 1)])
def test_an_entry_in_force_answers_on_its_days(office: Bureau, day: date) -> None:
    change(office, "K1", effective_on=date(2026, 3, 2), review_on=day)
    assert opened(office).sure(QUESTIONS["K1"][0]) is not None


def test_an_account_answers_with_its_own_departments_entries_alone(office: Bureau) -> None:
    knowledge = opened(office, scopes={"wx1": ["人社局"], "wx2": [], "wx3": ["没有的局"]})

    def answers(account: str | None, key: str) -> bool:
        found = knowledge.sure(QUESTIONS[key][0], account)
        return found is not None and found.entry.id == key and found.auto

    assert answers("wx1", "K1") and not answers("wx1", "K2") and not answers("wx1", "K3")
    assert answers("wx2", "K2") and answers("unknown", "K2") and answers(None, "K2")  # no limit was set there
    assert not any(answers("wx3", key) for key in ("K1", "K2", "K3"))


@pytest.mark.parametrize("query", ["", " ", "？？？", "x" * 601, "居" * 5000])
def test_what_is_no_question_is_answered_by_nothing(office: Bureau, query: str) -> None:
    knowledge = opened(office)
    assert knowledge.sure(query) is None
    knowledge.search(query)


def test_an_empty_base_answers_nothing(tmp_path: Path) -> None:
    knowledge = opened(a_bureau(a_store(tmp_path / "empty.db")))
    assert knowledge.sure("居住证怎么办理") is None and knowledge.search("居住证怎么办理") == []
    assert knowledge.follow() == 0 and knowledge.twins([]) == []


def test_questions_that_came_together_are_answered_as_each_by_itself(office: Bureau) -> None:
    knowledge = opened(office)
    asked = [(question, None) for question, _ in QUESTIONS.values()] + [("今天天气怎么样", None)]
    together = knowledge.sure_many(asked)
    alone = [knowledge.sure(question) for question, _ in asked]
    assert [one and one.entry.id for one in together] == [one and one.entry.id for one in alone]


def test_a_change_is_followed_once_and_in_its_order(office: Bureau) -> None:
    knowledge = opened(office)
    assert knowledge.follow() == 0
    change(office, "K1", question="暂住证怎么办理")
    change(office, "K1", question="居留证怎么办理")
    change(office, "K2", status="retired")
    assert knowledge.follow() == 2 and knowledge.follow() == 0
    assert knowledge.search("居留证怎么办理", 1)[0].entry.question == "居留证怎么办理"
    assert knowledge.sure("暂住证怎么办理") is None or knowledge.search("暂住证怎么办理")[0].entry.id == "K1"


def test_twins_are_named_once(office: Bureau) -> None:
    bring(office, Entry("K9", "居住证怎么办理？", "请到四楼。", status="candidate"))
    knowledge = opened(office)
    entries = office.workplace.look(lambda desk: [learn.as_entry(row) for row in learn.listed(desk)])
    assert [{one.id, two.id} for one, two in knowledge.twins(entries)] == [{"K1", "K9"}]


def test_many_threads_ask_while_the_base_changes(office: Bureau) -> None:
    knowledge = opened(office)
    wrong: list[str] = []

    def ask() -> None:
        for _ in range(20):
            match = knowledge.sure(QUESTIONS["K3"][0])
            if match is None or match.entry.id != "K3":
                wrong.append("K3")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(10):
        bring(office, Entry(f"N{n}", f"第{n}号窗口几点开门", "九点。"))
        knowledge.follow()
    for thread in threads:
        thread.join()
    assert wrong == [] and knowledge.follow() == 0


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(list(QUESTIONS)), st.sampled_from(["published", "retired", "candidate"])),
        max_size=8,
    )
)
def test_following_step_by_step_comes_to_what_a_fresh_start_sees(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    bureau = a_bureau(a_store(tmp_path_factory.mktemp("follow") / "office.db"))
    for key, (question, _) in QUESTIONS.items():
        bring(bureau, Entry(key, question, "请到三楼。"))
    following = opened(bureau)
    for key, status in steps:
        change(bureau, key, status=status)
        following.follow()
    fresh = opened(bureau)
    for question, _ in QUESTIONS.values():
        one, two = following.sure(question), fresh.sure(question)
        assert (one and one.entry.id) == (two and two.entry.id)
    bureau.store.close()


def test_the_calendar_is_followed_when_a_notice_is_imported(office: Bureau) -> None:
    calendars = Calendars(office.store)
    assert calendars.follow() is False and not calendars().is_official(2030)
    year = next(one for one in shipped_years() if one.year == 2026)
    toml = (Path(__file__).parents[3] / "sla/calendars/2026.toml").read_text(encoding="utf-8")
    office.workplace.act(lambda desk: calendar_change.import_notice(desk, toml))
    assert calendars.follow() is True and calendars.follow() is False
    assert calendars().is_official(2026) and year.year == 2026


def test_the_key_is_followed_and_a_model_that_is_nowhere_leaves_the_built_in_one(
    office: Bureau, tmp_path: Path
) -> None:
    vault = Vault(TEST_KEY)
    Keys(office.store, vault).follow()
    assert vault.fingerprint == Vault(TEST_KEY).fingerprint
    models = Models(office.store, tmp_path / "models", "off")
    built_in = models.classifier.version
    assert models.follow() is False
    office.workplace.act(lambda desk: desk.note(memo.MODEL_IN_USE, "v-gone"))
    assert models.follow() is True and models.classifier.version == built_in
    assert models.follow() is False and models.triage("投诉水管漏水").category == "complaint"
