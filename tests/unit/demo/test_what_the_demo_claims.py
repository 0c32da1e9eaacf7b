"""The demo is honest: its people are made up, its letters keep the office's own rules, its page asks for what there is."""

import re
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from cases.register.states import CATEGORY_NAMES
from cases.steps.rate import GRADES
from classifier.labels import TOPICS
from classifier.triage import built_in
from demo import model, page_api, simulator
from demo.phones import ARTICLE_TITLE, PLACES
from demo.sample_data import files, steps
from demo.sample_data.files import Sample, SampleStep
from knowledge_base.files.exchange import read
from text.masking import findings
from text.placeholders import hole

HERE = Path(page_api.__file__).parent
PAGE = (HERE / "static" / "page.js").read_text(encoding="utf-8")
FACES = (HERE / "static" / "faces.js").read_text(encoding="utf-8")
LETTERS = files.messages()
STAFF = {member.key: member for member in files.staff()}
SAID = [(sample, step) for sample in LETTERS for step in sample.then]
WRITES = {"draft", "question", "refuse", "correct"}


def names(sample: Sample) -> str:
    return sample.text[:12]


# the cast


@pytest.mark.parametrize("person", files.citizens(), ids=lambda person: person.name)
def test_a_citizen_can_be_drawn_and_has_something_to_say(person: files.Persona) -> None:
    drawn, worn = (
        re.search(rf"const {what} = {{(.*?)\n  }};", FACES, re.DOTALL) for what in ("hair", "extra")
    )
    assert drawn and worn
    assert person.face["style"] in re.findall(r"^\s+(\w+):", drawn[1], re.MULTILINE)
    assert person.face["extra"] in ["", *re.findall(r"^\s+(\w+):", worn[1], re.MULTILINE)]
    colours = [person.face[part] for part in ("skin", "hair", "back")]
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)
    assert len(person.lines) >= 3 and all(line.strip() == line and line for line in person.lines)
    assert re.fullmatch(r"oDemo_[a-z]+(_[a-z]+)?_0+\d+", person.openid), "no number of a real account"


def test_nobody_is_taken_for_another() -> None:
    for names_ in (
        [person.openid for person in files.citizens()],
        [person.name for person in files.citizens()] + [member.name for member in STAFF.values()],
        [member.username for member in STAFF.values()],
        [member.password for member in STAFF.values()],
    ):
        assert len(set(names_)) == len(names_)


def test_every_part_of_an_office_is_played_and_nobody_can_undo_it_for_others() -> None:
    """Passwords stand on the page: an administrator's is not among them."""
    assert {member.role for member in STAFF.values()} == {"handler", "reviewer", "supervisor"}
    assert sum(member.role == "supervisor" and not member.department for member in STAFF.values()) == 1
    assert STAFF[steps.LEADER].role == "supervisor" and not STAFF[steps.LEADER].department
    departments = {department.name for department in files.departments()}
    assert {member.department for member in STAFF.values()} - {""} <= departments


def test_topics_of_the_departments_are_those_of_the_classifier_each_at_one_place() -> None:
    topics = [topic for one in files.departments() for topic in filter(None, one.topics.split(","))]
    assert sorted(topics) == sorted(set(topics)) and set(topics) <= set(TOPICS)


@pytest.mark.parametrize(
    "text",
    [line for person in files.citizens() for line in person.lines]
    + [sample.text for sample in LETTERS]
    + [step.text for _, step in SAID if step.text]
    + [ARTICLE_TITLE, *(place[0] for place in PLACES.values())],
    ids=lambda text: text[:12],
)
def test_nobody_s_data_stands_in_what_is_played(text: str) -> None:
    assert [found for found in findings(text) if found.kind != "楼栋"] == [], (
        "a building leads to nobody's door"
    )


# the letters


@pytest.mark.parametrize("sample", LETTERS, ids=names)
def test_a_letter_is_of_a_kind_that_there_is(sample: Sample) -> None:
    assert sample.category in CATEGORY_NAMES and sample.channel in ("wechat", "comment")
    assert set(sample.flags) <= {"urgent", "sensitive", "accusation"}
    assert bool(sample.clock) != bool(sample.minutes_ago or sample.channel == "comment") or sample.ago == 0
    assert not (sample.small_talk and (sample.then or sample.flags or sample.answered_by))
    if sample.answered_by:
        (entry,) = [row for row in read(files.KNOWLEDGE).rows if row.id == sample.answered_by]
        assert entry.status == "published" and sample.category == "advice_inquiry"


@pytest.mark.parametrize(("sample", "step"), SAID, ids=lambda part: getattr(part, "do", None))
def test_a_happening_is_one_that_the_rules_know(sample: Sample, step: SampleStep) -> None:
    by_staff, by_citizen = step.do in steps._BY_STAFF, step.do in steps._BY_CITIZEN
    assert by_staff != by_citizen and bool(step.who) == by_staff
    time.fromisoformat(step.clock)
    if step.do in WRITES | {"return", "extend", "add"}:
        assert step.text and not hole(step.text)
    if step.do == "transfer":
        assert step.value in {department.name for department in files.departments()}
    if step.do == "rate":
        assert step.value in GRADES


def test_nobody_in_the_letters_passes_what_they_wrote() -> None:
    passed = 0
    for sample in LETTERS:
        writers: set[str] = set()
        for step in sample.then:
            if step.do in WRITES:
                writers.add(step.who)
            elif step.do in ("approve", "return"):
                assert step.who not in writers, names(sample)
                assert STAFF[step.who].role != "handler", names(sample)
                passed += step.do == "approve"
    assert passed >= 10


def test_happenings_follow_each_other() -> None:
    for sample in LETTERS:
        moments = [(step.after, step.clock) for step in sample.then]
        assert moments == sorted(moments), names(sample)
        if sample.clock and moments:
            assert moments[0] >= (0, sample.clock), names(sample)


def test_what_is_played_as_urgent_is_urgent_to_the_shipped_rules() -> None:
    """Flags are laid down in the file so that the office looks the same; they must not flatter the classifier."""
    judged = built_in(False).triage_many([sample.text for sample in LETTERS])
    urgent = {names(s) for s in LETTERS if "urgent" in s.flags}
    found = {names(s) for s, one in zip(LETTERS, judged, strict=True) if one.urgent}
    assert urgent and urgent <= found
    assert len(found - urgent) <= 1, "a calm letter that raises an alarm"


def test_most_letters_are_what_the_classifier_takes_them_for() -> None:
    letters = [sample for sample in LETTERS if not sample.small_talk]
    judged = built_in(False).triage_many([sample.text for sample in letters])
    right = sum(one.category == sample.category for one, sample in zip(judged, letters, strict=True))
    assert right / len(letters) >= 0.8


# the page


def asked_by_the_page() -> Iterator[str]:
    for path in re.findall(r"""(?:call|fetch|EventSource)\(\s*["`]([^"`]+)["`]""", PAGE):
        if not path.startswith("/"):
            yield "/demo/" + re.sub(r"\$\{[^}]*\}", "x", path.partition("?")[0])


def test_the_page_asks_for_nothing_that_is_not_there() -> None:
    theatre = page_api.Theatre.__new__(
        page_api.Theatre
    )  # no route asks anything of it before a request comes
    patterns = [route.path_regex for route in page_api.router(theatre).routes if isinstance(route, APIRoute)]
    paths = set(asked_by_the_page())
    assert {"/demo/cast", "/demo/clock", "/demo/reset", "/demo/phone/x", "/demo/chat/x/press"} <= paths
    assert [path for path in sorted(paths) if not any(known.match(path) for known in patterns)] == []


@pytest.mark.parametrize(
    "file", ["templates/page.html", "templates/website.html", *map("static/{}".format, page_api.STATIC)]
)
def test_nothing_of_the_page_comes_from_elsewhere(file: str) -> None:
    source = (HERE / file).read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'`<>)]+", source))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_what_is_played_says_so() -> None:
    page = (HERE / "templates" / "page.html").read_text(encoding="utf-8")
    assert "演示" in page.partition("</title>")[0] and "演示用的账号" in page
    assert "演示" in model.NAME and "替身" in model.NAME
    keys = (simulator.APP_ID, simulator.APP_SECRET, simulator.BOT_TOKEN, simulator.WECHAT.aes_key)
    assert all("demo" in key for key in keys), "nobody takes them for keys that open something"
