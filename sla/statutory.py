"""Public holidays fixed by law, for checking notices and for years whose notice is not out yet.

Source: 《全国年节及纪念日放假办法》第二条 (decree 795 from 2025-01-01; decree 644 before).
"""

from datetime import date

# The days that follow the moon and the sun, reviewed one by one. 春节 is 正月初一; the other days off around
# it are derived (its eve is a holiday by law from 2025).
_MOVING: dict[int, dict[str, tuple[int, int]]] = {
    2024: {"春节": (2, 10), "清明节": (4, 4), "端午节": (6, 10), "中秋节": (9, 17)},
    2025: {"春节": (1, 29), "清明节": (4, 4), "端午节": (5, 31), "中秋节": (10, 6)},
    2026: {"春节": (2, 17), "清明节": (4, 5), "端午节": (6, 19), "中秋节": (9, 25)},
    2027: {"春节": (2, 6), "清明节": (4, 5), "端午节": (6, 9), "中秋节": (9, 15)},
    2028: {"春节": (1, 26), "清明节": (4, 4), "端午节": (5, 28), "中秋节": (10, 3)},
    2029: {"春节": (2, 13), "清明节": (4, 4), "端午节": (6, 16), "中秋节": (9, 22)},
    2030: {"春节": (2, 3), "清明节": (4, 5), "端午节": (6, 5), "中秋节": (9, 12)},
}
MOVING_FESTIVALS = ("春节", "清明节", "端午节", "中秋节")


def is_complete(year: int) -> bool:
    """Tell whether `statutory_days(year)` holds the moving festivals too."""
    return year in _MOVING


def statutory_days(year: int) -> dict[date, str]:
    """Return the days off that the law itself names, with their Chinese names.

    Beyond the reviewed table only the days fixed in the solar calendar are known (see `is_complete`).
    """
    before_2025 = year < 2025
    days = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节"}
    if not before_2025:
        days[date(year, 5, 2)] = "劳动节"
    for name, (month, day) in _MOVING.get(year, {}).items():
        first = date(year, month, day)
        offsets = (0,) if name != "春节" else (0, 1, 2) if before_2025 else (-1, 0, 1, 2)
        days |= {date.fromordinal(first.toordinal() + offset): name for offset in offsets}
    return days | {date(year, 10, day): "国庆节" for day in (1, 2, 3)}
