"""What each object of a test would make for itself and all may have in common: compiled statements, certificates.

SQLAlchemy remembers what it compiled per engine, by the dialect it was compiled for; each test has an engine of its own,
and would compile each statement anew: a third of what the tests of the steps cost. Each client of httpx reads the
certificates of the world, and nothing in them differs from one client to the next.
"""

import ssl
from functools import cache
from typing import Any

from httpx import create_ssl_context
from httpx._transports import default
from sqlalchemy import Engine

from cases.register.store import Store

_FIRST: dict[str, Engine] = {}
_plain = Store.__init__
_read_anew = create_ssl_context


def _beside_its_kin(self: Store, url: str) -> None:
    _plain(self, url)
    for engine in {id(each): each for each in (self.engine, self._reading)}.values():
        first = _FIRST.setdefault(engine.name, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


@cache
def _certificates(trust_env: bool) -> ssl.SSLContext:
    return _read_anew(trust_env=trust_env)


def _in_common(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    plain = verify is True and cert is None
    return _certificates(trust_env) if plain else _read_anew(verify, cert, trust_env)


def share() -> None:
    """From here on each new store takes the dialect and the memory of the first of its kind, and each client the
    certificates that were read first."""
    Store.__init__ = _beside_its_kin  # type: ignore[method-assign]
    default.create_ssl_context = _in_common  # type: ignore[attr-defined]
