"""The platform's stand-in on 127.0.0.1, and pushes signed as the platform signs them."""

import base64
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from xml.sax.saxutils import escape

import uvicorn
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from starlette.types import ASGIApp

from demo.fake_wechat import FakeWeChat
from demo.fake_wechat import app as fake_app


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Run an application on a free port of 127.0.0.1 and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the stand-in did not start")
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def serving_fake(fake: FakeWeChat) -> Iterator[str]:
    with serving(fake_app(fake)) as address:
        yield address


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as the platform makes it."""

    query: dict[str, str]
    body: bytes


def sign(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def cdata(value: str) -> str:
    return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def push_xml(openid: str, kind: str, at: datetime, *, to: str = "gh_office", **fields: str) -> str:
    """Return the XML of a push; `fields` as the platform names them (Content, MsgId, Event, ...)."""
    numbers = {"CreateTime": str(int(at.timestamp()))}
    words = {"ToUserName": to, "FromUserName": openid, "MsgType": kind}
    for name, value in fields.items():
        (numbers if name in ("MsgId", "MsgID") else words)[name] = value
    inner = "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in words.items())
    inner += "".join(f"<{name}>{escape(value)}</{name}>" for name, value in numbers.items())
    return f"<xml>{inner}</xml>"


def plain(token: str, xml: str | bytes, at: datetime, nonce: str = "2134") -> Signed:
    timestamp = str(int(at.timestamp()))
    query = {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    return Signed(query, xml if isinstance(xml, bytes) else xml.encode())


def encrypted(
    token: str, aes_key: str, app_id: str, xml: str | bytes, at: datetime, nonce: str = "2134"
) -> Signed:
    """Return a push in safe mode, written from the published description and not from wechatpy."""
    sealed = seal(aes_key, app_id, xml if isinstance(xml, bytes) else xml.encode())
    timestamp = str(int(at.timestamp()))
    query = {
        "signature": sign(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": sign(token, timestamp, nonce, sealed),
    }
    body = f"<xml><ToUserName><![CDATA[gh_office]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return Signed(query, body.encode())


def seal(aes_key: str, app_id: str, message: bytes) -> str:
    key = base64.b64decode(aes_key + "=")
    data = os.urandom(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    padding = 32 - len(data) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def unseal(aes_key: str, encrypted_text: str) -> str:
    key = base64.b64decode(aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    data = decryptor.update(base64.b64decode(encrypted_text)) + decryptor.finalize()
    length = struct.unpack(">I", data[16:20])[0]
    return data[20 : 20 + length].decode()
