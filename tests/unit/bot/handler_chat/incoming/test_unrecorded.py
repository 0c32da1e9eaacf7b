"""A post that nobody wrote down is known by its buttons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.handler_chat.incoming import unrecorded
from cases.register.tables import ChatPost
from cases.sending import chat
from tests.builders import Bureau, a_bureau, a_store, a_triage


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    store = a_store(tmp_path / "huiyin.db")
    yield a_bureau(store)
    store.close()


def pressed(office: Bureau, name: str, data: str) -> ChatPost | None:
    return office.act(name, lambda desk, staff: unrecorded.noted(desk, staff, "telegram", "-1", "77", data))


@pytest.mark.parametrize(
    ("data", "kind"),
    [("claim:1", "case"), ("pass:1:1", "review"), ("back:1:1", "review"), ("open:1", None), ("claim:99", None),
     ("claim", None), ("pass:1", None), ("pass:x:1", None), ("", None)],
)  # fmt: skip
def test_what_a_button_tells_of_its_post(office: Bureau, data: str, kind: str | None) -> None:
    no = office.a_case()
    office.claim("张工", no)
    office.draft("张工", no, "路灯已经修好，请您查看。")
    found = pressed(office, "李科长", data)
    assert (found.kind if found else None) == kind


def test_the_courier_s_record_and_the_press_s_are_one(office: Bureau) -> None:
    no = office.a_case()
    pressed(office, "张工", "claim:1")
    office.workplace.act(
        lambda desk: chat.posted(
            desk, platform="telegram", chat_id="-1", message_id="77", kind="case", case_id=1, shown="x"
        )
    )
    (post,) = [post for post in office.rows(ChatPost) if post.message_id == "77"]
    assert post.shown == "x" and office.case(no).id == 1


@pytest.mark.parametrize("data", ["claim:1", "pass:1:1"])
def test_a_button_forged_by_who_may_not_see_the_case_writes_nothing_down(office: Bureau, data: str) -> None:
    no = office.a_case(judged=a_triage(topic="城乡建设"))
    office.claim("张工", no)
    office.draft("张工", no, "路灯已经修好，请您查看。")
    assert pressed(office, "陈师傅", data) is None
    assert all(post.message_id != "77" for post in office.rows(ChatPost))
