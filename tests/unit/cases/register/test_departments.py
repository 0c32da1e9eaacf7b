"""A department that is named again keeps what is not named."""

from cases.register import people
from cases.register.desk import Desk
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


def test_a_step_sees_the_departments_as_they_stand(bureau: Bureau) -> None:
    """Oldest first, with their topics in the order in which they were named, and what the same step changed."""

    def step(desk: Desk) -> None:
        before = {each.name: each for each in desk.departments}
        assert list(before) == ["城建局", "交通局"]
        people.add_department(desk, "交通局", "噪声,废水,垃圾", "-100200/7", "12369、027-12345678")
        people.add_department(desk, "督查室")
        now = desk.departments
        assert [each.name for each in now] == ["城建局", "交通局", "督查室"]
        assert (now[1].topics, now[1].chat_id, now[1].thread_id) == (("噪声", "废水", "垃圾"), "-100200", "7")
        assert (now[2].topics, now[2].phone) == ((), "") and now[0] == before["城建局"]
        assert {"12369", "027-12345678"} <= set(desk.own_numbers)

    bureau.workplace.act(step)
    assert [each.topics for each in bureau.workplace.look(lambda desk: desk.departments)][1:] == [
        ("噪声", "废水", "垃圾"),
        (),
    ]
