"""What was sent to a like case is suggested as its citizen took it."""

from cases.knowledge import like_cases
from cases.register import register
from cases.register.desk import Desk
from cases.steps import rate
from tests.builders import Bureau

ASKED = "请问幸福路的水管什么时候修好"


def answered(bureau: Bureau, text: str, answer: str, grade: str = "") -> str:
    no = bureau.answered(text, answer=answer)
    if grade:
        bureau.workplace.act(lambda desk: rate.rate(desk, register.by_number(desk, no), grade))
    return no


def best(bureau: Bureau, no: str, text: str) -> like_cases.Like | None:
    def look(desk: Desk) -> like_cases.Like | None:
        return like_cases.best_rated(desk, register.by_number(desk, no), text)

    return bureau.workplace.look(look)


def test_the_best_rated_answer_to_a_like_case_comes_before_the_most_alike(bureau: Bureau) -> None:
    answered(bureau, "请问幸福路的水管何时修好", "水管已经修好，感谢您反映。")
    liked = answered(bureau, "幸福路水管什么时候修", "维修队本周到幸福路更换水管。", "满意")
    answered(bureau, "请问图书馆几点开门", "图书馆九点开门。", "满意")
    found = best(bureau, bureau.a_case(ASKED), ASKED)
    assert found is not None and (found.no, found.rating) == (liked, "满意")
    assert "更换水管" in found.answer


def test_nothing_is_suggested_that_nobody_liked_or_that_is_about_something_else(bureau: Bureau) -> None:
    answered(bureau, "请问图书馆几点开门", "图书馆九点开门。", "满意")
    assert best(bureau, bureau.a_case(ASKED), ASKED) is None
    assert best(bureau, bureau.a_case("？"), "？") is None
