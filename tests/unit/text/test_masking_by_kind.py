"""Every name of a personal number with everything that people put between it and the number: none shows."""

import random
from collections.abc import Callable
from itertools import product

import pytest

from tests.unit.text.test_check_digits import identity
from text.check_digits import luhn
from text.masking import findings

BETWEEN = [
    "",
    "：",
    ":",
    "是",
    " ",
    "为",
    "：\n",
    "就是",
    "是：",
    "-",
    "（",
    " = ",
    "叫",
    "，",
    "→",
    "】",
    "是这个",
    "填的是",
    "给你",
    "写的",
    "我记得是",
    "应该是",
    "那个是",
    "“",
    "如下：",
    "是我的 ",
]
BEHIND = ["", "，麻烦了", "。", "\n", "）", "请查", "谢谢", "吧", " ", ",急", "!!", "老打不通"]
BEFORE = ["", "我的", "您好，", "麻烦查下，", "他"]


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def a_mobile(chance: random.Random) -> str:
    return f"1{chance.choice('35789')}{digits(chance, 9)}"


def an_identity(chance: random.Random) -> str:
    year, month, day = chance.randint(1950, 2005), chance.randint(1, 12), chance.randint(1, 28)
    return identity(f"440106{year}{month:02}{day:02}{digits(chance, 3)}")


def a_card(chance: random.Random) -> str:
    body = "62" + digits(chance, 16)
    return next(body + last for last in "0123456789" if luhn(body + last))


def a_landline(chance: random.Random) -> str:
    number = "6" + digits(chance, 6)
    return chance.choice([f"0971-{number}", f"0891 {number}", f"(010){number}5", f"0971{number}"])


def an_account(chance: random.Random) -> str:
    return chance.choice(["wang_", "lhasa", "zhuoma-", "tsering"]) + digits(chance, 3)


def a_mail(chance: random.Random) -> str:
    return chance.choice(
        ["wang_88@163.com", "li.si@qq.com", "a-b@vip.sina.com.cn", f"{digits(chance, 9)}@qq.com"]
    )


def a_paper(chance: random.Random) -> str:
    return chance.choice([digits(chance, 10), "A" + digits(chance, 8), "3" + digits(chance, 8)])


KINDS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "mobile": (
        "电话 手机号 联系方式 Tel 打我 家属电话 老公电话 call 微信同号 收件电话 紧急联系人 村长电话",
        a_mobile,
    ),
    "landline": ("座机 固话 传真 fax 单位电话 宅电 tel Phone", a_landline),
    "identity": ("身份证 身份证号码 sfz 证件号 公民身份号码 ID 二代证 身份号 申份证", an_identity),
    "card": ("银行卡号 卡号 工行卡 账号 帐号 收款账号 一卡通 惠农卡 存折 农行 工资卡", a_card),
    "mail": ("邮箱 电子邮箱 E-mail 邮件发到 QQ邮箱 电邮", a_mail),
    "WeChat": (
        "微信 微信号 vx WX V信 威信 薇信 徽信 加微 weixin WeChat 卫星号 绿泡泡 wei信 w信 v.x V-X",
        an_account,
    ),
    "QQ": (
        "QQ qq号码 扣扣 企鹅号 Q号 球球 我Q 抠抠号",
        lambda chance: "3" + digits(chance, chance.choice([5, 7, 9])),
    ),
    "network": (
        "支付宝 支付宝账号 抖音号 快手ID 微博 小红书号 钉钉号 Telegram 飞机号 B站UID ins号 "
        "淘宝账号 京东账号 游戏ID Skype 苹果ID 网名 12306账号",
        an_account,
    ),
    "papers": (
        "社保卡号 社会保障号 医保号 社保个人编号 养老保险号 新农合证号 公积金账号 驾驶证号 驾照档案编号 "
        "行驶证号 居住证号 永居证号 残疾证号 退役军人优待证号 老年证号 低保证号 户口本号 出生证编号 结婚证字号 健康证号",
        a_paper,
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_none_shows(kind: str) -> None:
    names, number = KINDS[kind]
    chance = random.Random(kind)
    shown = []
    for name, between in product(names.split(), BETWEEN):
        value, lead = number(chance), f"{chance.choice(BEFORE)}{name}{between}"
        text = f"{lead}{value}{chance.choice(BEHIND)}"
        hidden = {place for one in findings(text) for place in range(one.start, one.end)}
        places = range(len(lead), len(lead) + len(value))
        if any(text[place].isalnum() and place not in hidden for place in places):
            shown.append(text)
    assert shown == []


STAYS = [
    "社保卡号就是不知道，拨12333",
    "养老保险号多少",
    "医疗保险2024123456号文件",
    "驾驶证到期20241201",
    "通行证办的20240101",
    "公积金账号忘了，我2015年开的",
    "微信给你们发过2024年的照片",
    "我的微博有3万粉丝",
    "w信号不好",
    "游戏ID被盗",
    "网名不能用123456吗",
    "美团外卖order2023投诉",
    "京东加plus2024会员",
    "威信扫地",
    "QQ就是2020年注册的",
    "QQ加群领12345积分",
    "护照我填的是2024年12月",
    "8位密码62233445",
    "打家具6223344元",
    "双方double check one two",
    "逆行扣3分罚200元，票号158334477261",
    "倒数第3排第二家店",
    "身份证后四位0517",
    "身份证最后4位是123X",
    "证件尾号2217",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("找回密码收不到短信，绑的是13812345678", "13812345678"),  # another clause speaks of a password
        ("验证码一直不来，我用的是138 1234 5678", "138 1234 5678"),
        ("老证号 1 3 0 1 0 2 5 0 0 3 0 7 5 1 2 还能用吗", "1 3 0 1 0 2 5 0 0 3 0 7 5 1 2"),
        ("我的卡62 22 02 02 00 11 22 33", "62 22 02 02 00 11 22 33"),
        ("丽景花园A区3-2-501没暖气", "3-2-501"), ("东湖苑二期7#1-1203漏水", "7#1-1203"), ("林业局家属楼4-2-5", "4-2-5"),
    ],
)  # fmt: skip
def test_what_another_hand_wrote_is_hidden_as_a_kind(text: str, hidden: str) -> None:
    assert hidden in {found.text for found in findings(text)}


@pytest.mark.parametrize(
    "text",
    ["订单号13812345678", "快递单号是13812345678", "人民公园6-1-2024开放", "运单号：13812345678，还没到"],
)
def test_what_is_called_otherwise_in_its_own_clause_stays(text: str) -> None:
    assert not findings(text)


@pytest.mark.parametrize(
    "text",
    [
        "政策2024年5月1日落地", "1965年1月1日出生的男职工", "2010年9月1日出生的儿童可报名小学一年级。",
        "1965年1月1日以前出生的人",
        "微信缴费的订单号是WX20240011234", "微信办的居住证，受理号:SL20240511", "在微信上查，编号是A2024001",
    ],
)  # fmt: skip
def test_a_rule_s_days_and_the_numbers_of_business_stay(text: str) -> None:
    assert not findings(text)
