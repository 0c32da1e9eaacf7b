"""A question that names many values is one statement, and what is found is what was asked for."""

from cases.register import listed
from cases.register.desk import Desk
from tests.builders import Bureau


def test_each_list_stands_in_its_place(bureau: Bureau) -> None:
    """Whatever the values hold, they are values."""
    for openid in ("amy", "ben", "'; DROP TABLE citizen; --"):
        bureau.a_case("投诉路灯不亮", openid)

    def asked(desk: Desk, channels: list[str], numbers: list[int]) -> list[int]:
        sql = "SELECT id FROM cases WHERE channel IN ({}) AND id IN ({}) ORDER BY id"
        return [number for (number,) in listed.rows(desk.session, sql, channels, numbers)]

    assert bureau.workplace.act(lambda desk: asked(desk, ["wechat", "{}%s?"], [3, 1, 99])) == [1, 3]
    assert bureau.workplace.act(lambda desk: asked(desk, ["') OR 1 = 1 --"], [1, 2, 3])) == []
