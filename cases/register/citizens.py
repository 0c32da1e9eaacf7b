"""Who writes from which address, and their side of the platform's window: what they were sent, what 「继续」 shows."""

from collections.abc import Collection, Mapping

from sqlalchemy import update
from sqlmodel import col, select

from cases.register import binding, fresh, in_turn, listed, readonly
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.rows import row_of, table_of
from cases.register.tables import Citizen

Address = tuple[str, str]  # account and openid
TABLE = table_of(Citizen)
FORGOTTEN = "gone:"  # begins the hash of whose address was erased: no hash of an address has a colon
_AT = in_turn.HeldInTurn(  # the index begins with the account
    "SELECT id{} FROM citizen WHERE account IN ({{}}) AND openid_hash IN ({{}}) ORDER BY id{}"
)


def find(desk: Desk, citizen_id: int | None) -> readonly.Citizen | None:
    return desk.session.get(Citizen, citizen_id) if citizen_id else None


def by_id(desk: Desk, citizen_id: int | None) -> readonly.Citizen:
    citizen = find(desk, citizen_id)
    if citizen is None:
        raise NotFound("没有这位来信人。")
    return citizen


def follows(desk: Desk, citizen: readonly.Citizen, following: bool) -> None:
    citizen = row_of(Citizen, citizen)
    citizen.following = following
    desk.session.add(citizen)


def one_more_sent(desk: Desk, citizen_id: int) -> None:
    """Count a message of the window; by the database, as two senders may count at once."""
    one_more = update(Citizen).where(col(Citizen.id) == citizen_id)
    desk.session.execute(one_more.values(sent_in_window=Citizen.sent_in_window + 1))


def window_used(desk: Desk, citizen_id: int, messages: int) -> None:
    """The platform counts otherwise than we do: believe it until the citizen writes again."""
    citizen = desk.session.get(Citizen, citizen_id)
    if citizen is not None:
        citizen.sent_in_window = max(citizen.sent_in_window, messages)
        desk.session.add(citizen)


def keep_pages(desk: Desk, citizen: readonly.Citizen, pages: str) -> None:
    """Keep what 「继续」 shows next, sealed; empty: nothing more."""
    citizen = row_of(Citizen, citizen)
    citizen.pages_sealed = desk.office.vault.seal(pages) if pages else None
    desk.session.add(citizen)


def pages(desk: Desk, citizen: readonly.Citizen) -> str:
    return desk.office.vault.open(citizen.pages_sealed) if citizen.pages_sealed is not None else ""


def at(desk: Desk, account: str, openid: str) -> readonly.Citizen:
    """Return the citizen of this address, made on first sight, locked until the transaction ends."""
    hashed, *earlier = desk.office.vault.lookups(f"{account}\n{openid}")
    query = select(Citizen).where(
        Citizen.account == account, col(Citizen.openid_hash).in_([hashed, *earlier])
    )
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    citizen = desk.session.exec(locked).first()
    if citizen is None:
        sealed = desk.office.vault.seal(openid)
        citizen = Citizen(account=account, openid_hash=hashed, openid_sealed=sealed)
        desk.session.add(citizen)
        desk.session.flush()
    return citizen


def at_each(
    desk: Desk, addresses: Collection[Address], known: Mapping[Address, readonly.Citizen] | None = None
) -> dict[Address, readonly.Citizen]:
    """Return the citizens of many addresses as `at` does, locked in one order. `known`: what `known_at` found."""
    known = known_at(desk, addresses) if known is None else known
    unknown = [address for address in sorted(addresses) if address not in known]
    (numbers,) = fresh.numbers(desk.session, (TABLE, len(unknown)))
    new = {address: newcomer(desk, address, number) for address, number in zip(unknown, numbers, strict=True)}
    fresh.keep(desk.session, list(new.values()))
    return {address: known[address] if address in known else new[address] for address in sorted(addresses)}


def known_at(desk: Desk, addresses: Collection[Address]) -> dict[Address, readonly.Citizen]:
    """Return those citizens of many addresses who have written before, locked in one order."""
    hashes = {address: desk.office.vault.lookups("\n".join(address)) for address in sorted(addresses)}
    if not hashes:
        return {}
    accounts = sorted({account for account, _ in addresses})
    wanted = [each for several in hashes.values() for each in several]
    ids = [row[0] for row in listed.rows(desk.session, _AT.on(desk.session.connection()), accounts, wanted)]
    if not ids:  # as of nearly all pushes of a peak
        return {}
    query = select(Citizen).where(col(Citizen.id).in_(ids)).execution_options(populate_existing=True)
    rows = {(row.account, row.openid_hash): row for row in desk.session.exec(query)}
    found = (
        (address, next((rows[address[0], each] for each in several if (address[0], each) in rows), None))
        for address, several in hashes.items()
    )
    return {address: citizen for address, citizen in found if citizen is not None}


def newcomer(desk: Desk, address: Address, number: int) -> Citizen:
    """Return the row, not yet written, of somebody who writes for the first time."""
    account, openid = address
    vault = desk.office.vault
    return fresh.row(
        Citizen,
        id=number,
        account=account,
        openid_hash=vault.lookup("\n".join(address)),
        openid_sealed=vault.seal_at(openid, binding.place("citizen", "openid_sealed", number)),
    )


def note_contact(desk: Desk, citizen: readonly.Citizen) -> None:
    """A citizen wrote: the platform's window opens anew."""
    citizen = row_of(Citizen, citizen)
    citizen.last_message_at = desk.now
    citizen.sent_in_window = 0
    citizen.following = True
    desk.session.add(citizen)
