"""What every request passes before it is read: the pace of its key, the key itself, the size of its body."""

import asyncio
import hashlib
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from cases.register import sources
from cases.register.desk import Workplace
from cases.register.pace import Pace
from cases.register.readonly import Source
from cases.register.rows import id_of
from cases.register.troubles import Unusable

log = structlog.get_logger()
PER_SECOND = 50
LARGEST_BODY = 1 << 20
OPEN = ("/openapi.json", "/docs")
_KEYS_WATCHED = 10_000
_LONGEST_KEY = 200


class Shield:
    """At most `PER_SECOND` requests of one key, known or not, in any second of this process.

    What it refuses costs the register nothing; over all processes the register's own `Pace` counts.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: OrderedDict[bytes, deque[float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Count a request of `key`; returns the seconds after which it may come again, 0 if it may pass."""
        now = self._clock()
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        latest = self._latest.setdefault(name, deque(maxlen=PER_SECOND))
        self._latest.move_to_end(name)
        if len(self._latest) > _KEYS_WATCHED:
            self._latest.popitem(last=False)
        if len(latest) == PER_SECOND and now - latest[0] < 1:
            return 1 - (now - latest[0])
        latest.append(now)
        return 0.0


class KeyGate:
    """Middleware of this door alone. A request that passes carries its source in `scope["state"]`."""

    def __init__(self, app: ASGIApp, workplace: Workplace, shield: Shield, pace: Pace) -> None:
        self._app, self._workplace, self._shield, self._pace = app, workplace, shield, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in OPEN:
            refused = await self._refused(scope)
            if refused is not None:
                await refused(scope, receive, send)
                return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared[:12]) > LARGEST_BODY:
            await errors.answer(413, headers={"Connection": "close"})(scope, receive, send)
            return
        await self._app(_as_json(scope), _measured(receive), send)

    async def _refused(self, scope: Scope) -> ASGIApp | None:
        """Return the answer for a request that may not pass."""
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").strip()
        scheme, _, key = given.partition(" ")
        key = key.strip()
        known, wait = None, 0.0
        if scheme.lower() == "bearer" and key and len(key) <= _LONGEST_KEY:
            if (wait := self._shield.wait(key)) <= 0:
                try:
                    known, wait = await asyncio.get_running_loop().run_in_executor(
                        self._workplace.threads, self._known, key
                    )
                except (Unusable, OSError) as error:
                    log.error("api.busy", path=scope["path"], error=type(error).__name__)
                    return errors.answer(503, headers={"Retry-After": "2"})
            if wait > 0:
                return errors.answer(429, headers={"Retry-After": str(math.ceil(wait))})
        if known is None:
            return errors.answer(401, headers={"WWW-Authenticate": "Bearer"})
        scope.setdefault("state", {})["source"] = known
        return None

    def _known(self, key: str) -> tuple[Source | None, float]:
        """Return the source of a key, and how long it has to wait."""
        known = self._workplace.look(lambda desk: sources.by_key(desk, key))
        return known, 0.0 if known is None else self._pace.wait(id_of(known))


def _as_json(scope: Scope) -> Scope:
    """A body is JSON here, whatever a simple client called it."""
    others = [(name, value) for name, value in scope["headers"] if name != b"content-type"]
    return {**scope, "headers": [*others, (b"content-type", b"application/json")]}


class _TooLarge(HTTPException):
    """A body that went on past the limit; as this kind of error whoever reads the body lets it through."""

    def __init__(self) -> None:
        super().__init__(413, headers={"Connection": "close"})


def _measured(receive: Receive) -> Receive:
    read = 0

    async def measured() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise _TooLarge
        return message

    return measured


def source_of(scope: Scope) -> Source:
    """Return the source whose key a request that passed carries."""
    source: Source = scope["state"]["source"]
    return source
