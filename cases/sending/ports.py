"""What the steps and workers need of the platforms outside, as protocols. The doors implement them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from cases.register.errors import Refusal


@dataclass(frozen=True, slots=True)
class PostRef:
    """Where a post stands in a chat."""

    chat_id: str
    message_id: str


class SendFailed(Exception):
    """A sending that did not happen. `wait` is the platform's own wish; `final` means never again.

    `aside`: it is tried again, but what comes after it for the same target need not wait.
    """

    def __init__(
        self, why: str, *, final: bool = False, wait: timedelta | None = None, aside: bool = False
    ) -> None:
        super().__init__(why)
        self.final, self.wait, self.aside = final, wait, aside


class ModelFailed(Refusal):
    """The language model did not answer; `str()` is the line for the person. Nothing depends on it."""

    code = "model_failed"


class LanguageModel(Protocol):
    """Proposes words from masked ones. What it writes reaches nobody but the person who asked."""

    name: str

    async def complete(self, messages: list[dict[str, str]]) -> str:
        """Raises: ModelFailed."""
        ...


class CitizenChannel(Protocol):
    """Sends to one citizen of one official account."""

    async def send_text(self, account: str, openid: str, text: str) -> None: ...
    async def send_template(self, account: str, openid: str, fields: dict[str, str]) -> None: ...
