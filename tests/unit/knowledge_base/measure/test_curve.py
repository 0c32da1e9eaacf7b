from xml.etree import ElementTree

import numpy as np

from knowledge_base.measure.curve import curve, lines, picture

CHANCES = np.linspace(1, 0.01, 100)
RIGHT = np.arange(100) < 60
ALL = np.ones(100, bool)


def test_precision_falls_as_coverage_grows() -> None:
    points = curve(CHANCES, RIGHT, ALL)
    assert [round(coverage, 2) for _, coverage, _ in points][:3] == [0.05, 0.1, 0.15]
    assert max(coverage for _, coverage, _ in points) <= 0.6
    assert all(precision == 1 for _, _, precision in points)


def test_it_is_shown_as_lines_and_as_a_picture() -> None:
    points = curve(CHANCES, RIGHT, ALL)
    assert lines(points).splitlines()[1].startswith("    5% 100.0%")
    assert ElementTree.fromstring(picture(points)).tag.endswith("svg")  # noqa: S314 - our own
    assert curve(CHANCES[:0], RIGHT[:0], ALL[:0]) == []
