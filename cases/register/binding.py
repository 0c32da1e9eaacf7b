"""Sealed values are bound to their row and column: whoever swaps two in the database is found out.

What a step seals is bound when it is written, and named by its place when it is read; no step has to think of it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, event, update
from sqlalchemy.orm import PassiveFlag, QueryContext, attributes
from sqlmodel import Session, SQLModel

from cases.register.vault import Sealed, Vault

_VAULT = "vault"
_COLUMNS: dict[Any, tuple[str, ...]] = {}


def use(session: Session, vault: Vault) -> None:
    """Have what this session writes bound by `vault`."""
    session.info[_VAULT] = vault


def place(table: str, column: str, key: object) -> str:
    return f"{table}.{column}:{key}"


def sealed_columns(model: Any) -> tuple[str, ...]:
    """Return the names of a table's sealed columns."""
    if model not in _COLUMNS:
        names = model.__table__.columns.keys()
        _COLUMNS[model] = tuple(name for name in names if name == "sealed" or name.endswith("_sealed"))
    return _COLUMNS[model]


def sealed_tables() -> list[Any]:
    """Return every table with a sealed column, whichever room it belongs to: read off the tables, so that none is forgotten."""
    mapped = [mapper.class_ for mapper in SQLModel._sa_registry.mappers]
    return sorted((each for each in mapped if sealed_columns(each)), key=lambda each: str(each.__tablename__))


def key_of(row: Any) -> Any:
    """Return the value of a row's one primary key."""
    return getattr(row, _key_of(type(row))[1])


def bind(session: Session, row: Any) -> None:
    """Bind what is sealed in a new row whose key is known and that is written past the session."""
    vault: Vault | None = session.info.get(_VAULT)
    columns = sealed_columns(type(row)) if vault is not None else ()
    values = row.__dict__
    for column in columns:
        value, at = values.get(column), place(row.__table__.name, column, values["id"])
        if value and vault is not None and getattr(value, "at", "") != at:
            values[column] = vault.bind(value, at)


def _key_of(model: Any) -> tuple[str, str]:
    (key,) = model.__table__.primary_key.columns
    return str(model.__table__.name), str(key.name)


def _name(target: Any, columns: Iterable[str]) -> None:
    """Note on the values that were read where they stood."""
    table, key = _key_of(type(target))
    values = target.__dict__
    for column in columns:
        value = values.get(column)
        if value is not None and key in values:
            values[column] = Sealed.read(bytes(value), place(table, column, values[key]))


@event.listens_for(SQLModel, "load", propagate=True)
def _loaded(target: Any, _context: QueryContext) -> None:
    if columns := sealed_columns(type(target)):
        _name(target, columns)


@event.listens_for(SQLModel, "refresh", propagate=True)
def _refreshed(target: Any, _context: QueryContext, attributes: Iterable[str] | None) -> None:
    if columns := sealed_columns(type(target)):
        _name(target, columns if attributes is None else set(columns) & set(attributes))


@event.listens_for(Session, "before_flush")
def _before(session: Session, _context: Any, _instances: Any) -> None:
    """Bind what changed in rows whose key is known."""
    vault: Vault | None = session.info.get(_VAULT)
    if vault is None:
        return
    for target in (*session.new, *session.dirty):
        table, key = _key_of(type(target)) if sealed_columns(type(target)) else ("", "")
        known = target.__dict__.get(key) if table else None
        if known is None:
            continue
        for column in sealed_columns(type(target)):
            at = place(table, column, known)
            for value in (
                attributes.get_history(target, column, PassiveFlag.PASSIVE_NO_INITIALIZE).added or ()
            ):
                if value and not vault.is_present(value, at):  # an empty value seals nothing
                    setattr(target, column, vault.bind(value, at))


@event.listens_for(Session, "after_flush")
def _after(session: Session, _context: Any) -> None:
    """Bind what was written in new rows, whose key the database gave: one statement for each table."""
    vault: Vault | None = session.info.get(_VAULT)
    if vault is None:
        return
    bound: dict[Any, list[dict[str, Any]]] = {}
    for target in session.new:
        columns = sealed_columns(type(target))
        if not columns:
            continue
        table, key = _key_of(type(target))
        places = {column: place(table, column, target.__dict__[key]) for column in columns}
        values = {
            column: vault.bind(value, at)
            for column, at in places.items()
            if (value := target.__dict__.get(column)) and getattr(value, "at", "") != at
        }
        if values:
            target.__dict__.update(values)
            row = {column: target.__dict__.get(column) for column in columns}
            bound.setdefault(type(target), []).append({"the_key": target.__dict__[key], **row})
    for model, rows in bound.items():
        table_, (_, key) = model.__table__, _key_of(model)
        statement = (
            update(table_)
            .where(table_.c[key] == bindparam("the_key"))
            .values({column: bindparam(column) for column in sealed_columns(model)})
        )
        session.connection().execute(statement, rows)
