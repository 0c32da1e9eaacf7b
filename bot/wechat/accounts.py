"""An official account of the office: its keys, what it is for, and which ways to its citizens are open."""

from dataclasses import dataclass, field

API_BASE = "https://api.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of an account's menu: a command (`does`), a text, a link, or a list of further lines."""

    name: str
    does: str = ""  # query, write, person or help
    text: str = ""
    url: str = ""
    entries: tuple["MenuEntry", ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One official account. `template_fields` pairs a slot (no, title, date) with the template's field name.

    `departments` limits to whom its cases are routed, `knowledge` whose entries answer there; empty: no limit.
    """

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
    menu: tuple[MenuEntry, ...] = ()  # empty: the menu of `bot.wechat.menu`
    departments: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()

    def menu_text(self, name: str) -> str:
        """Return the text of the menu's line `name`, empty if there is none."""
        lines = [line for top in self.menu for line in (top, *top.entries)]
        return next((line.text for line in lines if line.name == name), "")


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
