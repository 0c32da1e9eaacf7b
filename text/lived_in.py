"""Homes in any order of parts, where the text says that somebody lives there: 「住在老粮站宿舍二楼靠东那户」.

The rules beside this one know how addresses are written; this one knows what is said of a home. Everything from the first
part with a number to the last in the same breath is its door. A village's group alone is told as a building is.
"""

import re
from collections.abc import Iterator

HOME, BUILDING = "住址", "楼栋"
_NUMBER = (
    r"(?:(?<![A-Za-z0-9])[A-Za-z]?[0-9]{1,4}[A-Za-z]?(?![A-Za-z0-9])"
    r"|[一二三四五六七八九十百零〇两廿卅壹贰叁肆伍陆柒捌玖]{1,5})"
)
_SIDE = "[东西南北中左右里外头尾]"
_UNIT = (
    r"(?:号楼|号院|号房|号|栋|幢|座|单元|楼(?![上下道])|层|室|弄|巷|排|组|队|社(?![区保会])|户(?![籍口主型外内])|门洞|门(?![口面])|梯|院"
    r"|[#\-/])"
)
_PART = (
    rf"(?:第?(?:{_NUMBER}|[甲乙丙丁A-Za-z](?=单元|座|栋|幢|区)|{_SIDE}(?=单元))\s?(?:个(?=门洞))?{_UNIT}"
    rf"(?:之{_NUMBER}|附{_NUMBER}号?)?)"
)
_BARE = r"(?:[零一二三四五六七八九壹贰叁肆伍陆柒捌玖]{3,4}(?![\u4e00-\u9fff])|[A-Za-z]?\d{3,4}[A-Za-z]?(?![\dA-Za-z]))"
_NOOK = (
    rf"(?:[最靠顶]?(?:{_SIDE}[边头面侧手首]*){{1,2}}[那这第数]?(?:{_NUMBER})?(?:[户家间屋套](?![里人口籍主型外内]))"
    rf"|第{_NUMBER}[户家间](?!店)|{_SIDE}[边首侧手头]{_NUMBER}[楼层]|(?<=[楼层]){_SIDE}[边首侧手头](?=[\s,，。;；!！]|$)|[顶底]楼)"
)
_WORDS = r"(?:(?!门口|共|其中|我|楼[上下]|对面|旁)[\u4e00-\u9fff]{0,5}?)"
_LINK = (
    rf"(?:[\s,，、·的]{{0,2}}(?:(?<![,，、·]){_WORDS})?(?=第|[0-9A-Za-z]|[顶底最靠东西南北左右]|{_PART}))?"
)
_DOOR = re.compile(
    rf"(?=[0-9A-Za-z第一二三四五六七八九十百零〇两廿卅壹贰叁肆伍陆柒捌玖甲乙丙丁东西南北中左右里外头尾最靠顶底])(?:{_PART}|{_NOOK})(?:{_LINK}(?:{_PART}|{_BARE}|{_NOOK})){{0,6}}"
)
_LIVES = re.compile(
    r"(?<![居入])住(?!房公|建|院|所(?!是|在)|户|宅|在?不|满|够|了?[这那]么|校|宿费)|家(?:住|在|是|里在|庭[地住]址)|我家(?!孩|里?人|人|的?(?:地|田|车|电|水))"
    r"|地址|住址|住处|住所|门牌|租(?:住|房|的|在|屋)|户籍|户口(?:在|地)|[寄送快]递?[到在给]|收[货件]|上门|屋企|屋里?在|[爸妈爷奶公婆]家|宿舍|业主"
)
_WEAK = re.compile("^地址|[寄送递]|业主|住所|上门")  # offices and shops have these as well
_VILLAGE = re.compile("[村庄屯寨湾坪垭岭沟塘坝组队社]")
_OFFICE = re.compile(
    "政务|服务中心|服务站|大厅|窗口|政府|医院|学校|小学|中学|大学|幼儿园|法院|检察院|派出所|公安|银行|税务|局|委员会|居委|村委|街道办|办公|社区地址|社区在"
    "|管理处|物业|超市|商场|营业厅|公司|柜台|门诊|餐|饭|店|馆|厂|网吧|酒吧|市场|公园|车站|地铁|公交|热线|会议|培训|办理"
)
_CLAUSE = re.compile(r"[。；！？;!?\n]")
_COUNTED = re.compile(
    r"\s?(?:年|个?月|天|元|块|万|人|口|岁|平|米|公里|次|[两二三几\d]?年|多|余|左右|以[上下]|[层楼](?:高|的楼)|层楼|户(?:人|居|村|业|没|都|共)|条|期工|点|分|%"
    r"|文件|令|决定|公告|通知|[、，,]\s?\d{1,3}[栋幢]|门面|商铺|店面|的?(?:前|旁边|附近|对面|后面|下面)?的?(?:路灯|绿化|草坪))"
)
_NO_ROOM = re.compile("(?:单元|栋|幢|座|号楼|号院|楼|层|号|[组队社排])$")
_STREET_OF_HOMES = re.compile("村|弄堂|胡同")
_SHOP = re.compile("办公|服务|政务|公司|超市|商铺|门面|店|诊所|学校|幼儿园|居委|物业|村委|卫生|医院")
_NEAR = 10
_REACH, _AROUND = 26, 4
_ONE_BREATH = re.compile(r"[^,，]*|\w{0,12}[,，]\s?[\u4e00-\u9fff]{0,12}")
_REACHED = re.compile(
    rf"{_BARE}\D?$|室|房|户|屋|单元|间|家|{_SIDE}边?$|号$|之|附|[\-/]\d+$|#\d|{_SIDE}[边首侧手头]\S{{0,3}}[楼层]?$|[顶底]楼$"
)
_A_NOOK, _A_PART = re.compile(_NOOK), re.compile(_PART)
_NUMBERED, _DASHED = re.compile("号$|之|附"), re.compile(r"[\-/#]\d{3,4}$")
_ORDINAL = re.compile(r"第\S{1,4}号")  # of documents

_ESTATE = re.compile(
    r"(?:小区|新村|花园|家园|公寓|(?<!政)府|[苑庭湾邸寓墅]|[\u4e00-\u9fff]{2}里|村[\u4e00-\u9fff]{0,3}[街巷弄路]|弄堂|胡同)[·，,\s]{0,2}(?:[A-Za-z一二三四五东西南北]区|第?[一二三四五六]期)?$"
)
_LIVES_THERE = re.compile(r"\s?(?:住(?!建|房|院|所|宅|户外)|户主|业主|的?住户|的?租户|租住|我家)")
_GATE = re.compile(f"{_LIVES.pattern}|{_LIVES_THERE.pattern}|小区|[村城家园苑庭府湾邸寓墅里]|弄堂|胡同")
_ROOM_TOLD = re.compile(r"\d{3,4}$|室$")
_BARE_ROOM = re.compile(  # 「我住酒店公寓1817」「楼下802开麻将馆」: three or four digits that count nothing
    r"(?:(?<![居入])住(?!院|宅费|房公)|我家|我是|楼[上下]|隔壁|对门|房号|宿舍|公寓|房间号?)[在的是:：\s]{0,2}"
    r"(?P<between>[\u4e00-\u9fff]{0,7}?)(?P<door>(?:[0-9一二三四五六七八九十]{1,3}[楼层])?(?!(?:19|20)\d\d|1[12]\d(?!\d))[1-9]\d{2,3}(?![\d.:：\-/%A-Za-z]))"
    r"(?!\s?(?:[年元人户米平万亿个名块天次分路线条项度届级斤套栋号层楼多余吨月日点千百]|公里|小时|家|热线))"
)
_COUNTS = re.compile(
    "[费花交了共约到至第超涨欠付收罚买卖每年月]|工资|医院|补|价|办|局|公交|打|拨|电话|余|差|近|达"
)


def lived_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield whether it is a home or the building alone, and where it stands."""
    for found in _BARE_ROOM.finditer(text):
        if not _COUNTS.search(found["between"]):
            yield HOME, *found.span("door")
    if not _GATE.search(text):
        return
    for found in _DOOR.finditer(text):
        start, end = found.span()
        if _COUNTED.match(text, end) or _ORDINAL.fullmatch(found[0]):
            continue
        before = _CLAUSE.split(text[max(0, start - _REACH) : start])[-1]
        if kind := _told_before(text, end, before, found[0]) or _told_by_what_it_is(
            text, end, before, found[0]
        ):
            yield kind, start, end


def _told_before(text: str, end: int, before: str, door: str) -> str:
    told = list(_LIVES.finditer(before))
    if not told:
        return ""
    between = before[told[-1].end() :]
    around = before[max(0, told[-1].end() - _AROUND) :] + text[end : end + _AROUND]
    if not _ONE_BREATH.fullmatch(between) or _OFFICE.search(around):
        return ""
    return _kind(door, between, bool(_WEAK.search(told[-1][0])))


def _told_by_what_it_is(text: str, end: int, before: str, door: str) -> str:
    """A room of an estate, a village's street number, a room with 户主 behind it: homes without a word of living."""
    parts = len(_A_PART.findall(door))
    if parts and _LIVES_THERE.match(text, end) and _ROOM_TOLD.search(door):
        return HOME
    estate = _ESTATE.search(before)
    if not estate or _SHOP.search(before[-_NEAR:] + text[end : end + _AROUND]):
        return ""
    room = parts and (_ROOM_TOLD.search(door) or (_REACHED.search(door) and not _NO_ROOM.search(door)))
    street = "号" in door and _STREET_OF_HOMES.search(estate[0])
    return HOME if room or street else ""


def _kind(door: str, between: str, weak: bool) -> str:
    parts = len(_A_PART.findall(door))
    if _REACHED.search(door):
        named = _NUMBERED.search(door) and "\u4e00" <= between[-1:] <= "\u9fff"
        if parts > 1 or (not weak and (_A_NOOK.search(door) or named or _DASHED.search(door))):
            return HOME
    if re.search("[组队社排]$", door) and _VILLAGE.search(between):
        return BUILDING
    return BUILDING if parts and re.search("号楼$|栋|幢|单元", door) else ""
