"""Letters on one matter at one place are alike; the same matter elsewhere, and another matter here, are not."""

import pytest

from classifier.likeness import alike, gist

HERE = "锦绣花园小区三号楼的电梯坏了一周，老人上下楼很困难，物业一直不来维修。"


@pytest.mark.parametrize(
    "other",
    [
        "请问锦绣花园小区的电梯什么时候维修好？",
        "投诉锦绣花园小区物业，电梯坏了没有人管。",
        "电梯坏了一周没有人维修，老人上下楼困难，物业不管。",
    ],
)
def test_the_same_matter_here(other: str) -> None:
    assert alike(gist(HERE), gist(other)) > 0


@pytest.mark.parametrize(
    "other",
    [
        "阳光家园小区的电梯坏了一周，老人上下楼很困难，物业一直不来维修。",
        "锦绣花园小区门口晚上烧烤摊油烟很大。",
        "请问居住证怎么办理",
        "",
    ],
)
def test_another_place_or_another_matter(other: str) -> None:
    assert alike(gist(HERE), gist(other)) == 0
