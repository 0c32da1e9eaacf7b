"""What is hidden for how it is spoken of, whatever its shape: announced numbers, named codes, homes, names of persons.

`data/masking_spoken_of.jsonl`: 719 secrets and 229 look-alikes by the hand that wrote these rules, in five parts, each before
what it led to (recall 0.900, 0.849, 0.888, 0.790 and 0.854 then): it holds the line and proves nothing about the next writer.

`data/masking_seventh.jsonl`: 386 secrets and 120 look-alikes of a seventh writer who had seen nothing, opened once after
these rules had landed: recall 0.824 where of a home the door counts (0.712 by the patterns before them), precision 0.973.
Seen since. Kinds that stay readable by decision are among them: patients, pupils, exams, meters, deeds (24).
"""

import json
from pathlib import Path

import pytest

from tests.unit.text.test_masking_unseen import marked, to_hide
from text.announced import announced
from text.lived_in import lived_in
from text.masking import BUILDING, findings, mask
from text.named_codes import named_codes
from text.named_persons import named_persons
from text.spans import apart, with_spoken

_DATA = Path(__file__).parent / "data" / "masking_spoken_of.jsonl"
_ROWS = [json.loads(line) for line in _DATA.read_text(encoding="utf-8").splitlines()]


def test_recall_and_precision_names_included() -> None:
    wanted, shown, needless = 0, [], []
    for row in _ROWS:
        text, spans = marked(row["text"])
        found = findings(text)
        hidden = {at for one in found for at in range(one.start, one.end)}
        personal = {at for _, start, end in spans for at in range(start, end)}
        wanted += len(spans)
        for _, start, end in spans:
            if any(text[at].isalnum() and at not in hidden for at in range(start, end)):
                shown.append(text[start:end])
        needless += [
            one.text
            for one in found
            if one.kind != BUILDING and personal.isdisjoint(range(one.start, one.end))
        ]
    assert wanted >= 380
    assert (wanted - len(shown)) / wanted >= 0.99, shown
    assert not needless


_SEVENTH = [
    json.loads(line) for line in (_DATA.parent / "masking_seventh.jsonl").read_text("utf-8").splitlines()
]
_READABLE = {"student_or_exam_no", "medical_record", "other_personal_no"}  # by decision, or in part


def _spans(text: str, secret: str) -> list[range]:
    at = text.find(secret)
    return [range(at, at + len(secret)), *_spans_after(text, secret, at + 1)] if at >= 0 else []


def _spans_after(text: str, secret: str, at: int) -> list[range]:
    return [range(at + one.start, at + one.stop) for one in _spans(text[at:], secret)]


def test_the_seventh_writer_s_texts() -> None:
    wanted, shown, needless, hidden_at_all = 0, [], [], 0
    for row in _SEVENTH:
        text = row["text"]
        found = [one for one in findings(text) if one.kind != BUILDING]
        hidden = {at for one in findings(text) for at in range(one.start, one.end)}
        hidden_at_all += len(found)
        places = [
            (kind, span)
            for secret, kind in zip(row["secrets"], row["kinds"], strict=True)
            for span in _spans(text, secret)
        ]
        for kind, span in places:
            if kind in _READABLE:
                continue
            wanted += 1
            try:
                part = to_hide(text, "住址" if kind == "home_address" else kind, span.start, span.stop)
            except IndexError:
                part = span
            if any(text[at].isalnum() and at not in hidden for at in part):
                shown.append(text[span.start : span.stop])
        personal = {at for _, span in places for at in span}
        needless += [one.text for one in found if personal.isdisjoint(range(one.start, one.end))]
    assert wanted >= 356
    assert (wanted - len(shown)) / wanted >= 0.97, shown
    assert len(needless) / hidden_at_all <= 0.01, needless


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我卡号六二二八，呃，四五零零，零零一九，五五", "6228，呃，4500，0019，55"),
        ("打这个15 86 23 07 714", "15 86 23 07 714"),
        ("8621 770，座机", "8621 770"),
        ("电话1q3w8e1r4t7y0u2i2o5p6去掉字母", "1q3w8e1r4t7y0u2i2o5p6"),
        ("1心3心8心1心4心7心0心2心2心5心6", "1心3心8心1心4心7心0心2心2心5心6"),
        ("手机前半段13814，剩下的下条发", "13814"),
        ("\n后半截是702256", "702256"),
        ("参保人号30-04-55-17-82", "30-04-55-17-82"),
        ("他学号2021013045", "2021013045"),
        ("我家座机66215077、66215078", "66215077"),
    ],
)
def test_what_is_announced_needs_no_shape(text: str, hidden: str) -> None:
    from text.heard import heard

    assert hidden in {heard(text).text[start:end] for _, start, end in announced(heard(text).text)}


@pytest.mark.parametrize(
    "text",
    [
        "电话打了3次，编号20260012345",
        "手机订单138 1470 22561",
        "联系时间2026-11-29 10:30",
        "卡里少了1380147元",
        "号码为2019-6-12办理",
        "工资2500-3800",
        "拨打12345、12333",
        "热线400 8123 4567",
        "打106980095588发来的短信",
        "电话 0931-12345678",
        "电话1381470****",
        "身份证前六位320683",
        "发票代码037001900104，号码12345678",
        "我工号0013814702",
        "电话〔手机号〕，订单13814702",
        "前半段修了13814米",
        "手机流量用了13 14 15 16 17",
        "第1381470225号文件",
        "卡号〔2026〕1381470号",
        "身份证20261129到期",
    ],
)
def test_what_counts_or_is_some_business_s_stays(text: str) -> None:
    assert list(announced(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("微信换了，搜q1w2e3r4", "q1w2e3r4"),
        ("q1w2e3r4这个是我微信", "q1w2e3r4"),
        ("护照丢在车上，EJ 332 0176", "EJ 332 0176"),
        ("车牌应该是苏F2K18", "苏F2K18"),
        ("微信号全是小写laowangnantong", "laowangnantong"),
        ("抖音上叫老王，号lw_6688", "lw_6688"),
        ("邮箱是 l a o z h 75 艾特 qq 点 com", "l a o z h 75 艾特 qq 点 com"),
        ("医保的那个证号 S12-345-678", "S12-345-678"),
    ],
)
def test_a_code_is_what_it_is_called(text: str, value: str) -> None:
    assert value in {text[start:end] for _, start, end in named_codes(text)}


@pytest.mark.parametrize(
    "text",
    [
        "微信公众号ntfabu2020",
        "微信支付单号WX2026112900",
        "抖音视频av170001",
        "微信。用iPhone15拍的",
        "驾驶证准驾车型A2B2E",
        "医保系统版本v8.0.47a",
        "微信小程序yiban2023",
        "车牌识别型号HK-1381",
        "微信登录www.abc123.com",
        "护照办理窗口A0137号",
    ],
)
def test_a_code_of_some_business_stays(text: str) -> None:
    assert list(named_codes(text)) == []


@pytest.mark.parametrize(
    ("text", "kind", "door"),
    [
        ("住在老粮站宿舍二楼靠东那户", "住址", "二楼靠东那户"),
        ("家在新桥村十二组", "楼栋", "十二组"),
        ("住宿舍楼B3-417", "住址", "B3-417"),
        ("我住酒店公寓1817", "住址", "1817"),
        ("楼下802开麻将馆", "住址", "802"),
        ("地址：濠南路15号3幢204", "住址", "15号3幢204"),
        ("租的是后院西头第二间", "住址", "西头第二间"),
    ],
)
def test_a_home_is_where_somebody_lives(text: str, kind: str, door: str) -> None:
    assert (kind, door) in {(found, text[start:end]) for found, start, end in lived_in(text)}


@pytest.mark.parametrize(
    "text",
    [
        "住了15年",
        "住三楼没有电梯",
        "地址在世纪大道18号",
        "办公地址人民路18号3楼205室",
        "我家孩子三年级二班",
        "12组35户联名",
        "业主共226户",
        "家里住房依据第34号令",
        "我家3口人",
        "住建局3号楼201室",
        "房子在5栋",
        "家住商铺3-117门面",
        "我家1200平",
        "住院费用2400",
        "楼下打110",
        "我是2019届毕业",
        "我家每月交380",
    ],
)
def test_where_nobody_lives_stays(text: str) -> None:
    assert [found for found in lived_in(text) if found[0] == "住址"] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("来访人钱玉珍反映", "钱玉珍"),
        ("我丈夫顾建军去年去世", "顾建军"),
        ("房东叫周大海", "周大海"),
        ("户名李秀兰", "李秀兰"),
        ("我姓王，叫王德发", "王德发"),
        ("找王德发，电话", "王德发"),
        ("您好，我是金山小区的陈国强", "陈国强"),
        ("申请人：周 建 平", "周 建 平"),
        ("——周建平", "周建平"),
        ("来电人郑美娟，", "郑美娟"),
        ("我姓名计春花", "计春花"),
        ("my name is Daniel Okoro, I", "Daniel Okoro"),
        ("包工头吴志刚欠薪", "吴志刚"),
        ("陆斌 13814702256", "陆斌"),
        ("老伴叫孙德才", "孙德才"),
        ("举报许茂才违建", "许茂才"),
        ("打款给何秀梅", "何秀梅"),
        ("郝建设同志反映", "郝建设"),
        ("联系人才让卓玛", "才让卓玛"),
        ("我叫卓玛草", "卓玛草"),
        ("藏族，旦正加，男", "旦正加"),
        ("我丈夫马麦尔", "马麦尔"),
        ("姓名：阿依努尔", "阿依努尔"),
        ("我婆婆刘翠花瘫痪", "刘翠花"),
        ("5栋601沈凤英，电话打不通", "沈凤英"),
        ("此致敬礼 周建平", "周建平"),
        ("我名字是吴凡", "吴凡"),
    ],
)
def test_a_name_is_known_by_its_characters(text: str, name: str) -> None:
    assert name in {text[start:end] for start, end in named_persons(text)}


@pytest.mark.parametrize(
    "text",
    [
        "我妈高血压",
        "我儿子高三",
        "我爸常年卧床",
        "老师马上就来",
        "房东万分不讲理",
        "公司一直拖欠",
        "业主应知晓",
        "我是金山小区的",
        "我是去年毕业的毕业生",
        "5万余元",
        "住户成立新的业委会",
        "安卓手机",
        "鼓励业主(房东)",
        "我叫他们别吵",
        "江河路，平安里，黄河镇",
        "主任卢建国说",
        "我叫救护车",
        "这是何道理",
        "对于建立小区",
        "居民安全生产",
        "女儿连续三天",
        "妇女儿童权益",
    ],
)
def test_everyday_words_and_offices_are_no_names(text: str) -> None:
    assert list(named_persons(text)) == []


def test_what_is_spoken_of_counts_where_it_hides_more() -> None:
    known = apart([("手机号", 4, 8), ("银行卡号", 2, 6), ("邮箱", 10, 12)])
    assert known == [("银行卡号", 2, 6), ("邮箱", 10, 12)]
    text = "卡:1234567，ab"
    assert with_spoken(text, known, [("证件号", 3, 6)]) == known
    assert with_spoken(text, known, [("证件号", 3, 9)]) == [("证件号", 2, 9), ("邮箱", 10, 12)]
    assert with_spoken(text, [("住址", 2, 5)], [("楼栋", 2, 9)]) == [("住址", 2, 9)]
    assert with_spoken("卡，号，尾", [], [("证件号", 0, 5)]) == []


def test_an_office_s_own_number_stays_however_it_is_spoken_of() -> None:
    assert mask("打这个8621 7705或者电话15862307714", ["86217705"]) == "打这个8621 7705或者电话〔手机号〕"


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("民政局咨询电话0931-4567890", True),
        ("供水公司抢修热线：0931-4567890", True),
        ("县不动产中心办公室电话是不是0931-4567890", True),
        ("我公司电话0931-4567890", False),
        ("公司电话0931-4567890找小李", False),
        ("办公室0931-4567890", False),
        ("店里座机0931-4567890", False),
        ("打0931-4567890", False),
    ],
)
def test_an_office_s_line_stays_and_a_person_s_goes(text: str, public: bool) -> None:
    assert (mask(text) == text) is public


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("丁香苑乙幢101没水", "丁香苑〔住址〕没水"),
        ("丁香苑·叁幢·贰单元·捌零叁", "丁香苑·〔住址〕"),
        ("大柳村后街64号，独居", "大柳村后街〔住址〕，独居"),
        ("东门弄堂廿三号底楼", "东门弄堂〔住址〕"),
        ("3栋402户主没交钱", "〔住址〕户主没交钱"),
        ("区政府2号楼305室", "区政府2号楼305室"),
        ("丁香小区3号楼2单元电线杆", "丁香小区3号楼2单元电线杆"),
    ],
)
def test_a_room_of_an_estate_is_a_home_without_a_word_of_living(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话一百三十八，五十七，六十二，四千零一十九", "电话〔手机号〕"),
        ("从右往左：6 2 0 4 8 1 7 5 9 3 1", "从右往左：〔手机号〕"),
        ("青B车，后面5位 T 7 1 0 9", "〔车牌号〕"),
        ("青07-41628报废", "〔车牌号〕报废"),
        ("青B9?4T2", "〔车牌号〕"),
        ("QingB-8T640", "〔车牌号〕"),
        ("护照EJ\n3810 642", "护照〔出入境证件号〕"),
        ("区号0931，号码是 6455 2083", "区号〔固定电话〕"),
        (
            "三百五十户，二百零三人，一千二百一十五只，十九年",
            "三百五十户，二百零三人，一千二百一十五只，十九年",
        ),
    ],
)
def test_kinds_of_the_seventh_writer(text: str, masked: str) -> None:
    assert mask(text) == masked
