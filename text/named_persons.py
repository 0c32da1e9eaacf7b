"""Names of persons by what they are made of: a family name and characters that people are given, where one may stand.

`person_names` wants a label and believes it; this one looks where a person is spoken of (「我妈…」「房东叫…」「户名…」), before a
telephone, in a list and under a letter, and believes the characters. Holders of an office are named by their office and stay.
"""

import re
from collections.abc import Iterator

from text.far_names import FAR_BEGINS, FAR_NAME
from text.like_names import NO_NAMES
from text.person_names import FAMILY_NAME as _FREQUENT

_SET = (  # what people are called
    "一万三世业东丫中丰丹丽义之乎乐乔九书乾二云亨亭亮仁仕仙仪仲伟佐余佩佳俊保信修倩健儒允元兆先光全六兰兴其典冉军冠冬"
    "冰凌凡凤凯刚初利力功励勇勉勋勤千华卓博卫卿厚友双发吉吕君吟含启和哲唐善喜嘉固国土坚坤垚城培堂墨壮夏大天夫奇奉奋奎"
    "奕如妍妞妮妹姐姑姗姣威娃娅娇娜娟娣娥娴婉婕婵婷媛嫣嫦子存孝季学宁宇守安宏宗宛宜宝实宣家容宾寅富寒寿小尔尚尧展山岐"
    "岑岚岩岭岳峰峻崇嵩巍川州巧巾帅帆希常帼平幼庄庆庚庭康延廷建开弈弘弛弟强彤彦彩彪彬彰影征律循微德心必忆志忠念怀思怡"
    "恒恩恬恭恺悟悠悦悫情惜惟惠意愿慈慧懿戈成才扬承抒拓招振挺捷掌援摇攀改放政敏教敬文斌斐斯新方旋旗早旭时旺昀昂昆昊昌"
    "明昕星映春昭昱昶显晋晏晓晔晗晟晨普景晴晶智暄暖曦曼曾月有朋朗望朝木朴权杉杏村杞束来杨杭杰松极林枢枫柏柔柯柱柳栋树"
    "栓根桂桃桐桑桢桦梁梅梓梧棋棠棣森椿楚楠楷槐樱欢欣歆正武殿毅毓毛民水永汉汐汝江沁沂沈沐沛沫河治泉泓法波泰泽洁洋津洪"
    "洲洵济浦浩海涌涛润涵淇淑淞淮深淳添清渊渝湖湘湛源溢溪滔满滢滨演漫潇潞潼澄澎澜濠瀚灏火灵灿炀炎炜炫炳烁烈烨烽焕焯焰"
    "焱然煜照熙熠燃燕爱爽牛狗献玉玥玫玮环玲珂珅珊珍珏珑珠理琛琦琨琪琬琳琴琼瑗瑛瑜瑞瑶瑾璇璋璐璟璨甄甜生甫田畅畔略疆登"
    "百皓益盛直盼真督睿知石砚硕碧磊磐礼祎祖祝祥祯祺禄福禹禾秀秉秋秦程稳稷立竞章竣竹笑笛策筠筱箫粟素紫红纪纯纹绍绒绢绣"
    "继绪续绮维缘缨罗罡美群羽翔翠翰耀耕耘职聪肃肖胜胡胤臣致舒舜舟航船良艳艺节芃芊芍芙芝芬芮花芳芷芸芹芽苇苏苑苒苗若英"
    "茂茅茗茜茵茹荃荔荣荫荷莉莎莘莱莲莹莺菁菊菡菲萃萌萍萧萱葆葳葵蒙蓉蓓蓝蓬蔓蔚蕊蕙蕴蕾薇薪藏藻虎虹蛋蝶行衡裕襄解言誉"
    "订训设诗诚诺谊谦谨谱豪豫贝贞财贤贵赋赫赵超越跃踊轩轶辅辉辞辰达迁迅迎进远连迩迪逊途通逢逸遂遇道遥邦郁郎都酉采重野"
    "金鉴鑫钊钗钢钦钧钰钱铁铃铄铎铜铠铨铭铮银锁锋锐锡锦键镇镜长闯闻闽阁阔阳阿陵隆雁雄雅集雍雨雪雯雷需霄震霏霖霜霞露青"
    "靖静革韬韵顶顺颂颐颖颜颢风飒飞香馥馨驰骁骄骏骥高鲲鸣鸽鸿鹂鹃鹏鹤鹰麒麓麟黎默鼎齐龙"
)
_RARE = (
    "楼屠计厉骆覃斯杭阮虞池卜班伊戎符郁胥闻劳郦濮寿燕浦晏阎茹习宦容戈暨居匡禄阙沃隆"
    "鞠丰巢蒯荆竺桓帅亢况佟占檀练邸鄢肖闫代仝冼娄庄葛季应祝鲍支柏花水危"
)
_RARE_DOUBLE = "申屠|司空|澹台|淳于|闻人|赫连|长孙|宇文|呼延|钟离|东郭|百里|纳兰|拓跋|独孤"
FAMILY_NAME = rf"(?:{_RARE_DOUBLE}|{_FREQUENT}|[{_RARE}])"
_HAN = "[\u4e00-\u9fff]"
_CANDIDATE = re.compile(rf"(?=(?P<whole>(?P<family>{FAMILY_NAME})(?:[{_SET}]{{1,2}})))")
_MINE = "(?:我|俺|咱|他|她|其|本人)(?:们)?(?:家|的)?阿?"
_FAMILY = (
    "老公|老婆|丈夫|妻子|爱人|媳妇|妈妈?|母亲|爸爸?|爹|娘|女婿|儿媳妇?|父亲|爷爷?|奶奶?|外公|外婆|姥姥|姥爷|公公|婆婆|公婆|岳父|岳母|儿子|女儿|闺女|孩子|小孩|娃"
    "|孙子|孙女|外孙女?|[大二三小]?[哥弟姐妹叔伯姑舅姨婶嫂]|哥哥|弟弟|姐姐|妹妹|侄子|侄女|外甥|老伴|对象|[男女]友|前[夫妻]|老头子?|老太太|亲戚|朋友|同[事学]"
)
_OTHERS = (
    "房东|邻居|租[客户]|中介|老板娘?|经理|包?工头|师傅|司机|[车机户业店]主|村长|组长|队长|班主任|老师|医生|护士|保安|会计|负责人"
    "|法人|法定代表人|肇事者?|对方|骗子|卖家|买家|监护人"
)
_LABEL = (
    "户名|开户[名人]|法人代表|法定代表人|持卡人|卡主|账[户号]名|[车机户业]主|收[件货款]人|寄件人|联[系络]人|投诉人|举报人|反映人|来信人|申[请报]人"
    "|当事人|申诉人|[签署]名|落款|姓名|名字|患者|病人|家长|监护人|被[害告]人|原告|[死伤]者|学生"
)
_ENDS = re.compile(
    rf"(?!{_HAN})|的|电话|手机|号码|身份|证件|银行|医保|社保|养老|户口|户籍|退休|[今现]年|现[在住]|[住家]|出生|生于|因|于|已|系|和我|同志|本人|微信|邮箱|卡|账|名下"
)
_SPOKEN_OF = re.compile(
    rf"(?:(?:{_MINE}(?:{_FAMILY})|{_OTHERS})(?:的?(?:名字|姓名|全名|大名))?(?:叫做?|名叫|名为|[:：]|是|\s)\s?|{_MINE}(?:{_FAMILY})"
    rf"|(?:{_LABEL})(?:都?[写填是为叫]的?是?|[:：=/—\-(（\s])\s?|[户真]名|账[户号]名|开户[名人]|持卡人|收[件货款]人|落款|机主"
    rf"|姓{_HAN}{{1,2}}[,，\s]{{0,2}}(?:全名|名字|大名)?[叫名])$"
)
_LOOKED_FOR = (
    re.compile(r"(?:找|联系|打给|转给|交给|问)$"),
    re.compile(r"[\s,，(（]{0,2}(?:的?(?:电话|手机|号码)|就[行好]|[01]\d)"),
)
_MYSELF = (
    re.compile(r"(?:我是|本人是|这里是|您好|你好)[,，\s]{0,2}[^,，。！？\n]{0,14}?的$"),
    re.compile(r"[\s,，。.！!;；]|$"),
)
_WITH_NUMBER = (
    re.compile(r"(?:^|[\s,，。;；:：(（、|])$"),
    re.compile(
        r"[\s,，:：()（）]{0,2}(?:[男女](?:[,，\s]|$)|1[3-9]\d{5}|身份证|电话|手机|联系电话|[1-6]\d{16})"
    ),
)
_SIGNED = (
    re.compile(
        rf"(?:敬上|此致|敬礼|谢谢|感谢|望回复|盼复|\n)[\s。!！,，:：—\-]{{0,4}}(?:{_LABEL}|市民|居民|村民|业主|群众)?[:：\s]{{0,2}}$"
    ),
    re.compile(r"\s{0,20}(?:$|20\d\d|1[3-9]\d|[敬谨])"),
)
_NAMED = re.compile(r"(?:叫|我?的?(?:大名|名字)是)$")
_WHO = re.compile(  # behind these a name of three characters needs no mark: 来访人钱玉珍, 包工头吴志刚, 我丈夫顾建军
    "(?:[访信电诉映告报络系请事害租件款住]人|[户业车机店房]主|[居村市农牧]民|[住租商客]户|老师|护士|[职员]工|司机|[组村队店]长|经理|会计|同[学事]|朋友|亲戚|代表"
    "|丈夫|妻子|老[公婆板人伴]|[儿孙侄]子|[女闺侄孙]女|女儿|孩子|妈妈|爸爸|母亲|父亲|爷爷|奶奶|外[公婆甥]|公公|婆婆|岳[父母]|哥哥|弟弟|姐姐|妹妹|爱人|媳妇"
    "|叔叔|舅舅|姑姑|工头|房东|邻居|法人|本人|姓名|名字|名叫|叫做|举报|投诉|控告|起诉|名是|卖家|买家|监护人|女婿|儿媳|我爹|我娘|病人|患者|学生)$"
)
_GOES_ON = re.compile(
    rf"(?!{_HAN})|的|[去今前昨]年|[昨今]天|本[月周]|于|因|已|称|说|反映|要求|投诉|[诉告]|来[电信访]|手机|电话|身份|微信|联系|写|[妈爸爷奶]|家长|阿姨|大[爷妈]|这个户|表示|欠|打|去世|病"
    "|住|在|本人|上|是|不|没|有|要|想|和|与|及|等|现|未|被|把|给|到|拖|占|也|系|同"
)
_WITH = re.compile("(?:[与和跟向对把是给由为请让同找被着]|查下|查一下)$")
_HOW = re.compile("[为是]何")
_ANYTHING = re.compile("")
_STOPS = re.compile(r"[\s,，。.;；:：(（)）、!！?？\d]|$|的(?:电话|手机|身份|卡|家|宅|房)")
_ALONE = (
    re.compile(r"(?:^|[\n,，。；;:：—\-(（\s、|/\d室户〕])$"),
    re.compile(r"[\s,，。.;；(（)）、|/+]|$|同志|本人|[女老大]|先生|师傅"),
)
# family names that begin everyday words behind the nouns above
_EVERYDAY = frozenset("司单车路成房权万余全都于农童")
_PLACE = re.compile("[路街镇村州河湖里园庄苑庭府湾邸寓墅区城]$|先生$")
_SPACED = re.compile(
    rf"(?:{_LABEL})[:：\s]{{0,2}}(?P<name>{FAMILY_NAME}[ \u3000]{{1,2}}[{_SET}][ \u3000]{{1,2}}[{_SET}]"
    rf"|{FAMILY_NAME}[(（][^)）\n]{{2,6}}[)）][{_SET}]{{1,2}})(?!{_HAN})"
)
_FAMILY_FIRST = re.compile(
    rf"(?:我|本人)姓(?P<family>{FAMILY_NAME})[,，\s]{{0,2}}(?:单?名|叫)(?P<given>[{_SET}]{{1,2}})(?={_ENDS.pattern})"
)
_APART = re.compile(r"[ \u3000(（]")
_FAR = re.compile(rf"(?=[{FAR_BEGINS}]){FAR_NAME}")
_LATIN = re.compile(
    r"(?:[Mm]y name is|[Nn]ame(?: is)?[: ]|我叫|姓名[:：]?|名字[是叫]|I am|I'm|[Tt]his is) ?"
    r"(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})(?![A-Za-z])"
)
_CALLED_SO = re.compile("[我他她人孩名]叫$"), re.compile("[,，。]")
_IAM = re.compile("(?:我是|本人)$")
_REACH = 22
_ASKED = (_LOOKED_FOR, _MYSELF, _WITH_NUMBER, _SIGNED)


def named_persons(text: str) -> Iterator[tuple[int, int]]:
    """Yield where names stand."""
    for found in _CANDIDATE.finditer(text):
        start, family = found.start(), found.end("family") - found.start("family")
        before = text[max(0, start - _REACH) : start]
        for size in range(len(found["whole"]), family, -1):
            name = found["whole"][:size]
            so = bool(_CALLED_SO[0].search(before) and _CALLED_SO[1].match(text, start + size))
            if (so or name not in NO_NAMES) and _told(text, before, name, start + size, size - family > 1):
                yield start, start + size
                break
    for found in _FAR.finditer(text):
        start, end = found.span()
        before = text[max(0, start - _REACH) : start]
        asked = (
            _NAMED.search(before) or _SPOKEN_OF.search(before) or _WHO.search(before) or _IAM.search(before)
        )
        if _ENDS.match(text, end) and (asked or (_ALONE[0].search(before) and _ALONE[1].match(text, end))):
            yield start, end
    for found in _LATIN.finditer(text):
        yield found.span("name")
    for found in _SPACED.finditer(text) if _APART.search(text) else ():
        yield found.span("name")
    for found in _FAMILY_FIRST.finditer(text):
        yield found.span("family")
        yield found.span("given")


def _told(text: str, before: str, name: str, end: int, whole: bool) -> bool:
    """Tell whether what stands around a name lets it be one; a `whole` one has two given characters."""
    if _NAMED.search(before) and (_ENDS.match(text, end)):
        return True
    if _ENDS.match(text, end) and _SPOKEN_OF.search(before):
        return True
    if any(behind.match(text, end) and ahead.search(before) for ahead, behind in _ASKED):
        return True
    if name[0] in _EVERYDAY or _PLACE.search(name) or (whole and name[:2] in NO_NAMES):
        return False
    if whole and _ALONE[1].match(text, end) and _ALONE[0].search(before):
        return True
    if (
        whole
        and _WITH.search(before)
        and not (_HOW.match(before[-1:] + name) and not text.startswith("本人", end))
        and _GOES_ON.match(text, end)
    ):
        return True
    after = _ANYTHING if whole else _STOPS
    return bool(after.match(text, end) and _WHO.search(before))
