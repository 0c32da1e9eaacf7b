"""Where people name themselves in a message, by a rule that would rather miss a name than eat a word."""

import re
from collections.abc import Callable, Iterator

from text.sieve import Sieve

_COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马胡朱郭何罗林郑梁谢唐许冯宋韩邓彭曹曾田董潘袁蔡蒋余杜叶魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖贾韦夏付邹熊孟秦邱江尹薛段雷侯龙陶黎贺顾毛郝龚邵钱赖武戴莫孔汤温康施牛樊葛邢安齐庞颜倪庄聂章鲁岳翟殷詹申耿"
    "关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶牟艾尤阳穆农"
    "司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲"
    "虞敖巩明佘池查麻苑迟邝高于万方石史白常程金易贝"
)
_DOUBLE = "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|端木|东方|南宫"
_SURNAME = rf"(?:{_DOUBLE}|[{_COMMON}])"
FAMILY_NAME = _SURNAME
_HAN = "[\u4e00-\u9fff]"
_MASKED = "〔"  # what masking leaves behind is no boundary, else a second pass would see more than the first

_WEAK_SURNAMES = (
    "王李张刘陈杨赵吴徐孙胡朱郭罗郑梁谢冯宋韩邓彭曹曾董潘袁蔡蒋魏吕卢姚沈姜崔谭陆范汪廖贾韦邹熊孟邱尹薛"
)
_PLAIN = rf"(?:{_DOUBLE}|[{_WEAK_SURNAMES}]){_HAN}{{1,2}}(?!{_HAN}|{_MASKED})"
_LABELS = (
    "姓名|联系人|联络人|投诉人|反映人|来信人|申请人|申报人|举报人|当事人|收件人|收货人|收款人"
    "|署名|签名|户主|户名|业主姓名|患者|病人|家长|监护人|本人"
)
# Somebody's name and nothing else can follow these.
_STRONG = re.compile(
    rf"(?:我名?叫做?|本人叫|名字[是叫]|我的?名字\s?[:：]|(?:{_LABELS})\s?(?:[:：/]|(?<!本人)[是为]|--?|\()|业主[:：])\s?"
    rf"(?:(?P<long>{_HAN}{{1,6}}·{_HAN}{{1,8}})|(?P<name>{_SURNAME}(?:{_HAN}{{1,2}}|[ \u3000]{{1,2}}{_HAN}(?!{_HAN}))))"
)
# On a form the colon may be missing; then a name has to end where the words end.
_FORM = re.compile(
    rf"(?:{_LABELS})\s(?P<name>{_SURNAME}{_HAN}{{1,2}})(?!{_HAN}|{_MASKED})"
    rf"|(?:{_LABELS}|名字|本人姓名|[我孩儿女老丈妻父母爸妈爷奶公婆][子儿公婆夫亲爸妈爷奶]?(?:名字)?叫)(?P<bare>{_PLAIN})"
)
_FOREIGN = re.compile(
    r"(?:我叫|姓名[:：是]?\s?|名字[:：是叫]|我是)(?P<name>[阿艾巴买努沙孜曼合汗克夏提古热吐库斯尔娜丽木提依江别克特达布其格勒图雅娅玛吉扎西卓次仁尼旦多洛桑央金旺堆力米拉汗帕哈苏]{3,6})(?!{HAN}|〔)".replace(
        "{HAN}", _HAN
    )
)
_INTRODUCED = re.compile(
    rf"(?:我是|本人是?)(?:{_HAN}{{0,8}}?(?:居民|业主|住户|村民|市民|职工|工人|老师|家长|学生|租户|群众))(?P<name>{_PLAIN})"
)
# 「我是…」 introduces far more than names: only plain surnames that begin no everyday noun, up to a boundary.
_WEAK = re.compile(rf"(?:我是|本人)(?P<name>{_PLAIN})")
_NO_NAME_END = "人的生员户民者家师长区市县村镇州主友妈爸娘姐哥弟妹"
_TITLED = re.compile(rf"(?P<name>{_SURNAME}{_HAN}{{0,2}})(?=先生|女士|小姐)")
_BEFORE_TITLED = re.compile(r"[的友民主叫是人和与系找给请位由向，。、；：:,\s！!（(]|^")
# Characters that go on with the sentence rather than with a name of two characters.
_GOES_ON = frozenset("住在要想是有来自去今电说我因男女的，反投")
_Place = tuple[int, int]


def names(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names stand: after 我叫、联系人：…, after 我是 up to a boundary, before 先生、女士."""
    for pattern, where in _TRIED.left(text):
        for found in pattern.finditer(text):
            if place := where(text, found):
                yield place


def _strong(text: str, found: re.Match[str]) -> _Place | None:
    start, end = found.span("long") if found["long"] else found.span("name")
    if not found["long"] and end - start == 3 and text[end - 1] in _GOES_ON:
        end -= 1
    return start, end


def _weak(_text: str, found: re.Match[str]) -> _Place | None:
    return found.span("name") if found["name"][-1] not in _NO_NAME_END else None


def _plain(_text: str, found: re.Match[str]) -> _Place | None:
    return found.span(found.lastgroup or 0)


def _titled(text: str, found: re.Match[str]) -> _Place | None:
    start, end = found.span("name")
    before = text[start - 1] if start else ""
    told = found["name"][-1] not in "的位名个各" and (before == "" or _BEFORE_TITLED.match(before))
    return (start, end) if told else None


_RULES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], _Place | None]], ...] = (
    (_STRONG, _strong), (_WEAK, _weak), (_INTRODUCED, _weak), (_FORM, _plain), (_FOREIGN, _plain), (_TITLED, _titled),
)  # fmt: skip
_TRIED = Sieve(_RULES)
