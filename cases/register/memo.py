"""Single values that the register remembers under a name: text, and empty where there is none."""

from cases.register.desk import Desk
from cases.register.tables import Meta


def read(desk: Desk, key: str) -> str:
    row = desk.session.get(Meta, key)
    return row.value if row else ""


def write(desk: Desk, key: str, value: str) -> None:
    row = desk.session.get(Meta, key) or Meta(key=key)
    row.value = value
    desk.session.add(row)
