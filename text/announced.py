"""Numbers of no known shape that a text announces: 「我的卡号 …」「打这个…」「…是我手机」. Seven digits and more, however parted.

The rules beside this one know how numbers look; this one knows only how they are spoken of, so it holds for spellings that
nobody thought of. That of an order, a file, a meter or a counter stays, and so does what is a day, an amount or a service's
number, whatever it is called.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from text.check_digits import born, checks, luhn
from text.digits import AS_FIGURES, as_digits
from text.number_names import BANK, BUSINESS, CARD, IDENTITY, LANDLINE, MOBILE, Name, called, is_business

_HAN = "".join(chr(code) for code in AS_FIGURES)
_DIGIT = rf"[0-9{_HAN}]"
# What is between the digits of one number: marks, a line's end, what somebody says while he thinks or dictates.
_HESITATION = (
    r"嗯|啊|呃|额|哦|噢|喔|哎|唉|诶|欸|哈|呀|嘛|呢|那个|这个|那啥|然后是?|接着是?|接下来是?|随后|再接?|再来|后面是?|前面是?|中间是?|最后是?"
    r"|末尾是?|后头|前头|[后前][几两三四五六七八2-8]位是?|空格?|空一[格下]|停顿?一?下?|换行|断开|横杠?|短横|杠|斜杠|点|逗号|句号|顿号|星号?|井号?|加号?"
    r"|下一[行条段]|接上[条面]?|续|对|好|听好|记好|[Tt]hen|dash|space|\b(?:um|uh|er)\b"
)
_MARK = r"[^\w。！!？?；;]|_|丨|ー|[。；;!?！？](?=\s?[0-9])"
_GAP = rf"(?>(?:{_MARK}){{0,8}}(?:(?:{_HESITATION})(?:{_MARK}){{0,4}}){{0,3}})"
_RUN = re.compile(rf"(?<![0-9A-Za-z.]){_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}+")
_APART = 14  # characters between parts that are told in any order
_FEWEST, _LONGEST = 7, 24  # digits; more are a table or a flood
_TWO = re.compile(r"\s?(?:[、，,/;；]|\s)\s?")  # between two whole numbers
_PIECE = re.compile(rf"{_DIGIT}+")
_A_DIGIT = re.compile(_DIGIT)
_GOES_ON = frozenset("直般样个定些再共起下次年月周早晚旦点会天十百千位号栋楼单室岁人口户家条层到看打")
_UNUSUAL = re.compile(rf"[*~_#|\\&+★…（(【\[]|(?:{_HESITATION})")
_COUNTED = re.compile(
    r"\s?(?:元(?![宵旦])|块(?!板)|毛钱|万(?![家达福科])|亿|平方?|㎡|米|公里|千米|吨|公?斤|度|户|人(?!民)|名|家(?!里)|个(?!号|电话)|[件套张份本]|次|天(?!天)|年"
    r"|月(?!亮)|[日号](?!码)|点(?!击)|分(?!机)|小时|[岁层楼栋幢室路期届条票秒单字%％]|位数|[A-Za-z])"
)
_DAY = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-4])(?:[0-5]\d){0,2})?"
)
_SERVICE = re.compile(r"1(?:1[0249]|2[0-4])|1\d{4}|9[56]\d{3,4}|[48]00\d{7}|0\d{2,3}12\d{3}|106\d{6,}")
_CUT = re.compile(  # somebody has hidden the rest himself, or it is a document's
    r"\s?[*×xX✱]{2}|\s?[】〕\]]?号(?![码,，是。])|】|〕"
)
_NO_NUMBER = re.compile(  # years, a written day, from one to another, a share
    r"(?:19|20)\d\d(?:\D{1,4}(?:19|20)\d\d){1,9}|(?:\d、)?(?:19|20)\d\d[\-./ ]\d{1,2}[\-./ ]\d{1,2}"
    r"|\d{1,2}[:：]\d\d(?:\D{1,3}\d{1,2}[:：]\d\d){1,3}|\d{1,4}[\-~—]\d{1,4}|\d{1,20}\.\d{1,20}"
)
_ONE_MARK = re.compile(r"\d{1,19}(?P<mark>[-.·_/~—])\d{1,19}(?:(?P=mark)\d{1,19}){0,9}+")
_DASHES = re.compile(r"[-—.·_]")
_NOT_AFTER = frozenset("第〔【[￥¥$+#/=&?%亿万千")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_ANY_MOBILE = re.compile(r"(?:0|86|0086)?1[3-9]\d{9}")
_NO_LINE = re.compile(
    r"0(?:10|2\d|[3-9]\d\d)1\d{4,7}"
)  # behind an area code no household's number begins with 1
_AREA_AND_NUMBER = re.compile(r"0?[1-9]\d{6,11}")
_LACED = re.compile(  # one letter, or always the same, between all digits: 「1a3b9c…」「1爱3爱9…」
    r"(?<![A-Za-z0-9])(?:[0-9](?:[A-Za-z]{1,2}[0-9]){6,20}"
    r"|[0-9]{1,4}(?P<lace>[^0-9\s\-./:、，,]{1,3})[0-9]{1,4}(?:(?P=lace)[0-9]{1,4}){1,20})(?![0-9A-Za-z])"
)
_WHERE = (
    r"(?:前面?|后面?|中间|末尾?|最后|尾巴?|开头|打头|起头|头|第[一二三])[几两三四0-9]?[个位段截]?(?:数字?|号码?)?"
    r"(?:夹着|是|为|[:：,，\s]){0,2}"
)
_ORDERED = re.compile(  # 「后四位7714，中间四位6230，前三位158」「158打头，7714收尾，中间6230」
    rf"{_WHERE}(?P<a>[0-9]{{3,4}})(?![0-9])"
    rf"|(?<![0-9])(?P<b>[0-9]{{3,4}})(?=\s?(?:[打起开]头|收尾|结尾|[在居]中|在[前后]|做?尾))"
)
_CALLS = re.compile("手机|电话|号码|联系")
_PART = r"[0-9](?:[ \-]?[0-9]){4,16}"
_HALF = r"(?:半[段截部边]?|一半|位|面)"
_PIECES = re.compile(  # half a number, of five digits and more: the other half comes in another message
    rf"(?:手机|电话|号码?|卡号?|账号)[^0-9\n。！？]{{0,8}}?(?:[前后上下头尾][几五六七八九十0-9]{{0,2}}{_HALF}|剩下?的?|另一?半|余下)"
    rf"[^0-9\n。！？]{{0,4}}(?P<part>{_PART})(?![0-9])"
    rf"|(?:^|\n)\W{{0,2}}(?:接上条?[,，]?)?(?:[后前上下]半[段截部]|另一?半|[剩余]下?的)(?:号码?|数字)?是?[:：]?\s?(?P<rest>{_PART})(?![0-9])"
)

_HALF_MOBILE = re.compile(  # the other half comes in another message
    r"(?:手机号?码?|(?<!热线)(?<!客服)电话号?码?|[我他她]的?号码?)(?:就?是|[:：])?\s?(?P<part>(?!1[0-2]|9[56])[1-9]\d{5})(?=[\s,，。;；!！]|$)"
)


def announced(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each. `text` is read aloud already: rows of Chinese digits are figures."""
    for found in _PIECES.finditer(text):
        start, end = found.span(found.lastgroup or 0)
        if not (_COUNTED.match(text, end) or is_business(text, start)):
            yield MOBILE, start, end
    for found in _HALF_MOBILE.finditer(text):
        yield MOBILE, *found.span("part")
    if len(_A_DIGIT.findall(text)) < _FEWEST:
        return
    yield from _in_any_order(text)
    for start, end in _runs(text):
        digits = as_digits(text[start:end])
        if _FEWEST <= len(digits) <= _LONGEST and not _harmless(text, start, end, digits):
            name = called(text, start, end)
            if kind := _kind(digits, name) or (_unnamed(text[start:end], digits) if name is None else ""):
                yield kind, start, end
    yield from _laced(text)


def _in_any_order(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a mobile's number that are told from its end or from its middle."""
    if not _CALLS.search(text):
        return
    spans = [found.span(found.lastgroup or 0) for found in _ORDERED.finditer(text)]
    for at in range(len(spans) - 2):
        three = spans[at : at + 3]
        parts = sorted((text[start:end] for start, end in three), key=len)
        near = all(after[0] - before[1] <= _APART for before, after in pairwise(three))
        if near and [len(part) for part in parts] == [3, 4, 4] and _MOBILE.fullmatch("".join(parts)):
            yield from ((MOBILE, start, end) for start, end in three)


def _laced(text: str) -> Iterator[tuple[str, int, int]]:
    for found in _LACED.finditer(text):
        digits, name = as_digits(found[0]), called(text, *found.span())
        kind = _shape(digits) if name is not BUSINESS else ""
        if kind := kind or ("" if found["lace"] else _kind(digits, name)):
            yield kind, *found.span()


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where one number stands: two whole ones with a mark between them are two."""
    for run in _RUN.finditer(text):
        start, last = run.start(), run.start()
        for piece in _PIECE.finditer(text, run.start(), run.end()):
            whole = len(piece[0]) >= _FEWEST and len(as_digits(text[start:last])) >= _FEWEST
            if whole and _TWO.fullmatch(text, last, piece.start()):
                yield start, last
                start = piece.start()
            last = piece.end()
        yield start, _without_word(text, start, run.end())


def _without_word(text: str, start: int, end: int) -> int:
    """A Chinese digit at the end begins a word: 「…7740一直打不通」."""
    if text[end : end + 1] not in _GOES_ON:
        return end
    written = text[start:end]
    if _shape(as_digits(written)[:-1]) or (written[-1] in _HAN and written[-2].isdecimal()):
        return start + len(written[:-1].rstrip(" ,，、"))
    return end


def _harmless(text: str, start: int, end: int, digits: str) -> bool:
    """Tell whether digits are a day, an amount, a service's number, a document's, or a list of counts."""
    written = text[start:end]
    if _COUNTED.match(text, end) or _CUT.match(text, end) or text[max(0, start - 1) : start] in _NOT_AFTER:
        return True
    if _DAY.fullmatch(digits) or _SERVICE.fullmatch(digits) or _NO_NUMBER.fullmatch(written):
        return True
    pieces = _PIECE.findall(written)
    services = [bool(_SERVICE.fullmatch(piece)) for piece in pieces]
    if len(digits) in (11, 18):
        return all(services)
    listed = len(pieces) > 2 and max(map(len, pieces)) == 2 and not _DASHES.search(written)
    return listed or all(services) or (len(digits) < 15 and any(services))


def _kind(digits: str, name: Name | None) -> str:
    """Return what named digits are. Of such as have no shape the name has to stand beside them."""
    if name is None or name is BUSINESS:
        return ""
    if _ANY_MOBILE.fullmatch(digits):
        return MOBILE
    if len(digits) == 18 and born(digits[6:14]):
        return IDENTITY
    if 15 <= len(digits) <= 19 and (name.kind == BANK or luhn(digits)):
        return BANK
    if name.kind in (MOBILE, LANDLINE) and _NO_LINE.fullmatch(digits):
        return ""
    if name.kind in (MOBILE, LANDLINE) and _AREA_AND_NUMBER.fullmatch(digits):
        return LANDLINE if len(digits) < 11 or digits[0] == "0" else MOBILE
    told = name.near or name.kind in (IDENTITY, BANK, CARD) or len(digits) > 8
    return name.kind if told else ""


def _unnamed(written: str, digits: str) -> str:
    """Return what digits are that nothing names: a number's exact shape in a few long parts, or parted as nothing else is."""
    pieces = _PIECE.findall(written)
    few = len(pieces) <= 4 and min(map(len, pieces)) >= 3
    if len(digits) == 12 and 2 < len(pieces) <= 4 and _MOBILE.fullmatch(digits[:11]):
        return MOBILE  # with one digit too many
    even = len(pieces) <= 4 and len(pieces[0]) >= 3 and _ONE_MARK.fullmatch(written)
    return _shape(digits) if few or even or (len(pieces) <= 7 and _UNUSUAL.search(written)) else ""


def _shape(digits: str) -> str:
    if _MOBILE.fullmatch(digits):
        return MOBILE
    if len(digits) == 18 and digits[0] in "12345678" and born(digits[6:14]) and checks(digits):
        return IDENTITY
    return BANK if len(digits) in (16, 19) and digits.startswith("62") and luhn(digits) else ""
