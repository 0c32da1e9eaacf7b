"""The indicators of the monthly self-check, in the words and the order of the standard.

Source: Qingdao West Coast 2020 no. 88, annex 2, (四) 日常监管指标.
"""

from dataclasses import dataclass

GROUPS = {"A": "安全方面", "B": "内容方面", "C": "互动回应方面", "D": "考核监管方面", "E": "创新方面"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """`hint` tells the one who is asked where to look; empty where the register itself can judge."""

    code: str
    words: str
    clause: str
    hint: str = ""


def _all() -> tuple[Indicator, ...]:
    numerals = dict(zip("ABCDE", "一二三四五", strict=True))
    rows = (
        ("A1", "无严重表述错误", "通读本月发布的内容"),
        ("A2", "无泄露国家秘密", "核对本月发布内容的保密审查"),
        ("A3", "无发布或链接反动、暴力、色情等内容", "核对本月发布的内容和链接"),
        ("A4", "无因发布内容不当引发严重负面舆情", "核对本月舆情"),
        ("A5", "建立信息审核发布制度，有信息审核发布登记台账", ""),
        ("B1", "信息内容每周更新", ""),
        ("B2", "无错误字符或不可用链接地址", "逐条打开本月发布的链接，核对文字"),
        ("B3", "无刊登商业广告或链接商业广告页面", "核对本月发布的内容和链接"),
        ("B4", "账号访问和使用正常，无“僵尸”、“睡眠”情况", ""),
        ("C1", "提供有效互动功能", ""),
        ("C2", "无购买“粉丝”、强制要求群众点赞等弄虚作假行为", "如实填写"),
        ("D1", "每月开展政务新媒体自查并留存检查结果", ""),
        ("D2", "单位本级政务新媒体纳入省政务新媒体备案系统", ""),
        ("D3", "政务新媒体工作纳入本单位年度绩效考核", "查本单位考核办法"),
        ("D4", "国家省市区各级检查发现的问题，1周内整改完毕", ""),
        ("D5", "不符合开设条件的政务新媒体，按要求注销关停", "核对账号清单"),
        ("E1", "优秀经验做法或稿件信息被省、市以上媒体宣传报道或转载", "如实填写；没有时写明原因"),
        (
            "E2",
            "公开、办事、互动等功能与区级融媒体平台对接，提供内容、延伸发布取得较好效果",
            "如实填写；没有时写明原因",
        ),
    )
    return tuple(
        Indicator(code, words, f"青西新管办发〔2020〕88号附件2（{numerals[code[0]]}）{code[1:]}", hint)
        for code, words, hint in rows
    )


INDICATORS = _all()
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
