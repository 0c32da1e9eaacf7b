"""Calls to the outside: to the hosts that the settings or an administrator named, and to no other.

Every client of the program is made here. A redirect is not followed and no proxy of the machine's is asked:
either could carry a token or a citizen's words elsewhere.
"""

from collections.abc import Iterable
from contextvars import ContextVar

import httpx

_Origin = tuple[str, int]
_PORTS = {"http": 80, "https": 443}
_named_for_this_call: ContextVar[_Origin | None] = ContextVar("named_for_this_call", default=None)


class NotNamedHere(httpx.ConnectError):
    """A call to a host that nobody named."""


def origin(url: str | httpx.URL) -> _Origin:
    """Return the host and port that a call to `url` would reach."""
    parsed = httpx.URL(url)
    return parsed.host.lower(), parsed.port or _PORTS.get(parsed.scheme, 0)


def client(
    bases: Iterable[str] = (), *, timeout: httpx.Timeout | float, headers: dict[str, str] | None = None
) -> httpx.AsyncClient:
    """Return a client that reaches the hosts of `bases`; others are refused with `NotNamedHere`."""
    return httpx.AsyncClient(
        transport=_Named(frozenset(map(origin, bases))), timeout=timeout, headers=headers,
        follow_redirects=False, trust_env=False,
    )  # fmt: skip


def name(url: str) -> None:
    """Let the calls of this task reach this one address: a source's callback, looked up and checked just now."""
    _named_for_this_call.set(origin(url))


def reached(base: str, seconds: float) -> str:
    """Return why the host of a setting cannot be reached, or an empty text."""
    try:
        with httpx.Client(timeout=seconds, follow_redirects=False, trust_env=False) as asked:
            asked.get(base)
    except httpx.HTTPError as error:
        return type(error).__name__
    return ""


class _Named(httpx.AsyncHTTPTransport):
    def __init__(self, named: frozenset[_Origin]) -> None:
        super().__init__(trust_env=False)
        self._named = named

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wanted = origin(request.url)
        if wanted not in self._named and wanted != _named_for_this_call.get():
            raise NotNamedHere(f"{wanted[0]} is named nowhere", request=request)
        return await super().handle_async_request(request)
