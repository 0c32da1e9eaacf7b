"""What the knowledge base may suggest: from 60 % on, and nothing where somebody is in danger or accuses."""

import pytest

from bot.handler_chat.incoming import suggesting
from cases.steps.suggest import may_suggest
from knowledge_base.answering.answerer import Match
from knowledge_base.base.entries import Entry
from tests.unit.bot.handler_chat.conftest import Bureau

SCORES = (0.95, 0.6, 0.599, 0.2)


def base(_text: str, _top: int, _account: str | None) -> list[Match]:
    return [Match(Entry(f"e{n}", "怎么办", "去窗口办。"), score, False) for n, score in enumerate(SCORES)]


def test_a_card_shows_what_is_likely_and_the_command_shows_more() -> None:
    assert [found.score for found in suggesting.for_card(base, "怎么办")] == [0.95, 0.6]
    assert [found.score for found in suggesting.suggestions(base, "怎么办")] == [0.95, 0.6, 0.599]


@pytest.mark.parametrize(
    ("text", "may"), [("请问居住证？", True), ("我要跳楼，请问居住证？", False), ("举报科长收钱", False)]
)
def test_flagged_cases_are_answered_in_a_person_s_own_words(bureau: Bureau, text: str, may: bool) -> None:
    assert may_suggest(bureau.case(bureau.letter(text))) is may
