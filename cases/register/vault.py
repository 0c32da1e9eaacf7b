"""Sealing of originals and keyed look-up hashes; while a key is changed, the earlier one is read beside it."""

import base64
import hashlib
import hmac
import os
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes
_BOUND = b"hb1\x00"  # what begins with it is bound to its place; earlier versions bound nothing


class WrongKey(Exception):
    """The data was sealed with another key, for another place, or altered."""


class Sealed(bytes):
    """A sealed value as it was read; `at` names the row and column in which it stood."""

    at: str = ""

    @classmethod
    def read(cls, value: bytes, at: str) -> "Sealed":
        sealed = cls(value)
        sealed.at = at
        return sealed


class Key:
    """One secret and what is derived from it: each purpose has a key of its own, by HKDF."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def derived(self, purpose: str) -> bytes:
        return HKDF(hashes.SHA256(), 32, salt=b"huiyin", info=purpose.encode()).derive(self._secret)

    @cached_property
    def sealing(self) -> AESGCM:
        return AESGCM(self.derived("sealing"))

    @cached_property
    def hashing(self) -> bytes:
        return self.derived("lookup")

    @cached_property
    def audit(self) -> bytes:
        return self.derived("audit")

    @cached_property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.derived("fingerprint")).hexdigest()[:16]


class Vault:
    """Seals with AES-256-GCM under the present key; opens what the present or an earlier key sealed."""

    def __init__(self, secret: bytes, *earlier: bytes) -> None:
        self.keys = (Key(secret), *(Key(each) for each in earlier))
        self.hashed_before: tuple[bytes, ...] = ()  # hashing keys of keys that are gone

    @classmethod
    def of(cls, key: Key) -> "Vault":
        """Return a vault of this one key."""
        vault = cls(b"")
        vault.keys = (key,)
        return vault

    @property
    def key(self) -> Key:
        return self.keys[0]

    def derived(self, purpose: str) -> bytes:
        """Return the 32-byte key for `purpose`."""
        return self.key.derived(purpose)

    @property
    def fingerprint(self) -> str:
        """Names the key without telling anything of it; stands in backups."""
        return self.key.fingerprint

    def turn_to(self, secret: bytes) -> None:
        """Seal and hash with another key from now on; what stands under the earlier ones is read as before."""
        fresh = Key(secret)
        others = [key for key in self.keys if key.fingerprint != fresh.fingerprint]
        self.keys = (fresh, *others)

    def also(self, secret: bytes) -> None:
        """Read what stands under another key as well."""
        if all(key.fingerprint != Key(secret).fingerprint for key in self.keys):
            self.keys = (*self.keys, Key(secret))

    def forget_others(self) -> None:
        self.keys = self.keys[:1]

    def seal(self, text: str, at: str = "") -> bytes:
        """Seal a text, bound to the place `at` if one is named: it opens nowhere else."""
        return self.seal_bytes(text.encode("utf-8", "surrogatepass"), at)

    def seal_bytes(self, data: bytes, at: str = "") -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = nonce + self.key.sealing.encrypt(nonce, data, at.encode() if at else None)
        return _BOUND + sealed if at else sealed

    def seal_at(self, text: str, at: str) -> Sealed:
        """Seal a text for the place at which it will stand."""
        return Sealed.read(self.seal(text, at), at)

    def bind(self, sealed: bytes, at: str) -> Sealed:
        """Return the same value sealed for its place, under the present key. Raises: WrongKey."""
        return Sealed.read(self.seal_bytes(self.open_bytes(sealed), at), at)

    def open_bytes(self, sealed: bytes, at: str = "") -> bytes:
        """Raises: WrongKey if the bytes were sealed with another key or for another place, or altered."""
        at = at or getattr(sealed, "at", "")
        bound = sealed[:4] == _BOUND
        body, place = (sealed[4:], at.encode()) if bound else (sealed, None)
        for key in self.keys if len(body) > _NONCE else ():
            try:
                return key.sealing.decrypt(body[:_NONCE], body[_NONCE:], place)
            except InvalidTag:
                continue
        raise WrongKey("密钥与数据不符，或数据被换了位置")

    def open(self, sealed: bytes, at: str = "") -> str:
        """Raises: WrongKey as `open_bytes` does."""
        return self.open_bytes(sealed, at).decode("utf-8", "surrogatepass")

    def is_present(self, sealed: bytes, at: str) -> bool:
        """Tell whether a value is sealed for its place under the present key already."""
        if sealed[:4] != _BOUND or len(sealed) <= len(_BOUND) + _NONCE:
            return False
        try:
            self.key.sealing.decrypt(sealed[4 : 4 + _NONCE], sealed[4 + _NONCE :], at.encode())
        except InvalidTag:
            return False
        return True

    def lookup(self, value: str) -> str:
        """Return a keyed hash by which an openid is found without being stored."""
        return _hash(self.key.hashing, value)

    def lookups(self, value: str) -> tuple[str, ...]:
        """Return the hashes under which a value may stand while the key is changed, the present one first."""
        keys = (*(key.hashing for key in self.keys), *self.hashed_before)
        return tuple(_hash(key, value) for key in dict.fromkeys(keys))


def _hash(key: bytes, value: str) -> str:
    digest = hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()
