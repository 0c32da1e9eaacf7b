"""When many write at once, sentence vectors stand back; danger and answers are judged by words all the same."""

import pytest

from app.serve.judge import A_SECOND, UNHURRIED, Crowd
from classifier.triage import built_in
from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Index
from text.words import run


@pytest.mark.parametrize(
    ("arrivals", "crowded"),
    [
        ([(1, 0.0)], False),
        ([(UNHURRIED, 0.0)], False),
        ([(UNHURRIED + 1, 0.0)], True),
        ([(1, n / 100) for n in range(A_SECOND)], False),
        ([(1, n / 100) for n in range(A_SECOND + 1)], True),
        ([(1, n / A_SECOND) for n in range(10 * A_SECOND)], False),  # as many in every second as may be
        ([(64, 0.0), (1, 0.5)], True),
        ([(64, 0.0), (1, 1.0)], False),  # the second is over
    ],
)
def test_a_crowd_is_many_at_once_or_in_a_second(arrivals: list[tuple[int, float]], crowded: bool) -> None:
    crowd = Crowd()
    assert [crowd.with_these(count, at) for count, at in arrivals][-1] is crowded


@pytest.mark.parametrize(
    "message",
    [
        "请问办理居住证需要带什么材料？我们一家三口，刚从武汉搬来。",
        "自来水发黄好几天了……打电话（12345）也没人管！！",
        "請問\n居住證　怎麼辦？",
    ],
)
def test_a_message_is_cut_once_for_its_judgement_and_for_the_search(message: str) -> None:
    index, classifier = Index(), built_in(second_opinion=False)
    index.upsert(Entry("1", "居住证怎么办理", "带身份证到派出所。"))
    run.cache_clear()
    classifier.triage(message)
    cut = run.cache_info().misses
    assert cut
    index.search(message)
    assert run.cache_info().misses == cut
