"""企业微信: orders as words to the application, or by the buttons of its cards."""

import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from tests.fakes import wecom
from tests.flow.office_chats import PATIENCE, ByButtons, Held
from tests.flow.program import Program, until

MESSAGE_IDS = count(700_000)  # 企业微信 gives a number once, whoever writes
ASKING = ("延期", "追问", "不予受理", "更正", "退回")  # buttons that ask for words


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


class OnWecomCards(ByButtons, OnWecom):
    """Buttons where there are buttons; the words that a button asks for are simply written."""

    def transfer(self, who: str, no: str, department: str) -> None:
        self._press(who, "转办", no)
        self._press(who, department, no)

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


def wecom_settings(fake: wecom.FakeWecom) -> dict[str, str]:
    return {
        "WECOM_CORP_ID": wecom.CORP,
        "WECOM_AGENT_ID": wecom.AGENT,
        "WECOM_SECRET": wecom.SECRET,
        "WECOM_TOKEN": wecom.TOKEN,
        "WECOM_AES_KEY": wecom.AES_KEY,
        "WECOM_API_BASE": fake.base,
    }
