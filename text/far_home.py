"""Homes as they are written elsewhere: road, lane and number with a floor or a room behind it; English; Taiwan and Hong Kong."""

import re
from collections.abc import Iterator

from text.sieve import Sieve

_NO_COUNT = r"(?![\d年元人户平米万个多余月日天次层楼点吨时分%㎡:：.])"
_FLOOR = r"\d{1,2}楼(?:之\d{1,2}|\s?[A-Za-z]?\d{0,4}[室座房]|\d{3,4}室?)?"
_ROOM = rf"(?:[A-Za-z]?\d{{3,4}}[A-Za-z]?(?:室|房|号房)?{_NO_COUNT}|{_FLOOR}|[A-Za-z]\d{{0,3}}[室座])"
_LANES = r"(?:\d{1,4}[段巷弄]){0,3}\d{1,5}(?:-\d{1,3})?号(?:之\d{1,2})?"
_ROAD = re.compile(rf"(?<=[路街道巷弄段里村庄衢坊坪园苑城湾庭府邸院郡])\s?(?P<door>{_LANES}[,，、 ]?{_ROOM})")
_LANE = re.compile(
    r"(?<!\d)(?P<door>(?:\d{1,4}段)?\d{1,4}[巷弄](?:\d{1,4}弄)?\d{1,4}号(?:之\d{1,2})?"
    r"(?:\d{1,2}(?:楼|室)(?:之\d)?|[,， ]?\d{3,4}室?)?)(?![线楼])"
)
_TOWER = re.compile(
    r"(?<![\dA-Za-z])(?P<door>(?:第?\d{1,3}|[A-Z]\d{0,2})[座期幢栋]\s?(?:\d{1,2}[A-Z](?![A-Za-z0-9\-])"
    r"|\d{1,2}[Ff][\-/ ]?\d{1,4}室?(?![\dA-Za-z])"
    r"|(?:[顶底一]楼|顶层|底层)\s?\d{3,4}室?|(?:\d{1,2}|[高中低])[楼层/][A-Za-z]?\d{0,4}[室座房]?))(?!道)"
)
_ALLEY = re.compile(r"(?<=[巷弄])\s?(?P<door>\d{1,4}-\d{1,4}号?)(?![\d\-米公])")
_ROW = re.compile(
    r"(?<![第\d])(?P<door>(?:\d{1,3}|[一二三四五六七八九十])[排队组社][第]?\d{1,4}[号间])(?![线楼])"
)
_ROOMS_OF_YARD = re.compile(r"(?P<door>\d{1,4}号院?[^\d，。,\n]{0,5}第?[\d一二三四五六七八九][间户家])")
_BEHIND = r"(?:往里走?|进去|里[面边头]|[前后][院面边]|院[内里]|[左右][拐转]|尽头)"
_YARD = re.compile(rf"(?P<door>\d{{1,4}}号院?(?:的?{_BEHIND}[,， ]?){{1,3}}的?第?\d{{1,4}}号房?)(?![线楼])")
_CN = "[\\d一二三四五六七八九十]"
_HOUSE_OF_ROW = re.compile(
    rf"(?P<door>第?{_CN}{{1,3}}[排巷队社组]\s?第{_CN}{{1,3}}户(?!口)|(?<=[区村苑园庄城住])(?<!全村)\d{{1,3}}排\s?\d{{1,3}}户(?!人|没|都))"
)
_BESIDE = r"[东西南北左右][边头首侧手]?"
_COUNTED_OFF = re.compile(  # 「第二排东头第一家」「二队帐篷西边第三户」「4排2栋3楼」
    rf"(?P<door>第?{_CN}{{1,3}}排{_BESIDE}第?{_CN}{{1,2}}[家户间](?!外|店|超市|商|公司|饭|餐)|{_CN}{{1,3}}[队社组][\u4e00-\u9fff]{{0,6}}{_BESIDE}第{_CN}{{1,2}}[家户](?!外|[的]?店)"
    r"|\d{1,3}排\d{1,3}[栋幢]\d{1,2}[楼层])"
)
_SAID_HOME = r"(?<![居入])住(?!房|建|院|所)在?|家[住在]|租(?:住|房|的房子?)?|出租[屋房]|宿舍|公寓|[地住]址是?|我家(?:是|在)?"
_LIVED_IN = re.compile(  # nothing but the words before says that it is a home
    rf"(?:{_SAID_HOME})[\s:]{{0,2}}[\u4e00-\u9fff]{{0,10}}?\s?(?P<door>\d{{1,2}}[楼层]\s?\d{{3,4}}(?:室|房)?{_NO_COUNT}"
    rf"|{_CN}{{1,2}}[楼层][左右]手?[边侧]?(?:第{_CN})?[家户间]|\d{{1,2}}[Ff]-?\d{{1,4}}(?![\dA-Za-z])"
    r"|(?<=[址是:])\d{1,3}(?:-\d{1,4}){2,3}(?![\d\-年月日])|(?<=[路街巷弄道])\d{1,4}(?=[\s,，。;；!！]|$))"
)
_WORDS_BETWEEN = re.compile(  # 「5号楼2单元 就是那个红楼 三楼左手301」
    rf"(?<![\dA-Za-z])(?P<door>\d{{1,3}}(?:号楼|[栋幢])\s?(?:(?:\d{{1,2}}单元)?[^\d。！？!?；;\n]{{1,14}}?"
    rf"{_CN}{{1,2}}[楼层]\s?(?:[左右][手边侧])?(?:第?[一二三]?[户家间])?|[,，]?[^\d，。,\n]{{1,8}}单元[,，]?)"
    rf"\s?\d{{3,4}}室?){_NO_COUNT}"
)
_ANNEX = re.compile(
    r"(?<=[路街巷道里村弄坊])\s?(?P<door>\d{1,4}\s?号\s?[附增]\s?\d{1,3}\s?号)(?!文件|标段|合同|表)"
)
_WHOLE = re.compile(  # an answer to the question where somebody lives, and nothing else
    r"\A\W{0,3}(?:我的?)?(?:家庭|收货|收件|居住|现住)?[地住]址\W{0,3}[\u4e00-\u9fff]{2,20}?(?P<door>\d{1,5}号)\W{0,3}\Z"
)
_STALL = re.compile(  # of a person who gives a telephone with it
    r"(?:电话|手机)\D{0,4}\d[\d\-]{6,13}[^\n]{0,50}地址[\s:是]{0,3}[\u4e00-\u9fff]{2,16}?(?P<door>\d{1,4}号(?:商?铺|门面))"
)
_NOT_MORE = r"(?![\d\-年元平米户人%㎡万多个号.])"
_ESTATE = re.compile(
    r"(?:[湾城园苑庭府邸郡岸居里都景寓]|(?<=[\u4e00-\u9fff])小区|职工楼|家属楼)(?:[A-Za-z东西南北中一二三四五]区|第?[一二三四五六\d]期)?\s?"
    r"(?P<door>\d{1,3}[\-/#]\d{1,2}[\-/](?!(?:19|20)\d\d(?!\d))\d{1,4}"
    rf"|[A-Za-z]?\d{{1,3}}[\-/](?!(?:19|20)\d\d)\d{{3,4}}){_NOT_MORE}"
)
_THREE = re.compile(
    rf"(?<![\d\-/.])(?P<door>\d{{1,3}}-\d{{1,2}}-(?!(?:19|20)\d\d(?!\d))\d{{3,4}}){_NOT_MORE}"
)
_AT_HOME = re.compile("(?<![居入])住(?!房|建|院|所)|我家|家属[楼院区]|职工楼")
_ROADS = "Road|Rd|Street|St|Avenue|Ave|Lane|Ln"
_PLACE = rf"{_ROADS}|Building|Bldg|Block|Tower|Court|Garden|Estate"
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:Room|Rm|Flat|Unit|Apt|Suite|Apartment)\.?\s?#?[A-Za-z]?\d{1,5}[A-Za-z]?(?![A-Za-z])"
    r"(?:(?:[,，]\s?|\s)[A-Za-z0-9/.'\-]{1,16}){0,14}"
    rf"(?:[,，]\s?|\s)(?:{_PLACE}|\d{{1,2}}/F)(?![A-Za-z])\.?(?: \d{{1,4}}(?!\d))?"
    r"(?:,? ?[A-Z][a-z]+ (?:District|County|City))?",
)
_ENGLISH_ROAD = re.compile(
    rf"(?<![A-Za-z0-9])(?:No\.? ?)?\d{{1,5}}[A-Za-z]?,? (?:[A-Z][A-Za-z']+ ){{1,3}}(?:{_ROADS})(?![A-Za-z])\.?"
    r"(?:,? ?(?:Room|Rm|Flat|Unit|Apt|Apartment|Floor|No)\.? ?#?[A-Za-z]?\d{1,5}[A-Za-z]?(?![A-Za-z0-9])){0,2}"
    r"(?:,? [A-Z][a-z]+ (?:Town|Village|District|County|City)){0,2}"
)
_ENGLISH_OFFICE = re.compile(
    "Government|Office|Hall|Hospital|Bank|School|Bureau|Police|Center|Centre|Hotel|Restaurant|Shop",
    re.IGNORECASE,
)
_MINE = re.compile("[Ll]iv(?:e|ing)|[Ss]tay|[Mm]y ")
_LIVES = re.compile(
    r"住|家|地址|[Ll]iv(?:e|ing)|[Hh]ome|[Hh]ouse|[Aa]ddress|[Aa]ddr|寄|Unit|Flat|Room|[Ss]tay"
)
_OFFICE = re.compile(
    "政务|服务中心|服务站|大厅|窗口|政府|医院|学校|大学|法院|检察院|派出所|公安|银行|税务|局|委员会|居委会|街道办|办公"
    "|管理处|超市|商场|营业厅|公司|柜台|门诊|餐|店|馆"
)
# what is complained of is found by its number; a trade named behind it tells that nobody lives there
_TRADE = re.compile(
    "的?.{0,2}(?:网吧|酒吧|[Kk][Tt][Vv]|棋牌|麻将|歌厅|会所|足浴|烧烤|健身|培训|诊所|幼儿园|工厂|工地|商铺|门面)"
)
_CLAUSE = re.compile("[，。；！？,;!?\n]")
_FIGURE = re.compile(r"[0-9]|[排巷队社组]\s?第|第[一二三四五六七八九十]{1,2}[家户间]|[楼层][左右]")
_CHINESE = (
    _ROAD, _LANE, _ALLEY, _TOWER, _ROW, _ROOMS_OF_YARD, _YARD, _HOUSE_OF_ROW, _WORDS_BETWEEN, _ANNEX, _WHOLE, _STALL,
    _ESTATE, _THREE, _COUNTED_OFF, _LIVED_IN,
)  # fmt: skip
_TRIED = Sieve(
    [(pattern, pattern is not _THREE) for pattern in _CHINESE]
)  # and whether it tells a home by itself


def far_homes(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a home's number stands in a text whose numerals are figures."""
    if not _FIGURE.search(text):
        return
    for pattern, telling in _TRIED.left(text):
        for found in pattern.finditer(text):
            start, end = found.span("door")
            before = _CLAUSE.split(text[max(0, start - 24) : start])[-1]
            after = _CLAUSE.split(text[end : end + 6])[0]
            lives = bool(_AT_HOME.search(before))
            homely = telling or "址" in before  # three figures with dashes may be anything
            if lives or (homely and not (_OFFICE.search(before + after) or _TRADE.match(after))):
                yield start, end
    for found in _ENGLISH.finditer(text):
        yield found.span()
    for found in _ENGLISH_ROAD.finditer(text):
        near = max(0, found.start() - 40)
        if _LIVES.search(text, near, found.start()) and (
            _MINE.search(text, near, found.start()) or not _ENGLISH_OFFICE.search(text, near, found.end())
        ):
            yield found.span()
