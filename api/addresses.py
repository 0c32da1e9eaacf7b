"""Where a callback may go: to public addresses, and to private ones that the administrator wrote down."""

import asyncio
import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotNamed(Exception):
    """The host stands for an address inside, which nobody named."""


async def resolve(url: str, named: Collection[str]) -> str:
    """Return the address to connect to. An address written in the URL itself, or `localhost`, is named by it.

    Raises: NotNamed; OSError if the name stands for nothing.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _written(host) is not None:
        return host
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    allowed = {ipaddress.ip_address(address) for address in named}
    addresses = [ipaddress.ip_address(str(where[4][0]).partition("%")[0]) for where in found]
    for address in addresses:
        if host != "localhost" and not _outside(address) and address not in allowed:
            raise NotNamed(f"回调域名解析到内网地址 {address}，登记时没有写明（--address）")
    if not addresses:
        raise OSError("没有地址")
    return str(addresses[0])


def _written(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _outside(address: Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast
