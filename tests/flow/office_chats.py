"""The chats in which the same office works: by buttons and replies on Telegram, by buttons or words on 企业微信."""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import httpx

from tests.fakes import telegram, wecom
from tests.flow.program import SUPERVISORS, Program, until

PATIENCE = 60.0  # seconds: the stand-ins fail in between, and the program waits before it tries again
COMMANDS = {
    "协办": "cohandle", "协办意见": "opinion", "拆分": "split", "并案": "link", "兑现": "done", "我的": "mine",
}  # fmt: skip
MESSAGE_IDS = count(700_000)  # 企业微信 gives a number once, whoever writes
MORE = "下一页"
ASKING = ("延期", "追问", "不予受理", "更正", "退回")  # buttons that ask for words


@dataclass(frozen=True)
class Held:
    """A post kept in hand: its button is pressed as it was, whatever the post shows by then."""

    post: Any
    data: str
    label: str
    no: str


class Chat(Protocol):
    """What staff do. `who` is a name; each returns as soon as the chat has the order, unless it must be seen first.

    What returns a text waits for it: it is what the person is told.
    """

    def account(self, who: str) -> list[str]: ...
    def claim(self, who: str, no: str) -> None: ...
    def claimed(self, who: str, no: str) -> None: ...
    def draft(self, who: str, no: str, text: str) -> None: ...
    def draft_refused(self, who: str, no: str, text: str) -> str: ...
    def approve(self, who: str, no: str, level: str) -> None: ...
    def send_back(self, who: str, no: str, reason: str) -> None: ...
    def transfer(self, who: str, no: str, department: str) -> None: ...
    def extend(self, who: str, no: str, reason: str) -> None: ...
    def consent(self, who: str, no: str) -> None: ...
    def refuse(self, who: str, no: str, reason: str) -> None: ...
    def ask(self, who: str, no: str, text: str) -> None: ...
    def correct(self, who: str, no: str, text: str) -> None: ...
    def reclassify(self, who: str, no: str, category: str) -> None: ...
    def order(self, who: str, words: str, expected: str) -> None: ...
    def seen(self, who: str, *words: str) -> None: ...
    def saw(self, who: str, *words: str) -> bool: ...
    def tries(self, who: str, label: str, no: str) -> str: ...
    def hold(self, label: str, no: str, *words: str) -> Held: ...
    def presses(self, who: str, held: Held) -> str: ...
    def again(self) -> None:
        """The platform delivers the latest press or words once more. Raises: NeverHappens."""
        ...

    def fails(self) -> None: ...


class NeverHappens(Exception):
    """This platform does not do that."""


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
        self._draft(who, no, text)

    def draft_refused(self, who: str, no: str, text: str) -> str:
        said = self._draft(who, no, text)
        return until(lambda: next((p.text for p in self.posts() if p.reply_to == said), ""), PATIENCE)

    def approve(self, who: str, no: str, level: str) -> None:
        self._press(who, "通过", no, level)

    def send_back(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "退回", no, reason)

    def transfer(self, who: str, no: str, department: str) -> None:
        self._press(who, "转办", no)
        seen = ""
        while department not in (post := until(lambda: self._page(no, department, seen), PATIENCE)).labels:  # noqa: B023
            seen = post.data(MORE)
            self.push(who, post, seen)
        self.push(who, post, post.data(department))

    def extend(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "延期", no, reason)

    def consent(self, who: str, no: str) -> None:
        self._press(who, "同意延期", no)

    def refuse(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "不予受理", no, reason)

    def ask(self, who: str, no: str, text: str) -> None:
        self._asked(who, "追问", no, text)

    def correct(self, who: str, no: str, text: str) -> None:
        self._asked(who, "更正", no, text)

    def reclassify(self, who: str, no: str, category: str) -> None:
        self._press(who, "改类", no)
        self._press(who, category, no)

    def order(self, who: str, words: str, expected: str) -> None:
        name, _, rest = words.partition(" ")
        person = self.people[who]
        said = self.say(who, f"/{COMMANDS[name]} {rest}".strip(), person, None)
        answer = until(lambda: next((p.text for p in self.posts() if p.reply_to == said), ""), PATIENCE)
        assert expected in answer, answer

    def seen(self, who: str, *words: str) -> None:
        until(lambda: self.saw(who, *words), PATIENCE)

    def saw(self, who: str, *words: str) -> bool:
        return any(all(w in p.text for w in words) for p in self.posts())

    def tries(self, who: str, label: str, no: str) -> str:
        return self.presses(who, self.hold(label, no))

    def hold(self, label: str, no: str, *words: str) -> Held:
        post = self._post(label, no, *words)
        return Held(post, post.data(label), label, no)

    def presses(self, who: str, held: Held) -> str:
        query = self.fake.press_data(self.people[who], held.post, held.data)
        return str(until(lambda: self.fake.answers.get(query), PATIENCE)["text"])

    def again(self) -> None:
        self.fake.push_again()

    def fails(self) -> None:
        self.fake.fail("sendMessage", 502, "Bad Gateway", times=2)
        self.fake.fail("editMessageText", 429, "Too Many Requests: retry after 1", times=2, retry_after=1)

    def posts(self) -> list[telegram.Post]:
        return list(self.fake.posts)

    def say(self, who: str, text: str, chat: int, reply_to: int | None) -> int:
        return self.fake.say(self.people[who], text, chat=chat, reply_to=reply_to)

    def push(self, who: str, post: telegram.Post, data: str) -> None:
        self.fake.press_data(self.people[who], post, data)

    def _page(self, no: str, department: str, seen: str) -> telegram.Post | None:
        """Return the post that offers a department, or a further page of them than the one `seen`."""
        for post in self.posts():
            turns = [b["callback_data"] for row in post.buttons for b in row if b["text"] == MORE]
            if no in post.text and (department in post.labels or (turns and turns[0] != seen)):
                return post
        return None

    def _draft(self, who: str, no: str, text: str) -> int:
        card = self._post("改类", no)
        return self.say(who, text, int(card.chat_id), card.message_id)

    def _post(self, label: str, *words: str) -> telegram.Post:
        def newest() -> telegram.Post | None:
            posts = reversed(self.posts())
            return next((p for p in posts if label in p.labels and all(w in p.text for w in words)), None)

        return until(newest, PATIENCE)

    def _press(self, who: str, label: str, *words: str) -> None:
        post = self._post(label, *words)
        self.push(who, post, post.data(label))

    def _asked(self, who: str, label: str, no: str, text: str) -> None:
        """Press a button that asks for words, and reply to the question."""
        asked = {p.message_id for p in self.posts() if p.force_reply}
        self._press(who, label, no)

        def question() -> telegram.Post | None:
            posts = [p for p in self.posts() if p.message_id not in asked]
            return next((p for p in posts if f"【{label}】{no}" in p.text), None)

        post = until(question, PATIENCE)
        self.say(who, text, int(post.chat_id), post.message_id)


@dataclass
class OnWecom:
    """Everything is said in words to the application; what it answers comes personally."""

    fake: wecom.FakeWecom
    program: Program
    people: dict[str, str]

    def account(self, who: str) -> list[str]:
        return ["--wecom-id", self.people[who]]

    def claim(self, who: str, no: str) -> None:
        self._card("认领", no, who=who)
        self._say(who, f"认领 {no}")

    def claimed(self, who: str, no: str) -> None:
        self.seen(who, f"已认领 {no}")

    def draft(self, who: str, no: str, text: str) -> None:
        self._say(who, f"草稿 {no} {text}")

    def draft_refused(self, who: str, no: str, text: str) -> str:
        return self._told(who, lambda: self.draft(who, no, text))

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

    def ask(self, who: str, no: str, text: str) -> None:
        self._say(who, f"追问 {no} {text}")

    def correct(self, who: str, no: str, text: str) -> None:
        self._say(who, f"更正 {no} {text}")

    def reclassify(self, who: str, no: str, category: str) -> None:
        self._say(who, f"改类 {no} {category}")

    def order(self, who: str, words: str, expected: str) -> None:
        before = len(self.fake.to(self.people[who]))
        self._say(who, words)
        until(lambda: any(expected in s.text for s in self.fake.to(self.people[who])[before:]), PATIENCE)

    def seen(self, who: str, *words: str) -> None:
        until(lambda: self.saw(who, *words), PATIENCE)

    def saw(self, who: str, *words: str) -> bool:
        return any(all(w in s.text for w in words) for s in self.fake.to(self.people[who]))

    def tries(self, who: str, label: str, no: str) -> str:
        return self.presses(who, self.hold(label, no))

    def hold(self, label: str, no: str, *words: str) -> Held:
        return Held(None, f"{label} {no}", label, no)

    def presses(self, who: str, held: Held) -> str:
        reason = " 随便写的理由" if held.label in ASKING else ""
        return self._told(who, lambda: self._say(who, held.data + reason))

    def again(self) -> None:
        self._deliver(self.fake.last_plain)

    def fails(self) -> None:
        self.fake.fail("message/send", status=502, times=2)
        self.fake.fail("message/send", errcode=-1)

    def _told(self, who: str, deed: Any) -> str:
        """Return the message that a person, and nobody else, gets after a deed."""
        user = self.people[who]

        def personal() -> list[wecom.Sent]:
            return [s for s in self.fake.to(user) if s.users == (user,) and s.kind == "text"]

        before = len(personal())
        deed()
        return until(lambda: personal()[before:], PATIENCE)[0].text

    def _card(self, label: str, *words: str, who: str = "") -> wecom.Sent:
        """Return the newest card with this button; with `who` one that this person has."""
        users = [self.people[who]] if who else []

        def newest() -> wecom.Sent | None:
            fits = (s for s in reversed(list(self.fake.sent)) if label in s.labels)
            return next(
                (s for s in fits if all(w in s.text for w in words) and set(users) <= {*s.users}), None
            )

        found = until(newest, PATIENCE)
        assert found is not None
        return found

    def _say(self, who: str, words: str) -> None:
        self._deliver(self.fake.text(self.people[who], words, msg_id=str(next(MESSAGE_IDS))))

    def _deliver(self, plain: str) -> None:
        query, body = self.fake.sealed(plain, int(time.time()))
        answer = httpx.post(f"{self.program.address}/wecom", params=query, content=body.encode(), timeout=15)
        assert answer.status_code == 200


class OnWecomCards(OnWecom):
    """Buttons where there are buttons; the words that a button asks for are simply written."""

    def claim(self, who: str, no: str) -> None:
        self._press(who, "认领", no)

    def approve(self, who: str, no: str, level: str) -> None:
        self.seen(who, "【待审核】", no, level)
        self._press(who, "通过", no)

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

    def ask(self, who: str, no: str, text: str) -> None:
        self._asked(who, "追问", no, text)

    def correct(self, who: str, no: str, text: str) -> None:
        self._asked(who, "更正", no, text)

    def reclassify(self, who: str, no: str, category: str) -> None:
        self._press(who, "改类", no)
        self._press(who, category, no)

    def hold(self, label: str, no: str, *words: str) -> Held:
        card = self._card(label, no, *words)
        return Held(card, card.key(label), label, no)

    def presses(self, who: str, held: Held) -> str:
        return self._told(who, lambda: self._deliver(self.fake.press(self.people[who], held.post, held.data)))

    def _press(self, who: str, label: str, *words: str) -> None:
        card = self._card(label, *words, who=who)
        self._deliver(self.fake.press(self.people[who], card, card.key(label)))

    def _asked(self, who: str, label: str, no: str, text: str) -> None:
        question = self._told(who, lambda: self._press(who, label, no))
        assert f"【{label}】{no}" in question, question
        self._say(who, text)


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
