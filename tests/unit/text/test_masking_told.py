"""Numbers told in pieces, in sounds, with an extension, from abroad; doors and plates with words among them; look-alikes."""

import pytest

from tests.unit.text.test_check_digits import identity
from text.halves import halves
from text.homophones import sounded
from text.masking import BUILDING, NAME, findings, mask
from text.telephones import telephones

TOLD = [
    ("办公室0931-4567890分机号12", "办公室〔固定电话〕"),
    ("0931-4567890 轉 305", "〔固定电话〕"),
    ("(0931)4567890 ext. 12", "〔固定电话〕"),
    ("0931-4567890 x305", "〔固定电话〕"),
    ("0931-4567890（转分机305）", "〔固定电话〕"),
    ("0931 4567890 内线305", "〔固定电话〕"),
    ("县里电话4567890或4567892", "县里电话〔固定电话〕或〔固定电话〕"),
    ("我的缅甸号码 95 9 4500 12345", "我的缅甸号码 〔手机号〕"),
    ("头七个数1582233，尾巴四个4455", "〔手机号〕"),
    ("the first seven are 1582233, the last four 4455", "the 〔手机号〕"),
    ("甘A的3456B", "〔车牌号〕"),
    ("加我微tashi_12", "加我微〔微信号〕"),
    ("WX：Tashi.Guide", "WX：〔微信号〕"),
    ("my house is 16 Jiefang Road, Dingxiang Town", "my house is 〔住址〕"),
    ("住丁香园三区12排6户", "住丁香园三区〔住址〕"),
    ("丁香村二队第8户", "丁香村〔住址〕"),
    ("住5号楼，中间那个单元，402", "住〔住址〕"),
    ("单位0931-4567890/4567891或4567892", "单位〔固定电话〕/〔固定电话〕或〔固定电话〕"),
    ("0931-4567890、4567891转8", "〔固定电话〕、〔固定电话〕"),
    ("my phone +1 (415) 555-0132", "my phone 〔手机号〕"),
    ("+44 20 7946 0958是我", "〔手机号〕是我"),
    ("电话+819012345678", "电话〔手机号〕"),
    ("打0081 90 1234 5678", "打〔手机号〕"),
    ("先是158，然后是2233，再是4455", "〔手机号〕"),
    ("先说15822。剩下的是334455。", "〔手机号〕。"),
    ("上半截15822\n下半截334455", "〔手机号〕"),
    ("first half is 15822, other half 334455", "〔手机号〕"),
    ("护照先是EK，后面6620418", "护照〔出入境证件号〕"),
    ("一五八二二三三四四五扒", "〔手机号〕"),
    ("依五扒尔尔散散思思舞舞", "〔手机号〕"),
    ("幺五八 洞洞九拐 四五八勾", "〔手机号〕"),
    ("手机是要五八二二三三四四五巴，随时打", "手机是〔手机号〕，随时打"),
    ("Ⅰ58 2233 44ⅤⅤ", "〔手机号〕"),
    ("护照 P-N-1-2-3-4-5-6-7", "护照 〔出入境证件号〕"),
    ("PASSPORT NO: PN 1234567", "PASSPORT NO: 〔出入境证件号〕"),
    ("passport 1 2 3 4 5 6 7 8", "passport 〔出入境证件号〕"),
    ("青字头 B 1 2 3 4 5", "〔车牌号〕"),
    ("甘A 兰州的兰字的首字母L 3 4 5 6", "〔车牌号〕"),
    ("V是wang_88", "V是〔微信号〕"),
    ("wechat id: tashi.guide", "wechat id: 〔微信号〕"),
    ("卫星lhasa8848", "卫星〔微信号〕"),
    ("微信大写L小写hasa下划线88", "微信〔微信号〕"),
    ("Q叁贰伍捌玖壹零肆", "Q〔QQ号〕"),
    ("I live at No. 8 Beijing Road, Room 402, Chengguan District", "I live at 〔住址〕"),
    ("住8号往里走第3号房", "住〔住址〕"),
    ("住3号楼1单元，红色那栋 5楼右边502", "住〔住址〕"),
    ("住丁香路 8 号 附 3 号", "住丁香路 〔住址〕"),
    ("住第六排第四户", "住〔住址〕"),
    ("家庭住址：丁香路18号", "家庭住址：丁香路〔住址〕"),
    ("手机15822334455 地址丁香街9号商铺", "手机〔手机号〕 地址丁香街〔住址〕"),
    ("地址丁香苑 B座 12F-05", "地址丁香苑 〔住址〕"),
]  # fmt: skip
STAYS = [
    "订单前半截13997，后半截024431", "先是13800元，再是120000元", "先发一半工资1500，还有一半是1200",
    "前半段修了13997米，后半段024431还没修", "前半年交了1380，后半年交了0013800",
    "first half of 2024 cost 1380, second half 0013800 yuan", "先是182路再是97路后边跟着14路",
    "我就要八八就要走了还不行吗", "爸爸妈妈骑三轮去五一路买酒要三千", "一三五七九二四六八零要按单双号",
    "有的要三有的要五有的要四有的而已", "+1000000000元补贴", "积分+12345678", "误差+20000000",
    "3+2 500 000 00", "+86开头的诈骗电话", "热线12345转3", "Q二零二四", "Q一二三季度", "Q/GDW 12345678",
    "护照办理要3到5个工作日，费用120元", "passport 2024 11 28", "护照办理窗口A-2 0 1", "沪字A2024号", "川A是成都的，12345是热线",
    "鲁A开头的车", "京A打头的都要限行", "北斗卫星BDS-300", "卫星遥感gf12号", "卫星tv2000怎么装", "V是什么意思",
    "wechat account blocked", "wechat www.abc.com", "WeChat pay. Thanks", "把小写a改成大写A", "Ⅲ类医疗器械许可", "Ⅳ类水质1380013",
    "12号楼一共18层2000户", "3栋楼的问题反映了5楼3000元", "5号楼电梯坏了 6楼 2024年就报修", "三排五户人家", "第三排第五座",
    "丁香路12号附3号文件", "幸福路12号3楼的网吧通宵吵闹", "餐馆在福安街8号2楼", "地址：政务服务中心团结路118号",
    "办公地址：县税务局商业街7号铺", "64号往里走200米", "64号往里走2号楼",
    "The Government Office, No. 16 Minzhu Road, Room 305", "Hospital address: 12 Renmin Road, Xining City",
    "Bus No. 16 stops at People Road", "身份证开头6325的是哪个地方的", "身份证前六位是632521",
    "全村五排三十户", "微信www.abc.com", "微信pay.weixin.qq.com", "川A的12345热线", "川A的车", "国外电话12345",
    "头三个月1530971元，尾巴四个月6642元", "the first seven days 1530971 yuan, the last four 6642",
    "5号楼各单元，1200元", "二队第8户口本",
]  # fmt: skip

SOUNDS = str.maketrans("0123456789", "灵衣而散思舞留妻扒酒")


@pytest.mark.parametrize(("text", "masked"), TOLD, ids=lambda part: part)
def test_what_is_told_in_a_roundabout_way_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert [found for found in findings(text) if found.kind not in (BUILDING, NAME)] == []


@pytest.mark.parametrize(
    ("text", "second"),
    [("0931-4567890或4567891元", ""), ("0931-4567890、2024年5月", ""), ("0931-4567890转3楼", ""), ("0931-4567890 305", ""),
     ("0931-4567890或4567891", "4567891")],
)  # fmt: skip
def test_what_stands_behind_a_telephone_is_one_only_if_it_counts_nothing(text: str, second: str) -> None:
    found = [text[start:end] for _, start, end in telephones(text)]
    assert found == ["0931-4567890", second] if second else found == ["0931-4567890"]


def test_an_offices_own_second_number_stays_readable() -> None:
    assert mask("0931-4567890或4567891", ["0931-4567891"]) == "〔固定电话〕或4567891"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("前半截622202123456，后半截7890128", "银行卡号"),
        ("先是632521，然后是19850307，再是123X", "身份证号"),
        ("先是0931，然后是4567890", "固定电话"),
        ("先是632521，然后是19859907，再是123X", ""),
        ("先是239，然后是22334455", ""),
        ("先是15822，334455", ""),
    ],
)
def test_halves_must_make_one_exact_shape(text: str, kind: str) -> None:
    assert [found for found, _, _ in halves(text)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "text",
    ["13812345678", "一三八一二三四五六七八", "编码九一三八一二三四五六七八五扒", "幺五八二二三三", ""],
)
def test_proper_digits_and_longer_rows_are_left_to_other_rules(text: str) -> None:
    assert list(sounded(text)) == []


def test_an_identity_number_in_sounds_needs_its_check_digit() -> None:
    body = next(f"11010119900307{n}" for n in range(100, 999) if identity(f"11010119900307{n}")[-1].isdigit())
    number = identity(body)
    wrong = body + str((int(number[-1]) + 1) % 10)
    assert [kind for kind, _, _ in sounded(number.translate(SOUNDS))] == ["身份证号"]
    assert [kind for kind, _, _ in sounded(wrong.translate(SOUNDS))] == []
