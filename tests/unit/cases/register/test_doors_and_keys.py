"""What is kept of people and platforms at the doors: sign-in, second factor, sessions, tokens, sources, weak passwords."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.register import api_token, console_sessions, people, second_factor, signin, sources
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotFound, Stale
from cases.register.sources import NewSource
from cases.register.tables import Audit, Staff
from cases.register.weak import why_weak
from cases.steps import leave
from tests.builders import Bureau, a_handler

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238: "12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert second_factor.code_at(SECRET, seconds // 30) == code


def code_of(office: Bureau, desk: Desk, staff: Staff, steps: int = 0) -> str:
    factor = second_factor.of(desk, staff)
    assert factor is not None
    secret = desk.office.vault.open(factor.secret_sealed)
    return second_factor.code_at(secret, int(office.clock.now.timestamp()) // 30 + steps)


def confirmed(office: Bureau) -> list[str]:
    office.act("张工", second_factor.offer)
    return office.act(
        "张工",
        lambda desk, staff: second_factor.confirm(
            desk, staff, code_of(office, desk, staff), office.clock.now
        ),
    )


def passes(office: Bureau, code: str = "", steps: int = 0) -> bool:
    def step(desk: Desk, staff: Staff) -> bool:
        return second_factor.passes(
            desk, staff, code or code_of(office, desk, staff, steps), office.clock.now
        )

    return office.act("张工", step)


def test_an_offer_is_an_address_and_stays_the_same_until_it_is_taken(office: Bureau) -> None:
    one = office.act("张工", second_factor.offer)
    other = office.act("张工", second_factor.offer)
    assert one == other and one.startswith("otpauth://totp/")
    asked = parse_qs(urlsplit(one).query)
    assert (asked["digits"], asked["period"], len(asked["secret"][0])) == (["6"], ["30"], 32)
    assert not office.act("张工", second_factor.active)
    codes = confirmed(office)
    assert len(codes) == len(set(codes)) == 10
    assert office.act("张工", second_factor.active)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_counts_around_its_moment_and_once(office: Bureau, steps: int) -> None:
    confirmed(office)
    office.clock.advance(minutes=5)
    assert passes(office, steps=steps)
    assert not passes(office, steps=steps)
    assert not passes(office, steps=steps - 1)  # an earlier one counts no more either


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_moment_does_not_count(office: Bureau, steps: int) -> None:
    confirmed(office)
    office.clock.advance(minutes=5)
    assert not passes(office, steps=steps)


@pytest.mark.parametrize("code", ["", "abc", "１２３", "000000 ", "\ud800", "1" * 500, "-"])
def test_what_is_no_code_is_borne(office: Bureau, code: str) -> None:
    confirmed(office)
    office.clock.advance(minutes=5)
    assert not passes(office, code or " ")


def test_a_recovery_code_counts_once_however_it_is_typed(office: Bureau) -> None:
    codes = confirmed(office)
    assert passes(office, f" {codes[0].upper()} ") and not passes(office, codes[0])
    assert office.act("张工", second_factor.left) == 9
    assert passes(office, codes[9])


def test_tries_wait_longer_and_longer_and_a_right_code_ends_that(office: Bureau) -> None:
    confirmed(office)
    waits = [office.act("张工", second_factor.wait).seconds for _ in range(12)]
    assert waits[:4] == [0] * 4 and waits == sorted(waits) and waits[-1] == 8
    office.clock.advance(minutes=5)
    assert passes(office)
    assert office.act("张工", second_factor.wait) == timedelta()


def test_who_needs_a_second_factor_and_what_taking_it_away_does(office: Bureau) -> None:
    needing = {
        name: office.act(name, lambda _desk, staff: second_factor.needed(staff, True)) for name in office.ids
    }
    assert {name for name, needs in needing.items() if needs} == {"赵局长", "王主任", "钱管理"}
    assert not office.act("王主任", lambda _desk, staff: second_factor.needed(staff, False))
    confirmed(office)
    epoch = office.rows(Staff, name="张工")[0].session_epoch
    office.act("张工", second_factor.reset)
    assert office.rows(Staff, name="张工")[0].session_epoch == epoch + 1 and not passes_nothing(office)


def passes_nothing(office: Bureau) -> bool:
    return office.act(
        "张工", lambda desk, staff: second_factor.passes(desk, staff, "000000", office.clock.now)
    )


@given(st.integers(1, 10_000))
def test_a_sign_in_waits_never_less_after_more_wrong_tries(failures: int) -> None:
    assert timedelta() <= signin.wait(failures) <= signin.wait(failures + 1) <= signin.LONGEST_WAIT
    assert (signin.wait(failures) == timedelta()) is (failures < signin.FIRST_TO_WAIT)


def sign_in(office: Bureau, fits: bool, origin: str = "1.2.3.4", name: str = "zhang") -> timedelta:
    def step(desk: Desk) -> timedelta:
        attempt = signin.begin(desk, name, origin)
        signin.end(desk, attempt, fits)
        return attempt.wait

    return office.workplace.act(step)


def test_wrong_tries_of_one_place_slow_nobody_elsewhere_and_a_right_one_ends_them(office: Bureau) -> None:
    office.hire(a_handler("周工", username="zhang", password="correct horse 77 battery"))
    waits = [sign_in(office, False) for _ in range(8)]
    assert waits[:4] == [timedelta()] * 4 and waits[-1] > timedelta()
    assert sign_in(office, False, "5.6.7.8") == timedelta()
    assert sign_in(office, True) > timedelta()  # served, never refused
    assert sign_in(office, False) == timedelta()


def test_wrong_tries_are_forgotten_after_a_day_and_an_unknown_name_looks_the_same(office: Bureau) -> None:
    waits = [sign_in(office, False, name="nobody") for _ in range(6)]
    assert waits[-1] > timedelta() and [row.action for row in office.rows(Audit) if "locked" in row.action]
    office.clock.advance(hours=25)
    assert sign_in(office, False, name="nobody") == timedelta()
    assert sign_in(office, False, name="") == timedelta()


@pytest.mark.parametrize(
    "password",
    [
        "12345678", "11111111", "aaaaaaaa", "password1", "P@ssw0rd!",
        "qwertyuiop", "abcdefgh", "zhangsan", "zhangsan123", "passwordpassword",
        "!!!!!!!!", "2026112820", "        ", "0987654321",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_weak(password: str) -> None:
    assert why_weak(password, "zhangsan", "张三")


@pytest.mark.parametrize(
    "password", ["correct horse 77 battery", "河边的老柳树第三棵", "tZ9#kLm2pQ", "zhangsan likes tea 42"]
)
def test_what_takes_long_to_guess_is_not(password: str) -> None:
    assert why_weak(password, "zhangsan", "张三") == ""


@given(st.text(max_size=30), st.text(max_size=10))
def test_any_password_is_judged(password: str, own: str) -> None:
    assert isinstance(why_weak(password, own), str)
    if own.strip() and len(set(own.strip().casefold())) > 2:
        assert why_weak(own, own)


def test_sessions_are_ended_one_by_one_and_only_by_their_owner(office: Bureau) -> None:
    now = office.clock.now
    for who, key in (("张工", "a"), ("张工", "b"), ("刘工", "c")):
        office.act(
            who,
            lambda desk, staff, key=key: console_sessions.begin(
                desk, staff, key, now, "1.2.3.4" * 20, "x" * 900
            ),
        )
    assert office.act("张工", lambda desk, staff: console_sessions.lives(desk, staff, "a"))
    assert not office.act("张工", lambda desk, staff: console_sessions.lives(desk, staff, "c"))
    for key in ("c", "nothing"):
        with pytest.raises(NotFound):
            office.act("张工", lambda desk, staff, key=key: console_sessions.end(desk, staff, key))
    office.act("张工", lambda desk, staff: console_sessions.end(desk, staff, "a"))
    left = office.act("张工", lambda desk, staff: console_sessions.of(desk, staff, now - timedelta(hours=1)))
    assert [row.key for row in left] == ["b"] and len(left[0].address) <= 60 and len(left[0].agent) <= 200
    office.clock.advance(hours=13)
    office.act("张工", lambda desk, staff: console_sessions.begin(desk, staff, "d", office.clock.now, "", ""))
    assert not office.act("张工", lambda desk, staff: console_sessions.lives(desk, staff, "b"))
    assert office.act("刘工", lambda desk, staff: console_sessions.lives(desk, staff, "c"))


def test_a_token_is_fetched_by_one_at_a_time(office: Bureau) -> None:
    act = office.workplace.act
    assert act(lambda desk: api_token.fresh(desk, "wechat")) is None
    assert act(lambda desk: api_token.may_fetch(desk, "wechat"))
    assert not act(lambda desk: api_token.may_fetch(desk, "wechat"))
    assert act(lambda desk: api_token.may_fetch(desk, "other"))
    office.clock.advance(seconds=16)  # whoever fetched is gone
    assert act(lambda desk: api_token.may_fetch(desk, "wechat"))
    act(lambda desk: api_token.keep(desk, "wechat", "T1", timedelta(hours=2)))
    assert act(lambda desk: api_token.fresh(desk, "wechat")) == "T1"
    assert not act(lambda desk: api_token.may_fetch(desk, "wechat"))
    assert act(
        lambda desk: api_token.may_fetch(desk, "wechat", refused="T1")
    )  # the platform will not have it
    act(lambda desk: api_token.give_back(desk, "wechat"))
    office.clock.advance(hours=2)
    assert act(lambda desk: api_token.fresh(desk, "wechat")) is None
    assert act(lambda desk: api_token.may_fetch(desk, "wechat"))


def test_a_source_has_a_key_that_nobody_reads_again(office: Bureau) -> None:
    act = office.workplace.act
    source, key = act(lambda desk: sources.add(desk, NewSource("热线", "https://hotline.example.cn/in")))
    assert key.startswith("hy_") and key not in source.key_hash
    assert act(lambda desk: sources.by_key(desk, key)).name == "热线"
    assert act(lambda desk: sources.by_key(desk, key + "x")) is None
    with pytest.raises(Stale, match="已经登记"):
        act(lambda desk: sources.add(desk, NewSource("热线")))
    act(lambda desk: sources.disable(desk, "热线"))
    assert act(lambda desk: sources.by_key(desk, key)) is None
    with pytest.raises(Stale):
        act(lambda desk: sources.disable(desk, "热线"))
    _, fresh = act(lambda desk: sources.add(desk, NewSource("热线")))
    assert fresh != key and len(act(sources.all_of)) == 1
    with pytest.raises(NotFound):
        act(lambda desk: sources.disable(desk, "没有"))


@pytest.mark.parametrize(
    "new",
    [
        NewSource(""), NewSource("a b"), NewSource("a:b"),
        NewSource("a/b"), NewSource("a,b"), NewSource("长" * 41), NewSource("a\n"),
        NewSource("好", "ftp://x.cn"), NewSource("好", "http://u:p@x.cn/"), NewSource("好", "http://x.cn/#a"), NewSource("好", "http://"),
        NewSource("好", "http://x.cn:99999/"), NewSource("好", "http://x.cn/a b"), NewSource("好", addresses=("10.0.0.1",)),
        NewSource("好", "http://x.cn/", ("10.0.0",)), NewSource("好", "http://[::1/"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_used_is_refused(office: Bureau, new: NewSource) -> None:
    with pytest.raises(Invalid):
        office.workplace.act(lambda desk: sources.add(desk, new))


@given(st.text(max_size=20), st.text(max_size=20))
def test_keys_and_messages_of_sources_have_names_of_one_length(one: str, other: str) -> None:
    source = sources.Source(id=3, name="a", key_hash="")
    assert len(sources.key_hash(one)) == 64
    assert (sources.message_key(source, one) == sources.message_key(source, other)) is (one == other)
    assert sources.message_key(sources.Source(id=4, name="b", key_hash=""), one) != sources.message_key(
        source, one
    )


@pytest.mark.parametrize("who", ["²", "9" * 40, "٣٣٣٣٣٣٣٣٣٣٣٣", "", "-1", "没有的人"])
def test_nobody_is_called_by_what_is_no_number(office: Bureau, who: str) -> None:
    with pytest.raises(NotFound):
        office.workplace.act(lambda desk: people.staff_called(desk, who))


def test_a_person_is_called_by_number_user_name_or_name(office: Bureau) -> None:
    office.hire(a_handler("周工", username="zhou"))
    for who in ("zhou", "周工", str(office.ids["周工"]), f" {office.ids['周工']} "):
        assert office.workplace.act(lambda desk, who=who: people.staff_called(desk, who)).name == "周工"
    office.hire(a_handler("周工", username="zhou2"))
    with pytest.raises(Invalid, match="不止一位"):
        office.workplace.act(lambda desk: people.staff_called(desk, "周工"))
    office.workplace.act(lambda desk: leave.disable(desk, office.ids["周工"]))
    assert office.workplace.act(lambda desk: people.staff_called(desk, "周工")).active
    office.workplace.act(lambda desk: leave.disable(desk, people.staff_called(desk, "周工").id or 0))
    with pytest.raises(Invalid, match="不止一位"):
        office.workplace.act(lambda desk: people.staff_called(desk, "周工"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"telegram_id": "²"}, "telegram_id"), ({"telegram_id": "--5"}, "telegram_id"),
        ({"telegram_id": "5" * 30}, "telegram_id"), ({"password": "x" * 20}, "password"),
        ({"password": "correct horse 77", "username": ""}, "username"),
        ({"username": "zhang1", "password": "zhang1"}, "password"),
    ],
)  # fmt: skip
def test_a_colleague_who_cannot_be_added_is_refused_at_the_field(
    office: Bureau, more: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as told:
        office.hire(a_handler(more.pop("name", "新人"), **more))
    assert told.value.field == field


def test_ids_and_user_names_belong_to_one_person(office: Bureau) -> None:
    office.hire(a_handler("甲", username="one", telegram_id="5", wecom_id="w"))
    for more in ({"username": "one"}, {"telegram_id": "5"}, {"wecom_id": "w"}):
        with pytest.raises(Invalid, match="已属于"):
            office.hire(a_handler("乙", **more))


def test_a_join_code_binds_once_within_a_day_and_guessing_has_to_wait(office: Bureau) -> None:
    act = office.workplace.act
    code = act(lambda desk: people.join_code(desk, office.ids["张工"]))
    assert act(lambda desk: people.join(desk, f" {code} ", telegram_id="77")).name == "张工"
    with pytest.raises(NotFound):
        act(lambda desk: people.join(desk, code, telegram_id="78"))
    late = act(lambda desk: people.join_code(desk, office.ids["刘工"]))
    office.clock.advance(hours=25)
    with pytest.raises(NotFound):
        act(lambda desk: people.join(desk, late, telegram_id="78"))
    again = act(lambda desk: people.join_code(desk, office.ids["刘工"]))
    with pytest.raises(Invalid, match="另一位"):
        act(lambda desk: people.join(desk, again, telegram_id="77"))
    tries = [act(lambda desk: people.may_try_code(desk, "telegram", "9")) for _ in range(7)]
    assert tries == [True] * 5 + [False] * 2
    assert act(lambda desk: people.may_try_code(desk, "wecom", "9"))
    office.clock.advance(hours=1)
    assert act(lambda desk: people.may_try_code(desk, "telegram", "9"))
