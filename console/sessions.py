"""Signed cookies: who is signed in, the token that every form carries, and a word for the next page."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from cases.register.console_sessions import LONGEST

SESSION_COOKIE, WORD_COOKIE, DEVICE_COOKIE = "huiyin_session", "huiyin_word", "huiyin_device"
DEVICE_LIFE = 180 * 86_400  # seconds
IDLE = timedelta(minutes=30)
PASS_LIFE = timedelta(minutes=10)
RENEW_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie says; whether the person is still active stands in the register."""

    staff_id: int
    epoch: int
    born: datetime
    seen: datetime
    nonce: str

    @property
    def key(self) -> str:
        """What the register knows the session by: a copy of the register opens no session."""
        return hashlib.sha256(self.nonce.encode()).hexdigest()


class Sessions:
    """Makes and reads the cookies; holds nothing but the key, so every process reads every cookie."""

    def __init__(self, key: bytes, idle: timedelta = IDLE) -> None:
        self._key = key
        self.idle = idle
        self._passes = self._serializer("pass")
        self._sessions = self._serializer("session")
        self._words = self._serializer("word")
        self._devices = self._serializer("device")

    def _serializer(self, salt: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self._key, salt=f"huiyin.{salt}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def begin(self, staff_id: int, epoch: int, now: datetime) -> Session:
        return Session(staff_id, epoch, now, now, secrets.token_urlsafe(18))

    def cookie(self, session: Session, now: datetime) -> str:
        """Return the cookie's value with `now` as the time the person was last seen."""
        content = [
            session.staff_id,
            session.epoch,
            int(session.born.timestamp()),
            int(now.timestamp()),
            session.nonce,
        ]
        return self._sessions.dumps(content)

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """Return the session, None if the cookie is forged, idle for too long or older than 12 hours.

        Source: MLGK 004—2018 §7 (sign out when idle).
        """
        found = _loaded(self._sessions, cookie)
        if not (isinstance(found, list) and len(found) == 5):
            return None
        staff_id, epoch, born, seen, nonce = found
        session = Session(
            staff_id, epoch, datetime.fromtimestamp(born, UTC), datetime.fromtimestamp(seen, UTC), nonce
        )
        fresh = now - session.seen < self.idle and now - session.born < LONGEST
        return session if fresh else None

    def token(self, session: Session) -> str:
        """Return what every form of this session carries."""
        return hmac.new(self._key, f"csrf:{session.nonce}".encode(), hashlib.sha256).hexdigest()

    def token_fits(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "replace"))

    def new_pass(self, staff_id: int, epoch: int, now: datetime) -> str:
        """Return what says that the password was right, for the few minutes until the second factor is given."""
        return self._passes.dumps([staff_id, epoch, int(now.timestamp())])

    def read_pass(self, written: str, now: datetime) -> tuple[int, int] | None:
        """Return whose password was right, and the epoch that it was right in."""
        found = _loaded(self._passes, written)
        if not (isinstance(found, list) and len(found) == 3):
            return None
        fresh = timedelta() <= now - datetime.fromtimestamp(found[2], UTC) < PASS_LIFE
        return (found[0], found[1]) if fresh else None

    def new_device(self, username: str) -> str:
        """Return the cookie of a browser on which `username` has signed in; it opens nothing by itself."""
        return self._devices.dumps([username.strip().casefold(), secrets.token_urlsafe(12)])

    def device(self, cookie: str | None, username: str) -> str:
        """Return the browser's name if this person has signed in on it before, else an empty text."""
        found = _loaded(self._devices, cookie)
        known = isinstance(found, list) and len(found) == 2 and found[0] == username.strip().casefold()
        return str(found[1]) if known else ""

    def word(self, text: str) -> str:
        return self._words.dumps(text)

    def read_word(self, cookie: str | None) -> str:
        found = _loaded(self._words, cookie)
        return found if isinstance(found, str) else ""


def _loaded(serializer: URLSafeSerializer, cookie: str | None) -> Any:
    try:
        return serializer.loads(cookie) if cookie else None
    except BadData:
        return None
