"""Several accounts of one office: whose citizen it is, and what a menu's line says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.accounts import Account, MenuEntry, account_of, fields_from

ONE, OTHER = Account("wx1", "secret-1", "token-1", "k" * 43), Account("wx2", "secret-2", "token-2")


@pytest.mark.parametrize(
    ("accounts", "app_id", "found"),
    [
        ((ONE, OTHER), "wx2", OTHER),
        ((ONE, OTHER), "wx3", None),
        ((ONE, OTHER), "", None),  # kept before there were two: nobody guesses
        ((ONE,), "", ONE),
        ((ONE,), "wx3", None),  # of an account that the office has no more
        ((), "", None),
    ],
)
def test_whose_citizen_it_is(accounts: tuple[Account, ...], app_id: str, found: Account | None) -> None:
    assert account_of(accounts, app_id) is found


@pytest.mark.parametrize(
    ("setting", "pairs"),
    [
        (
            "no:character_string1,title:thing2,date:time3",
            (("no", "character_string1"), ("title", "thing2"), ("date", "time3")),
        ),
        (" no : character_string1 ,", (("no", "character_string1"),)),
        ("", ()),
        (",,", ()),
    ],
)
def test_fields_of_a_template(setting: str, pairs: tuple[tuple[str, str], ...]) -> None:
    assert fields_from(setting) == pairs


@given(
    st.dictionaries(
        st.sampled_from(["no", "title", "date"]), st.from_regex(r"[a-z_]{1,12}\d", fullmatch=True)
    )
)
def test_fields_are_read_back(fields: dict[str, str]) -> None:
    assert dict(fields_from(",".join(f"{slot}:{name}" for slot, name in fields.items()))) == fields


def test_a_line_of_the_menu_is_found_at_either_level() -> None:
    inner = MenuEntry("地址", text="人民路 1 号")
    account = Account(
        "wx1", "", "", menu=(MenuEntry("时间", text="九点到五点"), MenuEntry("更多", entries=(inner,)))
    )
    assert account.menu_text("地址") == "人民路 1 号" and account.menu_text("时间") == "九点到五点"
    assert account.menu_text("更多") == account.menu_text("没有") == ""


def test_no_key_stands_in_what_is_logged() -> None:
    assert not any(secret in repr(ONE) for secret in ("secret-1", "token-1", "k" * 43))
