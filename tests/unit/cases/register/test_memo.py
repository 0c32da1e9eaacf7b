"""Single values mean what their family says, also those that an earlier version wrote."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import Meta
from tests.builders import Bureau

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
WRITTEN = [
    (memo.MODEL_IN_USE, "", "model_version", "v7", "v7"),
    (memo.SWEPT_AT, "", "swept_at", AT.isoformat(), AT),
    (memo.DATACUBE, "wx1", "datacube:wx1", "2026-03-01", date(2026, 3, 1)),
    (memo.JOIN_TRIES, "telegram:7", "join_tries:telegram:7", "2026030201:3", memo.Tries("2026030201", 3)),
    (memo.CHAT_TROUBLE, "telegram:-1", "chat_trouble:telegram:-1", f"{AT.isoformat()} 被移出 群", memo.Trouble(AT, "被移出 群")),
    (memo.KEY_HASHING, "", "key_hashing", '["YQ=="]', ["YQ=="]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("family", "name", "key", "words", "value"), WRITTEN, ids=lambda each: str(each)[:20]
)
def test_a_value_is_read_as_it_was_written(
    bureau: Bureau, family: memo.Family[Any], name: str, key: str, words: str, value: object
) -> None:
    def step(desk: Desk) -> None:
        assert family.of(desk.session, name) == family.nothing
        desk.session.add(Meta(key=key, value=words))
        desk.session.flush()
        assert family.of(desk.session, name) == value
        family.put(desk.session, family.nothing, name)
        assert family.of(desk.session, name) == family.nothing
        family.put(desk.session, value, name)
        assert desk.session.get_one(Meta, key).value == words
        assert not name or family.all(desk.session) == {name: value}
        family.end(desk.session, name)
        desk.session.flush()
        assert family.of(desk.session, name) == family.nothing

    bureau.workplace.act(step)
