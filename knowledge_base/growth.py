"""How the knowledge base grows: candidates from approved answers, near duplicates, and what nobody could answer."""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from knowledge_base.entries import CANDIDATE, Entry
from knowledge_base.pairs import WORD_FEATURES, judged_rows
from knowledge_base.search import Index
from knowledge_base.terms import analyse
from text.normalise import storable

Mask = Callable[[str], str]

_OPENING = re.compile(
    r"^\s*(?:(?:尊敬的|亲爱的|敬爱的)?[^，。！？!?\n]{0,16}?(?:您好|你好)[！!，,。：:\s]*)?"
    r"(?:(?:您|你)?(?:的)?(?:留言|来信|反映|咨询|问题|诉求|来电|提问)[^。！？\n]{0,24}?(?:收悉|收到|知悉|获悉)[，,。；！!\s]*)?"
    r"(?:(?:经[^，。\n]{0,20}(?:核实|了解|调查|研究)[，,\s]*)?(?:现)?(?:将|就|对|针对)?[^。！？\n]{0,24}?(?:回复|答复|解答|说明|反馈)如下[：:，,。\s]*)?"
)
_CLOSING = re.compile(
    r"(?:[^。！？!?\n]{0,12}(?:感谢|谢谢)(?:您|你|大家)?[^。！？!?\n]{0,40}[。！!]?\s*|祝(?:您|你)[^。！？!?\n]{0,20}[。！!]?\s*"
    r"|(?:此复|特此(?:回复|答复))[。！!]?\s*|\d{4}年\d{1,2}月\d{1,2}日\s*)+$"
)
_GREETING = re.compile(
    r"^(?:\s*(?:(?:领导|老师|工作人员|小编|县长|局长|市长|主任|各位)*(?:您好|你好|好)[呀啊吗]?|在吗|有人吗|请问(?:一下)?|(?:我)?想?(?:咨询|请教|问)(?:一下|下)?|打扰(?:一下|了)?|麻烦(?:问|您)?(?:一下)?)[，,。！!？?：:\s~～]*)+"
)
_THANKS = re.compile(r"[，,。！!？?\s]*(?:谢谢|感谢|多谢|麻烦了|拜托了?)[^。？?\n]{0,8}[。！!~～\s]*$")
_SENTENCE = re.compile(r"(?<=[。！？!?\n])")
_ASKING = re.compile(r"[？?]|吗|呢|怎么|如何|咋|什么|啥|哪|几|多少|多久|能不能|可不可以|是否|能否")
_DIFFERENCES = (
    "numbers_differ", "latin_differ", "negation_differs", "thing_missing", "thing_extra", "do_missing", "do_extra",
    "who_missing", "who_extra", "where_missing", "where_extra", "ask_missing", "ask_extra",
)  # fmt: skip
_LONG_QUESTION = 80  # characters; longer messages are cut to the sentences that ask


def _question(message: str) -> str:
    text = _THANKS.sub("", _GREETING.sub("", message.strip()))
    if len(text) > _LONG_QUESTION:
        asking = [part.strip() for part in _SENTENCE.split(text) if _ASKING.search(part)]
        text = "".join(asking)[:200] or text[:200]
    return text.strip(" ，,。；;\n") or message.strip()[:200]


def _answer(reply: str) -> str:
    text = reply.strip()
    return _CLOSING.sub("", _OPENING.sub("", text, count=1)).strip() or text


def candidate(
    question: str, answer: str, *, mask: Mask, department: str = "", topic: str = "", source: str = ""
) -> Entry:
    """Return the candidate made of a citizen's message and the approved answer, free of personal data.

    The answer loses only what addresses that one person (greeting, thanks, date); its id depends on the
    words alone, so that one exchange makes one candidate. `mask` hides personal data, names and doors included.
    Source: Anning measures 2021, art. 26 and 30.
    """
    asked, told = _question(mask(storable(question))), _answer(mask(storable(answer)))
    digest = hashlib.sha256(f"{asked}\n{told}".encode()).hexdigest()[:12]
    return Entry(
        f"c-{digest}", asked, told, department=department, topic=topic, source=source, status=CANDIDATE
    )


def near_duplicate(index: Index, candidate: Entry) -> Entry | None:
    """Return the entry that asks the same in other words, if there is one.

    It must share nearly all words and differ in no number, name, negation, thing, group or thing to do.
    """
    found = [each for each in index.candidates(candidate.question) if each.entry.id != candidate.id]
    if not found:
        return None
    names = {name: i for i, name in enumerate(WORD_FEATURES)}
    for row, each in zip(judged_rows(candidate.question, found[:5], index.rarity), found, strict=False):
        if row[names["equal"]]:
            return each.entry
        close = min(row[names["covers_query"]], row[names["covers_question"]]) >= 0.6
        alike = row[names["pairs_shared"]] >= 0.45 or row[names["characters_shared"]] >= 0.7
        if close and alike and not any(row[names[name]] for name in _DIFFERENCES):
            return each.entry
    return None


def merged(entry: Entry, other: Entry) -> Entry:
    """Return `entry` with the wordings of `other` among its aliases; the answer stays that of `entry`."""
    known = {analyse(wording).clean for wording in entry.wordings}
    fresh: list[str] = []
    for wording in other.wordings:
        clean = analyse(wording).clean
        if clean and clean not in known:
            known.add(clean)
            fresh.append(wording)
    return replace(entry, aliases=(*entry.aliases, *fresh))


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that had no answer and ask much the same; `title` is the most typical of them."""

    title: str
    size: int
    questions: tuple[str, ...]


def gap_report(questions: Sequence[str], at_least: int = 1, closeness: float = 0.32) -> list[Gap]:
    """Return clusters of unanswered questions, largest first.

    `closeness` is the cosine (0 to 1) to a cluster's middle from which a question belongs to it.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [text for text in questions if analyse(text).clean]
    if not texts:
        return []
    rows = TfidfVectorizer(analyzer=_gap_terms, sublinear_tf=True).fit_transform(texts).tocsr()
    gaps = []
    for cluster in _clusters(rows, closeness):
        part = rows[cluster]
        nearness = np.asarray(part @ np.asarray(part.sum(axis=0)).T).round(9)  # of equals the first
        typical = cluster[int(nearness.argmax())]
        gaps.append(Gap(texts[typical], len(cluster), tuple(texts[i] for i in cluster)))
    return sorted((gap for gap in gaps if gap.size >= at_least), key=lambda gap: (-gap.size, gap.title))


def _clusters(rows: Any, closeness: float) -> list[list[int]]:
    """Give each row of unit length to the nearest cluster before it, or to a new one; returns row numbers.

    The clusters' sums stand term by term, so that a row meets only clusters with which it shares a term.
    """
    sums: dict[int, dict[int, float]] = defaultdict(dict)  # term → cluster → sum of weights
    squares: list[float] = []  # of the lengths of the sums
    members: list[list[int]] = []
    for i in range(rows.shape[0]):
        at = slice(rows.indptr[i], rows.indptr[i + 1])
        weights = list(zip(rows.indices[at].tolist(), rows.data[at].tolist(), strict=True))
        products: dict[int, float] = defaultdict(float)
        for term, weight in weights:
            for cluster, total in sums[term].items():
                products[cluster] += weight * total
        best = max(products, key=lambda c: (products[c] / math.sqrt(squares[c]), -c), default=-1)
        if best < 0 or products[best] / math.sqrt(squares[best]) < closeness:
            best = len(members)
            members.append([])
            squares.append(0.0)
        members[best].append(i)
        squares[best] += 2 * products[best] + sum(weight * weight for _, weight in weights)
        for term, weight in weights:
            sums[term][best] = sums[term].get(best, 0.0) + weight
    return members


def _gap_terms(text: str) -> list[str]:
    analysis = analyse(text)
    return [*analysis.words, *analysis.ideas, *(idea for idea in analysis.ideas if idea.startswith("thing"))]
