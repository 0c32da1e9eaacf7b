"""How unanswered questions are put into heaps, counted by hand."""

from knowledge_base.measure.gaps import heaps

ASKED = [
    ("游泳馆几点开门", "pool"), ("游泳馆什么时候开门", "pool"), ("游泳馆开门时间", "pool"),
    ("狗证怎么办理", "dog"), ("怎么办理狗证", "dog"), ("公积金提取", "fund"),
]  # fmt: skip


def test_heaps_of_one_count_for_nothing_and_all_in_one_is_not_pure() -> None:
    fine = heaps(ASKED, 0.3)
    assert (fine.number, fine.pure, fine.found) == (2, 1.0, 1.0)
    assert heaps(ASKED, 2.0).number == 0 and heaps(ASKED, 2.0).found == 0
