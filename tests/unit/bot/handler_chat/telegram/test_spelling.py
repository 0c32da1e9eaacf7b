"""What a colleague wrote in Telegram, as the plain text that a citizen will read: no address hides behind words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import Chat, Message, MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot.handler_chat.telegram.spelling import STRUCK, text_of, trouble

URL = "https://example.gov.cn/a"


def message(text: str | None = None, *entities: dict[str, Any], caption: str | None = None) -> Message:
    marks = [MessageEntity(**entity) for entity in entities]
    where = {"caption_entities": marks} if caption is not None else {"entities": marks}
    return Message(
        message_id=1, date=datetime(2026, 3, 2, tzinfo=UTC), chat=Chat(id=-1, type="supergroup"), text=text,
        caption=caption, **(where if entities else {}),
    )  # fmt: skip


def link(text: str, words: str, url: str = URL) -> dict[str, Any]:
    """An address behind `words`; the platform counts in UTF-16 units."""
    before, _, _ = text.partition(words)
    at, wide = (len(part.encode("utf-16-le")) // 2 for part in (before, words))
    return {"type": "text_link", "offset": at, "length": wide, "url": url}


@pytest.mark.parametrize(
    ("text", "words", "url", "read"),
    [
        ("请看这里。", "这里", URL, f"请看这里（{URL}）。"),
        ("😀请看𠮷这里😀", "这里", URL, f"😀请看𠮷这里（{URL}）😀"),
        (URL, URL, URL, URL),
        (f"{URL}/", f"{URL}/", URL, f"{URL}/"),
        ("example.gov.cn/a", "example.gov.cn/a", URL, "example.gov.cn/a"),
        (
            "example.gov.cn",
            "example.gov.cn",
            "https://evil.example/",
            "example.gov.cn（https://evil.example/）",
        ),
    ],
)
def test_an_address_behind_words_is_written_out(text: str, words: str, url: str, read: str) -> None:
    assert text_of(message(text, link(text, words, url))) == read
    assert text_of(message(caption=text, **{}, text=None)) == text
    assert text_of(message(None, link(text, words, url), caption=text)) == read


def test_several_addresses_each_stand_behind_their_own_words() -> None:
    text = "一处😀二处"
    marks = [link(text, "二处", "https://b.cn"), link(text, "一处", "https://a.cn")]
    assert text_of(message(text, *marks)) == "一处（https://a.cn）😀二处（https://b.cn）"


@given(st.text(alphabet="路灯。\n <b>&😀𠮷", min_size=1, max_size=60))
def test_what_has_no_address_is_left_as_it_is(text: str) -> None:
    bold = {"type": "bold", "offset": 0, "length": 1}
    assert text_of(message(text)) == text_of(message(text, bold)) == text


def test_a_photo_without_words_has_no_text() -> None:
    assert text_of(message()) is None and text_of(message("")) == ""


@pytest.mark.parametrize("kind", ["bold", "italic", "underline", "spoiler", "code"])
def test_other_dress_is_no_trouble(kind: str) -> None:
    assert trouble(message("今晚恢复", {"type": kind, "offset": 0, "length": 2})) == ""


def test_what_is_struck_out_would_go_out_and_is_refused() -> None:
    struck = {"type": "strikethrough", "offset": 0, "length": 2}
    assert trouble(message("今晚明晚恢复", struck)) == STRUCK
    assert trouble(message(None, struck, caption="今晚明晚恢复")) == STRUCK, "under a photo, too"
