"""The calendar in force, read straight through the database's driver.

`huiyin deadline` answers within half a second; loading the ORM alone would take longer.
"""

import sqlite3
from contextlib import closing

from app.settings import BadSetting, sqlite_file
from cases.register import db_errors
from sla.calendar import WorkCalendar, shipped_years
from sla.notice import parse_year

_QUERY = "SELECT toml FROM calendar_notice"


def calendar_in_force(database_url: str) -> WorkCalendar:
    """Return the shipped years with the imported notices over them; a database not yet made has none."""
    years = {year.year: year for year in shipped_years()}
    for toml in _imported(database_url):
        year = parse_year(toml)
        years[year.year] = year
    return WorkCalendar(years.values())


def _imported(url: str) -> list[str]:
    if not url.startswith("sqlite"):
        return _from_postgresql(url)
    file = sqlite_file(url)
    if not file.is_file():
        return []
    try:
        with closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        ) as connection:
            return [row[0] for row in connection.execute(_QUERY)]
    except sqlite3.DatabaseError as error:
        if "no such table" in str(error):
            return []  # not migrated yet: nothing was imported
        raise BadSetting(f"HUIYIN_DATABASE_URL 的数据库打不开：{db_errors.in_chinese(error)}") from None


def _from_postgresql(url: str) -> list[str]:
    import psycopg

    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
            return [str(row[0]) for row in connection.execute(_QUERY)]
    except psycopg.errors.UndefinedTable:
        return []
    except psycopg.Error as error:
        raise BadSetting(f"HUIYIN_DATABASE_URL 的数据库打不开：{db_errors.in_chinese(error)}") from None
