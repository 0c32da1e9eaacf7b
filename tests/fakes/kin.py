"""One memory of compiled statements for all the stores of a test process.

SQLAlchemy remembers what it compiled per engine, by the dialect it was compiled for; each test has an engine of its own,
and would compile each statement anew: a third of what the tests of the steps cost.
"""

from sqlalchemy import Engine

from cases.register.store import Store

_FIRST: dict[str, Engine] = {}
_plain = Store.__init__


def _beside_its_kin(self: Store, url: str) -> None:
    _plain(self, url)
    for engine in {id(each): each for each in (self.engine, self._reading)}.values():
        first = _FIRST.setdefault(engine.name, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


def share() -> None:
    """From here on each new store takes the dialect and the memory of the first of its kind."""
    Store.__init__ = _beside_its_kin  # type: ignore[method-assign]
