"""When many write at once, sentence vectors stand back; danger and answers are judged by words all the same."""

import pytest

from app.serve.judge import A_SECOND, UNHURRIED, Crowd


@pytest.mark.parametrize(
    ("arrivals", "crowded"),
    [
        ([(1, 0.0)], False),
        ([(UNHURRIED, 0.0)], False),
        ([(UNHURRIED + 1, 0.0)], True),
        ([(1, n / 100) for n in range(A_SECOND)], False),
        ([(1, n / 100) for n in range(A_SECOND + 1)], True),
        ([(1, n / A_SECOND) for n in range(10 * A_SECOND)], False),  # as many in every second as may be
        ([(64, 0.0), (1, 0.5)], True),
        ([(64, 0.0), (1, 1.0)], False),  # the second is over
    ],
)
def test_a_crowd_is_many_at_once_or_in_a_second(arrivals: list[tuple[int, float]], crowded: bool) -> None:
    crowd = Crowd()
    assert [crowd.with_these(count, at) for count, at in arrivals][-1] is crowded
