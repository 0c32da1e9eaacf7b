"""What a number is called by the words before it and behind it: a person's, that of some business, or nothing.

The name that is nearest before the digits decides. What stands in a sentence before, or within a label that masking left, names
nothing; a bare 「号码」 after the name of some business belongs to that business.
"""

import re
from dataclasses import dataclass

MOBILE, LANDLINE, IDENTITY, BANK, CARD, QQ = "手机号", "固定电话", "身份证号", "银行卡号", "证件号", "QQ号"

_PERSONAL: tuple[tuple[str, str], ...] = (
    (
        MOBILE,
        r"电话|手机|联系|致电|[打拨]给?|回[电拨个]|来电|号码|短信|[Tt][Ee][Ll]|[Pp]hone|[Mm]obile|[Cc]ell|[Cc]all|小灵通|老[人年]机|微信"
        r"|[我他她它俺咱爸妈爷奶公婆哥弟姐妹叔姨舅儿女孙伴娘头]的?号|号是|[新旧换同]号|[找呼]我|[Vv][Xx]|[Ww][Xx]|支付宝",
    ),
    (LANDLINE, r"座机|固话|宅电|传真|[Ff]ax|分机|区号"),
    (IDENTITY, r"身份|证件|证号|sfz|SFZ|公民|[一二三]代证|\bID\b"),
    (
        BANK,
        r"卡号|[银工农建中交招邮储]行|账号|帐号|账户|帐户|存折|折子|卡里?|开户|收款|户名|工资|[打转汇存]到",
    ),
    (
        CARD,
        r"(?:[我他她]|孩子|儿子|女儿|闺女|娃|本人|学生)家?的?学号|个人编号|参保[人号]?"
        r"|(?:社会?保[障险]?|医保|公积金|养老|残疾人?证|居住证|居留|永居|驾驶证?|驾照|行驶证|健康证|军官证|士兵证|退[役休伍]\w{0,3}证|优待证|低保证"
        r"|老年[卡证]|户口[本簿]|出生证|出生医学|[结离]婚证|准?生育?证|学籍|学生证|工会卡|护照|通行证|台胞证|回乡证|港澳证|一卡通|市民卡|[Pp]assport)"
        r"(?:卡|证)?(?:档案|个人)?(?:编号)?",
    ),
    (QQ, r"[Qq]\s?[Qq]|扣扣|抠抠|企鹅|球球|[加我]的?[Qq]|[Qq]号"),
)
# What has numbers of its own, and what counts: behind these no number is a person's.
_BUSINESS = (
    r"订单|运单|单号|工单|流水|编号|编码|案[号件]|受理|取件|合同|发票|条形?码|序列|户号|表号|水表|电表|气表|燃气|设备|信用代码|交易|凭证|档案|工号|学号"
    r"|准考|病历|门诊|住院|就诊|诊疗|坐标|经[纬度]|纬度|位于|许可证|执照|备案|税号|文[书号件]|代码|票号|批[号准]|发动机|车架|条款|快递|物流|办件|收件[单编]"
    r"|转?账单|短信通知|验证码|密码|口令|热线|客服|转人工|(?:服务|投诉|报修)电话|电梯|项目|标段|产权|房产证|不动产|股票|基金|航班|车次|列车|余额|金额|合计"
    r"|共计?|总[额计数]|价格?|单价|面积|邮编|邮政编码|区划|型号|规格|版本|端口|[Ii][Pp]|会议|读[数了]|比分|ISBN|书号|条例|令第|字第|准字|国标|标准|GB"
    r"|里程|排队|[叫取]号|座位|尾号|开头的|套餐|流量|[花交缴扣充]了|欠了?|罚|付了?|给了|涨到?|赔|收了|补贴|奖励|元|公里|[Oo]rder|[Vv]ersion|[车摊]位"
    r"|[Uu][Rr][Ll]|http|商品|货号|型"
)
_NAMED = re.compile(
    "|".join(f"(?P<k{at}>{words})" for at, (_, words) in enumerate(_PERSONAL))
    + rf"|(?P<business>(?:{_BUSINESS})(?:证?号码?|卡号?|单号?)?)"
)
_AFTERWARDS = re.compile(  # what is said of a number behind it
    r"(?:[\s,，]?[对嗯好])?[\s,，。.!)）\]】」”、~—\-]{0,3}(?:这个?|那个?|就|都|才)?[是为]?(?:俺|我|他|她|咱|本人|家里?|老[婆公伴]|[爸妈])?们?(?:的|自己的?|本人的?)?"
    r"(?:(?P<mobile>手机|电话|号码?(?![线楼院])|联系|微信|打|拨|找我|座机)|(?P<identity>身份证|证件|证号)"
    r"|(?P<bank>银行卡|卡号|工资卡|存折|[工农建中交招邮]行)|(?P<qq>[Qq][Qq]|扣扣))"
)
_KINDS = {"mobile": MOBILE, "identity": IDENTITY, "bank": BANK, "qq": QQ}
_WEAK = re.compile("号码|号是|[新旧]号|[打拨]给?|联系")
_REACH, _NEAR, _APART = 26, 4, 16
_CLAUSE, _SENTENCE = re.compile(r"[，,。；;！!？?\n]"), re.compile(r"[。！!？?]")
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z]")


@dataclass(frozen=True, slots=True)
class Name:
    """What a number is called; `near`: by a word that stands beside it. Without a kind it is that of some business."""

    kind: str
    near: bool


BUSINESS = Name("", False)


def called(text: str, start: int, end: int) -> Name | None:
    """Return what the number at `text[start:end]` is called."""
    before = _of_the_sentence(text[max(0, start - _REACH) : start])
    own = _last_begun(_CLAUSE, before)
    last: re.Match[str] | None = None
    business = False
    for found in _NAMED.finditer(before):
        if found.lastgroup == "business":
            business = True
            last = found if found.start() >= own else last
        elif not (business and _WEAK.fullmatch(found[0])):
            last = found
    if last is None:
        after = _AFTERWARDS.match(text, end)
        return Name(_KINDS[after.lastgroup or ""], True) if after else None
    if last.lastgroup == "business":
        return BUSINESS
    apart = len(before) - last.end()
    return Name(_PERSONAL[int((last.lastgroup or "")[1:])][0], apart <= _NEAR) if apart <= _APART else None


def is_business(text: str, start: int) -> bool:
    """Tell whether anything before `start` names some business."""
    return any(
        found.lastgroup == "business" for found in _NAMED.finditer(text[max(0, start - _REACH) : start])
    )


def _of_the_sentence(before: str) -> str:
    before = before[before.rfind("〕") + 1 :]  # what was hidden there names nothing
    return before[_last_begun(_SENTENCE, before) :]


def _last_begun(mark: re.Pattern[str], before: str) -> int:
    """Return where the last part begins that has a word in it."""
    return max(
        (found.end() for found in mark.finditer(before) if _WORD.search(before, found.end())), default=0
    )
