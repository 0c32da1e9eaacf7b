"""Who works here: a password that holds, an account of the chat that is one person's, access that ends at once."""

from datetime import timedelta
from typing import Any

import pytest

from cases.register import meanwhile, people
from cases.register.desk import Actor, Desk
from cases.register.errors import Invalid, NotFound, Refusal, Stale
from cases.register.tables import Audit, Department, Staff
from tests import stages
from tests.builders import Bureau, a_handler, a_reviewer, a_supervisor

GOOD = "春晓-山行-77-渡口"


def row(office: Bureau, name: str) -> Staff:
    return next(one for one in office.rows(Staff) if one.name == name)


def set_password(office: Bureau, name: str, password: str, username: str = "") -> None:
    office.workplace.act(lambda desk: people.set_password(desk, office.ids[name], password, username))


@pytest.mark.parametrize(
    ("password", "username", "field", "words"),
    [
        ("", "zhang", "password", "至少 8"),
        ("短", "zhang", "password", "至少 8"),
        ("1234567", "zhang", "password", "至少 8"),
        ("12345678", "zhang", "password", "数字"),
        ("aaaaaaaaaaaa", "zhang", "password", "重复"),
        ("password1!", "zhang", "password", "常用"),
        ("qwertyuiop", "zhang", "password", ""),
        ("zhanggong99", "zhanggong", "password", "用户名"),
        (GOOD, "", "username", "用户名"),
        (GOOD, "   ", "username", "用户名"),
    ],
)
def test_a_password_that_will_be_guessed_is_set_for_nobody(
    office: Bureau, password: str, username: str, field: str, words: str
) -> None:
    before = office.everything()
    with pytest.raises(Invalid) as refused:
        set_password(office, "张工", password, username)
    assert refused.value.field == field and words in str(refused.value)
    assert office.everything() == before


def test_a_password_ends_every_session_and_fits_from_then_on(office: Bureau) -> None:
    set_password(office, "张工", GOOD, " zhang ")
    first = row(office, "张工")
    assert (first.username, first.session_epoch) == ("zhang", 1)
    assert people.password_fits(first, GOOD) and not people.password_fits(first, GOOD + " ")
    set_password(office, "张工", GOOD[::-1], "other")
    second = row(office, "张工")
    assert (second.username, second.session_epoch) == ("zhang", 2)  # the name stays
    assert people.password_fits(second, GOOD[::-1]) and not people.password_fits(second, GOOD)
    assert GOOD not in second.password_hash
    assert not any(GOOD in one.detail for one in office.rows(Audit))


def test_a_user_name_is_one_person_s(office: Bureau) -> None:
    set_password(office, "张工", GOOD, "zhang")
    with pytest.raises(Invalid, match="已属于另一位"):
        set_password(office, "刘工", GOOD, "zhang")
    assert row(office, "刘工").username is None and row(office, "刘工").password_hash == ""


@pytest.mark.parametrize("password", ["", GOOD, "x" * 5000])
def test_nobody_and_somebody_without_a_password_fit_no_password(office: Bureau, password: str) -> None:
    assert not people.password_fits(None, password)
    assert not people.password_fits(row(office, "张工"), password)


def test_who_was_added_with_a_password_can_use_it(office: Bureau) -> None:
    office.hire(people.NewStaff("新人", "handler", "城建局", username="xin", password=GOOD))
    assert people.password_fits(row(office, "新人"), GOOD)
    with pytest.raises(Invalid, match="用户名"):
        office.hire(people.NewStaff("再来", "handler", password=GOOD))


@pytest.mark.parametrize("name", ["张工", "李科长", "王主任", "钱管理"])
def test_who_is_disabled_is_refused_everywhere_at_once(office: Bureau, name: str) -> None:
    no = stages.new(office)
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids[name]))
    assert (row(office, name).active, row(office, name).session_epoch) == (False, 1)
    before = office.everything()
    for step in ("claim", "draft"):
        with pytest.raises(Refusal):
            office.claim(name, no) if step == "claim" else office.draft(name, no, stages.ANSWER)
    assert office.everything() == before


def joined(office: Bureau, name: str, **account: str) -> None:
    code = office.workplace.act(lambda desk: people.join_code(desk, office.ids[name]))
    office.workplace.act(lambda desk: people.join(desk, code, **account))


def test_an_account_of_the_chat_is_found_while_its_owner_works_here(office: Bureau) -> None:
    joined(office, "张工", telegram_id="77")
    joined(office, "刘工", wecom_id="liu")

    def found(platform: str, account: str) -> str | None:
        who = office.workplace.look(lambda desk: people.staff_by_chat(desk, platform, account))
        return who.name if who is not None else None

    assert (found("telegram", "77"), found("wecom", "liu")) == ("张工", "刘工")
    assert (found("wecom", "77"), found("telegram", "liu"), found("telegram", "")) == (None, None, None)
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["张工"]))
    assert found("telegram", "77") is None


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=24), timedelta(hours=24, seconds=1)])
def test_a_code_lasts_a_day(office: Bureau, late: timedelta) -> None:
    code = office.workplace.act(lambda desk: people.join_code(desk, office.ids["张工"]))
    office.clock.now += late
    if late <= people.JOIN_CODE_LIFE:
        office.workplace.act(lambda desk: people.join(desk, code, telegram_id="77"))
        assert row(office, "张工").telegram_id == "77"
        return
    with pytest.raises(NotFound, match="无效或已过期"):
        office.workplace.act(lambda desk: people.join(desk, code, telegram_id="77"))
    assert row(office, "张工").telegram_id is None


@pytest.mark.parametrize("how", ["used", "replaced", "disabled"])
def test_a_code_that_was_used_or_replaced_or_whose_owner_left_binds_nobody(office: Bureau, how: str) -> None:
    code = office.workplace.act(lambda desk: people.join_code(desk, office.ids["张工"]))
    if how == "used":
        office.workplace.act(lambda desk: people.join(desk, code, telegram_id="77"))
    elif how == "replaced":
        office.workplace.act(lambda desk: people.join_code(desk, office.ids["张工"]))
    else:
        office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["张工"]))
    before = office.everything()
    with pytest.raises(NotFound):
        office.workplace.act(lambda desk: people.join(desk, code, telegram_id="88"))
    assert office.everything() == before


def test_an_account_that_another_has_is_not_taken_from_them(office: Bureau) -> None:
    joined(office, "张工", telegram_id="77")
    before = office.everything()
    code = office.workplace.act(lambda desk: people.join_code(desk, office.ids["刘工"]))
    with pytest.raises(Invalid, match="已属于另一位"):
        office.workplace.act(lambda desk: people.join(desk, code, telegram_id="77"))
    assert row(office, "刘工").telegram_id is None and before["staff"][0] == office.everything()["staff"][0]
    joined(office, "张工", telegram_id="77", wecom_id="zhang")  # one's own is bound again
    assert row(office, "张工").wecom_id == "zhang"


def test_who_works_here_by_role_and_place(office: Bureau) -> None:
    for name, account in (("张工", "z"), ("王主任", "w"), ("李科长", "l"), ("钱管理", "q")):
        joined(office, name, wecom_id=account)
    office.hire(a_reviewer("总审核", "", wecom_id="zong"))
    office.hire(a_supervisor("副主任", ""))
    office.workplace.act(lambda desk: people.disable_staff(desk, office.ids["刘工"]))

    def names(question: Any) -> list[str]:
        return office.workplace.look(lambda desk: [one.name for one in question(desk)])

    assert set(names(people.on_wecom)) == {"张工", "王主任", "李科长", "总审核"}
    assert names(people.office_reviewers) == ["王主任", "总审核"]
    assert "刘工" not in names(people.workers) and "钱管理" not in names(people.workers)
    assert set(names(lambda desk: people.heads(desk, None))) == {"王主任", "副主任"}
    assert (
        names(lambda desk: people.heads(desk, 1)) == ["赵局长"]
        and names(lambda desk: people.heads(desk, 2)) == []
    )
    assert names(people.everybody)[-1] == "刘工"  # those who left stand last


def test_namesakes_are_named_once_among_handlers(office: Bureau) -> None:
    office.hire(a_handler("张工", "交通局"))
    found = office.workplace.look(people.handlers)
    assert found.count("张工") == 1 and found == sorted(found)


def test_a_load_is_what_somebody_has_in_hand(office: Bureau) -> None:
    def load(name: str) -> int:
        return office.workplace.look(lambda desk: people.load(desk, office.ids[name]))

    for stage, in_hand in ((stages.new, 0), (stages.claimed, 1), (stages.in_review, 2), (stages.answered, 2)):
        stage(office)
        assert load("张工") == in_hand
    assert load("刘工") == 0


@pytest.mark.parametrize("number", [None, 0, 99, -1])
def test_somebody_who_is_not_there(office: Bureau, number: int | None) -> None:
    with pytest.raises(NotFound, match="没有这位工作人员"):
        office.workplace.look(lambda desk: people.staff_by_id(desk, number))
    assert office.workplace.look(lambda desk: people.find(desk, number)) is None
    assert office.workplace.look(lambda desk: people.staff_name(desk, number)) == ""


@pytest.mark.parametrize(
    ("topics", "kept"),
    [("", ("城乡建设",)), ("资源环境", ("资源环境",)), ("资源环境,城乡建设", ("资源环境", "城乡建设")),
     ("资源环境， 资源环境,", ("资源环境",)), (" , ，", ("城乡建设",))],
)  # fmt: skip
def test_topics_of_a_department_are_kept_in_their_order_each_once(
    office: Bureau, topics: str, kept: tuple[str, ...]
) -> None:
    office.workplace.act(lambda desk: people.add_department(desk, "城建局", topics))
    assert office.workplace.look(lambda desk: desk.departments[0].topics) == kept
    assert len(office.rows(Department)) == 2


def as_colleague(office: Bureau, name: str, step: Any) -> Any:
    return office.workplace.act(step, Actor(name, office.ids[name]))


def test_what_another_changed_meanwhile_is_said_and_not_overwritten(office: Bureau) -> None:
    seen = office.workplace.look(meanwhile.mark)
    as_colleague(office, "钱管理", lambda desk: people.add_department(desk, "城建局", phone="88880001"))

    def mine(desk: Desk, phone: str, mark: str) -> None:
        people.add_department(desk, "城建局", phone=phone, seen=mark)

    with pytest.raises(Stale) as refused:
        as_colleague(office, "王主任", lambda desk: mine(desk, "88880002", seen))
    assert (
        "钱管理已于" in str(refused.value)
        and "88880001" in str(refused.value)
        and "88880002" in str(refused.value)
    )
    as_colleague(office, "钱管理", lambda desk: mine(desk, "88880003", seen))  # one's own change is seen
    as_colleague(office, "王主任", lambda desk: mine(desk, "88880003", seen))  # the same: nothing is lost
    now = office.workplace.look(meanwhile.mark)
    as_colleague(office, "王主任", lambda desk: mine(desk, "88880004", now))
    assert office.rows(Department)[0].phone == "88880004"


@pytest.mark.parametrize("seen", ["", "x", "-1", "²", "9" * 16, "1 OR 1=1"])
def test_a_mark_that_is_none_has_seen_everything(office: Bureau, seen: str) -> None:
    as_colleague(office, "钱管理", lambda desk: people.add_department(desk, "城建局", phone="88880001"))
    as_colleague(office, "王主任", lambda desk: people.add_department(desk, "城建局", phone="2", seen=seen))
    assert office.rows(Department)[0].phone == "2"


def test_what_another_did_to_somebody_s_access_is_said_first(office: Bureau) -> None:
    seen = office.workplace.look(meanwhile.mark)
    as_colleague(office, "钱管理", lambda desk: people.join_code(desk, office.ids["张工"]))

    def check(desk: Desk) -> None:
        meanwhile.require_person_as_seen(desk, people.staff_by_id(desk, office.ids["张工"]), seen)

    with pytest.raises(Stale, match=r"钱管理已于.*发过绑定码（张工）"):
        as_colleague(office, "王主任", check)
    as_colleague(office, "钱管理", check)
