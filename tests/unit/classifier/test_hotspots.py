"""Many people on one matter at one place, and nothing else."""

from datetime import UTC, datetime, timedelta

from classifier.hotspots import Mention, hotspots

START = datetime(2026, 3, 1, tzinfo=UTC)
SAME = [
    "柳溪小区旁搅拌站噪音粉尘扰民\n柳溪小区北门的混凝土搅拌站整夜开工，噪音粉尘让人没法睡",
    "柳溪小区搅拌站什么时候搬走\n我住柳溪小区，混凝土搅拌站离我们不到五十米，粉尘噪音太大",
    "投诉柳溪小区附近搅拌站\n混凝土搅拌站晚上还在生产，柳溪小区的住户窗台全是粉尘",
    "求助：柳溪小区被搅拌站粉尘包围\n搅拌站混凝土车来来往往，柳溪小区老人小孩咳嗽，噪音不断",
]
OTHERS = [
    "身份证过期了怎么换",
    "县医院挂号排队太久",
    "希望图书馆延长开放时间",
    "感谢公交司机捡到我的钱包",
    "双桥镇水稻保险理赔没到账",
]


def _letters(texts: list[str], users: list[str]) -> list[Mention]:
    return [
        Mention(str(i), text, START + timedelta(days=i), user)
        for i, (text, user) in enumerate(zip(texts, users, strict=True))
    ]


def test_one_matter_of_several_people_is_found() -> None:
    found = hotspots(_letters(SAME + OTHERS, ["a", "b", "c", "d", "e", "f", "g", "h", "i"]), None)
    assert found[0].rank == 1 and set(found[0].ids) == {"0", "1", "2", "3"}
    assert (found[0].size, found[0].users) == (4, 4)
    assert "柳溪小区" in found[0].title
    assert found[0].first_at == START and found[0].last_at == START + timedelta(days=3)
    assert len(found) == 1


def test_the_same_matter_at_another_place_stands_apart() -> None:
    elsewhere = [text.replace("柳溪小区", "金穗花园") for text in SAME[:2]]
    found = hotspots(_letters(SAME + elsewhere, list("abcdef")), None)
    assert {frozenset(spot.ids) for spot in found} == {frozenset("0123"), frozenset("45")}


def test_one_person_writing_often_is_no_hot_spot() -> None:
    assert hotspots(_letters(SAME, ["a"] * 4), None) == []


def test_letters_without_user_are_different_people() -> None:
    assert hotspots(_letters(SAME, [""] * 4), None)[0].users == 4


def test_days_count_back_from_the_newest() -> None:
    assert hotspots(_letters(SAME, list("abcd")), 1)[0].ids == ("2", "3")


def test_more_people_rank_higher() -> None:
    two = ["阳关村水渠断流\n阳关村的灌溉水渠断流，秧苗枯了", "阳关村水渠没水\n阳关村水渠断流两周，秧苗快枯死"]
    found = hotspots(_letters(two + SAME, list("abcdef")), None)
    assert [spot.users for spot in found] == [4, 2]


def test_an_accusation_never_gives_the_title() -> None:
    letters = [
        Mention("1", "举报柳溪小区物业经理王某收黑钱\n柳溪小区搅拌站噪音粉尘", START, "a", accusation=True),
        Mention("2", "柳溪小区搅拌站噪音粉尘\n柳溪小区搅拌站整夜噪音", START, "b"),
    ]
    assert [spot.title for spot in hotspots(letters, None)] == ["柳溪小区搅拌站噪音粉尘"]
    hidden = [Mention(x.id, x.text, x.time, x.user, accusation=True) for x in letters]
    assert hotspots(hidden, None) == []


def test_a_title_holds_no_telephone_number() -> None:
    texts = ["柳溪小区搅拌站噪音粉尘请打13912345678", "柳溪小区搅拌站噪音粉尘打我电话13912345679"]
    assert "139" not in hotspots(_letters(texts, ["a", "b"]), None)[0].title


def test_nothing_and_empty_letters() -> None:
    assert hotspots([], None) == []
    assert hotspots(_letters(["", "😀"], ["a", "b"]), None) == []
