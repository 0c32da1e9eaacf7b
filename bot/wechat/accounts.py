"""An official account of the office: its keys, and which ways to its citizens are open."""

from dataclasses import dataclass, field

API_BASE = "https://api.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class Account:
    """One official account. `template_fields` pairs a slot (no, title, date) with the template's field name."""

    app_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(default="", repr=False)  # 43 characters: encrypted mode is then required
    previous: str = field(default="", repr=False)  # also accepted while the key is being changed
    api_base: str = API_BASE
    customer_messages: bool = True
    template_id: str = ""
    template_fields: tuple[tuple[str, str], ...] = ()
    name: str = ""  # the path /wechat/<name>


def fields_from(setting: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of `no:character_string1,title:thing2,date:time3`."""
    pairs = (part.partition(":") for part in setting.split(",") if part.strip())
    return tuple((slot.strip(), name.strip()) for slot, _, name in pairs)


def account_of(accounts: tuple[Account, ...], app_id: str) -> Account | None:
    """Return the account of a citizen; an address kept without one belongs to the only account there is."""
    found = next((account for account in accounts if account.app_id == app_id), None)
    if found is None and not app_id and len(accounts) == 1:
        return accounts[0]
    return found
