"""Holes are found, and ordinary brackets, headings and numbers are left in peace."""

import pytest

from text.placeholders import hole


@pytest.mark.parametrize(
    "text",
    [
        "水管将于【日期】修好", "水管将于{时间}修好", "于【请填写具体办理时间】办结", "{{name}}您好", "［待填］", "〔待定〕",
        "请联系 XXX 修水管", "到××路", "请到XX局办理", "20XX年X月X日", "×月×日", "（待填写）", "（待补充）", "（  ）",
        "【】", "TODO 补充", "<日期>", "【姓名】您好", "请拨打【联系电话】咨询", "尊敬的（姓名）", "某某局", "____", "＿＿＿",
        "在{路口名}设置标志",
        "您反映的XX路积水", "您反映的ＸＸ路积水", "某某同志您好", "请到某某路办理", "由某某负责", "｛街道名称｝",
        "于【路口名】修复", "某年某月", "**路的路灯", "□□□",
        "【此处填写原因】", "水管将于【填写日期】修好", "[待补充]", "{请输入金额}",
    ],
)  # fmt: skip
def test_a_hole_is_found(text: str) -> None:
    assert hole(text)


@pytest.mark.parametrize(
    "text",
    [
        "张某某因占道被处罚", "138××××1234", "**注意**携带证件", "□同意",
        "（请提前预约）", "（电话：12345）", "（单位盖章）", "（租房合同即可）", "（请携带身份证）", "（地点：政务大厅二楼）",
        "【联系电话】12345\n【办理地点】政务大厅", "【填写说明】请看", "【补充材料】身份证", "【注意】请携带", "《请示》",
        "请先填写《申请表》（填写说明见附件）", "二〇〇八年", "3×5米", "XXL码", "X射线", "CT、X线检查", "138XXXX1234",
        "https://a.b/c_d__e", "〔2024〕12号", "[2024]5号", "具体时间待定", "(一)", "（日期以公告为准）",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_holes(text: str) -> None:
    assert hole(text) == ""


def test_time_grows_with_the_length_and_nothing_else() -> None:
    assert hole("【（" * 20_000) == ""
