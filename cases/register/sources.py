"""The office's other channels: added with a key that is shown once, disabled at once, everything on record."""

import hashlib
import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlmodel import col, select

from cases.register import readonly
from cases.register.channels import API_PREFIX
from cases.register.desk import Desk
from cases.register.errors import Malformed, NotFound, Stale
from cases.register.tables import Source

LONGEST_NAME = 40
_KEY = "hy_"
_URL = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewSource:
    """What the administrator says of a channel. `addresses`: private ones that the callback's name stands for."""

    name: str
    callback: str = ""
    addresses: Sequence[str] = ()
    public: bool = False


def add(desk: Desk, new: NewSource) -> tuple[readonly.Source, str]:
    """Register a source, or one that was disabled anew; returns it and its key, which nobody can read again.

    Raises: Invalid for a name or an address that cannot be used; Stale if it is there and in use.
    """
    _check(new)
    source = desk.session.exec(select(Source).where(Source.name == new.name)).first()
    if source is not None and source.active:
        raise Stale(f"渠道「{new.name}」已经登记；要换密钥请先停用（huiyin source disable）再登记。")
    key = _KEY + secrets.token_urlsafe(32)
    source = source or Source(name=new.name, key_hash="")
    source.key_hash, source.active, source.created_at = key_hash(key), True, desk.now
    source.key_sealed = desk.office.vault.seal(key) if new.callback else None
    source.callback, source.public = new.callback, new.public
    source.addresses = ",".join(new.addresses)
    desk.session.add(source)
    desk.session.flush()
    desk.audit("source.add", f"source:{source.name}", callback=source.callback, public=source.public)
    return source, key


def disable(desk: Desk, name: str) -> readonly.Source:
    """Refuse the source's key from now on; its cases and what waits for it stay. Raises: NotFound, Stale."""
    source = by_name(desk, name)
    if not source.active:
        raise Stale(f"渠道「{name}」已经停用。")
    source.active, source.key_sealed = False, None
    desk.session.add(source)
    desk.audit("source.disable", f"source:{source.name}")
    return source


def all_of(desk: Desk) -> list[readonly.Source]:
    return list(desk.session.exec(select(Source).order_by(col(Source.id))).all())


def by_id(desk: Desk, source_id: int | None) -> readonly.Source:
    source = desk.session.get(Source, source_id) if source_id is not None else None
    if source is None:
        raise NotFound("没有这个渠道。")
    return source


def by_name(desk: Desk, name: str) -> Source:
    source = desk.session.exec(select(Source).where(Source.name == name)).first()
    if source is None:
        raise NotFound(f"没有「{name[:LONGEST_NAME]}」这个渠道。")
    return source


def by_key(desk: Desk, key: str) -> readonly.Source | None:
    """Return the source in use whose key this is."""
    query = select(Source).where(Source.key_hash == key_hash(key), col(Source.active).is_(True))
    return desk.session.exec(query).first()


def of_channel(desk: Desk, channel: str) -> Source | None:
    """Return the source behind a case's channel, in use or not."""
    if not channel.startswith(API_PREFIX):
        return None
    return desk.session.exec(select(Source).where(Source.name == channel.removeprefix(API_PREFIX))).first()


def channel_name(source: readonly.Source) -> str:
    return f"{API_PREFIX}{source.name}"


def key_hash(key: str) -> str:
    """A key holds 256 random bits: a plain hash tells nothing of it and outlives a change of the office's own key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def message_key(source: readonly.Source, message_id: str) -> str:
    """Return the unique key of a source's message; it names neither."""
    known = f"{source.id}\n{message_id}".encode("utf-8", "surrogatepass")
    return f"api:{hashlib.sha256(known).hexdigest()}"


def _check(new: NewSource) -> None:
    bad = any(unicodedata.category(c)[0] in "CZ" for c in new.name) or set(new.name) & set(":/,")
    if not new.name or len(new.name) > LONGEST_NAME or bad:
        raise Malformed(f"渠道名称应为 1–{LONGEST_NAME} 个字，不含空格、冒号、斜线和逗号。")
    if new.callback and not _usable(new.callback):
        raise Malformed("回调地址应为 http:// 或 https:// 开头的地址，不含账号和 # 号。")
    if new.addresses and not new.callback:
        raise Malformed("内网地址只随回调地址登记。")
    for address in new.addresses:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise Malformed(f"「{address[:50]}」不是 IP 地址。") from None


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(_URL.fullmatch(url) and parts.hostname and (parts.port or 1) > 0)
    except ValueError:
        return False
