"""What a question asks for and an entry tells of: something to be done (补办, 注销 …) or a fact (费用, 电话 …)."""

import re
from collections.abc import Callable, Iterable

from knowledge_base.verifier.things import SHORT

# How an entry's wordings may say, ever so loosely, that they are about a deed; `_ASKED_DEEDS` is stricter.
_DEEDS: dict[str, str] = {
    "补办": (
        r"补办|补领|补发|补证|补卡|补一|补个|遗失|丢|掉了|找不到|找不着|不见了|被偷|偷了|挂失|整丢|没了|重新?办"
        r"|再办|重新|再弄|重办|失窃|落在|补一下|补张|补本|再开|再领|损坏|损毁|坏|烂|摸走|顺走|补建|补换|灭失"
        r"|毁|破|漏|补开|补录|遗落|招领|续|补(?![贴助缴偿充习交])|怎么补|咋补|补救"
    ),
    "换证": r"换|重新|到期|期满|过期|更新|损坏|损毁|坏|磨|看不清|年审|续|有效期|延期|满了",
    "年检": r"年检|年审|审车|验车|审验|检验|检测|检查|体检|复审|核验|认证",
    "注销": (
        r"注销|取消|销|退出|终止|停|作废|退掉|撤|解除|解绑|不要了|不用了|不干了|关门|关张|退|保留|报废|拆|更名"
        r"|改名|歇业|失效|断|去掉|删|过世|去世|死|走了|没了"
    ),
    "变更": r"变更|更改|修改|更正|改|换|搬|迁|错|误|变动|调整|过户|转|更新|重置|调|归|写",
    "余额": r"余额|剩|结余|还有多少|里有多少|里头有多少|账户|明细|余下|查",
    "查询": (
        r"查|进度|到哪一?步|办到哪|批下来|结果|打印|调取|调档|核实|验|状态|名单|看看|好了没|咨询|到账|真假"
        r"|公示|知道|反馈|通知|短信"
    ),
    "投诉": r"投诉|举报|反映|维权|告|曝光|申诉|处理|追|管|仲裁|纠纷|热线|监督|罚|报警|争议|不服|怎么办(?!理)|拖欠",
    "退费": r"退费|退款|退钱|退税|退还|返还|多交|多扣|重复|退回|退",
    "转移": r"转|迁|接续|过户|调|搬|跨|异地|外地|外省|落户|入户|带走",
    "减免": r"减|免|优惠|少交|困难",
    "恢复": r"恢复|停|断|重新|补|续",
    "认证": r"认证|核验|年审|审核|刷脸|活着|生存",
    "延期": r"续|延|展期|签注|到期|期满|宽限|再次|缓|晚",
    "首次": r"首|第一|初|新|申|办理|登记|报名|参加|开办|领取",
    "不服": r"不服|复议|申诉|异议|复评|复核|复查|争议|不满|不认|重新|再审|救济|再申请|有误",
}
# How a question asks for a fact, and by what an answer seems to give it.
_FACTS: dict[str, tuple[str, str]] = {
    "电话": (
        r"(?<!投诉)(?<!举报)电话(?:号码)?(?:是?多少|几号|是啥|是什么|$|[?？])|[么啥个]电话|(?:联系|咨询|服务)电话|热线|联系方式|打哪个号|号码是多少",
        r"电话|热线|\d{7,}|\d{3,4}-\d+|12\d{3}|拨打|致电",
    ),
    "时间": (
        r"几点|上班时间|办公时间|营业时间|开放时间|开门|关门|周末|星期[六天日]|周[六日]|礼拜[六天日]|节假日|中午|双休日|上不上班",
        r"点|时(?=[至到]|\d)|:\d\d|周[一二三四五六日末]|星期|工作日|节假日|全天|小时|午|天天|每天|每日|随时",
    ),
    "地点": (
        r"在哪|去哪|到哪|上哪|哪里|哪儿|哪个窗口|哪个部门|地址|什么地方|啥地方|怎么走|几楼|何处",
        r"到|向|在|于|由|去|找|局|所|中心|窗口|处|楼|路|站|院|网|小程序|app|平台|社区|村|镇|街",
    ),
    "费用": (
        r"费用|收费|多少钱|花钱|要钱|交钱|工本费|手续费|免费吗|免费不|要不要钱|几块|收钱|价格|价钱|贵不贵|几多钱|好多钱|掏钱",
        r"元|免费|费|不收|收取|价|万|钱|免征|免收|无偿|缴|补贴|补助|承担|支付|自付|报销|%|租金|金额",
    ),
    "材料": (
        r"材料|资料|带什么|带啥|带哪些|拿什么|拿啥|准备什么|准备啥|什么证件|啥证|哪些证|什么手续|啥手续|什么东西|啥东西",
        r"材料|携带|持|带|凭|提供|提交|身份证|户口|证明|申请表|照片|复印件|出具|证件|合同|原件|填写|手续|资料|无需|不需|申请",
    ),
    "数额": (
        r"比例|标准|额度|金额|多少钱|报多少|补多少|给多少|领多少|发多少|几成",
        r"%|百分之|元|倍|比例|比率|折|免费|[一二三四五六七八九十百千万]+分之|成|数额|全额|金额",
    ),
    "条件": (
        r"条件|资格|什么人能|哪些人|谁能|谁可以|够不够格|门槛",
        r"的|应|须|符合|具备|以上|以下|满|限于|仅限|凡|条件|资格|需|必须|可|持|提供|证明|审核",
    ),
    "期限": (
        r"多久|多长时间|几天|多少天|几个工作日|时限|办结|等多长|有效期|几年",
        r"日|天|年|月|周|当场|即时|立即|当天|现场|小时|长期|期|随时|时",
    ),
}
_OPPOSITE = tuple(
    (re.compile(one), re.compile(other))
    for one, other in (
        (r"转出|转走|迁出|调出", r"转入|迁入|转来|调入"),
        (r"结婚", r"离婚"),
        (r"登记|设立", r"注销"),
    )
)
_START = re.compile(
    r"办理|申领|申请|首次|新办|办个|办一个|办一张|怎么办(?=[^了法]|$)|头[一]?回|第一次|申办|办卡|办证|登记(?!簿|证|错|信)"
)
# What a question about a first application does not ask for.
_AFTER = frozenset(
    ["补办", "注销", "投诉", "退费", "余额", "转移", "减免", "恢复", "认证", "延期", "不服", "变更", "换证"]
)


def _finder(patterns: Iterable[tuple[str, str]]) -> Callable[[str], list[str]]:
    compiled = [(name, re.compile(pattern)) for name, pattern in patterns]
    return lambda text: [name for name, pattern in compiled if pattern.search(text)]


_ASKED_DEEDS = {
    "补办": (
        r"补办|补领|补发|补证|补卡|补一[张本个]|补张|补本|(?<!发票)(?:遗失|丢失|丢了|弄丢|搞丢)|掉了|找不[到着](?!活|工作|人|地|单位)"
        r"|不见了|被偷|偷了|挂失|整丢|重新办|再办一|再弄一|重办|失窃"
    ),
    "换证": r"换领|换证|换发|期满|快到期|到期了|过期了|换新|年审",
    "年检": r"年检|年审|审车|验车|审验",
    "注销": r"注销|取消|销户|销掉|作废|退掉|停业|不用了|不想要了|退保|撤销",
    "变更": r"变更|修改|更正|更改|改名|改一下|改成|写错|登记错|换地址",
    "余额": r"余额|还剩多少|剩多少钱|里有多少钱|里头有多少钱|还有多少钱",
    "查询": r"查询|怎么查|咋查|查一下|进度|到哪一?步|办到哪|批下来没|查查",
    "投诉": r"投诉|举报",
    "退费": r"退费|退款|退钱|退税",
    "转移": r"迁移|转移|转入|转出|迁入|迁出|接续",
    "减免": r"减免",
    "恢复": r"恢复",
    "认证": r"(?:生存|资格|待遇|年度|刷脸).{0,4}(?:认证|核验)",
    "延期": r"续租|续期|续签|续费|延期|展期",
    "不服": r"不服|复议|申诉|异议|复评|复核",
    "首次": r"首次|第一次|头一?回|初次|新办",
}
# Deeds that an entry may treat among other things: 退出或续租, 怎么还款和展期.
_ASIDE = {
    deed: re.compile(
        rf"[、,，和与或及].{{0,{6 if deed == '减免' else 1}}}(?:{_ASKED_DEEDS[deed]})|(?:{_ASKED_DEEDS[deed]})[、,，和与或及]"
    )
    for deed in ("减免", "延期", "注销", "变更", "恢复", "转移", "换证", "补办")
}
_deeds_asked = _finder(_ASKED_DEEDS.items())
_deeds_told = _finder(_DEEDS.items())
_facts_asked = _finder((name, asked) for name, (asked, _) in _FACTS.items())
_facts_told = _finder((name, f"{asked}|{told}" if told else asked) for name, (asked, told) in _FACTS.items())


def another_ask(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if what is asked for is nowhere told of, or if all wordings ask for what nobody asked."""
    deeds = _deeds_asked(question)
    told = {*_deeds_told(wordings), *_deeds_asked(answer)}
    if deeds and not told & set(deeds):
        return f"问的是{'、'.join(deeds)}，条目没有说到"
    for one, other in _OPPOSITE:
        for mine, theirs in ((one, other), (other, one)):
            asked, told_of = mine.search(question), theirs.search(wordings)
            if asked and told_of and not theirs.search(question) and not mine.search(wordings):
                return f"问的是“{asked[0]}”，条目说的是“{told_of[0]}”"
    each_asks = [set(_deeds_asked(wording)) for wording in wordings.split("|")]
    entry_deeds = [
        deed
        for deed in _deeds_asked(wordings)
        if deed in _AFTER
        and all(deed in asks for asks in each_asks)
        and not (deed in _ASIDE and _ASIDE[deed].search(wordings))
    ]
    plain = not deeds and (len(question) <= SHORT or _START.search(question))
    if entry_deeds and plain and not set(entry_deeds) & set(_deeds_told(question)):
        return f"条目说的是{'、'.join(entry_deeds)}，问句没有提到"
    facts = _facts_asked(question) if "余额" not in deeds else []
    if facts and not {*_facts_asked(wordings), *_facts_told(answer)} & set(facts):
        return f"问的是{'、'.join(facts)}，条目没有说到"
    return None
