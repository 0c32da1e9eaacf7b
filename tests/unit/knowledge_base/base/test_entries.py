from datetime import date

import pytest

from knowledge_base.base.entries import Entry, can_answer

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("changes", "answers"),
    [
        ({}, True),
        ({"status": "candidate"}, False),
        ({"status": "retired"}, False),
        ({"effective_on": date(2026, 11, 20)}, True),
        ({"effective_on": date(2026, 11, 21)}, False),
        ({"review_on": date(2026, 11, 20)}, True),
        ({"review_on": date(2026, 11, 19)}, False),
        ({"answer": "请拨打{电话}联系城管局。"}, False),
        ({"answer": "办理时限为XX天。"}, False),
        ({"answer": "【联系电话】12345"}, True),
    ],
)
def test_only_what_is_published_in_force_and_reviewed_answers(
    changes: dict[str, object], answers: bool
) -> None:
    entry = Entry(**{"id": "a", "question": "问", "answer": "答", **changes})  # type: ignore[arg-type]
    assert can_answer(entry, TODAY) is answers
