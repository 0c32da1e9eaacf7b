"""What staff do in a chat, whichever it is: the same office works on Telegram, 企业微信 and the demo's chat."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

PATIENCE = 60.0  # seconds: the stand-ins fail in between, and the program waits before it tries again


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


class ByButtons(ABC):
    """What is ordered by buttons, and by the words that a button asks for; a chat says how one is pressed."""

    @abstractmethod
    def _press(self, who: str, label: str, *words: str) -> None:
        """Press the button with this label on the newest post that holds the words."""

    @abstractmethod
    def _asked(self, who: str, label: str, no: str, text: str) -> None:
        """Press a button that asks for words, and give them."""

    def claim(self, who: str, no: str) -> None:
        self._press(who, "认领", no)

    def approve(self, who: str, no: str, level: str) -> None:
        self._press(who, "通过", no, level)

    def send_back(self, who: str, no: str, reason: str) -> None:
        self._asked(who, "退回", no, reason)

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
