"""Which things a question and an entry name, and whether they are others."""

import re

from knowledge_base.base.concepts import built_in

SHORT = 16  # characters of a question that comes without a story

# Names the table of ideas lacks, or throws together with what an office keeps apart. First the name of the thing.
_NAMES = """
身份证: 身份证 居民身份证 身份证件 二代证 身分证 身份的卡
临时身份证: 临时身份证 临时证 临时居民身份证
户口本: 户口本 户口簿 户口薄
社保卡: 社保卡 社会保障卡 社会保障卡片 医保卡 社保的卡 看病那张卡 看病的卡 保障那张卡
电子社保卡: 电子社保卡 电子医保卡 电子医保凭证 医保电子凭证
居住证: 居住证 暂住证 居住的证 暂住的本
港澳通行证: 港澳通行证 往来港澳通行证 通行证 签注
护照: 护照
驾驶证: 驾驶证 驾照 驾本 驾驶本 小车本
行驶证: 行驶证 行车证 行驶本
结婚证: 结婚证 结婚的证 结婚本
离婚证: 离婚证 离婚的证 离婚本
出生证: 出生证 出生证明 出生医学证明
不动产权证: 不动产权证 不动产权证书 不动产证 房产证 房本 房证 产权证 房屋产权证 土地证
营业执照: 营业执照 工商执照 执照
教师资格证: 教师资格证 教师证 教师资格证书
残疾证: 残疾证 残疾人证 残疾本
老年证: 老年证 优待证 老年卡 敬老卡 老年人优待证 老人证 老年优待证
健康证: 健康证 健康证明
毕业证: 毕业证 毕业证书 学位证 文凭
准生证: 准生证 生育证 生育服务证 生育登记 二胎证
狗证: 狗证 犬证 养犬证 养犬登记证 犬牌 狗牌 养犬登记
公交卡: 公交卡 乘车卡 爱心卡
借书证: 借书证 读者证
运输证: 运输证 道路运输证 营运证 道路运输经营许可证
接种证: 接种证 预防接种证 疫苗本
献血证: 献血证 无偿献血证
低保: 低保 最低生活保障 低保证
特困: 特困 五保 特困人员
失业金: 失业金 失业保险 失业保险金 失业险 失业补助
养老金: 养老金 养老保险 退休金 社会养老
医保: 医保 医疗保险 新农合 合作医疗 农合
工伤: 工伤 工伤保险
生育津贴: 生育津贴 生育保险 生育险
公积金: 公积金 住房公积金
维修资金: 维修资金 维修基金
高龄津贴: 高龄津贴 高龄补贴 尊老金 老年津贴 老年补贴
公租房: 公租房 廉租房 公共租赁住房 公共租赁 保障房 租房补贴 租赁补贴 住房租赁补贴
购房补贴: 购房补贴 买房补贴
""".strip()
_CARRIED = re.compile(
    r"(?:没有|没领|没办|没扯|只有|光有|有|光拿|只拿|只带|带着|带上|带|拿着|拿|凭|持|出示|用)[一本张个我他她的老旧新]*$"
)
# Things of which the one may stand for the other.
_KIN = tuple(
    frozenset(group.split())
    for group in (
        "户口本 户口",
        "社保卡 电子社保卡 社保",
        "社保 养老金 医保 失业金 工伤 生育津贴",
        "结婚证 结婚 婚姻记录",
        "离婚证 离婚 婚姻记录",
        "不动产权证 不动产",
        "准生证 生育登记",
        "残疾证 残疾",
        "居住证 居住登记",
    )
)  # fmt: skip

# Of these an entry that names one does not answer for another.
_CONTRASTS = tuple(
    re.compile("|".join(group.split()))
    for group in (
        "医师 护士 药师 教师 律师 导游",
        "小学 初中 高中 中职 幼儿园 大学",
        "孕前 婚前 产前 产后",
        "医保 养老 失业 工伤 生育",
        "兽药 农药 药品",
        "货车 客车 校车 摩托 拖拉机 电动车 网约车 出租车",
        "毕业证 公证书 营业执照 资格证 驾驶证 行驶证 房产证",
        "自来水 燃气 电费 暖气",
    )
)
_ONLY = {
    "电子": re.compile(r"电子|手机|网(?!点)|码|扫|线上|程序|app|截图|亮"),
}

_RELATIVES = frozenset(("who:孩子", "who:老人", "who:夫妻"))  # for whom people ask, seldom the point of it

# Any other noun that ends like one, by kinds of which one entry seldom treats two.
_KINDS = {
    "证件": r"证书|(?<![认保论验签见求公查凭办])证|卡|执照|簿|牌照",
    "款项": r"补贴|津贴|补助|补助金|救助|保险|保险金|贷款|年金|奖金|资金|基金|(?<![免消缴收交退付自])费|税",
    "许可": r"许可证|许可|备案|资质",
    "地点": r"登记处|派出所|大厅|中心|医院|卫生院|图书馆|博物馆|文化馆|体育馆|游泳馆|殡仪馆|敬老院|养老院"
    r"|幼儿园|公园|小学|中学|学校|银行|车站|法院|公证处|车管所|办事处|福利院|救助站|仲裁院",
}
_STOP = re.compile(
    r".*(?:[的了吗呢吧啊么我你他她它咱们这那哪啥谁几多少第次怎咋如何请问是不没有无要想能会可得让给把被在到去来从向往用拿带持凭出入交领办补换发查开取缴退打弄搞跑和与及或跟对为就才都也还又再先后时间内外上下里中每各万千百"
    r"本该张个一二三四五六七八九十\W\d])"
)
_NO_NOUN = frozenset(
    "公保认论验签考作求查见准发持领补办换身取出交认缴收消浪免花经自学路话运工旧新误白全退报扣欠房车人"
)


def _parse(table: str) -> dict[str, str]:
    return {
        name: head
        for head, _, names in (line.partition(": ") for line in table.splitlines())
        for name in names.split()
    }


_NAMED = _parse(_NAMES)
_LONGEST = max(map(len, _NAMED))
_NOUN = {
    kind: re.compile(rf"([\u4e00-\u9fff]{{0,6}}?)({endings})(?!明|件|实|据|人|金|书|用|标准|费|照|局)")
    for kind, endings in _KINDS.items()
}


def _things(text: str, skip_carried: bool = False) -> dict[str, str]:
    """Return the things that `text` names, with the wording of each; `skip_carried` leaves out what is only shown."""
    found: dict[str, str] = {}
    start = 0
    while start < len(text):
        for length in range(min(_LONGEST, len(text) - start), 1, -1):
            wording = text[start : start + length]
            thing = _NAMED.get(wording)
            if thing:
                if not (skip_carried and _CARRIED.search(text[:start])):
                    found.setdefault(thing, wording)
                start += length - 1
                break
        start += 1
    return found


def _kindred(one: str, other: str) -> bool:
    return one == other or any(one in group and other in group for group in _KIN)


def _ideas(text: str) -> set[str]:
    return {idea.partition(":")[2] for _, idea in built_in().find(text) if idea.startswith("thing:")}


def _all_ideas(text: str) -> set[str]:
    return {idea for _, idea in built_in().find(text) if idea.startswith(("thing:", "who:"))}


def _nouns(text: str, kind: str) -> list[tuple[str, str]]:
    """Return (what tells it from others, its ending) for the nouns of that kind in `text`."""
    found = []
    for match in _NOUN[kind].finditer(text):
        own = match[2] if kind == "地点" else _STOP.sub("", match[1])
        if own and not (len(own) == 1 and own in _NO_NOUN):
            found.append((own, match[2]))
    return found


def another_thing(question: str, wordings: str, answer: str) -> str | None:
    """Return an objection if every known thing the question names is foreign to the entry.

    That an answer names a paper is no excuse: 持身份证 stands in most of them.
    """
    asked = _things(question, skip_carried=True)
    theirs = _things(wordings)
    about = _ideas(wordings) | set(theirs)
    if asked and about and not any(_kindred(one, other) for one in asked for other in about):
        if any(wording[:-1] in wordings for wording in asked.values()):
            return None
        papers = [one for one in asked if one[-1] in "证卡照本" or one not in _things(answer)]
        if len(papers) == len(asked):
            mine = next(iter(asked.values()))
            return f"问的是“{mine}”，条目说的是“{next(iter(theirs.values()), '别的事项')}”"
    return None


def another_noun(question: str, wordings: str, answer: str) -> str | None:
    """The same for nouns that no table holds, by their endings: 证 against 证, 补贴 against 补贴, place against place."""
    everything = wordings + answer
    for kind in _KINDS:
        other = _nouns(wordings, kind)
        if not other:
            continue
        for own, ending in _nouns(question, kind):
            name = own if own == ending else own + ending
            if (
                len(own) < 2
                or name in everything
                or set(_things(name)) & set(_things(wordings))
                or _CARRIED.search(question[: question.find(name)])
            ):
                continue
            if sum(char in wordings for char in own) * 2 < len(own) and not _all_ideas(name) & _all_ideas(
                everything
            ):
                return f"问的是“{name}”，条目说的是“{other[0][1] if kind == '地点' else ''.join(other[0])}”"
    return None


def another_matter(question: str, wordings: str, answer: str) -> str | None:
    """A short question without a story around it: what it names, and the entry nowhere does, is the point of it."""
    if len(question) > SHORT:
        return None
    mine = built_in().find(question)
    spoken = _all_ideas(wordings) | _all_ideas(answer)
    asked = {idea for _, idea in mine}
    for wording, idea in mine:
        if idea.startswith(("thing:", "who:")) and idea not in spoken and idea not in _RELATIVES:
            shared = sum(char in wordings or char in answer for char in wording)
            own = [
                name
                for name, other in built_in().find(wordings)
                if other.startswith(("thing:", "who:")) and other not in asked and name not in question
            ]
            if shared * 2 < len(wording) and own:
                return f"问的是“{wording}”，条目说的是“{own[0]}”"
    return None


def another_of_its_kind(question: str, wordings: str, answer: str) -> str | None:
    """护士 against 医师, 高中 against 初中; and an entry on the 电子社保卡 for who asks for the card."""
    for group in _CONTRASTS:
        mine, theirs = group.findall(question), group.findall(wordings)
        if mine and theirs and not set(mine) & set(theirs) and not any(name in answer for name in mine):
            return f"问的是“{mine[0]}”，条目说的是“{theirs[0]}”"
    for name, hint in _ONLY.items():
        if (
            name in wordings
            and not hint.search(question)
            and all(name in each for each in wordings.split("|"))
        ):
            return f"条目只说“{name}”，问句没有提到"
    return None
