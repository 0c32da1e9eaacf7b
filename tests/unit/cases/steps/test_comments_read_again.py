"""A full reading of an article: what was deleted there ends here, what is answered there is not answered twice."""

from collections.abc import Collection, Sequence

import pytest

from cases.register import articles
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound
from cases.register.tables import Article, Case, Comment, Outbox
from cases.steps import comments
from cases.steps.comments import Written
from tests import stages
from tests.builders import ACCOUNT, Bureau, by_words

ARTICLE = "2247483650"


def take(office: Bureau, texts: Sequence[str], *, first: int = 1, replied: bool = False) -> int:
    written = [Written(str(n), "", text, office.clock.now, replied) for n, text in enumerate(texts, first)]

    def step(desk: Desk) -> int:
        article = articles.add(desk, ACCOUNT, ARTICLE)
        return comments.take(desk, article, [(each, by_words(each.text)) for each in written])

    return office.workplace.act(step)


def finish(office: Bureau, seen: Collection[str], total: int) -> int:
    return office.workplace.act(lambda desk: comments.finish(desk, 1, seen, total))


def statuses(office: Bureau) -> list[tuple[str, str]]:
    return [
        (comment.state, case.status)
        for comment, case in zip(office.rows(Comment), office.rows(Case), strict=True)
    ]


def test_a_deleted_comment_ends_its_case_and_the_others_go_on(office: Bureau) -> None:
    take(office, ["投诉水管漏水", "投诉公交晚点", "表扬师傅"])
    office.clock.advance(hours=1)
    assert finish(office, {"1", "3"}, 3) == 1
    assert statuses(office) == [("open", "new"), ("deleted", "closed"), ("open", "new")]
    gone = office.rows(Case)[1]
    assert (gone.close_note, gone.closed_at) == (comments.DELETED, office.clock.now)
    (article,) = office.rows(Article)
    assert (article.polled_at, article.high_water) == (office.clock.now, 3)


def test_reading_again_ends_nothing_twice(office: Bureau) -> None:
    take(office, ["投诉水管漏水", "投诉公交晚点"])
    assert finish(office, set(), 0) == 2
    before = office.everything()
    assert finish(office, set(), 0) == 0
    assert office.everything() == before


@pytest.mark.parametrize("seen", [{"1", "2"}, {"1", "2", "99"}])
def test_while_all_are_there_nothing_ends(office: Bureau, seen: set[str]) -> None:
    take(office, ["投诉水管漏水", "投诉公交晚点"])
    assert finish(office, seen, 2) == 0
    assert statuses(office) == [("open", "new")] * 2


def test_a_draft_under_review_of_a_deleted_comment_can_go_out_no_more(office: Bureau) -> None:
    take(office, ["投诉水管漏水"])
    no = office.rows(Case)[0].no
    office.claim("张工", no)
    draft_id = office.draft("张工", no, stages.ANSWER)
    finish(office, set(), 0)
    assert office.case(no).status == "closed"
    with pytest.raises(Exception, match="已失效"):
        office.approve("李科长", draft_id)
    assert [row.state for row in office.drafts(no)] == ["withdrawn"]
    assert office.rows(Outbox, lane="comment") == []


def test_an_answered_comment_that_disappears_stays_answered(office: Bureau) -> None:
    take(office, ["投诉水管漏水"])
    no = office.rows(Case)[0].no
    office.claim("张工", no)
    office.approve("李科长", office.draft("张工", no, stages.ANSWER))
    finish(office, set(), 0)
    assert statuses(office) == [("deleted", "answered")]
    assert office.case(no).on_time is True


def test_a_comment_answered_on_the_platform_is_closed_at_once_and_says_so(office: Bureau) -> None:
    take(office, ["投诉水管漏水"], replied=True)
    take(office, ["投诉公交晚点"], first=2)
    assert statuses(office) == [("replied", "closed"), ("open", "new")]
    assert office.rows(Case)[0].close_note == comments.REPLIED
    assert finish(office, set(), 0) == 1  # the replied one is none of those that are looked for


def test_what_is_known_is_not_taken_again(office: Bureau) -> None:
    take(office, ["投诉水管漏水", "投诉公交晚点"])
    known = office.workplace.look(lambda desk: comments.known(desk, desk.session.get_one(Article, 1)))
    assert known == {"1", "2"}
    assert take(office, ["投诉水管漏水", "投诉公交晚点", "表扬师傅"]) == 1
    assert len(office.rows(Case)) == 3


@pytest.mark.parametrize("who", ["李科长", "王主任"])
def test_praise_is_shown_to_all_readers_by_a_reviewer(office: Bureau, who: str) -> None:
    take(office, ["表扬水管师傅"])
    no = office.rows(Case)[0].no
    for _ in range(2):  # pressed twice: shown once
        office.on(who, no, comments.elect)
    (row,) = office.rows(Outbox, kind="elect")
    assert row.payload == {"case_id": 1} and row.lane == "comment"


@pytest.mark.parametrize(
    ("who", "text", "kind"),
    [
        ("张工", "表扬水管师傅", NotAllowed),
        ("钱管理", "表扬水管师傅", NotAllowed),
        ("李科长", "投诉水管漏水", Invalid),
        ("李科长", "请问水管何时修好", Invalid),
    ],
)
def test_nothing_else_is_shown_and_by_nobody_else(
    office: Bureau, who: str, text: str, kind: type[Exception]
) -> None:
    take(office, [text])
    no = office.rows(Case)[0].no
    before = office.everything()
    with pytest.raises(kind):
        office.on(who, no, comments.elect)
    assert office.everything() == before


def test_praise_that_came_as_a_letter_is_nobody_s_to_show(office: Bureau) -> None:
    no = office.a_case("表扬水管师傅")
    with pytest.raises(NotFound, match="不是图文留言"):
        office.on("李科长", no, comments.elect)
    with pytest.raises(NotFound, match="没有这篇文章"):
        office.workplace.look(lambda desk: comments.by_id(desk, 9))


def test_two_readers_without_a_name_are_two_citizens(office: Bureau) -> None:
    take(office, ["投诉水管漏水", "投诉水管漏水"])
    assert len({case.citizen_id for case in office.rows(Case)}) == 2
