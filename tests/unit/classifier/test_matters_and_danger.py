"""What may be dropped as chit-chat, and what may not wait: short messages, as people type them."""
# ruff: noqa: E501 - lists of messages

import pytest

from classifier.danger import KINDS, cries
from classifier.small_talk import has_content, only_filler
from classifier.triage import Classifier

MATTERS = """高压线掉在路上 工资没发 水是黄的 水管爆了 公交不来 有人赌博 那边也堵了 我们这边也停了 周末开门吗 怎么办 李姐真好
小王很热心 晚上吵 狗叫 楼上也一样 旁边那个也不亮 路灯黑 厕所臭 垃圾成堆 井盖响 门打不开 电梯卡 隔壁也没有 对面同样 三号楼也是
几点下班 多少钱 去哪里办 什么时候来 谁负责 啥情况 找谁 能补办吗 小区没人扫 老张辛苦 张医生真细心 刘师傅人很好 保安真不错 墙裂了
天花板渗水 树倒了 车位被占 快递柜坏 空调滴水 学校补课 老板跑了 退不了 还没好 又来了两个 一直在响 三桥村 幸福小区 楼道黑
油烟大 网断了 桥晃 有蛇 老鼠多 不发工资 你好，路灯坏了 在吗，几点开门 谢谢王警官 哈哈，又停水了 小编，医保怎么交 测试一下，水压低"""

SMALL_TALK = """你好 您好 在吗 在不在 谢谢 好的 嗯 哦 收到 早上好 哈哈 测试 1 。 ？ 😊 [微笑] 有人吗 你是谁 再见 你好你好 大家好
嗯嗯好的 收到谢谢 好的，知道了 拜拜 晚安 新年快乐 中秋快乐 👍👍 test ok hello 不客气 没事了 哈哈哈哈哈 发错了 哦哦 嗨 在么
不好意思发错了 谢谢你们 好滴 666666 周末愉快 你是机器人吗 下午好呀"""

URGENT = """救命 救救我 他打我 有人打我 家暴 老公打我 漏电了 电线掉地上还冒火花 煤气泄漏 闻到煤气味 我爸走失了80岁老年痴呆 孩子不见了
有人溺水 着火了 高压线掉在路上 有人晕倒没人管 救命啊！！ 快来人 男朋友掐我 邻居拿刀砍人 有人跳河 楼道起火 我家厨房着火啦 厨房冒烟
燃气泄露了 楼道里全是煤气味 奶奶走丢了 五岁男孩走失 女儿放学没回家 爷爷昏迷了 我妈不省人事 孩子误吞电池 有人掉河里了 工人触电了
电梯困人 我被困在电梯里 有人持刀 有人要跳楼 老人倒地没人管 房子要塌了 山洪来了 他又打我了 我被我老公打了 有人抢孩子 电线断了搭在树上
变压器冒火 小孩掉井里了 他要杀我 我想自杀 液化气漏了
煤气泄漏，请尽快处理，谢谢 电视机着火了 培训机构着火了 家里没人，阳台着火了 我爸上周走失 好像煤气泄漏了 我怕他打我 欠薪三个月了，我要跳楼
电影院起火 他第三回打我了"""

NOT_URGENT = """那条路上还有一个也坏了 家里没水了老人孩子怎么办 那盏灯也不亮 去年着火 家暴怎么起诉 煤气泄漏怎么投诉赔偿 停水了 停电了 没气
电梯又坏了 工资没发 欠薪三个月 电梯停了 去年我们楼着过火 前年孩子掉井里了 燃气费怎么交 天然气什么时候通 着火了保险赔不赔 打不着火
家暴算犯罪吗 怎么预防溺水 防溺水宣传 漏电保护器坏了 我的狗走丢了 孩子医保卡不见了 身份证丢了 他打我电话 有人打电话骗钱 怕漏电
水管漏水 那边也堵了 没暖气老人冷 下水道堵了 火锅店油烟大 路灯不亮怕摔 消防演习几点 孩子上学怎么报名 老人卡怎么办 救命，这猫也太胖了吧
多亏民警找到走失的老人 谢谢救火的小伙子 窗口没人 电瓶车充不进电 失联的老板欠我工资 煤气罐涨价 没有人管"""


@pytest.mark.parametrize("text", MATTERS.split())
def test_a_matter_in_few_words_is_no_chitchat(classifier: Classifier, text: str) -> None:
    assert not classifier.triage(text).chitchat


@pytest.mark.parametrize("text", SMALL_TALK.split())
def test_small_talk_opens_no_case(classifier: Classifier, text: str) -> None:
    assert classifier.triage(text).chitchat


@pytest.mark.parametrize("text", URGENT.split())
def test_present_danger_is_urgent(classifier: Classifier, text: str) -> None:
    found = classifier.triage(text)
    assert found.urgent and not found.chitchat


def test_a_nuisance_a_rule_or_the_past_is_seldom_urgent(classifier: Classifier) -> None:
    texts = NOT_URGENT.split()
    raised = [triage.urgent for triage in classifier.triage_many(texts)]
    assert sum(raised) <= len(texts) // 5


ASIDES = """，谢谢 ，谢谢你们 ，麻烦了 ，请问急救电话是多少 ，这个归谁管 ，护照还在里面 ，押金也没退 ，身份证在他身上 ，听说里面还有人
，邻居告诉我的 ，去年也这样，现在又是 ，去年也出过一次 ，今天是二十八号 ，请问要带什么证件"""
DANGERS = """四楼着火了，里面还有两个孩子|我妈妈走丢了，老年痴呆|孩子溺水了|煤气泄漏，头晕得站不住|我老公喝了酒正拿刀砍门|工友触电倒地没反应
|老人突然昏迷，叫不醒|我不想活了，今晚就走|电梯困人，里面有孕妇|房子要塌了，里面还有人"""


@pytest.mark.parametrize("aside", ASIDES.split())
def test_nothing_said_beside_a_danger_takes_it_away(classifier: Classifier, aside: str) -> None:
    dangers = [text.strip() for text in DANGERS.split("|")]
    found = classifier.triage_many(
        [*(text + aside for text in dangers), *(aside[1:] + "，" + text for text in dangers)]
    )
    assert [triage.urgent for triage in found] == [True] * len(found)
    assert not any(triage.chitchat or triage.category == "praise" for triage in found)


@pytest.mark.parametrize(
    "text",
    [
        "路灯坏了半个月没人修",
        "请问居住证怎么办",
        "小区停水三天了",
        "物业乱收费",
        "建议增设公交站",
        "公交车总是晚点",
    ],
)
@pytest.mark.parametrize("aside", ["，谢谢", "，麻烦你们了", "，辛苦了"])
def test_courtesy_raises_no_alarm(classifier: Classifier, text: str, aside: str) -> None:
    assert not classifier.triage(text + aside).urgent


@pytest.mark.parametrize(
    "text",
    [
        "活着没意思，今晚就结束",
        "我不想活了",
        "遗书放在抽屉里了，谢谢大家",
        "我打算跳河，请问谁能照顾我妈",
        "想自杀，别告诉我家人\n",
        "今晚我就结束自己，密码写在本子上了",
        "真的活不下去了，去年也想过一次",
    ],
)
def test_self_harm_is_urgent_and_sensitive(classifier: Classifier, text: str) -> None:
    found = classifier.triage(text.strip())
    assert found.urgent and found.sensitive and found.danger_kind == "suicide"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("孩子掉河里了", "drowning"),
        ("楼道着火了", "fire"),
        ("煤气漏了满屋子味", "gas"),
        ("奶奶走丢了", "missing"),
        ("我老公又打我", "violence"),
        ("被困在电梯里", "trapped"),
    ],
)
def test_an_alert_names_the_kind(classifier: Classifier, text: str, kind: str) -> None:
    found = classifier.triage(text)
    assert found.danger_kind == kind
    assert any(KINDS[kind] in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "text", ["孩子溺水了，急救电话是多少", "楼下着火了，消防电话多少", "老人晕倒在路边了，请问急救电话是多少"]
)
def test_whom_to_call_is_no_inquiry_beside_a_danger(classifier: Classifier, text: str) -> None:
    found = classifier.triage(text)
    assert found.urgent and found.category == "complaint" and found.needs_review


def test_calm_messages_have_no_kind(classifier: Classifier) -> None:
    assert classifier.triage("请问居住证怎么办").danger_kind == ""


@pytest.mark.parametrize(
    "text",
    [
        "快递单号1234567890123456789012345，一直没送到，请处理。",
        "订单YT88372655103940，三天没发货，客服不理人",
        "门口占道经营的摊子，城管来了就走，走了又摆，请管一管",
        "执法车来一趟好一天，走了又摆，夜市油烟熏得睡不着",
    ],
)
def test_digits_and_law_enforcement_tip_no_accusation(classifier: Classifier, text: str) -> None:
    assert not classifier.triage(text).accusation


@pytest.mark.parametrize(
    "text", ["【收到不支持的消息类型，暂无法显示】", "[收到一条不支持的消息，请升级至最新版本查看]"]
)
def test_what_the_platform_writes_is_nobodys_matter(classifier: Classifier, text: str) -> None:
    found = classifier.triage(text)
    assert found.chitchat and not found.urgent


@pytest.mark.parametrize("text", ["楼上也一样", "几点开门", "李姐真好", "水管爆了", "幸福村"])
def test_content_forbids_chitchat_whatever_the_model_says(text: str) -> None:
    assert has_content(text) and not only_filler(text)


def test_a_cry_is_a_cry_and_nothing_else() -> None:
    assert cries("救命啊!!") and not cries("救命,这猫也太胖了吧")
