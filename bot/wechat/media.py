"""Files that citizens send: fetched by MediaId at once, since the platform drops them after three days."""

import asyncio
import hashlib

from bot.wechat.client import ApiError, Consequence, WeChatApi
from cases.register import files
from cases.register.desk import Workplace
from cases.register.media_store import MediaStore
from cases.register.readonly import Outbox
from cases.register.states import MediaState
from cases.register.vault import Vault
from cases.sending import payloads
from cases.sending.ports import SendFailed

LARGEST = 20 << 20  # bytes; the platform's own limit for what people send is 10 MB
LAST_ATTEMPT = 38  # of the outbox's forty
_TYPES = {
    "image": ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"),
    "voice": ("audio/", "voice/", "application/octet-stream"),
    "video": ("video/", "application/octet-stream"),
}
_TYPES["shortvideo"] = _TYPES["video"]
KINDS = tuple(_TYPES)


class MediaFetcher:
    """Works off the lane `media`: fetches a file and keeps it sealed under its hash."""

    def __init__(self, workplace: Workplace, apis: dict[str, WeChatApi], kept: MediaStore) -> None:
        self._workplace, self._apis, self._kept = workplace, apis, kept

    async def send(self, row: Outbox) -> None:
        """Fetch one file. Raises: SendFailed to be called again."""
        wanted = payloads.ToFetch.of(row)
        media_id = wanted.media_id
        media = await self._workplace.look_async(lambda desk: files.find(desk, media_id))
        if media is None or media.state == MediaState.KEPT:
            return
        api = self._apis.get(wanted.account) or next(iter(self._apis.values()), None)
        if api is None:
            raise SendFailed("没有可用的公众号")
        try:
            query = {"media_id": media.media_id}
            data, content_type = await api.get_file("cgi-bin/media/get", query, LARGEST)
        except ApiError as error:
            passing = error.meaning in (Consequence.AGAIN, Consequence.TOKEN, Consequence.SETTING)
            if passing and row.attempts < LAST_ATTEMPT:
                raise SendFailed(str(error), wait=error.wait) from None
            state = MediaState.LOST if error.code or passing else MediaState.REFUSED
            await self._note(media_id, state=state, note=str(error))
            return
        if not data or not content_type.startswith(_TYPES.get(media.kind, ())):
            await self._note(
                media_id, state=MediaState.REFUSED, note=f"类型不符：{content_type[:60] or '未知'}"
            )
            return
        digest = await asyncio.to_thread(keep, self._kept, self._workplace.office.vault, data)
        await self._note(
            media_id,
            state=MediaState.KEPT,
            sha256=digest,
            size=len(data),
            content_type=content_type[:80],
            note="",
        )

    async def _note(self, media_id: int, **values: object) -> None:
        await self._workplace.act_async(lambda desk: files.note(desk, media_id, **values))


def keep(kept: MediaStore, vault: Vault, data: bytes) -> str:
    """Keep a file sealed under its hash; returns the hash."""
    digest = hashlib.sha256(data).hexdigest()
    if not kept.has(digest):
        kept.put(digest, vault.seal_bytes(data))
    return digest


def read(kept: MediaStore, vault: Vault, digest: str) -> bytes:
    """Return a kept file. Raises: FileNotFoundError, WrongKey."""
    return vault.open_bytes(kept.read(digest))
