"""A base of a few entries: no rivals warn the verifier, so nothing but a near wording may be answered by itself."""

import pytest

from knowledge_base.answering.answerer import Answerer
from knowledge_base.base import meaning as meanings
from knowledge_base.base.entries import Entry
from knowledge_base.index.search import Index
from knowledge_base.verifier import corpus
from knowledge_base.verifier.objections import objection
from knowledge_base.verifier.shipped import built_in_verifier

ENTRY = Entry(
    "e1",
    "居住证怎么办理？",
    "请携带身份证和居住证明到居住地派出所办理，免费，十五个工作日内办结。",
    department="公安局",
    source="《居住证暂行条例》第九条",
)
UNRELATED = [
    "什么时候发工资啊都欠了三个月",
    "建议在人民公园多装几张长椅，老人走累了有地方歇",
    "公交车几点收班",
    "孩子转学要什么手续",
    "请问老年卡坐车还免费吗",
]


@pytest.fixture(scope="module", params=["auto", "off"])
def alone(request: pytest.FixtureRequest) -> Answerer:
    meaning = meanings.load(request.param)
    index = Index()
    index.upsert(ENTRY, meanings.entry_vectors([ENTRY], meaning)[0] if meaning else None)
    return Answerer(index, built_in_verifier(), meaning)


@pytest.mark.parametrize("query", UNRELATED)
def test_nothing_unrelated_is_answered(alone: Answerer, query: str) -> None:
    assert not any(match.auto for match in alone.search(query))


def test_its_own_words_are_answered(alone: Answerer) -> None:
    assert alone.search("请问居住证怎么办理")[0].auto


CARD = Entry(
    "card",
    "社保卡丢了怎么补办？",
    "请先拨打12333电话挂失，再持身份证到社保服务窗口补办，工本费16元，当场领取。",
    department="人社局",
)
HALL = Entry(
    "hall",
    "婚姻登记处几点上班？",
    "周一至周五上午九点至十二点、下午一点半至五点，节假日休息。",
    department="民政局",
)
FEW = {
    each.id: each
    for each in (
        CARD,
        HALL,
        ENTRY,
        Entry("elder", "高龄津贴怎么申请？", "年满八十周岁的老人持身份证、户口簿到社区申请，每月五十元。"),
        Entry("home", "不动产权证遗失怎么补办？", "登报声明后持身份证到不动产登记中心补办，十五个工作日。"),
        Entry("out", "外县学生转入本县学校怎么办理？", "监护人持户口簿和居住证向拟转入学校提出申请。"),
        Entry("fund", "怎么查询公积金余额？", "可在公积金小程序查询，或持身份证到公积金中心窗口打印明细。"),
        Entry("shop", "营业执照怎么注销？", "持营业执照正副本到政务大厅申请简易注销，公示二十日。"),
        Entry("rent", "公租房怎么申请？", "持身份证、收入证明到社区申请，审核三十日。"),
        Entry("jobless", "失业金怎么申领？", "持身份证到人社局申领，每月一千二百元。"),
        Entry("doctor", "医师首次执业注册怎么办理？", "在电子化注册系统填报，五个工作日办结。"),
        Entry("ecard", "电子社保卡怎么申领？", "在手机上实名认证后即可领取。"),
    )
}
WRONG = [
    ("身份证丢了怎么补办？", "card"),
    ("社保卡余额怎么查", "card"),
    ("社保卡怎么办理", "card"),
    ("第一次办社保卡怎么弄", "card"),
    ("驾驶证丢了怎么补办", "card"),
    ("居住证丢了怎么补", "card"),
    ("护照遗失补办", "card"),
    ("户口本丢了怎么补办", "card"),
    ("结婚证丢了怎么补办", "card"),
    ("学生证丢了怎么补办", "card"),
    ("社保卡怎么注销", "card"),
    ("举报有人冒用社保卡", "card"),
    ("婚姻登记处电话是多少", "hall"),
    ("结婚证丢了怎么补", "hall"),
    ("派出所几点上班", "hall"),
    ("图书馆几点开门", "hall"),
    ("怎么投诉婚姻登记处", "hall"),
    ("身份证怎么办理", "e1"),
    ("护照怎么办理？", "e1"),
    ("居住证怎么注销", "e1"),
    ("居住证丢了", "e1"),
    ("居住证办理进度查询", "e1"),
    ("健康证怎么办理", "e1"),
    ("残疾人护理补贴怎么申请", "elder"),
    ("低保怎么申请", "elder"),
    ("高龄津贴被停了怎么恢复", "elder"),
    ("离婚证遗失怎么补办", "home"),
    ("不动产权证办理", "home"),
    ("学籍转出到外地", "out"),
    ("医保余额怎么查询", "fund"),
    ("营业执照怎么办理", "shop"),
    ("公租房续租申请", "rent"),
    ("养老金怎么申领", "jobless"),
    ("护士首次执业注册", "doctor"),
    ("申领社保卡网点", "ecard"),
]
RIGHT = [
    ("社保卡遗失补办", "card"),
    ("社会保障卡弄丢了咋补", "card"),
    ("医保卡丢了咋办", "card"),
    ("社保卡不见了重新办一张多少钱", "card"),
    ("拿身份证能补社保卡不", "card"),
    ("社保卡丢了打什么电话挂失", "card"),
    ("婚姻登记处周六上班吗", "hall"),
    ("领结婚证几点开门", "hall"),
    ("办离婚登记几点下班", "hall"),
    ("居住证办理要什么材料", "e1"),
    ("暂住证去哪里办", "e1"),
    ("办居住证多少钱", "e1"),
    ("外地人办居住证要几天", "e1"),
    ("没有身份证能办居住证吗", "e1"),
    ("高龄补贴申请条件", "elder"),
    ("八十岁老人津贴怎么领", "elder"),
    ("房产证丢了怎么补", "home"),
    ("房本找不到了，去哪补办", "home"),
    ("孩子转学到本县要什么手续", "out"),
    ("公积金还剩多少钱怎么看", "fund"),
    ("住房公积金账户余额查询", "fund"),
    ("不干了，营业执照怎么销", "shop"),
    ("廉租房申请条件", "rent"),
    ("失业保险金申领材料", "jobless"),
    ("手机上怎么领社保卡", "ecard"),
]


@pytest.mark.parametrize(("query", "at"), WRONG)
def test_another_thing_or_ask_is_objected_to(query: str, at: str) -> None:
    assert objection(query, FEW[at]), query


@pytest.mark.parametrize(("query", "at"), RIGHT)
def test_nothing_is_objected_to_a_paraphrase(query: str, at: str) -> None:
    assert objection(query, FEW[at]) is None


def test_aliases_count_as_wordings() -> None:
    entry = Entry("id", CARD.question, CARD.answer, aliases=("身份证丢了怎么补办",))
    assert objection("身份证丢了去哪补", entry) is None
    entry = Entry("id", "社保卡怎么办理？", "持身份证到窗口办理。", aliases=("社保卡丢了怎么补办",))
    assert objection("社保卡怎么办", entry) is None
    assert objection("", CARD) is None


def test_no_entry_is_objected_to_in_its_own_words() -> None:
    entries = [entry for material in corpus.materials() if material.office for entry in material.entries]
    assert [entry.question for entry in entries if objection(entry.question, entry)] == []


@pytest.fixture(scope="module", params=["auto", "off"])
def three(request: pytest.FixtureRequest) -> Answerer:
    meaning = meanings.load(request.param)
    index = Index()
    entries = [CARD, HALL, ENTRY]
    vectors = meanings.entry_vectors(entries, meaning) if meaning else [None] * 3
    index.upsert_many(zip(entries, vectors, strict=True))
    return Answerer(index, built_in_verifier(), meaning)


@pytest.mark.parametrize("query", [query for query, at in WRONG])
def test_three_entries_answer_no_question_of_others(three: Answerer, query: str) -> None:
    assert not any(match.auto for match in three.search(query))


@pytest.mark.parametrize(
    ("query", "at"),
    [("社保卡遗失补办", "card"), ("居住证怎么办理", "e1"), ("请问婚姻登记处几点上班", "hall")],
)
def test_three_entries_still_answer_their_own(three: Answerer, query: str, at: str) -> None:
    match = three.search(query)[0]
    assert match.entry.id == at
    # by words alone what is asked in other words is offered instead
    in_other_words = three.meaning is None and query == "社保卡遗失补办"
    assert match.auto is not in_other_words
    assert not in_other_words or match.entry in match.choices


def test_nearly_an_entry_s_own_words_are_answered_below_the_bar() -> None:
    meaning = meanings.load("auto")
    assert meaning is not None
    entry = Entry(
        "r", "办理居住证需要哪些材料，在哪里办", "带身份证和居住证明到派出所办理。", source="居住证暂行条例"
    )
    index = Index()
    index.upsert_many(zip([entry], meanings.entry_vectors([entry], meaning), strict=True))
    answerer = Answerer(index, built_in_verifier(), meaning)
    match = answerer.search("我办理居住证需要哪些材料 该在哪里办呢")[0]
    assert match.auto and match.score < answerer.verifier.judge(True).threshold
    assert not answerer.search("请问公司员工办理居住证需要带哪些材料，要多少钱？")[0].auto


def test_three_entries_answer_or_offer_what_comes_near(three: Answerer) -> None:
    match = three.search("居住证怎么办")[0]
    assert match.entry.id == "e1"
    assert match.auto or match.entry in match.choices


def test_what_is_objected_to_is_still_found(three: Answerer) -> None:
    assert three.search("身份证丢了怎么补办？")[0].entry.id == "card"
