"""Sealing of originals and keyed look-up hashes."""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class WrongKey(Exception):
    """The data was sealed with another key."""


class Vault:
    """Seals with AES-256-GCM; each purpose has a key of its own, derived by HKDF from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._sealing = AESGCM(self.derived("sealing"))
        self._lookup = self.derived("lookup")

    def derived(self, purpose: str) -> bytes:
        """Return the 32-byte key for `purpose`."""
        return HKDF(hashes.SHA256(), 32, salt=b"huiyin", info=purpose.encode()).derive(self._secret)

    @property
    def fingerprint(self) -> str:
        """Names the key without telling anything of it; stands in backups."""
        return hashlib.sha256(self.derived("fingerprint")).hexdigest()[:16]

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._sealing.encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)

    def seal_bytes(self, data: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._sealing.encrypt(nonce, data, None)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises: WrongKey if the bytes were sealed with another key, or altered."""
        try:
            return self._sealing.decrypt(sealed[:12], sealed[12:], None)
        except InvalidTag:
            raise WrongKey("密钥与数据不符") from None

    def open(self, sealed: bytes) -> str:
        """Raises: WrongKey if the text was sealed with another key, or altered."""
        return self.open_bytes(sealed).decode("utf-8", "surrogatepass")

    def lookup(self, value: str) -> str:
        """Return a keyed hash by which an openid is found without being stored."""
        digest = hmac.new(self._lookup, value.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:24]).decode()
