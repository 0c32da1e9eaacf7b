"""What has a number like a home and is everybody's: it stays, unless somebody is said to live there."""

from itertools import product

import pytest

from text.masking import mask

DOORS = ["2组15号", "3排7号", "二组8号", "丁香村12号", "东巷8号"]
BUILDINGS = [
    "12栋",
    "12号楼",
    "5幢",
    "A座",
    "12栋2单元",
    "2单元",
    "丁香小区12栋",
    "15#楼",
    "8号院",
    "丁香小区3号楼2单元",
]
FIXTURES = "路灯 电线杆 井盖 变压器 窗口 车位 垃圾桶 公厕 机井 水泵房 检查站 出口 消防栓 充电桩 监控 大棚"
AT_HOMES_TOO = {"监控", "出口"}
SHARED = "电梯 门口积水 楼道灯 楼顶 外墙 化粪池 下水道 前面的路 旁边的树 停水 门禁 地下室 楼下烧烤 公共走廊"


@pytest.mark.parametrize("door", DOORS)
def test_a_fixture_is_nobodys_home(door: str) -> None:
    for thing, between in product(set(FIXTURES.split(" ")) - AT_HOMES_TOO, ("", "的", "那个")):
        text = f"{door}{between}{thing}坏了"
        assert mask(text) == text
    assert mask(f"{door}漏水").startswith("丁香村〔" if "村" in door else "东巷〔" if "巷" in door else "〔")


@pytest.mark.parametrize("building", BUILDINGS)
def test_what_a_building_shares_is_nobodys_home(building: str) -> None:
    for thing in f"{FIXTURES} {SHARED}".split(" "):
        text = f"{building}{thing}没人管"
        assert mask(text) == text
        assert mask(f"我住{text}") != f"我住{text}"


@pytest.mark.parametrize(
    "text",
    [
        "我家2组15号路灯正对窗户",
        "住12栋电梯口",
        "12栋2单元501门口路灯坏了",
        "丁香镇石桥村上屋组36号路灯不亮",
        "12栋的人天天吵",
        "2组15号门口积水",
        "李家村5组12号 床上躺着病人",
        "李家村5组12号 监控对着邻居",
        "报修人李明 李家村5组12号路灯坏了",
        "王明，王家村5组12号路灯没人修",
        "东湖小区7栋1单元2楼左手 过道",
        "3栋2单元2号垃圾",
        "3组8号摊开的被子",
        "朝阳村2组6号渠道投诉",
    ],
)
def test_a_home_beside_it_is_still_hidden(text: str) -> None:
    assert "〔" in mask(text)
