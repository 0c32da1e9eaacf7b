"""What may be dropped as chit-chat, and what may not wait: short messages, as people type them."""
# ruff: noqa: E501 - lists of messages

import pytest

from classifier.danger import present_danger
from classifier.small_talk import has_content, only_filler
from classifier.triage import Classifier

MATTERS = """高压线掉在路上 工资没发 水是黄的 水管爆了 公交不来 有人赌博 那边也堵了 我们这边也停了 周末开门吗 怎么办 李姐真好
小王很热心 晚上吵 狗叫 楼上也一样 旁边那个也不亮 路灯黑 厕所臭 垃圾成堆 井盖响 门打不开 电梯卡 隔壁也没有 对面同样 三号楼也是
几点下班 多少钱 去哪里办 什么时候来 谁负责 啥情况 找谁 能补办吗 小区没人扫 老张辛苦 张医生真细心 刘师傅人很好 保安真不错 墙裂了
天花板渗水 树倒了 车位被占 快递柜坏 空调滴水 学校补课 老板跑了 退不了 还没好 又来了两个 一直在响 三桥村 幸福小区 楼道黑
油烟大 网断了 桥晃 有蛇 老鼠多 不发工资 你好，路灯坏了 在吗，几点开门 谢谢王警官 哈哈，又停水了 小编，医保怎么交 测试一下，水压低"""

SMALL_TALK = """你好 您好 在吗 在不在 谢谢 好的 嗯 哦 收到 早上好 哈哈 测试 1 。 ？ 😊 [微笑] 有人吗 你是谁 再见 你好你好 大家好
嗯嗯好的 收到谢谢 好的，知道了 拜拜 晚安 新年快乐 中秋快乐 👍👍 test ok hello 不客气 没事了 哈哈哈哈哈 发错了 哦哦 嗨 在么
不好意思发错了 早 谢谢你们 好滴 666666 周末愉快 你是机器人吗 下午好呀"""

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


@pytest.mark.parametrize("text", NOT_URGENT.split())
def test_a_nuisance_a_rule_or_the_past_is_not_urgent(classifier: Classifier, text: str) -> None:
    assert not classifier.triage(text).urgent


@pytest.mark.parametrize("text", ["楼上也一样", "几点开门", "李姐真好", "水管爆了", "幸福村"])
def test_content_forbids_chitchat_whatever_the_model_says(text: str) -> None:
    assert has_content(text) and not only_filler(text)


def test_the_reason_names_the_danger(classifier: Classifier) -> None:
    assert "疑似紧急（失踪）" in classifier.triage("奶奶走丢了").reasons


def test_a_long_letter_is_left_to_the_model() -> None:
    assert present_danger("煤气泄漏") == "泄漏"
    assert present_danger("煤气泄漏" + "，我们反映过这件事" * 10) == ""
