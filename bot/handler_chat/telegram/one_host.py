"""The session of the Bot API: it calls the host of the setting, and is led to no other."""

from types import SimpleNamespace

from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp import ClientError, ClientSession, TraceConfig, TraceRequestRedirectParams


class Redirected(ClientError):
    """The host of the setting wished to send the call, with the bot's token in its path, elsewhere."""


class OneHost(AiohttpSession):
    async def create_session(self) -> ClientSession:
        new = self._session is None or self._session.closed or self._should_reset_connector
        session = await super().create_session()
        if new:
            watch = TraceConfig()
            watch.on_request_redirect.append(_refuse)
            watch.freeze()
            session.trace_configs.append(watch)
        return session


async def _refuse(
    _session: ClientSession, _context: SimpleNamespace, _to: TraceRequestRedirectParams
) -> None:
    raise Redirected("redirects are not followed")
