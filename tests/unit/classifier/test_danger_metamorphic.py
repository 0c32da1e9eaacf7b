"""What stands beside a danger changes nothing; what a look-alike is politely told with makes no danger of it."""

import pytest

from classifier.fit.corpus import read_asides
from classifier.triage import Classifier

DANGERS = [
    "阁楼起火，梯子烧断了",
    "外公出门买盐两天没回家，他不认得路",
    "儿媳羊水破了，车陷在泥里",
    "有人在桥栏杆外面坐着要往下跳",
    "工地沟槽塌了，埋住一个小工",
    "他喝了半瓶除草剂，嘴里冒沫",
    "隔壁男的举着斧头砸我们的门",
    "地下室灌水，门顶住了推不开",
    "七岁的娃被陌生人拉上了面包车",
    "楼道闻着臭鸡蛋味，三楼阿婆叫不醒",
]
BESIDE = {
    "courtesy": ("辛苦各位了", "给你们添乱了", "谢谢理解", "不好意思打搅"),
    "question": ("请问该拨哪个号码", "你们几点上班呀", "这事找哪个部门", "需要我登记吗"),
    "object": ("驾照还锁在车里", "房租押了一个季度", "社保卡在他兜里", "狗拴在院里"),
    "date": ("今天初九", "前年夏天也有过一回", "上个月刚搬来", "这是本周头一次"),
    "hearsay": ("门卫跟我说的", "群里都在讲", "我听卖菜的提起", "据楼上讲屋里不止一个"),
}
LOOKALIKES = [
    "火场那次逃出来的人都出院了，想问捐款怎么领",
    "消防演练把楼道弄得全是烟味，什么时候散",
    "走失的外公已经找到，在家喝粥",
    "孩子写作文写的是被坏人抓走，编得挺像",
    "热得快要晕过去，能不能开空调",
    "轮椅邻居因为电梯停运十天没下楼",
    "打人的那位去年已经判了，问赔偿怎么执行",
]


@pytest.mark.parametrize("kind", BESIDE)
def test_a_danger_stays_one_whatever_stands_beside_it(classifier: Classifier, kind: str) -> None:
    told = [
        text
        for danger in DANGERS
        for beside in BESIDE[kind]
        for text in (f"{danger}，{beside}", f"{beside}，{danger}")
    ]
    found = classifier.triage_many(told)
    assert [text for text, one in zip(told, found, strict=True) if not one.urgent] == []
    assert not any(one.chitchat or one.category == "praise" for one in found)


def test_what_is_put_beside_was_not_learnt() -> None:
    known = {aside for part in read_asides() for aside in part}
    assert known.isdisjoint(beside for part in BESIDE.values() for beside in part)


@pytest.mark.parametrize("beside", ["", *BESIDE["courtesy"], "麻烦回复一下"])
def test_a_lookalike_stays_calm_however_polite(classifier: Classifier, beside: str) -> None:
    told = [f"{text}，{beside}" if beside else text for text in LOOKALIKES]
    found = classifier.triage_many(told)
    assert [text for text, one in zip(told, found, strict=True) if one.urgent] == []
