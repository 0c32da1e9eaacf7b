"""An office at work whose register can be looked into from here, and a platform that holds its answer back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import Session, select

from app import clock
from cases.register import audit, people, register
from cases.register.desk import Desk, Workplace
from cases.register.store import Store
from cases.register.tables import Case, Delivery
from cases.register.vault import Vault
from cases.steps import assign, draft, review
from tests.builders import an_office
from tests.faults.test_kill_and_workers import number_in, under_review
from tests.flow.program import HANDLERS, Office, office, until

KEY = "a key for tests only, long enough"
USER, PASSWORD = "sunmin", "harbour-lantern-39-quilt"
ANSWERS = ("您好，第一件事已经办妥，请放心。", "您好，第二件事已经办妥，请放心。")
MAY_BE_TWICE = "可能重复"
_STAFF = (
    people.NewStaff("王芳", "handler", telegram_id=str(Office.HANDLER)),
    people.NewStaff("李强", "reviewer", telegram_id=str(Office.REVIEWER)),
    people.NewStaff("孙敏", "supervisor", username=USER, password=PASSWORD),
)


@dataclass
class Drill:
    """A running program, and its register as another process on the same machine sees it."""

    office: Office
    place: Workplace

    def letter(self, citizen: str, text: str) -> str:
        return self.office.write(citizen, text)

    def number(self, citizen: str, text: str) -> str:
        return number_in(self.letter(citizen, text))

    def approved(self, no: str, answer: str) -> None:
        """Claim, draft, and have it passed, in the chat."""
        card = self.office.card(no, "认领")
        self.office.press(self.office.HANDLER, card, "认领")
        self.office.telegram.say(self.office.HANDLER, answer, chat=HANDLERS, reply_to=card.message_id)
        self.office.press(self.office.REVIEWER, under_review(self.office, no), "通过")

    def approved_at_the_console(self, no: str, answer: str) -> None:
        """The same by steps, for a chat that is away."""

        def step(desk: Desk) -> None:
            case = register.by_number(desk, no)
            writer, reviewer = (people.staff_by_id(desk, each) for each in (1, 2))
            assign.claim(desk, writer, case)
            made = draft.submit(desk, writer, case, answer)
            review.approve(desk, reviewer, made, made.round)

        self.place.act(step)

    def two_answers_in_hand(self, citizen: str) -> tuple[str, str, threading.Event]:
        """Two letters of one citizen are answered; the platform took the first and says so when the event is set."""
        first = self.number(citizen, "小区的路灯坏了两个月没人修")
        took, let = threading.Event(), threading.Event()

        def hold(openid: str, sent: Any) -> None:
            # a receipt that comes late to somebody else is not what the platform holds back
            if openid == citizen and ANSWERS[0] in sent.text and not took.is_set():
                took.set()
                let.wait(60)

        self.office.wechat.on_sent = hold
        self.approved(first, ANSWERS[0])
        assert took.wait(30)
        second = self.number(citizen, "小区的水管漏水一星期没人修")
        self.approved(second, ANSWERS[1])
        return first, second, let

    def answers(self, citizen: str) -> list[str]:
        """Return the answers in the order in which they reached the citizen."""
        texts = self.office.wechat.texts(citizen)
        return [answer for text in texts for answer in ANSWERS if answer in text]

    def delivery(self, no: str) -> Delivery:
        with Session(self.place.store.engine) as session:
            query = select(Delivery).join(Case).where(Case.no == no, Delivery.kind == "answer")
            return session.exec(query).one()

    def cases(self) -> list[Case]:
        with Session(self.place.store.engine) as session:
            return list(session.exec(select(Case)).all())

    def both_are_recorded(self, *numbers: str) -> None:
        until(lambda: all(self.delivery(no).state == "sent" for no in numbers), 60)

    def chain_holds(self) -> bool:
        return self.place.look(lambda desk: audit.verify(desk.session, desk.office.vault)).ok

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.office.program.address}{path}", timeout=30)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return httpx.post(f"{self.office.program.address}{path}", timeout=30, **more)

    def sign_in(self) -> httpx.Response:
        form = {"username": USER, "password": PASSWORD}
        return httpx.post(f"{self.office.program.address}/console/signin", data=form, timeout=30)


@contextmanager
def drill(folder: Path, *words: str, **settings: str) -> Iterator[Drill]:
    """Yield a program that serves; `words` go to `serve`."""
    url = settings.setdefault("DATABASE_URL", f"sqlite:///{folder / 'huiyin.db'}")
    with office(folder, AUTO_ANSWER="false", SEMANTIC="off", SECRET_KEY=KEY, **settings) as here:
        here.program.start(*words)
        place = Workplace(Store(url), an_office(vault=Vault(KEY.encode())), clock.now)
        for new in _STAFF:
            place.act(lambda desk, new=new: people.add_staff(desk, new))  # type: ignore[misc]
        try:
            yield Drill(here, place)
        finally:
            place.store.close()
