"""Sixteen connections that push as WeChat does, each push from a new citizen: what comes back, and how soon."""

import asyncio
import hashlib
import itertools
import time
from dataclasses import dataclass

TOKEN = "token-of-the-bench"
CONNECTIONS = 16
_TEXTS = (
    "小区门口的路灯坏了半个月了，一直没人修", "请问办理居住证需要带什么材料", "我们楼下烧烤店夜里油烟太大，孩子咳嗽",
    "感谢社区工作人员上门帮我办理了医保", "建议在学校门口增设一个红绿灯", "公交车等了一个小时都没有来",
    "自来水发黄好几天了，打电话也没人管", "老旧小区什么时候能加装电梯",
)  # fmt: skip
_BODY = (
    "<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[o{who}]]></FromUserName>"
    "<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}，第{who}号]]></Content>"
    "<MsgId>{who}</MsgId></xml>"
)
_numbers = itertools.count(int(time.time()) * 1_000_000)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many pushes a second were answered with 200 and how long nearly all took; `failed` were not."""

    a_second: float
    p99_ms: float
    count: int
    failed: int


async def press(port: int, seconds: float) -> Answered:
    """Push for so long and return what came of it."""
    spent: list[float] = []
    failed = [0]
    end = time.monotonic() + seconds
    began = time.monotonic()
    await asyncio.gather(*(_one(port, end, spent, failed) for _ in range(CONNECTIONS)))
    took = time.monotonic() - began
    spent.sort()
    p99 = spent[int(len(spent) * 0.99)] * 1000 if spent else 0.0
    return Answered(len(spent) / took, p99, len(spent), failed[0])


async def visit(port: int, path: str, seconds: float) -> list[float]:
    """Return the milliseconds that a page took, asked for anew every tenth of a second meanwhile."""
    spent: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        if answer.split(b" ", 2)[1:2] == [b"200"]:
            spent.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(0.1)
    return spent


async def _one(port: int, end: float, spent: list[float], failed: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.monotonic() < end:
            began = time.monotonic()
            writer.write(request(next(_numbers)))
            ok = await _answer(reader)
            if ok is None:  # a server may shut a connection after so many requests
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                continue
            spent.append(time.monotonic() - began) if ok else failed.__setitem__(0, failed[0] + 1)
    finally:
        writer.close()


def request(who: int) -> bytes:
    at = str(int(time.time()))
    signature = hashlib.sha1("".join(sorted((TOKEN, at, "n"))).encode()).hexdigest()  # noqa: S324 - the platform's
    body = _BODY.format(who=who, at=at, text=_TEXTS[who % len(_TEXTS)]).encode()
    head = (
        f"POST /wechat?signature={signature}&timestamp={at}&nonce=n HTTP/1.1\r\nHost: bench\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> bool | None:
    """Read one answer; None if the connection was shut instead."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    low = head.lower()
    length = int(low.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
    await reader.readexactly(length)
    return head.split(b" ", 2)[1] == b"200"
