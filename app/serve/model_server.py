"""The office's own language model, by the OpenAI chat interface: one host, a limit of time, few calls at once."""

import asyncio
import json
from typing import Any

import httpx
import structlog

from app.settings import Settings
from cases.register import measures, proposals
from cases.register.desk import Workplace
from cases.sending import outside
from cases.sending.ports import ModelFailed

log = structlog.get_logger()
SECONDS = 20.0
AT_ONCE = 2
LARGEST_ANSWER = 1 << 20
PROBE_SECONDS = 30.0
LONGEST_ANSWER = 1500  # tokens


class ModelServer:
    """Asks the server that the settings name, and no other: no redirects, no proxy of the machine's.

    Whoever is cancelled lets go of the connection, so that the server stops working for nobody.
    """

    def __init__(self, settings: Settings, workplace: Workplace, seconds: float = SECONDS) -> None:
        self.name = settings.llm_model
        self._base, self._workplace, self._seconds = settings.llm_base_url, workplace, seconds
        key = settings.llm_api_key.get_secret_value()
        self._client = outside.client(
            [settings.llm_base_url],
            timeout=seconds,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        await self._client.aclose()

    async def complete(self, messages: list[dict[str, str]]) -> str:
        """Return what the model says to `messages`. Raises: ModelFailed; the wait for a place counts as well."""
        try:
            async with asyncio.timeout(self._seconds), self._gate:
                said = await self._ask({"model": self.name, "messages": messages, **_HOW})
        except TimeoutError:
            raise await self._failed(f"{self._seconds:.0f} 秒内没有回答") from None
        except httpx.HTTPError as error:
            raise await self._failed(f"连不上（{type(error).__name__}）") from None
        except _Unusable as error:
            raise await self._failed(str(error)) from None
        await self._note("")
        return said

    async def probe(self) -> None:
        """Ask whether the server is there: a failing one hides the button, one that is back shows it again."""
        try:
            answer = await self._client.get(f"{self._base}/models", timeout=5)
            why = f"回应 {answer.status_code}" if answer.status_code >= 500 else ""
        except httpx.HTTPError as error:
            why = f"连不上（{type(error).__name__}）"
        await self._note(why)

    async def _ask(self, body: dict[str, Any]) -> str:
        async with self._client.stream("POST", f"{self._base}/chat/completions", json=body) as answer:
            if answer.status_code != 200:
                raise _Unusable(f"回应 {answer.status_code}")
            read = bytearray()
            async for chunk in answer.aiter_bytes():
                read += chunk
                if len(read) > LARGEST_ANSWER:
                    raise _Unusable("回答太长")
        try:
            said = json.loads(read)["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, RecursionError):
            raise _Unusable("回答不是对话接口的格式") from None
        return said if isinstance(said, str) else ""

    async def _failed(self, why: str) -> ModelFailed:
        log.warning("model.failed", why=why)
        measures.PLATFORM_ERRORS.labels("model", "0").inc()
        await self._note(why)
        return ModelFailed(f"拟稿服务暂不可用：{why}。")

    async def _note(self, why: str) -> None:
        known = await self._workplace.look_async(proposals.trouble)
        if bool(known) != bool(why):
            await self._workplace.act_async(lambda desk: proposals.note_trouble(desk, why))


class _Unusable(Exception):
    """An answer of which nothing can be made."""


_HOW = {"temperature": 0.2, "max_tokens": LONGEST_ANSWER, "stream": False}
