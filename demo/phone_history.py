"""What the phones showed before the demo was first opened, read from the register."""

from dataclasses import dataclass
from datetime import datetime

from cases.lists import everything
from cases.register.desk import Desk
from demo.phones import PHONE, WeChatWithPhones
from demo.stage import Stage
from demo.wechat_platform import PER_WINDOW
from demo.wechat_records import Follower


@dataclass(frozen=True, slots=True)
class Bubble:
    openid: str
    mine: bool
    kind: str
    text: str
    at: datetime


def bubbles(desk: Desk) -> list[Bubble]:
    """Return every citizen's messages, receipts in short, and what was delivered, in the order of time."""
    found: list[Bubble] = []
    numbered: set[str] = set()
    for letter in everything.letters(desk):
        found.append(Bubble(letter.openid, True, "text", letter.text, letter.at))
        if letter.case_no and letter.case_no not in numbered and not letter.automatic:
            numbered.add(letter.case_no)
            found.append(Bubble(letter.openid, False, "note", f"已登记，编号 {letter.case_no}", letter.at))
    found += [Bubble(one.openid, False, "text", one.text, one.at) for one in everything.arrived(desk)]
    return sorted(found, key=lambda bubble: bubble.at)


def draw(stage: Stage, history: list[Bubble]) -> None:
    """Put the history on empty phones; phones that show something already are left alone."""
    if stage.of(PHONE):
        return
    for bubble in history:
        body = {
            "openid": bubble.openid,
            "mine": bubble.mine,
            "kind": bubble.kind,
            "text": bubble.text,
            "at": bubble.at.timestamp(),
        }
        stage.add(PHONE, body)


def windows(desk: Desk, platform: WeChatWithPhones) -> None:
    """Tell the platform when each citizen last wrote, as the register knows it: it forgets with every restart."""
    for window in everything.windows(desk):
        platform.followers[window.openid] = Follower(
            following=window.following,
            wrote_at=window.wrote_at,
            used=min(PER_WINDOW, window.sent),
        )


def waiting(desk: Desk) -> dict[str, int]:
    """Return how many answers wait for each citizen's next message."""
    return {window.openid: window.waiting for window in everything.windows(desk) if window.waiting}
