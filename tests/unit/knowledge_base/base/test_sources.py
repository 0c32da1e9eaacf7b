"""Which document a source names, however it is written."""

import pytest

from knowledge_base.base.sources import cites, titles

GUIDE = "青禾县公安局《户政业务办事指南》（2026 年版）第 1 项"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (GUIDE, "户政业务办事指南"),
        (GUIDE, "《户政业务办事指南》"),
        (GUIDE, " <<户政业务　办事指南>> "),
        (GUIDE, "户政业务办事指南（2026年版）"),
        (GUIDE, "《户政业务辦事指南"),
        ("《居住证办法(试行)》第三条", "居住证办法（试行）"),
        ("《中华人民共和国居民身份证法》第十条", "《居民身份证法》"),
        ("依据《甲条例》和《乙办法》", "乙办法"),
        ("《关于修改〈甲条例〉的决定》", "关于修改《甲条例》的决定"),
        ("居住证暂行条例 第三条", "《居住证暂行条例》"),
        ("县公安局居住证办理指南", "居住证办理指南"),
    ],
)
def test_the_same_document(source: str, title: str) -> None:
    assert cites(source, title)


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (GUIDE, "办事指南"),
        (GUIDE, "青禾县公安局"),
        ("《居住证暂行条例》", "条例"),
        ("居住证暂行条例", "条例"),
        ("《居住证暂行条例实施细则》", "居住证暂行条例"),
        ("《居住证办法（试行）》", "居住证办法"),
        ("", "居住证暂行条例"),
        ("《》", "居住证暂行条例"),
    ],
)
def test_another_document(source: str, title: str) -> None:
    assert not cites(source, title)


@pytest.mark.parametrize("text", ["", "《》", " 。 ", "《 》"])
def test_no_document(text: str) -> None:
    assert titles(text) == frozenset()
