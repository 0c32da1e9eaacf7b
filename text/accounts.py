"""Addresses of mail and names in chats and networks, as people write them to be understood by people alone: 圈、艾特、卫星号."""

import re

from text.copula import IS as _IS

EMAIL, QQ, WECHAT, NETWORK = "邮箱", "QQ号", "微信号", "网络账号"

_NUMBER = r"(?:号码?|名字?|账号|帐号|[Ii][Dd]|UID|uid)?"
_TOP = r"(?:com|cn|net|org|edu|gov|cc|me|io|hk|tw|康姆|COM|CN|NET)(?![A-Za-z])"
_DOT = r"\s?(?:\.|。|,|点|[(\[{<【]?(?:dot|DOT|Dot)[)\]}>】]?)\s?"
_SIGN = r"(?:@|[(\[{<【](?:at|AT|At|@|a)[)\]}>】]|#|[艾爱埃][特忒]|圈[Aa]?|小?老鼠|花[Aa]|[Aa]圈|\b(?:at|AT|At)\b)"
_LOCAL = r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]++(?:(?:下划线|减号|横杠|中划线)[A-Za-z0-9._\-]++)?"
_EMAIL = re.compile(
    rf"{_LOCAL}(?:@|\s{{0,2}}{_SIGN}\s{{0,2}}(?=[A-Za-z0-9\-]{{1,20}}{_DOT}{_TOP}))[A-Za-z0-9\-]{{1,63}}"
    rf"(?:(?:\.|{_DOT})[A-Za-z0-9\-]{{1,63}}(?!@)){{0,3}}?(?:\.[A-Za-z0-9\-]{{1,63}}|{_DOT}{_TOP}(?:\.cn)?)++",
    re.ASCII,
)
_HOUSES = (
    r"(?:qq|QQ|163|126|139|189|sina|gmail|hotmail|outlook|foxmail|yeah|sohu|aliyun|icloud|Gmail|Outlook)"
)
_EMAIL_NAMED = re.compile(rf"(?P<value>[\u4e00-\u9fff]{{2,4}}{_SIGN}{_HOUSES}{_DOT}{_TOP})")
_EMAIL_OF = re.compile(
    r"(?P<value>(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9._\-]{3,30})(?:[@的在,，]|是)?(?:网易|QQ|qq|谷歌|新浪|163|126|搜狐)的?邮箱"
)
_EMAIL_SAID = re.compile(
    r"(?:邮箱|电邮|[Ee]-?mail)(?:号|账号|地址|名字?)?[\s:是为]{0,3}"
    r"(?P<value>(?=[A-Za-z._\-]{0,25}\d)[A-Za-z][A-Za-z0-9._\-]{4,30}|[A-Za-z0-9._]+ [A-Za-z0-9._]+@[A-Za-z0-9.]+)(?![A-Za-z0-9])"
)
_APART = r"[ \-.·、_/*,，]?"
_QQ = re.compile(
    rf"(?:[Qq]\s?[Qq]|扣扣|抠抠|企鹅|球球|秋秋|(?:我的?|加)[Qq]|(?<![A-Za-z])[Qq]我|(?<![A-Za-z])[Qq](?=号|:|\s\d{{7}}))(?:邮箱|号码?|账号|群)?{_IS}"
    rf"(?P<value>(?!(?:19|20)\d\d[.\-/]\d)[1-9](?:{_APART}\d){{4,10}}(?!\d))"
    r"|(?:[扣抠](?:我|号|:|是)?\s?)(?P<other>[1-9]\d{5,10})(?![\d元块分万个])"
)
QQ_SAID = re.compile(  # no product and no standard is numbered in Chinese digits behind a Q
    r"(?<![A-Za-z])[Qq]\s?(?P<value>[〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖]{6,11})(?![〇零一二三四五六七八九十百千万元块])"
)
_CHAT = (
    r"微信|[薇威维徽围微][信心]|(?<![A-Za-z])(?:[Ww]ei|[Ww]) ?信|(?<![A-Za-z])[Vv][.\-·\s]?[Xx]|卫星(?=[号:])"
    r"|(?<![斗象播视信讯导云地造枚颗])卫星(?=\s?[a-z])(?!\s?(?:tv|gf|gps|db|tb|map))"
    r"|[Vv][信❤号]|[Ww]e\s?[Cc]hat|[Ww]ei\s?[Xx]in|(?<![A-Za-z])[VvWw][Xx]"
    r"|[微威薇]\s?[❤♥💗💓xX]|绿泡泡|绿色(?:的那个)?软件|(?<![A-Za-z])[VvWw]我(?=\s?[A-Za-z])|[+加➕]我?[Vv微]|(?<![A-Za-z])[Vv](?=:|就?是)"
    r"|我的?[Vv微](?=\s?[是为就叫:\-→=,(A-Za-z])|[威薇](?=\s?:?\s?[A-Za-z0-9])"
)
_STRONG = (
    r"(?=[A-Za-z\d_\-]{0,19}\d|[A-Za-z\d]{1,18}[_\-])(?=[\d_\-]{0,19}[A-Za-z])[A-Za-z\d_][A-Za-z\d_\-]{4,19}"
)
_BY_ONE = r"[A-Za-z](?: [A-Za-z0-9_]){5,19}"
_NO_MORE = r"(?![A-Za-z0-9_\-])"
_WECHAT = re.compile(rf"(?:{_CHAT})\s?{_NUMBER}{_IS}(?P<value>{_STRONG}|{_BY_ONE}){_NO_MORE}")
_WECHAT_NAMED = re.compile(  # letters or digits alone: only where they are said to be the number
    rf"(?:{_CHAT})\s?(?:(?:号码?|账号|帐号|ID|id)[\s:是为叫]{{0,3}}|:\s?|[是叫]\s?)(?P<value>[A-Za-z]{{6,20}}|[1-9]\d{{4,10}})(?![A-Za-z0-9_\-的年])"
)
_WECHAT_SAID = re.compile(  # 「微信嘞是…」「我V的wx_…」: a few words, and a word of being, between
    rf"(?:{_CHAT})(?!公众|小程序|服务|订阅|视频|支付|群)\s?{_NUMBER}[\u4e00-\u9fff]{{0,4}}(?:是|为|叫|[:=])\s?(?:拼音|字母|英文|小写|大写|全拼)?\s?"
    rf"(?P<value>{_STRONG}){_NO_MORE}"
    rf"|(?:微信|[Vv][Xx]|[Ww][Xx])(?!公众|小程序|服务|订阅|视频|支付|群)"
    rf"(?!.{{0,12}}(?:订单|单号|受理|编号|案号|流水|办件|缴费))[^A-Za-z0-9。!！?？;；\n]{{0,12}}(?:号|是|叫|拼音|搜|[:=])\s?"
    rf"(?P<further>{_STRONG}){_NO_MORE}"
    r"|(?<=[\u4e00-\u9fff])[Vv](?P<short>[A-Za-z]{1,8}[_\-]?\d{4,12})(?![A-Za-z0-9])"
)
_WECHAT_ENGLISH = re.compile(
    r"(?:[Ww]e\s?[Cc]hat|微信号?|(?<![A-Za-z])[VvWw][Xx])\s?(?:[Ii][Dd]|[Aa]ccount|[Nn]umber|[Nn]o\.?)?\s?(?:is|:|=|是)?\s?"
    r"(?P<value>(?=[A-Za-z0-9\-]{1,16}[._])(?!www)[A-Za-z][A-Za-z0-9_\-]{1,18}(?:[._][A-Za-z0-9_\-]{1,18}){1,2})(?<!\.com)(?<!\.cn)(?<!\.net)(?![A-Za-z0-9_\-.@])"
)
_WXID = re.compile(r"wxid_[A-Za-z0-9]{6,24}")
_PLACES = (
    r"抖音|快手|小红书|陌陌|探探|钉钉|微博|支付宝|[Bb]站|[Tt]elegram|电报|纸?飞机|推特|[Ff]acebook|脸书|[Ii]nstagram|(?<![A-Za-z])ins"
    r"|(?<![A-Za-z])(?:LINE|Line|line(?= ?[Ii][Dd]))"
    r"|[Ww]hats[Aa]pp|淘宝|闲鱼|旺旺|知乎|贴吧|百度|(?:京东|美团|拼多多|12306)(?=的?(?:账号|帐号|[Ii][Dd]|用户名))"
    r"|(?<![A-Za-z])(?:[Ss]kype|[Ss]ignal|[Dd]iscord|[Zz]alo|[Kk]akao[Tt]alk)"
    r"|(?:苹果|[Aa]pple|游戏|王者|吃鸡|[Ss]team)(?= ?[IiUu][Dd]| ?[Uu][Ii][Dd]|账号|帐号)|网名"
    r"|(?<![A-Za-z])(?:dy|DY|tg|TG|ks|KS|xhs|XHS)(?=号|:| ?@| ?[Ii][Dd])"
)
_NAMED = r"(?:的?(?:账号|帐号|号码?|[Ii][Dd]|[Uu][Ii][Dd]|用户名|昵称|名字?))"
_NETWORK = re.compile(
    rf"(?:{_PLACES})\s?(?:(?:[\u4e00-\u9fff]{{1,5}}(?=号|账号|帐号))?{_NAMED}{{0,2}}{_IS}@?(?P<value>{_STRONG}){_NO_MORE}"
    rf"|{_NAMED}{{1,2}}[\s:是为叫]{{0,3}}@?(?P<named>[A-Za-z]{{5,20}}|[1-9]\d{{5,12}}){_NO_MORE}"
    r"|(?:号|名|昵称|账号|[Ii][Dd])?[\s:是叫]{0,2}(?P<at>@[A-Za-z0-9_\-\u4e00-\u9fff]{2,20})"
    r"|\s?(?P<digits>[1-9]\d{8,11})(?!\d|元))"
)
_QQ_FOUND = re.compile(r"(?:[Qq][Qq]|扣扣)[^\d\n,，。]{1,8}(?P<value>[1-9]\d{6,10})(?![\d元人个万年次块])")
_SAID_AFTER = re.compile(
    rf"(?<![A-Za-z0-9_\-])(?P<value>{_STRONG})(?=[\s,，]{{0,2}}(?:这个?|就)?是?我的?(?:微信|[Vv][Xx]|[Ww][Xx])(?![A-Za-z里群])"
    r"|\s?(?:微信|[Vv][Xx])(?:[,，。\s]|$))"
)
_QQ_AFTER = re.compile(
    r"(?<![\dA-Za-z])(?P<value>[1-9]\d{5,10})(?=\s?(?:这个?|就)?(?:是我的?)?(?:[Qq][Qq]|扣扣|企鹅号)(?![群音邮空A-Za-z]))"
)
ACCOUNTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (EMAIL, _EMAIL), (EMAIL, _EMAIL_NAMED), (EMAIL, _EMAIL_OF), (EMAIL, _EMAIL_SAID), (QQ, _QQ), (WECHAT, _WECHAT),
    (WECHAT, _WECHAT_NAMED), (WECHAT, _WECHAT_SAID), (WECHAT, _WECHAT_ENGLISH), (WECHAT, _WXID),
    (WECHAT, _SAID_AFTER), (QQ, _QQ_FOUND), (QQ, _QQ_AFTER), (NETWORK, _NETWORK),
)  # fmt: skip
