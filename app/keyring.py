"""The key while it is changed: what the register says of it, followed by every process within a second.

A hand-over goes through three phases. `read`: every process reads under both keys. `write`: every process seals under
the new one, and what stands is sealed anew. `done`: nothing stands under the earlier key any more; the new secret is
kept sealed under it only until the setting is changed.
"""

import base64
from dataclasses import asdict, dataclass

from sqlmodel import Session

from cases.register import memo
from cases.register.vault import Key, Vault, WrongKey

FINGERPRINT, HANDOVER, HASHING = "key_fingerprint", "key_handover", "key_hashing"
READ, WRITE, DONE = "read", "write", "done"


@dataclass(frozen=True, slots=True)
class KeyHandover:
    """`secret` is the new one, sealed under the earlier; `fingerprint` names it."""

    secret: str
    fingerprint: str
    phase: str = READ

    def opened(self, vault: Vault) -> bytes:
        """Return the new secret. Raises: WrongKey."""
        return vault.open_bytes(base64.b64decode(self.secret), HANDOVER)


def begin(session: Session, vault: Vault, secret: bytes) -> KeyHandover:
    sealed = base64.b64encode(vault.seal_bytes(secret, HANDOVER)).decode()
    handover = KeyHandover(sealed, Key(secret).fingerprint)
    memo.KEY_HANDOVER.put(session, asdict(handover))
    return handover


def step(session: Session, handover: KeyHandover, phase: str) -> KeyHandover:
    changed = KeyHandover(handover.secret, handover.fingerprint, phase)
    memo.KEY_HANDOVER.put(session, asdict(changed))
    return changed


def handover(session: Session) -> KeyHandover | None:
    found = memo.KEY_HANDOVER.of(session)
    return KeyHandover(**found) if found else None


def standing(session: Session, vault: Vault) -> Key:
    """Return the key under which the register stands."""
    stands = memo.KEY_FINGERPRINT.of(session)
    return next(key for key in vault.keys if key.fingerprint == stands)


def settled(session: Session, vault: Vault) -> None:
    """A process came up with the new key as its own: what the earlier one still opened is taken away."""
    change = handover(session)
    if change is not None and change.phase == DONE and change.fingerprint == vault.fingerprint:
        memo.KEY_HANDOVER.put(session, None)


def fits(session: Session, vault: Vault) -> bool:
    """Bring the vault in step with the register; False if the register was sealed with a key that is none of its own."""
    change = handover(session)
    if change is not None:
        try:
            secret = change.opened(vault)
        except WrongKey:
            secret = b""  # this process has the new key alone
        if secret and change.phase == READ:
            vault.also(secret)
        elif secret:
            vault.turn_to(secret)
    vault.hashed_before = tuple(base64.b64decode(each) for each in memo.KEY_HASHING.of(session) or ())
    stands = memo.KEY_FINGERPRINT.of(session)
    return any(key.fingerprint == stands for key in vault.keys)
