"""Numbers from their end, from their middle, doubled in English; whole days of birth; homes told by where they lie."""

import pytest

from tests.unit.text.test_check_digits import identity
from text.backwards import backwards
from text.masking import mask

TOLD = [
    ("倒着念是54433228851", "倒着念是〔手机号〕"),
    ("号码反过来写 544 3322 8851", "号码反过来写 〔手机号〕"),
    ("54433228851，倒过来打", "〔手机号〕，倒过来打"),
    ("one five eight double two double three double four double five", "〔手机号〕"),
    ("+86(158)2233-4455", "〔手机号〕"),
    (
        "身份证中间是19850307，前面632521，后面1234",
        "身份证中间是〔身份证号〕，前面〔身份证号〕，后面〔身份证号〕",
    ),
    ("打我家8位号 62233445", "打我家8位号 〔固定电话〕"),
    ("尾号4455，前面是1582233", "〔手机号〕"),
    ("末四位4455，开头1582233", "〔手机号〕"),
    ("15822 三三 四四55", "〔手机号〕"),
    ("打6223344或6223345", "打〔固定电话〕或〔固定电话〕"),
    ("折子存折 63-0102030405060", "折子存折 〔证件号〕"),
    ("扣我 123456789", "扣我 〔QQ号〕"),
    ("V我lhasa1988", "V我〔微信号〕"),
    ("微信名雪莲花 号xuelian_88", "微信名雪莲花 号〔微信号〕"),
    ("快手卓玛号 lhasa1988", "快手卓玛号 〔网络账号〕"),
    ("dy号lhasa1988，tg @lhasa88", "dy号〔网络账号〕，tg @〔网络账号〕"),
    ("丁香小区3栋2单元5楼东", "丁香小区〔住址〕"),
    ("住五楼左手第二家", "住〔住址〕"),
    ("3单元顶楼西户", "〔住址〕"),
    ("寝室3-412", "寝室〔住址〕"),
    ("丁香国际T3-1801", "丁香国际〔住址〕"),
    ("三号楼二门洞301", "〔住址〕"),
    ("住丁香大厦5F-2", "住丁香大厦〔住址〕"),
    ("B1栋12A", "〔住址〕"),
    ("家在平房第二排东头第一家", "家在平房〔住址〕"),
    ("家住丁香巷31", "家住丁香巷〔住址〕"),
    ("铁路宿舍 4-3-21", "铁路宿舍 〔住址〕"),
    ("牧场二队帐篷西边第三户", "牧场〔住址〕"),
    ("出租屋3楼306", "出租屋〔住址〕"),
    ("地址是3-1-4-2", "地址是〔住址〕"),
    ("4排2栋3楼漏水", "〔住址〕漏水"),
]


@pytest.mark.parametrize(("text", "masked"), TOLD, ids=lambda part: part)
def test_it_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


BORN = [
    ("1985年3月7日生，住牧区", "1985年〔生日〕生，住牧区"),
    ("出生年月日是1975.3.30", "出生年月日是1975.〔生日〕"),
    ("1969/09/23生", "1969/〔生日〕生"),
    ("我娃2016年7月19日出生", "我娃2016年〔生日〕出生"),
    ("64年5月18号的生日", "64年〔生日〕的生日"),
    ("生日19850307", "生日1985〔生日〕"),
    ("我妈一九五八年正月十七生的", "我妈一九五八年〔生日〕生的"),
    ("二〇〇五年十月二十三日生", "二〇〇五年〔生日〕生"),
    ("born on 12 April 1985", "born on 〔生日〕 1985"),
    ("DOB 1986-07-23", "DOB 1986-〔生日〕"),
    ("date of birth: July 23, 1986", "date of birth: 〔生日〕, 1986"),
]


@pytest.mark.parametrize(("text", "masked"), BORN, ids=lambda part: part)
def test_of_a_day_of_birth_the_year_stays(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


STAYS = [
    "尾号4821，前面1369元",
    "末尾2024年，开头1369707件",
    "微信公众号叫hello2024",
    "微信群里说的是abc2023",
    "微信支付显示order20231",
    "打2000000份",
    "表13 三四五六七八九 20",
    "拨款6223344元，拨8008208820",
    "我1963年生人",
    "6月17日生日",
    "1986年7月出生",
    "2024年3月5日生效",
    "2024年3月5日生产的奶粉",
    "2020年3月5日生病住院",
    "2020年3月5日生的病",
    "2024-03-05生活补贴",
    "文件2020年3月5日生成",
    "2024年1月1日出生率公布",
    "2020-03-05生日蛋糕店投诉",
    "2011年5月6日生了二胎",
    "出生在1980年代的人",
    "5楼西，卫生间漏水",
    "第三排东头第一家超市卖假货",
    "二队西边第三户外广告牌",
    "第二组左边第一间教室",
    "国际3-1比分",
    "大厦12-306号文件",
    "小区4-3-21日施工",
    "小区12-11-10开始停水",
    "宿舍 6-7-8月份停热",
    "政务大厅3楼306办理",
    "公寓3楼306元一晚",
    "家在东街200多米",
    "家住附近100米",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask(text) == text


def test_backwards_it_must_make_one_exact_shape() -> None:
    number = identity("11010119900307123")
    other = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert [kind for kind, _, _ in backwards(f"倒着念{number[::-1]}")] == ["身份证号"]
    assert not list(backwards(f"倒着念{other[::-1]}"))
    assert not list(backwards("倒着念54433228852")) and not list(backwards("念54433228851"))
