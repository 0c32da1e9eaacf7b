"""Accounts, papers, plates and mail that a text names, in letters and digits of no known shape: 「我威信的名是q1w2e3」.

What is named last before the letters decides, as with `announced`: a menu, a model, an order or a web address is nobody's.
"""

import re
from collections.abc import Iterator

WECHAT, NETWORK, PASSPORT, CARD, PLATE, QQ, EMAIL = (
    "微信号",
    "网络账号",
    "出入境证件号",
    "证件号",
    "车牌号",
    "QQ号",
    "邮箱",
)

_ANY = re.compile(  # of such are values made
    r"[A-Za-z][A-Za-z0-9_\-.]{0,30}\d|\d[A-Za-z0-9_\-]{0,30}[A-Za-z]|[A-Za-z]{2}[_\-][A-Za-z]|[A-Za-z][ \-.·\n]{1,2}\d"
    r"|[\u4e00-\u9fff]\d\d[\-· ]\d{5}"
    r"|(?:[A-Za-z] ){4}|[A-Za-z]{5}"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9@./:])[A-Za-z0-9](?:[A-Za-z0-9_]|[\-.](?=[A-Za-z0-9_\-.])|[ ·](?=[A-Za-z0-9])){1,}+(?![A-Za-z0-9]|\.[a-z]|@|://)"
)
_LONGEST = 40
_NAMES: tuple[tuple[str, str], ...] = (
    (
        WECHAT,
        r"微\s?信号?|[薇威维徽围微][信心]号?|卫星(?=号|:)|[Ww]e\s?[Cc]hat|[Ww]ei\s?(?:[Xx]in|信)|(?<![A-Za-z])[VvWw]\.?[Xx](?![A-Za-z])|[Vv]信"
        r"|[微薇威]\s?[❤♥💗xX]|绿泡泡|[+加我]\s?[Vv微薇威](?![A-Za-z])|(?<![A-Za-z])[VvWw](?=[号:])|绿色?软件",
    ),
    (QQ, r"(?<![A-Za-z])[Qq]\s?[Qq]|扣扣|抠抠|企鹅"),
    (
        NETWORK,
        r"抖音|快手|小红书|微博|钉钉|支付宝|陌陌|探探|[Bb]站(?=\s?(?:[UuIi][IiDd]|号|账号))|闲鱼|淘宝|知乎|贴吧|[Tt]elegram|电报|飞机号|[Ww]hats[Aa]pp"
        r"|(?<![A-Za-z])(?:[Ll]ine|LINE|ins|INS|tg|TG|dy|DY|ks|xhs)(?![A-Za-z])|[Ff]acebook|脸书|推特|[Tt]witter|[Ii]nstagram|[Ss]kype|网名|昵称"
        r"|游戏[iI][dD]",
    ),
    (PASSPORT, r"护照|通行证|台胞证|回乡证|港澳证|入台证|[Pp]assport|PASSPORT"),
    (
        CARD,
        r"社会?保[障险]?|医保|公积金|养老|残疾人?证|居住证|居留|永居|驾驶证?|驾照|行驶证|健康证|军官证|士兵证|退[役休伍]\w{0,3}证|优待证"
        r"|低保证|老年[卡证]|户口[本簿]|出生证|出生医学证?明?|[结离]婚证|学籍|证件|身[份分]证|sfz|一卡通|市民卡|宽带"
        r"|[Pp]ermit|[Rr]esident|PR [Cc]ard",
    ),
    (EMAIL, r"邮箱|电邮|[Ee]-?[Mm]ail"),
    (PLATE, r"车牌|牌照|号牌|车号|牌号"),
)
_BUSINESS = (
    r"公众号|小程序|视频|直播|主播|登[录陆]|服务号|订阅号|支付|付款|群|缴费|订单|单号|编[号码]|案[号件]|受理|流水|文[号件]|合同|发票|密码|口令|验证码|型号|版本|规格|代码|批号"
    r"|编制|标准|软件|网[站址页]|链接|[Aa]pp|APP|[Ww]i-?[Ff]i|WIFI|电脑|手机型|系统|窗口|地铁|公交|线路|号线|航班|车次|站台|邮编|排队|[叫取]号|设备|条形?码"
    r"|二维码|会议|标段|地块|楼|座|单元|房号|门牌|等级|类型|准驾|型|期|准考|学号|工号|病历|门诊|住院|执照|许可证|备案|信用代码|税号|产权|登记"
)
_NAMED = re.compile(
    "|".join(f"(?P<k{at}>{words})" for at, (_, words) in enumerate(_NAMES))
    + rf"|(?P<business>(?:{_BUSINESS})(?:证?号码?|单号?)?)"
)
_BEHIND = re.compile(
    r"[\s,，.)）\]】」”、~—]{0,3}(?:这个?|那个?|就|都|才)?[本张块]?[是为]?(?:俺|我|他|她|咱|本人|老[婆公伴]|[爸妈])?们?(?:的|自己的?)?"
    r"(?:(?P<k0>微信|[Vv][Xx](?![A-Za-z])|[Vv]信|薇信)|(?P<k1>[Qq][Qq])|(?P<k2>抖音|快手)|(?P<k3>护照|通行证|台胞证|回乡证)"
    r"|(?P<k4>社保卡|居住证|驾驶证)|(?P<k6>车牌))(?!里|群|上|支付|公众|小程序|聊|转|登)"
)
_PLACE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
_REACH, _APART = 24, 12
_SENTENCE, _WORD = re.compile(r"[。！!？?；;]"), re.compile(r"[\u4e00-\u9fffA-Za-z]")
_NO_CODE = re.compile(  # words and units that letters and a digit make
    r"(?:www.{0,40}|[A-Za-z0-9_\-.]{1,30}\.(?:com|cn|net|org)|https?|app|wi-?fi|pdf|excel|word|ios|android|iphone|ipad|vip|ok|gps|led|pvc|ppt|usb|cctv|atm|pos|[kmg]b|k[wvmg]|[cm]m|pm2|co2|hello|order"
    r"|account|number|please|thanks|[a-z]?\d{1,2}[a-z]?|[a-z]{1,3}\d{1,2})",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?=.{0,40}[0-9_\-])(?=.{0,40}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_\-.]{4,24}|[A-Za-z](?: [A-Za-z0-9_]){4,19}"
)
_SHAPES = {
    WECHAT: _HANDLE,
    NETWORK: _HANDLE,
    PASSPORT: re.compile(
        r"[A-Za-z]{1,2}[ \-.·]?\d(?:[ \-.·]?\d){5,10}|[A-Za-z][ \-][A-Za-z](?:[ \-]?\d){6,9}"
    ),
    CARD: re.compile(r"(?=(?:[^0-9]{0,9}[0-9]){5})[A-Za-z0-9](?:[ \-.·]?[A-Za-z0-9]){5,24}"),
    PLATE: re.compile(
        r"[A-Za-z][ \-.·]?(?=(?:[^0-9]{0,9}[0-9]){2})[A-Za-z0-9](?:[ \-.·]?[A-Za-z0-9]){3,5}|\d{3,5}[A-Za-z]{1,2}"
    ),
    EMAIL: re.compile(r"(?=.{0,30}[0-9])(?=.{0,30}[A-Za-z])[A-Za-z0-9][A-Za-z0-9._\-]{4,30}"),
    QQ: re.compile(r"(?!)"),  # digits alone, which `announced` knows
}
_LETTERS_TOLD = re.compile(r"(?:号|[是叫为:：]|拼音|字母|英文|[大小]写|全拼)的?\s?$")
_LETTERS = re.compile("[A-Za-z]{5,20}")
_OF_A_PLACE = re.compile(f"({_PLACE}|(?<=[牌照号是为: ])[\u4e00-\u9fff]{{2,3}})$")
_IN_LATIN = "Jing|Jin|Hu|Yu|Ji|Yun|Liao|Hei|Xiang|Wan|Lu|Xin|Su|Zhe|Gan|E|Gui|Meng|Shan|Min|Yue|Qing|Zang|Chuan|Ning|Qiong"
_REST_OF_PLATE = re.compile(  # 「吉A的车，后面6K2D8」, a tractor's, one with a sign that nobody saw, one in Latin letters
    rf"(?P<value>{_PLACE}[A-Z](?![A-Za-z0-9])[^A-Za-z0-9。\n]{{1,8}}(?:\d位\s?)?"
    rf"(?=[0-9 ]{{0,9}}[A-HJ-NP-Z])(?=[A-Z ]{{0,9}}[0-9])"
    rf"[A-HJ-NP-Z0-9](?: ?[A-HJ-NP-Z0-9]){{4,5}})(?![A-Za-z0-9])"
    rf"|(?P<tractor>{_PLACE}\d\d[\-· ]\d{{5}})(?!\d)"
    rf"|(?P<unseen>{_PLACE}[A-Z][A-Z0-9]{{1,4}}[?？*][A-Z0-9?？*]{{1,4}})(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z])(?P<latin>(?:{_IN_LATIN})[A-Z][\-· ]?(?=[A-Z]{{0,4}}\d)[A-Z0-9]{{5,6}})(?![A-Za-z0-9])"
)
_BROKEN = re.compile(r"(?:护照|通行证)[^A-Za-z0-9。\n]{0,6}(?P<value>[A-Za-z]{1,2}\n\d[\d ]{5,9}\d)(?!\d)")
_ADDED = re.compile(
    r"加(?:她|他|我)?(?:微信)?\s?(?P<value>(?=[A-Za-z0-9]{0,19}_)[A-Za-z][A-Za-z0-9_]{5,23})(?![A-Za-z0-9_.@])"
)
_AT = (
    r"(?:[@#*&]|[(\[{<【]\s?(?:at|AT|At|@|a|A|#|艾特)\s?[)\]}>】]|[艾爱埃]特|圈[aA]|小?老鼠|[aA]圈|(?<=\s)(?:at|AT|At)(?=\s)"
    r"|at符号)"
)
_DOT = r"(?:[.。,，·]|点儿?|[(\[{<【]\s?(?:dot|DOT|点|\.)\s?[)\]}>】]|(?<=\s)(?:dot|DOT|Dot)(?=\s))"
_TOP = r"(?:c\s?o\s?m|c\s?n|cn|net|org|edu|gov|cc|me|io|hk|tw|COM|CN|NET|康姆|vip)(?![A-Za-z])"
_MAIL = re.compile(
    r"(?:邮箱|邮件|[Ee]-?[Mm]ail|电邮|mail|MAIL|发[到给我])[^A-Za-z0-9\n。]{0,8}?(?P<value>(?:[\u4e00-\u9fff]{1,4}(?:全拼|拼音|首字母)\s?加?\s?)?"
    rf"[A-Za-z0-9](?:[A-Za-z0-9._\-+]|\s(?=[A-Za-z0-9._])|\s?(?:下划线|减号|横杠|中划线|dot|点)\s?){{1,30}}?\s{{0,2}}{_AT}\s{{0,2}}"
    rf"[A-Za-z0-9](?:\s?[A-Za-z0-9\-]){{0,19}}(?:\s?{_DOT}\s?[A-Za-z0-9\-]{{1,20}})?\s?{_DOT}\s?{_TOP}(?:\s?{_DOT}\s?cn)?)"
)


def named_codes(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each, in a text that is read aloud already."""
    if not _ANY.search(text):
        return
    for found in _REST_OF_PLATE.finditer(text):
        yield PLATE, *found.span(found.lastgroup or 0)
    for found in _BROKEN.finditer(text):
        yield PASSPORT, *found.span("value")
    for found in _ADDED.finditer(text):
        yield WECHAT, *found.span("value")
    for found in _MAIL.finditer(text):
        yield EMAIL, *found.span("value")
    for found in _CODE.finditer(text):
        start, end = found.span()
        if end - start > _LONGEST or _NO_CODE.fullmatch(found[0]):
            continue
        before = _of_the_sentence(text[max(0, start - _REACH) : start])
        kind = _named(before) or _named_afterwards(text, end)
        if kind == PLATE and (place := _OF_A_PLACE.search(before)):
            start -= len(place[1])
        if kind and (_SHAPES[kind].fullmatch(found[0]) or _told_in_letters(kind, before, found[0])):
            yield kind, start, end


def _of_the_sentence(before: str) -> str:
    before = before[before.rfind("〕") + 1 :]
    stops = [mark.end() for mark in _SENTENCE.finditer(before) if _WORD.search(before, mark.end())]
    return before[stops[-1] :] if stops else before


def _named(before: str) -> str:
    names = list(_NAMED.finditer(before))
    if not names or names[-1].lastgroup == "business" or len(before) - names[-1].end() > _APART:
        return ""
    return _NAMES[int((names[-1].lastgroup or "")[1:])][0]


def _named_afterwards(text: str, end: int) -> str:
    found = _BEHIND.match(text, end)
    return _NAMES[int((found.lastgroup or "")[1:])][0] if found else ""


def _told_in_letters(kind: str, before: str, written: str) -> bool:
    """Letters alone are an account where they are said to be one: 「微信号全是小写laowangzhou」."""
    return kind == WECHAT and bool(_LETTERS.fullmatch(written) and _LETTERS_TOLD.search(before))
