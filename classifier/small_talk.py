"""Small talk by rule: what must not stand in a message that opens no case.

A message that is taken for chit-chat reaches nobody, so the model alone may not decide it. From the text
the wordings of small talk are taken away; where something is left that tells of a fault, asks, praises
somebody, speaks of one more of the same, or names a public thing, the message is a matter.
"""
# ruff: noqa: E501 - the patterns read best as one line a kind

import re

from classifier.danger import SHORT_CRY

_MOOD = "[了啦啊呀哈哒噢呢吧哇嘛喽咯哦么呗滴嘞哟咧]"
_YOU = "(?:你们?|您|小编|机器人|客服|小助手|亲)"
_FILLERS = re.compile(
    r"\[[^\[\]\d]{1,6}\]"  # [微笑]
    rf"|(?:有没有人|有活?人|客服|{_YOU})?还?在(?:不在|吗|么|不|嘛|没){_MOOD}?|有(?:没有)?(?:活)?人(?:在)?(?:吗|么|没有?|嘛|不|呢)?(?=$|\W)"
    r"|(?:大家|各位|老铁们?|朋友们?|你们?|您|小编)(?:好)(?=[呀啊哇吖噢哦哈嘛~!。,.\s]|机器人|小编|小助手|$)|(?<!\w)好(?=$|\W)"
    r"|(?:大家|各位|老铁们?|朋友们?|你们?|您|小编)?(?:早上|上午|中午|下午|晚上|早|晚|周末|新年|过年)好(?=[呀啊哇吖噢哦哈嘛~!。,.\s]|机器人|小编|小助手|$)|早安|晚安|早呀|哈喽|嗨+|喂+"
    r"|(?:新年|春节|元旦|中秋|端午|国庆|元宵|小年|节日|生日|周末|除夕|五一|六一|双节)(?:节)?(?:快乐|愉快|安康)|恭喜发财|拜(?:个)?年|给(?:各位|大家)拜个?节"
    r"|再见|拜拜|回见|回头聊|下次聊|晚点(?:再)?聊|明天见|明儿见|溜了|走了(?=$|\W)|先睡|去睡"
    r"|谢谢|多谢|感谢|谢(?=$|\W|[了啦啊])|辛苦了?|不用谢|不客气|没关系|不好意思|对不起|抱歉|打扰了?|见谅|别介意|别见怪"
    r"|好的+|好滴|好嘞|好吧|可以|行吧?(?=$|\W)|嗯+|哦+|噢+|喔+|额+|呃+|唉+|哎+哟?喂?|啊+|收到|(?:我)?知道[了啦]|明白[了啦]?|晓得[了啦]|了解了?|懂了|是的?(?=$|\W)|对(?:的|呀)?(?=$|\W)|要得"
    r"|哈{2,}|嘿{2,}|嘻{2,}|呵呵|hh+|[0-9]{3,}(?=$|\W)|测试(?:一下|消息)?(?:能不能发|能否发送)?|testing|test|abc|asdf?|hello|hallo|hi|hey|ok(?:ay)?|bye|good|morning|thanks|thank you|lol|emm+"
    r"|(?:你|您)(?:到底)?是谁|你是(?:不是)?(?:ai|机器人|真人|人工|人|豆包)(?:还是(?:ai|机器人|真人|人工|人|程序))?(?:吗|么|呀|啊|吧)?|你(?:叫|的名字)(?:什么|啥)(?:名字?)?|你几岁|(?:你|小编|您)多大"
    r"|讲个笑话|唱(?:首|个)歌|说句话(?:听听)?|小编|机器人|路过|打卡|报到|沙发|顶一?个|转人工(?:客服|服务)?|人工(?:客服|服务)?"
    r"|没(?:事|啥|什么)(?:了|儿|的|事)?(?=$|\W|[,，就没了啦啊])|(?:先|算[了啦]|那就)?不说[了啦]?|算[了啦]|随便(?:看看|问问|逛逛|说说|唠\S{0,3}|聊聊)|(?:就)?(?:点进来|进来)?(?:看看|逛逛|瞧瞧)|再想想|再说|好家伙|(?<!\w)(?:那|这)个(?=$|\W)"
    r"|发错(?:群|人|了|啦)*|找错人了?|(?:不是)?发给(?:你|我)\S{0,3}(?:的|看看)|误(?:发|触|操作)|点错了?|按错了?|手滑"
)
_ASIDE = re.compile(
    r"(?:冷|热|困|累|饿|渴|笑|吓|烦|忙|无聊|气|急|要|想|穷|美|馋|哭)死[我人了啦]+|死了?要死了"
    r"|哈哈|笑(?:话|哭|喷)|天(?:真|好)?(?:蓝|晴)|太阳|月亮|彩虹|下(?:雨|雪)[啦了]|落雨|风大|天气|今[天儿](?:个|天|儿)?(?:真|好|有点)?(?:冷|热)|刮风"
    r"|我?(?:好|有点|真)?(?:饿|困|累)(?=$|\W|[了啦啊呀死])|睡(?:了|觉|醒|着)|失眠|起床|下班|加班|上班|放假|考试|打卡|减肥|失恋|单身"
    r"|(?:吃|喝|炖|煮|炒|包|蒸|烤)(?:了|个|点|着|完|的)?(?:饭|面|饺子|火锅|西瓜|萝卜|奶茶|粥|排骨|早餐|晚饭|茶|酒)|西瓜|豆腐|月饼|粽子|饺子|织毛衣|麻将|游戏|球赛|看球|追剧|电视剧|这剧|电影|热搜|彩票"
    r"|公众号|推文|推送|文章|标题|排版|表情包|(?:发|语音).{0,3}(?:不出|发错)[来去]?|手机(?:卡|没电|快没电)|(?:小孩|孩子|娃|猫)(?:乱|瞎|按|点|踩)|乱按|瞎按|抽奖|点(?:了个)?赞|转发|关注|朋友圈|家族群|上电视|网名|头像|照片"
    r"|(?:我)?姓[\u4e00-\u9fff](?=$|\W)|好久不见|好久不来|我(?:也)?是(?:新来|老粉|路过)|我是\S{1,4}的老\S|快递到|等会儿?|等下|刚才|不想|不懂|想家|外婆|惹我|没看(?:手机|到|见)|看手机|哦不对|闹钟|跟我一样|打(?:麻将|游戏|球|牌|盹|喷嚏|字|雷|呼噜|扮|趣|哈欠)|不(?:困|爱|看|懂|想|敢|愧|由|过|止|如|急|慌|信|聊|吃|喝|玩|睡|早了?|舍得)|没(?:毛病|睡|起床|吃饭|劲|想到|意思|戴|忘)|叫(?:啥|什么)|名字|心痛|在开车|谁也别|这图|图里|拍得|对象|媳妇|还以为|感慨|发呆|无聊|快乐|嘻嘻|老铁|亲们|龙年|兔年|虎年|马年|大吉"
)
_HARM = re.compile(
    "没|不(?!是发给)|无|坏|停|堵|吵|爆|漏|掉|断|臭|脏|黑|塌|裂|破|淹|缺|丢|偷|骗|抢|赌|嫖|毒|欠|拖|罚|涨|贵|乱|差|慢|烂|垃圾|违|占|污|噪|叫|闹|[黄浑浊]|挡|挤|滑|冒|炸|烧|打|骂|咬|砸"
    "|推|逼|赶[走出人]|克扣|扣|拆|挖|关[门了]|黑心|危险|异味|难闻|麻烦|问题|隐患|投诉|举报|反映|求助|帮|救|拦|愚弄|欺|霸|假|过期|超载|太[^\\W]|扰|堆|响|震|晃|悬|倒|积|渗|滴|锈|蟑|鼠|蚊|蛇|深夜|半夜|空中"
)
_ASKED = re.compile(
    "吗|么|怎|咋|哪|谁|几[点时号天个岁]|多少|多久|几[\u4e00-\u9fff]|多[大远高]|什么|啥|为何|如何|能否|可否|是否|能不|可不|有没|要不|会不|何时|请问|[?]|建议|希望|求"
)
_PRAISED = re.compile(
    "(?:真|很|太|特别|非常|挺|好|超)(?:的)?(?:好|棒|热心|热情|负责|耐心|细心|贴心|温柔|给力|靠谱|认真|专业|善良|客气|周到|勤快|敬业|厉害|暖|赞|快|干净|方便|亮|漂亮)"
    "|热心|热情|耐心|细心|贴心|敬业|负责|靠谱|给力|暖心|感动|好人|好样|雷锋|满意|表扬|点名|记住你|牛(?=$|\\W)|不错|解决|办好|修好|送[来到]|多亏"
)
_MORE_OF_IT = re.compile(
    "也|一样|同样|同上|仍|依旧|照旧|老样子|那边|这边|旁边|隔壁|楼[上下]|对面|前面|后面|门口"
)
_PUBLIC = re.compile(
    "[村镇乡县屯寨](?=$|\\W)|小区|社区|街道|大道|路(?!过)|街|巷|桥|隧道|站|公交|地铁|公园|广场|学校|幼儿园|小学|中学|医院|诊所|卫生|物业|电梯|楼道|工地|工厂|厂|市场|超市|商场|酒吧|ktv|夜市|摊|店|餐馆|饭店|酒店|网吧|平台|电商|购物|消费"
    "|工资|工钱|社保|医保|养老|低保|公积金|补贴|补助|房产|房租|押金|学费|罚款|发票|合同|户口|身份证|证|手续|窗口|居委|村委|政府|部门|单位|领导|城管|派出所|警|法院|电费|水费|燃气|煤气|暖气|自来水|污水|下水|水管|水|井|电线|电缆|高压|线[杆路]|停电|灯|车|树|沟|河|田|地[里块]|空气|垃圾|厕|噪声|蜘蛛网|网络|宽带|信号|基站|楼盘|未来|房|拆迁|制度|政策|流程|备案|预约|咨询|时间|条件|标准|材料|费用|招聘|报名|认定|审批|名额|申请|登记|注销|贷款|资格|挂号|老板|医生|护士|老师|工伤|仲裁|[坑宰]|药|地图|规划|日期|执照|学籍|户政|狗(?!子)|邻居"
)
_CHANNEL = re.compile(
    "小编|公众号|推文|推送|文章|标题|排版|关注|抽奖|表情包|机器人|热搜|这图|图里|你(?:是|会|叫|有|几|多)"
)
_HELPLESS = re.compile("怎么办|咋办|求|请问|建议|希望|办理|怎么[交办走查]|什么时候|几点|多少钱")
_FAINTLY = re.compile("又|都|还是|呢")  # speak of a matter where nothing speaks of small talk
_LEFT = re.compile(rf"{_MOOD}|[\W_\d]|的|我|你|您|就|个")
_SURE = 0.9  # wanted where nothing in the text is a wording of small talk
_ENOUGH = 0.5
_LONGEST = 60  # characters: a longer text tells something


def only_filler(text: str) -> bool:
    """Say whether `text` (normalised) holds nothing but greetings, assent, tests, farewells and the like."""
    return (
        len(text) <= _LONGEST and not SHORT_CRY.fullmatch(text) and not _LEFT.sub("", _FILLERS.sub(" ", text))
    )


def has_content(text: str) -> bool:
    """Say whether `text` (normalised) tells of a fault, asks, praises, says "here too", or names a public thing."""
    rest = _ASIDE.sub("x", _FILLERS.sub(" ", text))
    if any(pattern.search(rest) for pattern in (_HARM, _PRAISED, _MORE_OF_IT, _PUBLIC)):
        return True
    if _ASKED.search(rest) and not (_CHANNEL.search(text) and not _HELPLESS.search(text)):
        return True
    return bool(_FAINTLY.search(rest)) and not _casual(text)


def _casual(text: str) -> bool:
    return bool(_FILLERS.search(text) or _ASIDE.search(text))


def enough(text: str, chance: float) -> bool:
    """Say whether a `chance` of chit-chat suffices: less where `text` holds a wording of small talk."""
    return chance >= (_ENOUGH if _casual(text) else _SURE)
