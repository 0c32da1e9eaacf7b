"""What may be published: one rule for whoever does it and by whatever way, file, console, chat or command.

Source: interface.md §4 (what personal data is, and what an office says of itself).
"""

from functools import lru_cache

from cases.register.desk import Desk
from cases.register.errors import Invalid
from knowledge_base.base import timely
from knowledge_base.base.entries import Entry
from text.masking import BUILDING, EMAIL, LANDLINE, findings

# How an office is reached and where it sits: of 120 entries of one office 11 name its desk telephones.
_OF_AN_OFFICE = frozenset({LANDLINE, EMAIL, BUILDING})


def require_publishable(desk: Desk, entry: Entry, *, of_an_answer: bool) -> None:
    """Raises: Invalid for an entry of nothing, with personal data or, of what grew from an answer, with one person's case."""
    if not entry.question.strip() or not entry.answer.strip():
        raise Invalid("问题和答案都不能为空。")
    kinds = [*private(desk, entry), *_kinds((*entry.aliases, entry.source), desk.own_numbers)]
    if kinds:
        kinds = list(dict.fromkeys(kinds))
        raise Invalid(
            f"条目含个人信息（{'、'.join(kinds)}），请先修改。本单位自己的号码请先登记为部门电话，再发布。"
        )
    if of_an_answer and (words := timely.of_one_person(entry.answer)):
        raise Invalid(f"答案中「{words[:20]}」说的是一个人的事，不能答复别人；请先改成对谁都适用的说法。")


def private(desk: Desk, entry: Entry) -> tuple[str, ...]:
    """Return the kinds of personal data in what a citizen reads of an entry; the office's own numbers are none."""
    return _kinds((entry.question, entry.answer), desk.own_numbers)


@lru_cache(maxsize=1024)  # an answer that is given by itself is asked about each time
def _kinds(texts: tuple[str, ...], own_numbers: tuple[str, ...]) -> tuple[str, ...]:
    kinds = (each.kind for text in texts for each in findings(text, own_numbers))
    return tuple(dict.fromkeys(kind for kind in kinds if kind not in _OF_AN_OFFICE))
