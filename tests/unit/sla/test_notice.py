from datetime import date

import pytest

from sla.calendar import CalendarError, WorkCalendar, parse_year, shipped_years
from sla.notice import doubts

GOOD = """
year = 2027
source = "国办发明电〔2026〕0号"
workdays = [2027-01-31, 2027-10-09]

[[holiday]]
name = "元旦"
from = 2027-01-01
to = 2027-01-03

[[holiday]]
name = "春节"
from = 2027-02-05
to = 2027-02-11

[[holiday]]
name = "清明节"
from = 2027-04-03
to = 2027-04-05

[[holiday]]
name = "劳动节"
from = 2027-05-01
to = 2027-05-05

[[holiday]]
name = "端午节"
from = 2027-06-09
to = 2027-06-09

[[holiday]]
name = "中秋节"
from = 2027-09-15
to = 2027-09-15

[[holiday]]
name = "国庆节"
from = 2027-10-01
to = 2027-10-07
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_file_is_read() -> None:
    year = parse_year(GOOD)
    assert (year.year, year.source) == (2027, "国办发明电〔2026〕0号")
    assert [holiday.name for holiday in year.holidays][:2] == ["元旦", "春节"]
    assert (year.holidays[1].first, year.holidays[1].last) == (date(2027, 2, 5), date(2027, 2, 11))
    assert year.workdays == (date(2027, 1, 31), date(2027, 10, 9))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("2027-10-09]", '"2027-10-09"]').replace("from = 2027-01-01", 'from = "2027-01-01"'),
        GOOD.replace("workdays = [2027-01-31, 2027-10-09]\n", "") + "workdays = [2027-01-31, 2027-10-09]\n",
    ],
    ids=["byte order mark", "dates as text", "workdays below the last holiday"],
)
def test_forgivable_ways_of_writing_mean_the_same(text: str) -> None:
    assert parse_year(text) == parse_year(GOOD)


def test_new_year_may_begin_in_december_as_the_notice_for_2019_had_it() -> None:
    text = changed("from = 2027-01-01\nto = 2027-01-03", "from = 2026-12-30\nto = 2027-01-01")
    year = parse_year(text.replace("2027-01-31", "2026-12-27"))
    calendar = WorkCalendar([*shipped_years(), year])
    assert not calendar.is_workday(date(2026, 12, 31))
    assert calendar.is_workday(date(2026, 12, 27))
    assert calendar.reason(date(2026, 12, 31)) == "元旦"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year = ", "TOML"),
        ("", "缺少 year"),
        (changed("year = 2027", 'year = "2027"'), "缺少 year"),
        (changed("year = 2027", "year = true"), "缺少 year"),
        (changed("year = 2027", "year = 2023"), "2023 不在"),
        (changed("year = 2027", "year = 2026"), "不在 2026 年内"),
        (changed('source = "国办发明电〔2026〕0号"', ""), "缺少 source"),
        (changed('"国办发明电〔2026〕0号"', '" "'), "缺少 source"),
        ('year = 2027\nsource = "x"\nworkdays = []\n', r"缺少 \[\[holiday\]\]"),
        ('year = 2027\nsource = "x"\nholiday = 3\n', r"缺少 \[\[holiday\]\]"),
        (changed('name = "春节"', ""), "缺少 name"),
        (changed("to = 2027-02-11", ""), "「春节」to 缺少日期"),
        (changed("to = 2027-02-11", "to = 2027-02-11T00:00:00"), "「春节」to 缺少日期"),
        (changed("to = 2027-02-11", 'to = "二月十一"'), "读不懂"),
        (changed("to = 2027-02-11", "to = 2027-02-01"), "早于开始日"),
        (changed("to = 2027-02-11", "to = 2027-12-11"), "超过 15 天"),
        (changed("from = 2027-10-01", "from = 2027-09-15"), "超过 15 天"),
        (changed("to = 2027-04-05", "to = 2027-04-04"), "缺少法定节假日：2027-04-05（清明节）"),
        (changed("from = 2027-10-01", "from = 2027-10-02"), "缺少法定节假日：2027-10-01（国庆节）"),
        (changed("2027-09-15\nto = 2027-09-15", "2027-09-16\nto = 2027-09-16"), "2027-09-15（中秋节）"),
        (changed("2027-06-09\nto = 2027-06-09", "2027-05-05\nto = 2027-05-06"), "重叠：2027-05-05"),
        (changed("from = 2027-01-01", "from = 2026-12-20"), "不在 2027 年内"),
        (
            changed("from = 2027-01-01\nto = 2027-01-03", "from = 2026-12-30\nto = 2026-12-31"),
            "不在 2027 年内",
        ),
        (changed("workdays = [2027-01-31, 2027-10-09]", ""), "缺少 workdays"),
        (changed("2027-10-09]", "2027-01-31]"), "写了两次"),
        (changed("2027-10-09]", "2027-10-08]"), "不是周六或周日"),
        (changed("2027-10-09]", "2027-10-03]"), "落在「国庆节」假期之内"),
        (changed("2027-10-09]", "2028-10-07]"), "2028-10-07 不在 2027 年内"),
        (changed("2027-10-09]", "3]"), "workdays 缺少日期"),
        (changed("2027-10-09]", "2027-02-30]"), "TOML"),
    ],
)
def test_a_file_that_cannot_be_a_notice_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(CalendarError, match=says) as caught:
        parse_year(text)
    assert "\n" not in str(caught.value)


def test_beyond_the_reviewed_table_the_festivals_must_at_least_be_named() -> None:
    text = GOOD.replace("2027-", "2040-").replace("year = 2027", "year = 2040")
    text = text.replace("[2040-01-31, 2040-10-09]", "[]")
    assert parse_year(text).year == 2040
    with pytest.raises(CalendarError, match="端午节没有列入"):
        parse_year(text.replace('name = "端午节"', 'name = "夏至"'))


def test_an_unbalanced_notice_is_accepted_with_a_doubt() -> None:
    assert "请核对" in doubts(parse_year(GOOD))[0]
