import pytest

from knowledge_base.answering.gaps import gap_report, near_duplicate
from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Index


def base() -> Index:
    index = Index()
    index.upsert(Entry("lost", "老年卡丢失后怎么补办？", "到社区补办。"))
    index.upsert(Entry("fee", "办理老年卡收费吗？", "免费。"))
    return index


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("老年卡丢失后怎么补办", "lost"),
        ("老年卡丢失怎么补办呢", "lost"),
        ("残疾证丢失后怎么补办？", None),
        ("老年卡到期后怎么换？", None),
        ("70岁老年卡丢失后怎么补办？", None),
        ("公园几点开门", None),
    ],
)
def test_near_duplicates_ask_the_same(question: str, expected: str | None) -> None:
    found = near_duplicate(base(), Entry("c-1", question, "答"))
    assert (found.id if found else None) == expected


def test_gaps_gather_what_asks_the_same() -> None:
    gaps = gap_report(["充电桩在哪里", "哪里有充电桩", "小区充电桩位置在哪", "狂犬疫苗多少钱", ""])
    assert (gaps[0].size, gaps[1].size) == (3, 1)
    assert "充电桩" in gaps[0].title
    assert gap_report([]) == []


def test_gaps_keep_every_question_once_and_the_first_of_equals_stands_for_them() -> None:
    asked = [f"{street}路口红灯{words}" for street in "东西南北" for words in ("坏了怎么报修", "时间太短")]
    gaps = gap_report([*asked, "狂犬疫苗多少钱", "狂犬疫苗多少钱"])
    assert sorted(q for gap in gaps for q in gap.questions) == sorted([*asked, *["狂犬疫苗多少钱"] * 2])
    assert [gap.size for gap in gaps] == sorted((gap.size for gap in gaps), reverse=True)
    (two,) = gap_report(["户口怎么迁出", "迁出户口怎么"])
    assert (two.title, two.size) == ("户口怎么迁出", 2)
