"""Writers left out: nothing of theirs stays, nothing of others goes."""

from classifier.fit.corpus import read_danger
from classifier.fit.fitter import Example, everything
from classifier.measure.flags import UnseenFlag, report
from classifier.measure.unseen import EVERYDAY, GROUPS, without, written_by
from classifier.model.second_opinion import NEAR


def test_every_everyday_writer_tells_of_every_flag_up_and_not() -> None:
    for writer in EVERYDAY:
        lines = written_by((writer,))
        assert len(lines) > 800 and len({line.text for line in lines}) == len(lines)
        for flag in NEAR:
            telling = [line for line in lines if line.known is None or flag in line.known]
            assert any(flag in line.flags for line in telling) and any(
                flag not in line.flags for line in telling
            )


def test_every_writer_but_those_of_bare_words_is_left_out_once() -> None:
    told = [writer for group in GROUPS for writer in group]
    assert len(told) == len(set(told))
    assert {m.writer for m in read_danger()} - set(told) == {"writer-4", "writer-5", "writer-13"}


def test_what_is_left_holds_nothing_of_theirs_alone_or_beside_something() -> None:
    rows, lines = everything(), written_by(("writer-14",))
    left = without(rows, lines)
    theirs = [line.text for line in lines if len(line.text) > 8]
    assert 0 < len(rows) - len(left) < len(rows) / 10
    told = "\n".join(row.text for row in left)
    assert not [text for text in theirs if text.rstrip("。.") in told.split("\n")]
    assert not [row.text for row in left if row.aside and any(text in row.text for text in theirs)]


def test_rows_of_others_stay() -> None:
    row = Example("路灯坏了，谢谢", "", "", frozenset(), 1.0, aside=True)
    assert without([row], []) == [row]


def test_a_report_says_the_weights_and_each_writer() -> None:
    told = [
        UnseenFlag(writer, 0.2 + 0.6 * up, 2.0 * up - 1, 4.0 * up - 2, up)
        for writer in EVERYDAY
        for up in (True, False)
    ]
    said = report("sensitive", told)
    assert said.startswith("sensitive  first ") and all(writer in said for writer in EVERYDAY)
    assert "精确 1.000，召回 1.000" in said
