import pytest

from knowledge_base.entries import CANDIDATE, Entry
from knowledge_base.growth import candidate, gap_report, merged, near_duplicate
from knowledge_base.search import Index
from text.masking import mask

REPLY = (
    "尊敬的网友：您好！您的留言已收悉。现回复如下：老年卡可在社区服务站补办，电话12345。"
    "感谢您对我们工作的支持！2026年3月5日"
)


def test_a_candidate_keeps_the_matter_and_loses_the_person() -> None:
    made = candidate(
        "您好，我叫李建国，电话13812345678，住锦和苑3号楼2单元501室，老年卡丢了怎么补办？谢谢",
        REPLY,
        mask=mask,
    )
    assert made.status == CANDIDATE
    assert made.answer == "老年卡可在社区服务站补办，电话12345。"
    assert "老年卡丢了怎么补办" in made.question
    for personal in ("李建国", "13812345678", "501"):
        assert personal not in made.question
    assert not made.question.startswith("您好") and "谢谢" not in made.question


def test_the_same_exchange_makes_the_same_candidate() -> None:
    first, second = (candidate("老年卡怎么补办", REPLY, mask=mask) for _ in range(2))
    assert first == second
    assert candidate("老年卡怎么补办呀", REPLY, mask=mask).id != first.id


def test_a_long_letter_is_cut_to_what_it_asks() -> None:
    letter = "我们小区住了很多老人。" * 12 + "请问老年食堂什么时候开？"
    assert candidate(letter, REPLY, mask=mask).question == "请问老年食堂什么时候开？"


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


def test_merging_keeps_both_wordings_once() -> None:
    entry = Entry("a", "老年卡怎么补办？", "到社区。", aliases=("补老年卡",))
    both = merged(entry, Entry("b", "老年卡丢了咋办", "去社区。", aliases=("补老年卡！", "老年卡怎么补办")))
    assert (both.answer, both.aliases) == ("到社区。", ("补老年卡", "老年卡丢了咋办"))


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
