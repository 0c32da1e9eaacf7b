"""Finding words in what is kept masked of a case: letters, drafts, answers.

Two characters that stand beside each other are the unit of the index on both databases: a Chinese word of two is
found by it, and of a longer one all pairs. What the index finds is then looked at, so that nothing is found in vain.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, bindparam, intersect, text, true, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from cases.register.desk import Desk
from cases.register.tables import AutoAnswer, Case, Draft, Message
from text.normalise import storable

MOST = 8  # words that are looked for
_TABLES: tuple[tuple[type[Message] | type[Draft] | type[AutoAnswer], str], ...] = (
    (Message, "masked"), (Draft, "masked"), (AutoAnswer, "answer"),
)  # fmt: skip


def hold(desk: Desk, words: str) -> ColumnElement[bool]:
    """Return the condition for cases that hold each of the words, or whose number does.

    It is one list of ids: asked for several lists, a database looks at every case, or finds them anew for each.
    """
    sqlite = desk.session.get_bind().dialect.name == "sqlite"
    each = [_one(word, sqlite) for word in storable(words).split()[:MOST]]
    if not each:
        return true()
    return col(Case.id).in_(intersect(*each) if len(each) > 1 else each[0])


@contextmanager
def looked_for(session: Session) -> Iterator[None]:
    """PostgreSQL takes what words find for a handful, and would fetch each of many thousand cases by itself."""
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    session.connection().execute(text("SET LOCAL enable_nestloop = off"))
    yield
    session.connection().execute(text("SET LOCAL enable_nestloop = on"))


def _one(word: str, sqlite: bool) -> Any:
    ways = [_in(table, column, word, sqlite) for table, column in _TABLES]
    if word.isascii():
        ways.append(select(Case.id).where(col(Case.no).contains(word, autoescape=True)))
    found = union_all(*ways).subquery()
    return columns(found.c[0])


def _in(table: Any, column: str, word: str, sqlite: bool) -> Any:
    masked, pairs = getattr(table, column), pairs_of(word)
    query = select(table.case_id).where(col(table.case_id).is_not(None))
    if not (
        len(word) == 2 and pairs and all("\u4e00" <= sign <= "\u9fff" for sign in word)
    ):  # a pair is found as it is
        query = query.where(col(masked).icontains(word, autoescape=True))
    if not pairs:
        return query
    name = f"{table.__tablename__}_pairs"
    if sqlite:
        wanted = " ".join(f'"{pair}"' for pair in pairs)
        hits = f"{table.__tablename__}.id IN (SELECT rowid FROM {name} WHERE {name} MATCH :{name})"  # noqa: S608
        return query.where(text(hits).bindparams(bindparam(name, wanted, unique=True)))
    held = f"huiyin_pairs({table.__tablename__}.{column}) @> CAST(:{name} AS text[])"
    return query.where(text(held).bindparams(bindparam(name, pairs, unique=True)))


def pairs_of(word: str) -> list[str]:
    """Return the pairs of letters in a word as the index holds them; none for a single character or signs."""
    low = word.lower()
    pairs = [low[place : place + 2] for place in range(len(low) - 1)]
    return list(dict.fromkeys(pair for pair in pairs if all(_letter(sign) for sign in pair)))


def _letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "L" or sign.isdigit()
