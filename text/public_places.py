"""Numbers that lead to a lamp, a counter or a lift: places of the public, though they are written like homes.

「2组15号路灯」 is a lamp, 「12栋电梯」 everybody's lift. What somebody is said to live at is a home whatever stands beside it.
"""

import re

# What has a number of its own and nobody lives in. A home's own things (meter, pipe, door) are not among them.
_FIXTURE = (
    r"路灯|灯[杆柱]|电线?杆|杆塔|铁塔|水泥杆|[机水深窖枯]?井(?!水)|变压器|变电|配电|窗口|柜台|诊室|诊台|教室|展[位厅]|摊|车位|泊位|[机水]?泵|[水船]?闸"
    r"|桥墩|涵洞|[站路门号]牌(?!号)|站台|标段|地块|鱼塘|水塘|大棚|厂房|仓库|垃圾|公厕|厕所|停车|充电|换电|健身|监控|摄像|消防|消火栓"
    r"|广告牌|检查站|卡口|收费站|[出入]口|登机口|检票|闸机|通道|线路?(?![下上])|界碑|界桩|墓|碑|管段|渠|水库|信号灯|红绿灯|斑马线|护栏|座椅|邮筒|书架|货架"
    r"|病[房床]|床|走廊|过道|楼[道梯]|公共|[东西南北]侧|机位|工位|储物柜|快递柜|提示牌|楼长|网格"
)
# What bears the number itself. A bed, rubbish or a camera stands at a home as well, and begins other words (床上, 渠道, 摊开).
_NUMBERED = (
    r"路灯|灯[杆柱]|电线?杆|水泥杆|杆塔|铁塔|[窨机深]?井盖|[机深]井|变压器|配电[箱柜房]|窗口|柜台|诊室|诊台|教室|展[位厅]|摊位|车位|泊位|泵[站房]|水泵|水闸|桥墩|涵洞"
    r"|[站路]牌|站台|标段|鱼塘|大棚|[充换]电[桩站]|界[碑桩]|信号灯|红绿灯|检查站|收费站|登机口|闸机|病[房床]|机位|储物柜|快递柜|垃圾[桶箱站]|公厕|健身器|消防栓|消火栓"
)
# What all who live in a building have together.
_SHARED = (
    rf"{_FIXTURE}|电梯|[前后旁]|门[口前禁洞厅]|楼[下前后道顶上梯间体]|[道顶梯]|[东西南北]侧|[周附][围近]|外[墙面立]|地[下面]|单元门|化粪池|[上下]水|污水"
    r"|管[道网线]|水[箱管塔]|暖[气管]|[天燃]气|供[暖水电热]|停[水电气暖]|断[水电]|车[库棚]|自行车|电动车|飞线|大[堂厅门]|物业|绿[化地]|草坪|花[坛园]|空地|路面?|树|工地|施工"
    r"|广场|屋[顶面]|天台|墙[面体皮]|瓷砖|走廊|过道|围[墙挡]|商[铺户]|门[面店]|底商|公[共摊]|底层|架空|避雷|雨棚|污物|烧烤|弱电|强电|电表间|电井"
)
_PARKED = re.compile(r"(?:[车摊泊货工铺座]位|储物柜|柜子?)(?:编?号)?[是:：]?\s?\Z")
_BETWEEN = r"[\s的那这]{0,2}(?:个|边|处)?"
_A_NUMBERED, _A_SHARED = (
    re.compile(f"(?:那个|[的那])?(?:{_NUMBERED})"),
    re.compile(rf"{_BETWEEN}(?:{_SHARED})"),
)
_LIVES = re.compile(
    r"(?<![居入])住(?!房|建|院|所|户|宅|在?[了着]?[很许不]|[校宿])|[我咱他她俺](?:们)?家|家[住在里]|地址|[爸妈爷奶公婆]家|业主|租"
)
_WHOLE_ADDRESS = re.compile("[县乡镇].{1,10}村")  # nobody gives a lamp's
_CLAUSE = re.compile("[，。；！？,;!?\n]")
_LOOK_BACK = 24
_ROOM = re.compile(
    r"\d{3}[A-Za-z]?\s?(?:室|号?房)?$|[室房户]$|单元|[楼层][东西南北左右中]|[左右]手|\d[楼层]|[\-/]\d+$"
)
_OF_A_PERSON = re.compile(
    r"(?:报修|联系|申请|投诉|来信)人|户主|住户|姓名|(?<!\d)1[3-9]\d{9}(?!\d)|^[^，。,\s]{2,4}[，,\s]"
)


def is_public(text: str, start: int, end: int, reaches_door: bool) -> bool:
    """Tell whether what looks like a home leads to a thing of the public. `reaches_door`: it is more than a building."""
    if _PARKED.search(text, max(0, start - 6), start):
        return True
    if reaches_door and _ROOM.search(text[start:end]):
        return False  # a room is somebody's, whatever hangs before it
    if not (_A_NUMBERED if reaches_door else _A_SHARED).match(text, end):
        return False
    before = _CLAUSE.split(text[max(0, start - _LOOK_BACK) : start])[-1]
    if reaches_door and (_WHOLE_ADDRESS.search(before) or _OF_A_PERSON.search(text)):
        return False
    return not _LIVES.search(before)
