"""A department that is named again keeps what is not named."""

from cases.register import people
from cases.register.tables import Department
from tests.builders import Bureau


def test_what_is_not_named_stays(bureau: Bureau) -> None:
    bureau.workplace.act(
        lambda d: people.add_department(d, "城建局", "城乡建设,环境保护", "-100200/7", "12319")
    )
    bureau.workplace.act(lambda d: people.add_department(d, "城建局", phone="12345"))
    (row,) = bureau.rows(Department, name="城建局")
    assert (row.topics, row.chat_id, row.thread_id, row.phone) == (
        ("城乡建设", "环境保护"),
        "-100200",
        "7",
        "12345",
    )
    bureau.workplace.act(lambda d: people.add_department(d, "城建局", chat_id="-100300"))
    (row,) = bureau.rows(Department, name="城建局")
    assert (row.chat_id, row.thread_id) == ("-100300", "")
