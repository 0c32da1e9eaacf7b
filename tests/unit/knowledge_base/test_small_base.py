"""A base of a few entries: no rivals warn the verifier, so nothing but a near wording may be answered by itself."""

import pytest

from knowledge_base import meaning as meanings
from knowledge_base.answering import Answerer, built_in_verifier
from knowledge_base.entries import Entry
from knowledge_base.search import Index

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
