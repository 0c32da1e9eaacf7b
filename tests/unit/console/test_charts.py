"""Charts stand in the page as they are: real text, no style and no script of their own, every name escaped."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

from cases.lists.statistics import Figures
from console import charts

SVG = "{http://www.w3.org/2000/svg}"


def test_a_chart_brings_neither_style_nor_script_nor_anything_hidden() -> None:
    days = {date(2026, 3, 1) + timedelta(days=n): n for n in range(31)}
    for drawn in (
        charts.days(days, days, "每日"),
        charts.months({"2026-03": Figures(received=3, answered=2)}, "各月"),
        charts.bars([("城乡建设局", 12, 3)], "按部门"),
    ):
        assert not re.search(
            r"<style|<script|style=|<!--|\bid=|<desc|opacity|https?://(?!www\.w3\.org/)", drawn
        )
        assert ElementTree.fromstring(drawn).get("role") == "img"  # noqa: S314 - our own


def test_bars_say_in_text_what_they_stand_for() -> None:
    drawn = ElementTree.fromstring(charts.bars([("城乡建设局", 12, 3), ("交通运输局", 4, 0)], "按部门"))  # noqa: S314
    written = [text.text for text in drawn.iter(f"{SVG}text") if text.text]
    assert {"城乡建设局", "交通运输局", "12", "3", "4"} <= set(written)
    titles = [title.text for bar in drawn.iter(f"{SVG}rect") for title in bar]
    assert sorted(filter(None, titles)) == [
        "交通运输局 逾期：0",
        "交通运输局：4",
        "城乡建设局 逾期：3",
        "城乡建设局：12",
    ]
    assert drawn.get("aria-label") == "按部门"
    heights = {text.text: float(text.get("y", 0)) for text in drawn.iter(f"{SVG}text")}
    assert heights["城乡建设局"] < heights["交通运输局"]  # the first stands on top


def test_each_day_that_was_has_its_two_bars_and_the_month_keeps_its_width() -> None:
    first = date(2026, 3, 1)
    drawn = ElementTree.fromstring(charts.days({first: 5, date(2026, 3, 2): 0}, {first: 2}, "每日"))  # noqa: S314
    titles = [title.text for title in drawn.iter(f"{SVG}title")]
    assert titles == ["2026-03-01 收到：5", "2026-03-02 收到：0", "2026-03-01 答复：2", "2026-03-02 答复：0"]
    bars = [
        float(bar.get("width", 0)) for bar in drawn.iter(f"{SVG}rect") if bar.get("class") != "background"
    ]
    assert max(bars) < 20  # not half the page


def test_small_numbers_get_a_scale_of_whole_numbers() -> None:
    drawn = ElementTree.fromstring(charts.bars([("投诉", 2, 1), ("表扬", 0, 0)], "按类别"))  # noqa: S314
    assert all(re.fullmatch(r"\d+|投诉|表扬", text.text) for text in drawn.iter(f"{SVG}text") if text.text)


def test_names_are_text_whatever_stands_in_them() -> None:
    drawn = charts.bars([("<script>alert(1)</script>", 1, 1)], '"><b>')
    assert "<script" not in drawn and "<b>" not in drawn and "&lt;script" in drawn


def test_nothing_to_draw_is_no_chart() -> None:
    assert charts.bars([], "x") == charts.days({}, {}, "x") == charts.months({}, "x") == ""
