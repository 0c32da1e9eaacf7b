"""The knowledge base: lists, search, versions, and what people may do with an entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import cast

from fastapi import Response

from cases.knowledge import learn, proposals, shown, upkeep
from cases.lists import browse, entry_history
from cases.register import people, permissions
from cases.register.desk import Desk
from cases.register.errors import Invalid, Refusal, Stale
from cases.register.readonly import KnowledgeEntry, KnowledgeVersion, Staff
from console import difference
from console.door import Visit, refusal_status, whole
from knowledge_base.answering import why
from knowledge_base.answering.answerer import Match
from knowledge_base.base import timely
from knowledge_base.base.entries import CANDIDATE, STATUSES, Entry
from text.normalise import pasted

_MOST_FOUND = 20
_LONGEST_TITLE = 200
_NEAR, _MOST_NEAR = 0.3, 3  # how sure the search must be to set an entry beside a candidate


def knowledge(visit: Visit, upload_said: str = "") -> Response:
    """The list by status; 「试问」 asks the base as a citizen would."""
    state, words, asked = visit.query("status"), visit.query("q")[:200], visit.query("ask")[:600]
    state = state if state in STATUSES else ""
    page = visit.look(lambda desk, _me: browse.entries(desk, state, words, visit.number("page")))
    found = visit.house.search(asked, _MOST_FOUND, None) if asked else []
    counts = visit.look(lambda desk, _me: {s: browse.entries(desk, s).total for s in STATUSES})
    return visit.page(
        "knowledge.html", 400 if upload_said else 200, page=page, state=state, words=words, asked=asked,
        found=found, counts=counts,
        why={match.entry.id: why.why(asked, match.entry) for match in found},
        near={row.id: _near(visit, row)[:1] for row in page.rows} if state == CANDIDATE and not asked else {},
        upload_said=upload_said, today=visit.house.workplace.office.today(visit.house.workplace.clock()),
    )  # fmt: skip


def review(visit: Visit) -> Response:
    """What is due for review, and why."""
    rows = visit.look(lambda desk, _me: browse.to_review(desk))
    rows += visit.look(lambda desk, _me: [(row, "wordings") for row in proposals.entries(desk)])
    words = {
        "due": "已过复核日期",
        "soon": "即将到复核日期",
        "muted": "已停自动答复",
        "unsourced": "没有写依据",
        "wordings": "有来信人的问法待看",
    }
    months = visit.look(lambda desk, _me: browse.review_calendar(desk))
    return visit.page(
        "knowledge_review.html", rows=[(row, words[reason]) for row, reason in rows], months=months,
        most=max(number for _, number in months),
    )  # fmt: skip


def entry(visit: Visit) -> Response:
    return _show(visit, visit.part("id"))


def blank(visit: Visit) -> Response:
    departments = visit.look(lambda desk, _me: desk.departments)
    typed = {"question": visit.query("question")[:500]} if visit.query("question") else {}
    return visit.page("entry_new.html", departments=departments, typed=typed, said="", field="")


def write(visit: Visit) -> Response:
    try:
        written = _typed(visit, Entry("", "", ""))
        shown.require_words(written)
        row = visit.act(lambda desk, me: learn.write(desk, written, me))
    except Refusal as refusal:
        departments = visit.look(lambda desk, _me: desk.departments)
        return visit.page(
            "entry_new.html", 400, departments=departments, typed=dict(visit.form), said=str(refusal),
            field=refusal.field,
        )  # fmt: skip
    return visit.go(f"/console/knowledge/{row.id}", "已写入，等待另一位审核人发布。")


def act(visit: Visit) -> Response:
    """Publish, retire or change one entry."""
    entry_id, action = visit.part("id"), visit.part("action")

    def step(desk: Desk, me: Staff) -> str:
        if action == "publish":
            day = _day(visit.field("review_on"), "复核日期", "review_on")
            shown.publish(desk, entry_id, me, whole(visit.field("version")), visit.field("source"), day)
            return "已发布，可以用于自动答复和建议答复。"
        if action == "retire":
            learn.retire(desk, entry_id, me)
            return "已停用，不再用于答复。"
        if action == "edit":
            written = _typed(visit, learn.as_entry(learn.by_id(desk, entry_id)))
            shown.edit(desk, written, me, whole(visit.field("version")))
            return "已修改，等待另一位审核人发布。"
        if action == "wording":
            take = bool(visit.field("take"))
            proposals.decide(desk, entry_id, visit.field("answer"), me, take)
            return "已收作问法，同样的话直接答复。" if take else "不收这条问法。"
        raise Invalid("没有这个操作。")

    try:
        word = visit.act(step)
    except Refusal as refusal:
        return _show(visit, entry_id, refusal)
    return visit.go(f"/console/knowledge/{entry_id}", word)


def _publish_one(desk: Desk, me: Staff, entry_id: str, version: int) -> None:
    shown.publish(desk, entry_id, me, version)


def publish_many(visit: Visit) -> Response:
    """Publish what was ticked in the list; each that cannot be is named with its reason."""
    done, refused = 0, []
    ticked = visit.fields("id")
    if not ticked:
        raise Invalid("请先勾选要发布的条目。")
    for entry_id in ticked[: browse.PER_PAGE]:
        try:
            seen = whole(visit.field(f"version:{entry_id}"))
            visit.act(partial(_publish_one, entry_id=entry_id, version=seen))
            done += 1
        except Refusal as refusal:
            refused.append(str(refusal))
    said = f"已发布 {done} 条。" + "".join(f" {n} 条未发布：{why}" for why, n in _counted(refused).items())
    return visit.go("/console/knowledge?status=candidate", said)


def source_changed(visit: Visit) -> Response:
    """A document has changed: what cites it answers no longer by itself."""
    visit.look(lambda _desk, me: permissions.require(me, permissions.REVIEWER))
    title = visit.field("title").strip()[:_LONGEST_TITLE]
    ids = visit.look(lambda desk, _me: upkeep.citing(desk, title))
    marked = visit.act(lambda desk, me: upkeep.source_changed(desk, title, ids, me))
    return visit.go(
        "/console/knowledge?status=published", f"{len(marked)} 条已停止自动答复，请核对后重新发布。"
    )


def _counted(words: list[str]) -> dict[str, int]:
    return {word: words.count(word) for word in words}


def _show(visit: Visit, entry_id: str, refusal: Refusal | None = None) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, object]:
        row = learn.by_id(desk, entry_id)
        return {
            "row": row,
            "entry": learn.as_entry(row),
            "author": people.staff_name(desk, row.author_id),
            "approver": people.staff_name(desk, row.approver_id),
            "versions": entry_history.versions(desk, row.id),
            "hits": entry_history.answers(desk, row.id),
            "proposed": proposals.waiting(desk, row),
            "departments": desk.departments,
            "reviewer": permissions.holds(me, permissions.REVIEWER),
            "own": row.author_id == me.id,
            "today": desk.today,
        }

    found = visit.look(question)
    row = cast(KnowledgeEntry, found["row"])
    typed = dict(visit.form) if refusal is not None else {}
    late = isinstance(refusal, Stale) and bool(visit.field("answer"))
    clash = difference.difference(row.answer, visit.field("answer")) if late else None
    return visit.page(
        "entry.html", refusal_status(refusal) if refusal is not None else 200, said=str(refusal or ""), typed=typed,
        field=refusal.field if refusal is not None else "", action=visit.request.path_params.get("action", ""),
        near=_near(visit, row) if row.status == CANDIDATE else [],
        compared=_compared(visit, cast(Sequence[KnowledgeVersion], found["versions"])),
        clash=clash,
        yearly=cast(date, found["today"]) + timely.YEARLY, **found,
    )  # fmt: skip


def _near(visit: Visit, row: KnowledgeEntry) -> list[tuple[Match, difference.Difference]]:
    """Return the published entries that are asked nearly the same, with how their answers differ."""
    found = visit.house.search(row.question, _MOST_NEAR + 1, None)
    near = [m for m in found if m.entry.id != row.id and m.score >= _NEAR][:_MOST_NEAR]
    return [(m, difference.difference(m.entry.answer, row.answer)) for m in near]


@dataclass(frozen=True, slots=True)
class ComparedVersions:
    """Two versions of an entry beside each other."""

    a: KnowledgeVersion
    b: KnowledgeVersion
    question: difference.Difference
    answer: difference.Difference


def _compared(visit: Visit, versions: Sequence[KnowledgeVersion]) -> ComparedVersions | None:
    """Return the two versions that the address names, else the last two that differ."""
    if len(versions) < 2:
        return None
    by_id = {version.id: version for version in versions}
    b = by_id.get(visit.number("b", 0), versions[0])
    other = next((v for v in versions if (v.question, v.answer) != (b.question, b.answer)), None)
    a = by_id.get(visit.number("a", 0), other)
    if a is None:
        return None
    return ComparedVersions(
        a, b, difference.difference(a.question, b.question), difference.difference(a.answer, b.answer)
    )


def _typed(visit: Visit, before: Entry) -> Entry:
    """Return the entry as the form has it. Raises: Invalid for a day that is none."""
    aliases = [line.strip() for line in visit.field("aliases").splitlines()]
    return replace(
        before,
        question=pasted(visit.field("question")).strip(),
        answer=pasted(visit.field("answer")).strip(),
        aliases=tuple(dict.fromkeys(filter(None, aliases))),
        department=visit.field("department").strip(),
        topic=visit.field("topic").strip(),
        source=visit.field("source").strip(),
        effective_on=_day(visit.field("effective_on"), "生效日期", "effective_on"),
        review_on=_day(visit.field("review_on"), "复核日期", "review_on"),
        owner=visit.field("owner").strip(),
    )


def _day(text: str, name: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid(f"{name}应写成 YYYY-MM-DD，例如 2026-11-28。", field) from None
