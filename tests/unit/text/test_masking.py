"""Every number and name below is invented."""

import time
from collections.abc import Callable
from itertools import pairwise

import jieba
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from text.masking import REFUSED_IN_PUBLIC, findings, mask

PERSONAL = [
    ("我的电话是13912345678，请回复", "我的电话是〔手机号〕，请回复"),
    ("手机139 1234 5678", "手机〔手机号〕"),
    ("我已报案，报案0571-88886666", "我已报案，报案〔固定电话〕"),
    ("手机139-1234-5678", "手机〔手机号〕"),
    ("手机139–1234–5678", "手机〔手机号〕"),
    ("手机１３９１２３４５６７８", "手机〔手机号〕"),
    ("+86 13912345678", "〔手机号〕"),
    ("008613912345678", "〔手机号〕"),
    ("1 3 9 1 2 3 4 5 6 7 8", "〔手机号〕"),
    ("139\u200b1234\u200b5678", "〔手机号〕"),
    ("tel13912345678转告", "tel〔手机号〕转告"),
    ("13912345678 13812345679", "〔手机号〕 〔手机号〕"),
    ("1391234567813812345679", "〔手机号〕"),
    ("一三九一二三四五六七八", "〔手机号〕"),
    ("家里0531-88881234", "家里〔固定电话〕"),
    ("家里（0531）88881234转8012", "家里〔固定电话〕"),
    ("家里010 6666 1234", "家里〔固定电话〕"),
    ("联系电话：88881234", "联系电话：〔固定电话〕"),
    ("身份证370102199003071234", "身份证〔身份证号〕"),
    ("身份证37010219900307123x，", "身份证〔身份证号〕，"),
    ("身份证370102 19900307 1234", "身份证〔身份证号〕"),
    ("老证370102900307123", "老证〔身份证号〕"),
    ("卡号6222021234567890123", "卡号〔银行卡号〕"),
    ("卡号6222 0212 3456 7890 123", "卡号〔银行卡号〕"),
    ("卡号 622202 1234567890", "卡号 〔银行卡号〕"),
    ("发到li_lei.88@example.com吧", "发到〔邮箱〕吧"),
    ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "〔邮箱〕"),
    ("青禾小区3栋2单元501室漏水", "青禾小区〔住址〕漏水"),
    ("青禾小区12号楼1204漏水", "青禾小区〔住址〕漏水"),
    ("青禾小区十二号楼二单元301", "青禾小区〔住址〕"),
    ("青禾小区 3-2-501", "青禾小区 〔住址〕"),
    ("A座1709室扰民", "〔住址〕扰民"),
    ("5栋2单元东户", "〔住址〕"),
    ("青禾里5栋-2-301", "青禾里〔住址〕"),
    ("青禾小区8-1-602室", "青禾小区〔住址〕"),
    ("联系人 王芳 13912345678", "联系人 〔姓名〕 〔手机号〕"),
    ("一三九 一二三四 五六七八", "〔手机号〕"),
    ("车牌鲁 A 12345", "车牌〔车牌号〕"),
    ("我住在市医院宿舍3栋501", "我住在市医院宿舍〔住址〕"),
    ("住在302室", "住在〔住址〕"),
    ("柳河村3组15号", "柳河村〔住址〕"),
    ("12号楼电梯坏了", "12号楼电梯坏了"),
    ("我住12号楼，电梯坏了", "我住〔楼栋〕，电梯坏了"),
    ("2单元没有灯", "〔楼栋〕没有灯"),
    ("车牌鲁A12345堵门", "车牌〔车牌号〕堵门"),
    ("沪B·D8F23停在路中", "〔车牌号〕停在路中"),
    ("粤BD12345新能源", "〔车牌号〕新能源"),
    ("加我QQ：123456789", "加我QQ：〔QQ号〕"),
    ("微信号abc_2020", "微信号〔微信号〕"),
    ("vx: lily2020 谢谢", "vx: 〔微信号〕 谢谢"),
    ("我叫王小明，反映路灯", "我叫〔姓名〕，反映路灯"),
    ("我叫王明住在河边", "我叫〔姓名〕住在河边"),
    ("我是张伟，想问社保", "我是〔姓名〕，想问社保"),
    ("联系人：欧阳小红", "联系人：〔姓名〕"),
    ("姓名：阿依古丽·买买提", "姓名：〔姓名〕"),
    ("联系电话：62881234、62885678", "联系电话：〔固定电话〕、〔固定电话〕"),
    ("我住文一西路588号，加v: tian_66", "我住文一西路〔住址〕，加v: 〔微信号〕"),
    ("扣扣 904 771 238，邮箱 sunli 艾特 163点com", "扣扣 〔QQ号〕，邮箱 〔邮箱〕"),
    ("车牌号：浙 A 6 6 8 8 G，身份证后四位221X", "车牌号：〔车牌号〕，身份证后四位221X"),
    ("社保卡号A83920174，港澳通行证C7712 0394", "社保卡号〔证件号〕，港澳通行证〔出入境证件号〕"),
    ("李女士您好", "〔姓名〕女士您好"),
]
KEPT = [
    "打12345没人接，12333也是",
    "银行95588、联通10010、12306、12356、96111",
    "拨110、119、120、122",
    "热线400-123-4567或4001234567或400 123 4567",
    "编号20260105-0001和20260105-10001",
    "2026-01-05、2026年1月5日、20260105、2026/01/05 13:30",
    "补贴1500元，总额13800000000元，合同12345678901234567元，1,234,567.89元",
    "国办发明电〔2025〕7号，鲁政办字〔2020〕88号",
    "订单号2057947985685335801",
    "我是高中生，我是业主，我是本地人，我是王家村的",
    "我是王家湾小学的老师，我是张店的居民",
    "我是方便的时候去，我叫了救护车",
    "小区共有3栋居民楼，这12栋别墅",
    "政务服务中心2号楼3楼305室可以办理",
    "3月15日到5号线8号口等",
    "微信公众号：泉城发布",
    "湿度13 14 15 16 17 8",
    "每平米5.8元，第13-15页",
    "办理地址：西湖区文一西路858号，请寄到延安路8号市住建局",
    "概率0.13588012277",
    "房价2024-2025年 2026 2027 2028",
    "",
]


@pytest.mark.parametrize(("text", "masked"), PERSONAL)
def test_personal_data_goes(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_personal_stays(text: str) -> None:
    assert findings(text) == []
    assert mask(text) == text


def test_findings_say_what_stands_where() -> None:
    text = "我叫王小明，住青禾小区3栋2单元501室，电话１３９１２３４５６７８。"
    found = findings(text)
    assert [(item.kind, item.text) for item in found] == [
        ("姓名", "王小明"),
        ("住址", "3栋2单元501室"),
        ("手机号", "１３９１２３４５６７８"),
    ]
    assert all(text[item.start : item.end] == item.text for item in found)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("请致电0531-88881234", ["0531-88881234"]),
        ("请致电0531 8888 1234", ["（0531）88881234"]),
        ("请拨打88881234", ["0531-88881234"]),
        ("请致电0531-88881234", ["88881234"]),
        ("值班手机13912345678", ["139 1234 5678"]),
        ("值班手机+8613912345678", ["13912345678"]),
        ("写信到office@example.com", ["Office@example.com"]),
        ("到北岸路3号楼201室办理", ["北岸路1号3号楼201室"]),
    ],
)
def test_the_office_s_own_numbers_and_rooms_stay(text: str, allowed: list[str]) -> None:
    assert findings(text)
    assert findings(text, allowed) == []
    assert mask(text, allowed) == text


def test_allowing_one_number_keeps_no_other() -> None:
    text = "值班13912345678，本人13812345679"
    assert mask(text, ["13912345678", "12345", " ", "x"]) == "值班13912345678，本人〔手机号〕"


def test_a_public_reply_may_name_a_building_or_the_office_telephone_but_no_home() -> None:
    fine = findings("12号楼的电梯已修好，可致电0531-88881234。")
    assert not {item.kind for item in fine} & REFUSED_IN_PUBLIC
    assert {item.kind for item in findings("12号楼1204已上门，13912345678")} & REFUSED_IN_PUBLIC == {
        "住址",
        "手机号",
    }


PIECES = st.sampled_from(
    [
        *[text for text, _ in PERSONAL],
        *[text for text in KEPT if text],
        *"0123456789一二三十栋楼号室单元-.·@ ，〔〕王李我叫是xX\u200b\ud800\U0001f600",
        "联系人：",
        "姓名",
        "先生",
        "微信",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@settings(max_examples=500, deadline=None)
@example("我是王明十二号楼")
@example("我叫王明十二号楼")
@given(st.one_of(TEXTS, st.text(max_size=60)))
def test_masking_twice_is_masking_once_and_leaves_nothing_to_find(text: str) -> None:
    once = mask(text)
    assert findings(once) == []
    assert mask(once) == once


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), TEXTS)
def test_no_mobile_between_words_survives(before: str, mobile: str, after: str) -> None:
    assert mobile not in mask(f"{before}，手机{mobile}，{after}")


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_findings_are_in_order_apart_and_exact(text: str) -> None:
    found = findings(text)
    assert all(item.text == text[item.start : item.end] != "" for item in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "0531-",
        "3栋2单元",
        "[一",
        "十",
        "a.",
        "a@",
        "我叫王",
        "QQ:",
        "微信a_",
        "鲁A",
        "李先",
        "138 1234 5678 ",
        "@一",
        "Unit 1 ",
        "1后面",
        "z加",
        "电话\t手机\n1\t2\n",
        "路1号1楼",
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        start = time.thread_time()
        mask(text)
        return time.thread_time() - start

    seconds(1_000)
    # The least of several: a collection of garbage that earlier tests left may fall into one of them.
    assert min(seconds(40_000) for _ in range(3)) < 60 * max(min(seconds(4_000) for _ in range(3)), 0.005)


def test_masking_costs_no_more_than_a_few_times_what_cutting_words_does() -> None:
    texts = ([f"{text}，请尽快处理，谢谢你们。" for text, _ in PERSONAL] * 21)[:1000]
    jieba.initialize()

    def seconds(work: Callable[[str], object]) -> float:
        start = time.thread_time()
        for text in texts:
            work(text)
        return time.thread_time() - start

    # The text is read twice: as it is written and as it is read aloud.
    assert min(seconds(mask) for _ in range(3)) < 7 * min(seconds(jieba.lcut) for _ in range(3))


@pytest.mark.parametrize(
    "text",
    [
        "138📞0013📞8000",
        "138。0013。8000",
        "138 点 0013 点 8000",
        "一三八○○一三八○○○",
        "138#0013#8000",
        "打我：一三八，零零一三，八零零零",
        "138 0013 八零零零",
        "❶❸❽0013❽000",
        "联系 1 3 8 - 0 0 1 3 - 8 0 0 0",
    ],
)
def test_other_marks_and_digits_hide_no_number(text: str) -> None:
    assert [item.kind for item in findings(text)] == ["手机号"]


@pytest.mark.parametrize("text", ["值班138/0013/8000", "值班一三八零零一三八零零零", "值班1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣"])
def test_the_office_s_number_is_its_own_in_any_spelling(text: str) -> None:
    assert findings(text)
    assert findings(text, ["13800138000"]) == []


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("快递单号13800138000没送到", False),
        ("快递单号查不到，打我电话13800138000", True),
        ("订单号138-0013-8000", False),
        ("缴费13800138000元", False),
        ("手机13800138000元月后停用", True),
        ("13800138000万家花园业主", True),
        ("共13800138000万元", False),
    ],
)
def test_the_words_around_a_number_decide(text: str, personal: bool) -> None:
    assert bool(findings(text)) == personal
