"""What a drafted text says for certain and no source says."""

import pytest

from text.unsupported import DATE, DOCUMENT, LETTER_ONLY, NOWHERE, NUMBER, TELEPHONE, unsupported

SOURCE = (
    "问：居住证怎么办\n答：请带身份证到政务大厅三楼办理，15个工作日内办结，"
    "依据《居住证暂行条例》，电话 0532-12345678，2026年3月1日起施行，费用1,200元。"
)
LETTER = "我3月5日去办居住证，说要8000元，还要等30天。"


@pytest.mark.parametrize(
    "draft",
    [
        "请带身份证到三楼办理，十五个工作日内办结。",
        "依据《居住证暂行条例》，2026年3月1日起施行；3月1日以后有效。",
        "可拨打 0532-12345678，费用 1200 元。",
        "费用１２００元。",
        "请您直接到政务大厅办理。",
        "",
    ],
)
def test_what_the_sources_say_is_not_marked(draft: str) -> None:
    assert unsupported(draft, [SOURCE], LETTER) == []


@pytest.mark.parametrize(
    ("draft", "words", "kind", "why"),
    [
        ("20个工作日内办结。", "20", NUMBER, NOWHERE),
        ("二十个工作日内办结。", "二十", NUMBER, NOWHERE),
        ("请拨打 0532-87654321。", "0532-87654321", TELEPHONE, NOWHERE),
        ("依据《城市管理条例》办理。", "《城市管理条例》", DOCUMENT, NOWHERE),
        ("依据鲁政发〔2024〕12号办理。", "鲁政发〔2024〕12号", DOCUMENT, NOWHERE),
        ("2026年4月1日起施行。", "2026年4月1日", DATE, NOWHERE),
        ("同意退还您8000元。", "8000", NUMBER, LETTER_ONLY),
        ("您3月5日来办的情况属实。", "3月5日", DATE, LETTER_ONLY),
    ],
)
def test_what_no_source_says_is_marked(draft: str, words: str, kind: str, why: str) -> None:
    marks = unsupported(draft, [SOURCE], LETTER)
    assert [(mark.words, mark.kind, mark.why) for mark in marks] == [(words, kind, why)]


def test_each_thing_once_and_in_order() -> None:
    marks = unsupported("99元，《甲条例》，99元。", [SOURCE], LETTER)
    assert [mark.words for mark in marks] == ["99", "《甲条例》"]


def test_time_grows_with_the_length_alone() -> None:
    import time

    begun = time.thread_time()
    unsupported("1月2" * 20_000 + "《" * 20_000 + "一" * 20_000, [], "")
    assert time.thread_time() - begun < 2
