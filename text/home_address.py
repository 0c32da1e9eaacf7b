"""Building, unit and room of a home: the part of an address that leads to a door."""

import re
from collections.abc import Callable, Iterator

from text.sieve import Sieve

_CN = "一二三四五六七八九十"
_CN_ROOM = "〇零一二三四五六七八九"
_GAP = r"[\s\-/的]{0,2}"
_PAUSE = r"[\s\-/的,，、]{0,2}"  # 「3栋，2单元，501」: only where a unit follows or has been named
_QUANTITY = "共有建这那每前后仅近约达"  # 「共有3栋」 counts buildings
_NOT_ROOM = r"(?![\d年元人户平米万个多余月日天次层楼点吨时%㎡:：.])"
_BUILDING = (
    rf"(?:(?<![\dA-Za-z])(?:\d{{1,4}}[A-Za-z]?|[A-Za-z]\d{{0,3}})\s?(?:号楼|号院|[栋幢]|座(?=[\s\-]?\d|[{_CN}]单元)|\#楼?)"
    rf"|(?<![A-Za-z])[A-Za-z]座|(?<![{_CN}])[{_CN}]{{1,4}}(?:号楼|[栋幢](?=[\s\-]?\d|[{_CN}]{{1,2}}单元|[{_CN_ROOM}]{{3,4}}室)))"
)
_LANE = r"(?:(?<!\d)\d{1,4}弄(?:\d{1,4}支弄)?\d{1,4}号(?![线楼]))"
_DOORWAY = r"(?:\d{1,2}(?:门[洞栋]?|梯|楼门)(?=\s?\d))"
_UNIT = rf"(?:第?(?:\d{{1,2}}|[{_CN}]{{1,2}}|[甲乙丙丁东西南北中A-Za-z])\s?单元)"
_FLOOR = rf"(?:(?:\d{{1,2}}|[{_CN}]{{1,3}}|[顶底])[楼层])"
_ROOM = (
    rf"(?:[{_CN_ROOM}]{{3,4}}(?:室|号房|房)|[{_CN_ROOM}]{{3,4}}(?![{_CN_ROOM}十百千万年元人户平米个多余月日天次层楼点时号])|"
    rf"\d{{1,2}}[A-Za-z]\d{{2}}(?!\d)|\d{{1,2}}-\d{{1,2}}(?![\d\-])(?!\s?(?:单元|[层楼栋号年月日天人米元点]))|"
    rf"\d{{3,4}}[A-Za-z]?\s?(?:室|号房|房)|\d{{4}}户|\d{{3,4}}{_NOT_ROOM}"
    r"|\d{1,3}[室号](?![线楼])|[东西中南北](?:边?户|[头首边]?(?=[\s,，。;；、!?！？]|$))|[东西南北上下]屋|[左右]手边?(?:第?[一二三]?[户家间])?)"
)
_PARTS = re.compile(
    rf"(?<![{_QUANTITY}])(?P<building>{_BUILDING}|{_LANE})"
    rf"(?:{_PAUSE}{_UNIT}(?:{_PAUSE}{_FLOOR})?(?:{_PAUSE}(?P<inner_room>{_ROOM}))"
    rf"|(?:{_GAP}{_UNIT}|{_GAP}{_DOORWAY}|[\s\-]?\d{{1,2}}(?=-\d{{3,4}}))?"
    rf"(?:{_GAP}{_FLOOR})?(?:{_GAP}{_DOORWAY})?(?:{_GAP}(?P<room>{_ROOM}))?)"
    rf"|(?P<unit>{_UNIT})(?:{_PAUSE}{_FLOOR})?(?:{_PAUSE}(?P<unit_room>{_ROOM}))?"
)
_ROOM_ALONE = re.compile(
    rf"(?<![\dA-Za-z.\-])(?:{_FLOOR}{_GAP})?\d{{3,4}}[A-Za-z]?(?:室|号房|房(?![屋间子东价贷产款租源地]))(?!内温)"
)
_ESTATE = (
    "小区|花园|家园|公寓|宿舍|家属[院楼]|寝室|新[村城居]|社区|国际|公馆|名都|雅居|天下|世家|大厦|半岛|[置租]房"
    "|住在?|[区苑里庭府园城湾郡邸院坊栋幢期号墅寓]"
)
_DASHED = re.compile(
    rf"(?:{_ESTATE})\s?(?P<door>[A-Za-z]?\d{{1,3}}(?P<mark>[\-/. ·])\d{{1,2}}(?P=mark)(?!(?:19|20)\d\d(?!\d))\d{{3,4}}室?"
    rf"|[A-Za-z]?\d{{1,3}}-(?!(?:19|20)\d\d年)\d{{3,4}}室?|\d{{1,3}}号\d{{3,4}}室?)(?![\d\-年元平米户人%㎡㎡万多个号.])"
)
_SHORT_DASHED = re.compile(
    r"(?:小区|花园|家园|公寓|宿舍|家属[院楼]|新村|苑|住)\s?(?P<door>\d{1,2}-\d{1,2}-\d{1,2})(?=[\s,，。;；!！室户漏业]|的[邻业住房]|$)"
)
_TRIPLE = re.compile(
    r"(?<![\d\-.])(?P<door>\d{1,3} ?- ?\d{1,2} ?- ?(?!(?:19|20)\d\d(?!\d))\d{3,4})(?![\d\-年元])"
)
_HOUSEHOLD = re.compile("我家|业主|住户|户主|房主|家里|楼上|楼下|隔壁|对门|漏水")
_LOUD = "业主|住户|邻居|漏|吵|噪|装修|天天|每天|半夜|晚上|凌晨|一直|总|老是|蹦|跳|跑|拖|养|往|在|家|那"
_NEIGHBOUR = re.compile(
    r"(?:楼上|楼下|隔壁|对门|对面|我家|我是|我们家|邻居|家住|住在|(?<![居入])住)(?:的|是|在)?\s?(?P<door>(?!(?:11[09]|12[02])(?!\d))[1-9]\d{2,3})"
    rf"(?!\d|[\-.:年元平米人万个度路线中号栋])(?=的?(?:{_LOUD})|室|[,，。;!?！？\s]|$)"
)
_VILLAGE = re.compile(
    rf"(?<![第\d])(?P<door>(?:\d{{1,3}}|[{_CN}]{{1,3}})[组队社]\d{{1,4}}号)|(?<!\d)(?P<annex>\d{{1,4}}号[附增之]\d{{1,3}}+号?+(?:\d{{3,4}}室?)?)(?!\d|文件|标段|合同|表)|"
    r"(?<!\d)(?P<row>\d{1,3}排\d{1,4}号)(?![线楼])|村[\u4e00-\u9fff]{1,8}[组坞湾](?P<hamlet>\d{1,4}号)(?![线楼])|村(?P<number>\d{1,4}号)(?!线)|门牌号?[:：是为]?(?P<plate>\d{1,4}号?)"
)
_CN_NUMBER = rf"[{_CN}〇零百]{{1,6}}"
_STREET = re.compile(
    rf"(?<![\d第.〕\])】])(?P<door>(?:\d{{1,5}}[弄巷]|{_CN_NUMBER}[弄巷])?(?:[甲乙丙丁]?\d{{1,5}}(?:-\d{{1,3}})?|(?<=[路街巷弄村组里道同屯庄坊桥社队]){_CN_NUMBER})号"
    r"(?:之[\d一二三])?)(?![\d线楼院窗车机文公口桥大])(?!门[诊面]|商|铺)"
)
_LIVES = re.compile(
    "住在|家住|我住|住址|我家在?|家在|家里在|租住|租在|户籍|户口(?![簿本])|门牌|(?:家庭|收货|收件|居住|现住|我的?|本人)地?址|[爸妈爷奶公婆母父]家|家属院|宿舍|(?<![居入])住(?!房|建|院|所)"
)
_ALLEY = re.compile(r"[\u4e00-\u9fff](?:巷|弄|胡同)$")  # nobody but households has a number there
_AFTER = re.compile(r"\s?(?:我家|家门口|的?住户|居民)|(?<=之[\d一二三])")
_FORM_ADDRESS = re.compile(r"(?:姓名|电话|手机|联系人)[^\n]{0,40}\s?[^\n]{0,20}地址\s?[:：是]?")
# A door of an office is public. What stands before it in the same clause decides.
_OFFICE = re.compile(
    "政务|服务中心|服务站|大厅|窗口|政府|大楼|医院|学校|大学|法院|检察院|派出所|公安|银行|税务|[县区市省]局|局|委员会|居委会|街道办|办公|管理处|公墓"
)
_HOME = re.compile("(?<![居入])住(?!房|建|院|所|保)|(?<![国专大])家(?!具|电|政)|宿舍|小区|花园|苑|公寓|新村")
_CLAUSE = re.compile("[，。；！？,;!?\n]")
_LOOK_BACK = 24
_Place = tuple[str, int, int]


def homes(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end: 「住址」 reaches a door, 「楼栋」 only a building or unit.

    `text` has its digits and letters in half width. Rooms of offices are left out.
    """
    for pattern, where in _TRIED.left(text):
        for found in pattern.finditer(text):
            yield from where(text, found)


def _parts(text: str, found: re.Match[str]) -> Iterator[_Place]:
    reaches_door = bool(found["room"] or found["inner_room"] or found["unit_room"])
    if not _is_office(text, found.start()) and not _counts_buildings(text, found.end(), reaches_door):
        yield ("住址" if reaches_door else "楼栋"), found.start(), found.end()


def _room_alone(text: str, found: re.Match[str]) -> Iterator[_Place]:
    if not _is_office(text, found.start()):
        yield "住址", found.start(), found.end()


def _village(_text: str, found: re.Match[str]) -> Iterator[_Place]:
    yield "住址", *found.span(found.lastgroup or 0)


def _triple(text: str, found: re.Match[str]) -> Iterator[_Place]:
    if _HOUSEHOLD.search(text, max(0, found.start() - 4), found.end() + 4):
        yield "住址", *found.span("door")


def _door(text: str, found: re.Match[str]) -> Iterator[_Place]:
    if not _is_office(text, found.start()):
        yield "住址", *found.span("door")


def _street(text: str, found: re.Match[str]) -> Iterator[_Place]:
    if _somebody_lives_at(text, *found.span()):
        yield "住址", *found.span("door")


def _somebody_lives_at(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a number of a street say that it is somebody's home."""
    before = _CLAUSE.split(text[max(0, start - _LOOK_BACK) : start].replace("\n", " "))[-1]
    if _ALLEY.search(before):
        return not _OFFICE.search(before + text[end : end + 4])
    lives = (
        _LIVES.search(before)
        or _AFTER.match(text, end)
        or _FORM_ADDRESS.search(text[max(0, start - 80) : start])
    )
    return (
        bool(lives) and not text.startswith("门口", end) and not _OFFICE.search(before + text[end : end + 4])
    )


def _is_office(text: str, start: int) -> bool:
    clause = _CLAUSE.split(text[max(0, start - _LOOK_BACK) : start])[-1]
    return bool(_OFFICE.search(clause)) and not _HOME.search(clause)


def _counts_buildings(text: str, end: int, reaches_door: bool) -> bool:
    """「3栋居民楼」「12栋别墅」 say how many, not which."""
    return not reaches_door and text.startswith(
        ("居民", "住宅", "房屋", "楼房", "建筑", "别墅", "高层", "楼的", "安置"), end
    )


_RULES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str]], Iterator[_Place]]], ...] = (
    (_PARTS, _parts), (_ROOM_ALONE, _room_alone), (_VILLAGE, _village), (_TRIPLE, _triple), (_DASHED, _door),
    (_SHORT_DASHED, _door), (_NEIGHBOUR, _door), (_STREET, _street),
)  # fmt: skip
_TRIED = Sieve(_RULES)
