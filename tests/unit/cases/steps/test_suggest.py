"""What of a letter is looked up for a suggestion: its words, not its masks."""

import pytest

from cases.steps.suggest import wording


@pytest.mark.parametrize(
    ("masked", "looked_up"),
    [
        ("居住证怎么办，我住〔楼栋〕", "居住证怎么办，我住"),
        ("〔手机号〕〔姓名〕要查公积金", "要查公积金"),
        ("没有遮住的话", "没有遮住的话"),
        ("〔", "〔"),
        ("〔这一段太长，不像是遮住个人信息留下的记号〕", "〔这一段太长，不像是遮住个人信息留下的记号〕"),
    ],
)
def test_masks_are_not_looked_up(masked: str, looked_up: str) -> None:
    assert wording(masked) == looked_up
