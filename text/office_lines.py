"""Fixed lines that an office is said to have: 「县行政服务中心咨询电话」. They are public.

A letter that names one asks about it."""

import re

_LINE = re.compile(
    r"(?:(?:咨询|监督|服务|投诉|举报|抢修|报修|客服|公示|便民|救援|急救|总值班)(?:电话|热线|专线|座机)|[市县区镇]长热线"
    r"|(?:局|中心|[科股处]|所|街道办|营业厅|公司|纪委|大厅|政府|医院|学院|大队|支队|居委会|村委会|服务站|(?=办公室的?电话))的?(?:办公室?|值班|科室)?的?(?:电话|座机)?)"
    r"(?:号码?)?(?:是不是|就?是|为|[:：（(\s]){0,3}$"
)
_MINE = re.compile("我|俺|咱|家|本人|单位|老板|店|厂|住|联系人|姓|[男女]")
_SOMEBODY = re.compile(r"[\s,，)）]{0,2}(?:找|转|我|本人|是我|老板)")
_REACH = 20
_CLAUSE = re.compile("[，。；！？,;!?\n]")


def is_office_line(text: str, start: int, end: int) -> bool:
    """Tell whether the words before a fixed line give it to an office, and none beside it to a person."""
    before = _CLAUSE.split(text[max(0, start - _REACH) : start])[-1]
    return bool(_LINE.search(before)) and not (_MINE.search(before) or _SOMEBODY.match(text, end))
