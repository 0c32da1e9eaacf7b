"""An office on WeChat over a real SQLite file: its callback and the platform's stand-in run on 127.0.0.1."""

import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from sqlmodel import col, select

from app.serve.ahead import Application
from app.serve.delivery import LaneWorker
from bot.wechat import callback
from bot.wechat.accounts import Account
from bot.wechat.client import WeChatApi
from bot.wechat.judging import Judging
from bot.wechat.late import LANE, LatePushes
from bot.wechat.parsing import Push
from bot.wechat.sender import CitizenSender
from bot.wechat.talk import Judged
from cases.register import people, register
from cases.register.desk import Desk, Office, Workplace
from cases.register.people import NewStaff
from cases.register.states import Purpose
from cases.register.tables import Case, Citizen, Delivery, Outbox
from cases.register.vault import Vault
from cases.sending import outbox
from cases.steps import assign, draft, review
from classifier.triage import Triage
from demo.fake_wechat import FakeWeChat
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from sla.calendar import WorkCalendar, shipped_years
from sla.policy import load_policy
from tests import builders
from tests.fakes import wechat

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine in the morning in Shanghai
TOKEN, AES_KEY = "office-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID, SECRET = "wx1234567890abcdef", "s3cret-of-the-stand-in"
NUMBER = re.compile(r"\d{8}-\d{4,}")
ENTRY = Entry(
    "kb1",
    "社保卡丢了怎么补办",
    "请带身份证到政务大厅补办。",
    source="市社保局",
    effective_on=date(2026, 1, 1),
)


MEANT = (
    Entry("kb2", "居住证怎么申领？", "持身份证到派出所申领。", source="居住证办法"),
    Entry("kb3", "居住证怎么签注？", "每年到社区警务室签注。", source="居住证办法"),
)


def judge(text: str) -> Triage:
    """A judge by plain words: what the model makes of a text is tested elsewhere."""
    category = "complaint" if "投诉" in text else "praise" if "感谢" in text else "advice_inquiry"
    return Triage(
        category=category,
        confidence=0.87,
        needs_review=False,
        topic="",
        urgent="跳楼" in text,
        sensitive=False,
        accusation="举报科长" in text,
        chitchat=text.strip() in ("你好", "在吗"),
        ad=False,
        procedure="",
        reasons=("提到跳楼",) if "跳楼" in text else (),
    )


def match(text: str) -> Match | None:
    if "居住证" in text:
        return Match(MEANT[0], 0.5, False, MEANT)
    return Match(ENTRY, 0.97, True) if "社保卡" in text else None


@dataclass
class Clock:
    """Real time from START on, with leaps."""

    leap: timedelta = field(default_factory=timedelta)
    began: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return START + self.leap + timedelta(seconds=time.monotonic() - self.began)

    def ahead(self, **by: float) -> None:
        self.leap += timedelta(**by)


@dataclass
class Town:
    """The office under test, its citizens and its staff."""

    workplace: Workplace
    clock: Clock
    fake: FakeWeChat
    account: Account
    address: str = ""
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10, trust_env=False))
    slow: float = 0.0  # seconds that judging takes
    counter: int = 0

    def judge(self, pushes: Sequence[Push]) -> list[Judged]:
        time.sleep(self.slow)
        return [Judged(judge(push.text), match(push.text)) for push in pushes]

    def post(self, signed: wechat.Signed, path: str = "/wechat") -> httpx.Response:
        return self.http.post(f"{self.address}{path}", params=signed.query, content=signed.body)

    def signed(self, xml: str | bytes) -> wechat.Signed:
        account = self.account
        if account.aes_key:
            return wechat.encrypted(account.token, account.aes_key, account.app_id, xml, self.clock())
        return wechat.plain(account.token, xml, self.clock())

    def push(self, openid: str, kind: str = "text", at: datetime | None = None, **fields: str) -> str:
        """Push a message or event and return the text shown to the citizen; empty when there is none."""
        self.counter += 1
        if kind == "event":
            (self.fake.clicked if fields.get("Event") != "unsubscribe" else self.fake.unfollow)(openid)
        else:
            self.fake.wrote(openid)
            fields.setdefault("MsgId", str(70_000 + self.counter))
        xml = wechat.push_xml(openid, kind, at or self.clock(), **fields)
        return self.shown(self.post(self.signed(xml)))

    def say(self, openid: str, text: str, **fields: str) -> str:
        return self.push(openid, "text", Content=text, **fields)

    def shown(self, response: httpx.Response) -> str:
        assert response.status_code == 200, response.status_code
        if response.text in ("", "success"):
            return ""
        root = fromstring(response.text)
        if self.account.aes_key:
            sealed, stamp = root.findtext("Encrypt") or "", root.findtext("TimeStamp") or ""
            expected = wechat.sign(self.account.token, stamp, root.findtext("Nonce") or "", sealed)
            assert root.findtext("MsgSignature") == expected
            root = fromstring(wechat.unseal(self.account.aes_key, sealed))
        return root.findtext("Content") or ""

    def open_case(self, openid: str, text: str) -> str:
        found = NUMBER.search(self.say(openid, text))
        assert found
        return found.group(0)

    def case(self, no: str) -> Case:
        return self.workplace.look(lambda desk: register.by_number(desk, no))

    def release(self, no: str, text: str, purpose: Purpose = Purpose.ANSWER) -> None:
        """One colleague drafts, another approves."""

        def step(desk: Desk) -> None:
            case = register.by_number(desk, no)
            writer = people.staff_by_id(desk, 1)
            if case.handler_id is None:
                assign.claim(desk, writer, case)
            made = draft.submit(desk, writer, case, text, purpose)
            review.approve(desk, people.staff_by_id(desk, 2), made, made.round)

        self.workplace.act(step)

    def deliveries(self, no: str) -> list[Delivery]:
        def read(desk: Desk) -> list[Delivery]:
            case = register.by_number(desk, no)
            query = select(Delivery).where(Delivery.case_id == case.id).order_by(col(Delivery.id))
            return list(desk.session.exec(query).all())

        return self.workplace.look(read)

    def states(self, no: str) -> list[tuple[str, str, str]]:
        return [(row.kind, row.state, row.channel) for row in self.deliveries(no)]

    def citizen(self, openid: str) -> Citizen:
        hashed = self.workplace.office.vault.lookup(f"{APP_ID}\n{openid}")
        found = self.workplace.look(
            lambda desk: desk.session.exec(select(Citizen).where(Citizen.openid_hash == hashed)).first()
        )
        assert found
        return found

    def outbox(self, lane: str) -> list[Outbox]:
        query = select(Outbox).where(Outbox.lane == lane).order_by(col(Outbox.id))
        return self.workplace.look(lambda desk: list(desk.session.exec(query).all()))

    def cases(self) -> list[Case]:
        return self.workplace.look(
            lambda desk: list(desk.session.exec(select(Case).order_by(col(Case.id))).all())
        )


def make_town(path: Path, *, aes_key: str = AES_KEY, previous: str = "", **account: object) -> Town:
    store = builders.a_store(path / "register.db")
    calendar = WorkCalendar(shipped_years())
    office = Office(
        zone=ZoneInfo("Asia/Shanghai"),
        vault=Vault(b"k" * 32),
        policy=load_policy(),
        calendar=lambda: calendar,
        triage=judge,
        match=match,
    )
    clock = Clock()
    workplace = Workplace(store, office, clock)
    workplace.act(_staff)
    fake = FakeWeChat(clock, app_id=APP_ID, secret=SECRET)
    made = Account(APP_ID, SECRET, TOKEN, aes_key, previous, **account)  # type: ignore[arg-type]
    return Town(workplace, clock, fake, made)


def _staff(desk: Desk) -> None:
    people.add_staff(desk, NewStaff("张明", "handler"))
    people.add_staff(desk, NewStaff("李红", "supervisor"))


def open_town(town: Town, path: Path) -> Iterator[Town]:
    """Run the callback on 127.0.0.1 while the town is used."""
    web = Application(callback.doors(town.workplace, (town.account,), town.judge, var=path))
    with wechat.serving(web) as town.address:
        yield town
    town.http.close()
    town.workplace.store.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    yield from open_town(make_town(tmp_path), tmp_path)


@pytest.fixture
def plain_town(tmp_path: Path) -> Iterator[Town]:
    yield from open_town(make_town(tmp_path, aes_key=""), tmp_path)


async def through(lane: LaneWorker) -> None:
    """Have a lane send all that is due, however slow the machine is."""
    while await lane.drain() == 0.0:
        pass


@dataclass
class Post:
    """What goes out: the delivery lanes as the worker runs them."""

    town: Town
    api: WeChatApi
    lanes: list[LaneWorker]

    async def deliver(self, *, again: bool = False) -> None:
        """Send what is due; with `again` also what was put off."""
        if again:
            await self.town.workplace.act_async(outbox.take_over)
        for lane in self.lanes:
            await through(lane)


async def open_post(town: Town) -> AsyncIterator[Post]:
    from dataclasses import replace

    with wechat.serving_fake(town.fake) as address:
        api = WeChatApi(replace(town.account, api_base=address), town.workplace)
        late = LatePushes(
            town.workplace,
            (api.account,),
            Judging(town.judge),
            lambda: "",
        )
        lanes = [
            LaneWorker(LANE, town.workplace, late.send),
            LaneWorker("citizen", town.workplace, CitizenSender(town.workplace, {APP_ID: api}).send),
        ]
        yield Post(town, api, lanes)
        await api.close()


@pytest.fixture
async def post(town: Town) -> AsyncIterator[Post]:
    async for opened in open_post(town):
        yield opened
