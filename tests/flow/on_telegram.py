"""Telegram: each department has a group; orders without a button are typed as commands."""

from dataclasses import dataclass

from tests.fakes import telegram
from tests.flow.office_chats import PATIENCE, ByButtons, Held
from tests.flow.program import SUPERVISORS, until

COMMANDS = {
    "协办": "cohandle", "协办意见": "opinion", "拆分": "split", "并案": "link", "兑现": "done", "我的": "mine",
}  # fmt: skip
MORE = "下一页"


@dataclass
class OnTelegram(ByButtons):
    """Each department has a group; orders without a button are typed as commands in private."""

    fake: telegram.FakeTelegram
    people: dict[str, int]

    def account(self, who: str) -> list[str]:
        return ["--telegram-id", str(self.people[who])]

    def claimed(self, who: str, no: str) -> None:
        self.seen(who, no, f"办理中（{who}")

    def draft(self, who: str, no: str, text: str) -> None:
        self._draft(who, no, text)

    def draft_refused(self, who: str, no: str, text: str) -> str:
        said = self._draft(who, no, text)
        return until(lambda: next((p.text for p in self.posts() if p.reply_to == said), ""), PATIENCE)

    def transfer(self, who: str, no: str, department: str) -> None:
        self._press(who, "转办", no)
        seen = ""
        while department not in (post := until(lambda: self._page(no, department, seen), PATIENCE)).labels:  # noqa: B023
            seen = post.data(MORE)
            self.push(who, post, seen)
        self.push(who, post, post.data(department))

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


def telegram_settings(fake: telegram.FakeTelegram, handlers: int) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
        "TELEGRAM_API_BASE": fake.base,
        "TELEGRAM_GROUP_PER_MINUTE": "0",
        "HANDLER_CHAT_ID": str(handlers),
        "SUPERVISOR_CHAT_ID": str(SUPERVISORS),
    }
