"""A backup of an earlier version is taken apart row by row: what stood in a string becomes rows of its own."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.register import earlier

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("table", "row", "becomes"),
    [
        (
            "department",
            {"id": 3, "name": "城建局", "topics": "城乡建设,环境保护"},
            [
                ("department", {"id": 3, "name": "城建局"}),
                ("department_topic", {"department_id": 3, "topic": "城乡建设", "place": 0}),
                ("department_topic", {"department_id": 3, "topic": "环境保护", "place": 1}),
            ],
        ),
        ("citizen", {"id": 1, "asking": ""}, [("citizen", {"id": 1})]),
        (
            "citizen",
            {"id": 1, "asking": f"belongs:5:4:{int(AT.timestamp())}"},
            [
                ("citizen", {"id": 1}),
                (
                    "citizen_question",
                    {
                        "citizen_id": 1, "kind": "belongs", "case_id": 5, "before_id": 4, "entries": (), "score": 0.0,
                        "until": AT,
                    },
                ),
            ],
        ),
        (
            "cases",
            {"id": 1, "reasons": "提到跳楼；未成年人", "co_departments": ",3,"},
            [("cases", {"id": 1, "reasons": ("提到跳楼", "未成年人")})],
        ),
        ("cases", {"id": 1, "reasons": ["改类"]}, [("cases", {"id": 1, "reasons": ["改类"]})]),
        (
            "meta",
            {"key": "wecom_card:T1", "value": f"{AT.isoformat()} abcd\n{AT.isoformat()} new\n{AT.isoformat()} old"},
            [
                ("changeable_card", {"card": "T1", "shown": "abcd", "at": AT}),
                ("card_code", {"card": "T1", "code": "old", "at": AT}),
                ("card_code", {"card": "T1", "code": "new", "at": AT}),
            ],
        ),
        (
            "knowledge_entry",
            {"id": "E1", "status": "published", "answer": "请到三楼。", "review_on": None, "changed_at": AT},
            [
                (
                    "knowledge_entry",
                    {
                        "id": "E1", "status": "published", "answer": "请到三楼。", "review_on": date(2027, 3, 2),
                        "changed_at": AT,
                    },
                )
            ],
        ),
        ("meta", {"key": "swept_at", "value": "x"}, [("meta", {"key": "swept_at", "value": "x"})]),
    ],
)  # fmt: skip
def test_a_row_of_an_earlier_backup(
    table: str, row: dict[str, Any], becomes: list[tuple[str, dict[str, Any]]]
) -> None:
    assert list(earlier.taken_apart(table, row)) == becomes
