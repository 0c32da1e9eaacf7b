"""Two chats in which the same office works: by buttons and replies on Telegram, by words on 企业微信."""

import time
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import httpx

from tests.fakes import telegram, wecom
from tests.flow.program import SUPERVISORS, Program, until

PATIENCE = 60.0  # seconds: the stand-ins fail in between, and the program waits before it tries again


COMMANDS = {
    "协办": "cohandle", "协办意见": "opinion", "拆分": "split", "并案": "link", "兑现": "done", "我的": "mine",
}  # fmt: skip


class Chat(Protocol):
    """What staff do. `who` is a name; each returns as soon as the chat has the order, unless it must be seen first."""

    def account(self, who: str) -> list[str]: ...
    def claim(self, who: str, no: str) -> None: ...
    def claimed(self, who: str, no: str) -> None: ...
    def draft(self, who: str, no: str, text: str) -> None: ...
    def approve(self, who: str, no: str, level: str) -> None: ...
    def send_back(self, who: str, no: str, reason: str) -> None: ...
    def transfer(self, who: str, no: str, department: str) -> None: ...
    def extend(self, who: str, no: str, reason: str) -> None: ...
    def consent(self, who: str, no: str) -> None: ...
    def refuse(self, who: str, no: str, reason: str) -> None: ...
    def reclassify(self, who: str, no: str, category: str) -> None: ...
    def order(self, who: str, words: str, expected: str) -> None: ...
    def seen(self, who: str, *words: str) -> None: ...
    def fails(self) -> None: ...


@dataclass
class OnTelegram:
    """Each department has a group; orders without a button are typed as commands in private."""

    fake: telegram.FakeTelegram
    people: dict[str, int]

    def account(self, who: str) -> list[str]:
        return ["--telegram-id", str(self.people[who])]

    def claim(self, who: str, no: str) -> None:
        self._press(who, "认领", no)

    def claimed(self, who: str, no: str) -> None:
        self.seen(who, no, f"办理中（{who}")

    def draft(self, who: str, no: str, text: str) -> None:
        card = self._post("改类", no)
        self.fake.say(self.people[who], text, chat=int(card.chat_id), reply_to=card.message_id)

    def approve(self, who: str, no: str, level: str) -> None:
        self._press(who, "通过", no, level)

    def send_back(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "退回", no, reason)

    def transfer(self, who: str, no: str, department: str) -> None:
        self._press(who, "转办", no)
        self._press(who, department, no)

    def extend(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "延期", no, reason)

    def consent(self, who: str, no: str) -> None:
        self._press(who, "同意延期", no)

    def refuse(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "不予受理", no, reason)

    def reclassify(self, who: str, no: str, category: str) -> None:
        self._press(who, "改类", no)
        self._press(who, category, no)

    def order(self, who: str, words: str, expected: str) -> None:
        name, _, rest = words.partition(" ")
        person = self.people[who]
        said = self.fake.say(person, f"/{COMMANDS[name]} {rest}".strip())
        answer = until(
            lambda: next((p.text for p in self.fake.in_chat(person) if p.reply_to == said), ""), PATIENCE
        )
        assert expected in answer, answer

    def seen(self, who: str, *words: str) -> None:
        until(lambda: any(all(w in p.text for w in words) for p in list(self.fake.posts)), PATIENCE)

    def fails(self) -> None:
        self.fake.fail("sendMessage", 502, "Bad Gateway", times=2)
        self.fake.fail("editMessageText", 429, "Too Many Requests: retry after 1", times=2, retry_after=1)

    def _post(self, label: str, *words: str) -> telegram.Post:
        def newest() -> telegram.Post | None:
            posts = list(self.fake.posts)
            return next(
                (p for p in reversed(posts) if label in p.labels and all(w in p.text for w in words)), None
            )

        return until(newest, PATIENCE)

    def _press(self, who: str, label: str, *words: str) -> None:
        self.fake.press(self.people[who], self._post(label, *words), label)

    def _asked(self, who: str, label: str, no: str, text: str) -> None:
        """Press a button that asks for words, and reply to the question."""
        asked = {p.message_id for p in self.fake.posts if p.force_reply}
        self._press(who, label, no)

        def question() -> telegram.Post | None:
            posts = [p for p in self.fake.posts if p.message_id not in asked]
            return next((p for p in posts if f"【{label}】{no}" in p.text), None)

        post = until(question, PATIENCE)
        self.fake.say(self.people[who], text, chat=int(post.chat_id), reply_to=post.message_id)


@dataclass
class OnWecom:
    """Everything is said in words to the application; what it answers comes personally."""

    fake: wecom.FakeWecom
    program: Program
    people: dict[str, str]

    def __post_init__(self) -> None:
        self._ids = count(700_000)

    def account(self, who: str) -> list[str]:
        return ["--wecom-id", self.people[who]]

    def claim(self, who: str, no: str) -> None:
        self.seen(who, no, "「认领 ")
        self._say(who, f"认领 {no}")

    def claimed(self, who: str, no: str) -> None:
        self.seen(who, f"已认领 {no}")

    def draft(self, who: str, no: str, text: str) -> None:
        self._say(who, f"草稿 {no} {text}")

    def approve(self, who: str, no: str, level: str) -> None:
        self.seen(who, "【待审核】", no, level)
        self._say(who, f"通过 {no}")

    def send_back(self, who: str, no: str, reason: str) -> None:
        self.seen(who, "【待审核】", no)
        self._say(who, f"退回 {no} {reason}")

    def transfer(self, who: str, no: str, department: str) -> None:
        self._say(who, f"转办 {no} {department}")

    def extend(self, who: str, no: str, reason: str) -> None:
        self._say(who, f"延期 {no} {reason}")

    def consent(self, who: str, no: str) -> None:
        self.seen(who, "【延期申请】", no)
        self._say(who, f"同意延期 {no}")

    def refuse(self, who: str, no: str, reason: str) -> None:
        self._say(who, f"不予受理 {no} {reason}")

    def reclassify(self, who: str, no: str, category: str) -> None:
        self._say(who, f"改类 {no} {category}")

    def order(self, who: str, words: str, expected: str) -> None:
        before = len(self.fake.to(self.people[who]))
        self._say(who, words)
        until(lambda: any(expected in s.text for s in self.fake.to(self.people[who])[before:]), PATIENCE)

    def seen(self, who: str, *words: str) -> None:
        user = self.people[who]
        until(lambda: any(all(w in s.text for w in words) for s in self.fake.to(user)), PATIENCE)

    def fails(self) -> None:
        self.fake.fail("message/send", status=502, times=2)
        self.fake.fail("message/send", errcode=-1)

    def _say(self, who: str, words: str) -> None:
        now = int(time.time())
        plain = self.fake.text(self.people[who], words, msg_id=str(next(self._ids)))
        query, body = self.fake.sealed(plain, now)
        answer = httpx.post(f"{self.program.address}/wecom", params=query, content=body.encode(), timeout=15)
        assert answer.status_code == 200


def telegram_settings(fake: telegram.FakeTelegram, handlers: int) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "TELEGRAM_API_BASE": fake.base,
        "TELEGRAM_GROUP_PER_MINUTE": "0",
        "HANDLER_CHAT_ID": str(handlers),
        "SUPERVISOR_CHAT_ID": str(SUPERVISORS),
    }


def wecom_settings(fake: wecom.FakeWecom) -> dict[str, str]:
    return {
        "WECOM_CORP_ID": wecom.CORP,
        "WECOM_AGENT_ID": wecom.AGENT,
        "WECOM_SECRET": wecom.SECRET,
        "WECOM_TOKEN": wecom.TOKEN,
        "WECOM_AES_KEY": wecom.AES_KEY,
        "WECOM_API_BASE": fake.base,
    }
