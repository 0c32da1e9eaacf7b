"""The citizens' phones: what they send, what reaches them, and the article under which they comment."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from demo.citizen_push import Postman
from demo.sample_data import files
from demo.stage import Stage
from demo.wechat_platform import FakeWeChat
from demo.wechat_records import OnPhone

PHONE, COMMENT = "phone", "comment"
ARTICLE_ID, ARTICLE_TITLE = "2247490001", "清水入户：城区老旧供水管网改造年底前完成一半"
LARGEST_FILE = 2 << 20
AMR = b"#!AMR\n" + bytes(320)
PLACES = {
    "east-lake": ("东湖公园南门", "30.512000", "114.351000"),
    "hall": ("青禾县政务服务中心", "30.508000", "114.339000"),
    "crossing": ("青云路与文昌路路口", "30.517000", "114.344000"),
}


class BadFile(Exception):
    """What was uploaded cannot be sent; the message says why in Chinese."""


class WeChatWithPhones(FakeWeChat):
    """The simulated platform with the phones drawn on the stage."""

    def __init__(self, stage: Stage, clock: Callable[[], datetime], app_id: str, secret: str) -> None:
        super().__init__(clock, app_id=app_id, secret=secret, on_sent=self._arrived)
        self._stage = stage
        self.article = self.add_article(ARTICLE_ID, 0, ARTICLE_TITLE)
        for item in sorted(stage.of(COMMENT), key=lambda item: int(item.key)):
            self._again(item.body)

    def _again(self, body: dict[str, Any]) -> None:
        """Put a comment of an earlier run back; they come in the order of their numbers, so they get the same."""
        made = super().comment(self.article, body["text"], body["openid"])
        made.create_time, made.reply = int(body["at"]), body["reply"]

    def under_article(self, openid: str, name: str, text: str, at: datetime | None = None) -> None:
        """A citizen comments the article; the office polls for it. `at`: for a comment of days gone by."""
        made = super().comment(self.article, text, openid)
        made.create_time = int((at or self.clock()).timestamp())
        body = {"openid": openid, "name": name, "text": text, "at": made.create_time, "reply": ""}
        self._stage.put(COMMENT, str(made.user_comment_id), body)

    def comment_reply(self, body: dict[str, Any]) -> dict[str, Any]:
        answer = super().comment_reply(body)
        key = str(body.get("user_comment_id"))
        shown = self._stage.get(COMMENT, key)
        if shown is not None:
            self._stage.put(COMMENT, key, {**shown, "reply": str(body["content"])})
        return answer

    def _arrived(self, openid: str, sent: OnPhone) -> None:
        body: dict[str, Any] = {"openid": openid, "mine": False, "kind": sent.kind, "text": sent.text}
        if sent.kind == "msgmenu":
            menu = sent.body.get("msgmenu", {})
            choices = [{"id": str(c.get("id")), "text": str(c.get("content"))} for c in menu.get("list", [])]
            body |= {
                "text": menu.get("head_content", ""),
                "tail": menu.get("tail_content", ""),
                "choices": choices,
            }
        if sent.kind == "template":
            body["fields"] = [str(item.get("value", "")) for item in dict(sent.body.get("data", {})).values()]
        self._stage.add(PHONE, {**body, "at": sent.at.timestamp()})


class Phones:
    """What the page's visitor does with a phone."""

    def __init__(self, stage: Stage, platform: WeChatWithPhones, postman: Postman) -> None:
        self._stage, self._platform, self._postman = stage, platform, postman
        self._files = 0

    async def text(self, openid: str, text: str, menu_id: str = "") -> None:
        """Send words, or choose an entry of a message menu. Raises: NoAnswer."""
        fields = {"Content": text} | ({"bizmsgmenuid": menu_id} if menu_id else {})
        await self._send(openid, "text", fields, {"kind": "text", "text": text})

    async def voice(self, openid: str, heard: str) -> None:
        media_id = self._keep(AMR, "audio/amr")
        fields = {"MediaId": media_id, "Format": "amr", "Recognition": heard}
        await self._send(openid, "voice", fields, {"kind": "voice", "text": heard})

    async def image(self, openid: str, data_url: str) -> None:
        """Send a picture given as a data URL. Raises: BadFile, NoAnswer."""
        head, _, coded = data_url.partition(",")
        kind = head.removeprefix("data:").removesuffix(";base64")
        if kind not in ("image/png", "image/jpeg", "image/gif"):
            raise BadFile("只能发送 PNG、JPEG 或 GIF 图片。")
        try:
            data = base64.b64decode(coded, validate=True)
        except (binascii.Error, ValueError):
            raise BadFile("图片读不出来，请换一张。") from None
        if not data or len(data) > LARGEST_FILE:
            raise BadFile("图片应在 2 MB 以内。")
        media_id = self._keep(data, kind)
        fields = {"MediaId": media_id, "PicUrl": "http://127.0.0.1/never-fetched"}
        await self._send(openid, "image", fields, {"kind": "image", "text": "[图片]", "media": media_id})

    async def location(self, openid: str, place: str) -> None:
        label, x, y = PLACES.get(place, next(iter(PLACES.values())))
        fields = {"Location_X": x, "Location_Y": y, "Scale": "16", "Label": label}
        await self._send(openid, "location", fields, {"kind": "location", "text": label})

    async def click(self, openid: str, key: str) -> None:
        """Choose an entry of the account's menu: nothing of it shows in the conversation but the answer."""
        self._platform.clicked(openid)
        await self._answered(openid, "event", {"Event": "CLICK", "EventKey": key})

    async def follow(self, openid: str, following: bool) -> None:
        """Follow the account or leave it."""
        if following:
            self._platform.clicked(openid)
        else:
            self._platform.unfollow(openid)
        word = "你已关注「青禾县政府网」" if following else "你已取消关注，不再收到消息"
        self._note(openid, word)
        await self._answered(openid, "event", {"Event": "subscribe" if following else "unsubscribe"})

    def file(self, media_id: str) -> tuple[bytes, str] | None:
        return self._platform.media.get(media_id)

    async def _send(self, openid: str, kind: str, fields: dict[str, str], shown: dict[str, Any]) -> None:
        at = self._platform.clock().timestamp()
        self._stage.add(PHONE, {"openid": openid, "mine": True, "at": at, **shown})
        self._platform.wrote(openid)
        await self._answered(openid, kind, fields)

    async def _answered(self, openid: str, kind: str, fields: dict[str, str]) -> None:
        said = await self._postman.push(openid, kind, fields)
        if said:
            at = self._platform.clock().timestamp()
            body = {"openid": openid, "mine": False, "kind": "text", "text": said, "at": at}
            self._stage.add(PHONE, body)

    def _note(self, openid: str, text: str) -> None:
        at = self._platform.clock().timestamp()
        self._stage.add(PHONE, {"openid": openid, "mine": False, "kind": "note", "text": text, "at": at})

    def _keep(self, data: bytes, kind: str) -> str:
        self._files += 1
        media_id = f"demo-media-{int(self._platform.clock().timestamp())}-{self._files}"
        self._platform.media[media_id] = (data, kind)
        return media_id


def seed_comments(platform: WeChatWithPhones, stage: Stage) -> None:
    """Put the sample comments under the article, once."""
    if stage.of(COMMENT):
        return
    people = {person.key: person for person in files.citizens()}
    now = platform.clock()
    for sample in files.messages():
        if sample.channel == "comment":
            person = people[sample.by]
            at = now - timedelta(minutes=sample.minutes_ago)
            platform.under_article(person.openid, person.name, sample.text, at)
