"""The knowledge base: lists, search, versions, and what people may do with an entry."""

from dataclasses import replace
from datetime import date

from fastapi import Response

from cases.knowledge import learn, proposals, upkeep
from cases.lists import browse, entry_history
from cases.register import people, permissions
from cases.register.desk import Desk
from cases.register.errors import Invalid, Refusal
from cases.register.tables import Staff
from console.door import Visit, whole
from knowledge_base.base.entries import STATUSES, Entry
from text.normalise import normalise
from text.words import words as cut_words

_MOST_FOUND = 20
_LONGEST_TITLE = 200


def knowledge(visit: Visit) -> Response:
    """The list by status; 「试问」 asks the base as a citizen would."""
    state, words, asked = visit.query("status"), visit.query("q")[:200], visit.query("ask")[:600]
    state = state if state in STATUSES else ""
    page = visit.look(lambda desk, _me: browse.entries(desk, state, words, visit.number("page")))
    found = visit.house.search(asked, _MOST_FOUND, None) if asked else []
    counts = visit.look(lambda desk, _me: {s: browse.entries(desk, s).total for s in STATUSES})
    return visit.page(
        "knowledge.html", page=page, state=state, words=words, asked=asked, found=found, counts=counts,
        why={match.entry.id: _why(asked, match.entry) for match in found},
    )  # fmt: skip


def _why(asked: str, entry: Entry) -> tuple[list[str], list[str]]:
    """Return the words of the question that the entry has, and those that it has not."""
    known = set(cut_words(normalise(" ".join((entry.question, entry.answer, *entry.aliases)))))
    asked_words = [word for word in dict.fromkeys(cut_words(normalise(asked))) if len(word) > 1]
    return [w for w in asked_words if w in known], [w for w in asked_words if w not in known]


def review(visit: Visit) -> Response:
    """What is due for review, and why."""
    rows = visit.look(lambda desk, _me: browse.to_review(desk))
    rows += visit.look(lambda desk, _me: [(row, "wordings") for row in proposals.entries(desk.session)])
    words = {
        "due": "已过复核日期",
        "soon": "即将到复核日期",
        "muted": "已停自动答复",
        "unsourced": "没有写依据",
        "wordings": "有来信人的问法待看",
    }
    return visit.page("knowledge_review.html", rows=[(row, words[why]) for row, why in rows])


def entry(visit: Visit) -> Response:
    return _show(visit, visit.part("id"))


def blank(visit: Visit) -> Response:
    departments = visit.look(lambda desk, _me: people.departments(desk.session))
    typed = {"question": visit.query("question")[:500]} if visit.query("question") else {}
    return visit.page("entry_new.html", departments=departments, typed=typed, said="")


def write(visit: Visit) -> Response:
    try:
        written = _typed(visit, Entry("", "", ""))
        row = visit.act(lambda desk, me: learn.write(desk, written, me))
    except Refusal as refusal:
        departments = visit.look(lambda desk, _me: people.departments(desk.session))
        return visit.page(
            "entry_new.html", 400, departments=departments, typed=dict(visit.form), said=str(refusal)
        )
    return visit.go(f"/console/knowledge/{row.id}", "已写入，等待另一位审核人发布。")


def act(visit: Visit) -> Response:
    """Publish, retire or change one entry."""
    entry_id, action = visit.part("id"), visit.part("action")

    def step(desk: Desk, me: Staff) -> str:
        if action == "publish":
            learn.publish(desk, entry_id, me)
            return "已发布，可以用于自动答复和建议答复。"
        if action == "retire":
            learn.retire(desk, entry_id, me)
            return "已停用，不再用于答复。"
        if action == "edit":
            learn.edit(desk, _typed(visit, learn.as_entry(learn.by_id(desk.session, entry_id))), me)
            return "已修改，等待另一位审核人发布。"
        if action == "wording":
            take = bool(visit.field("take"))
            proposals.decide(desk, entry_id, whole(visit.field("answer")), me, take)
            return "已收作问法，同样的话直接答复。" if take else "不收这条问法。"
        raise Invalid("没有这个操作。")

    try:
        word = visit.act(step)
    except Refusal as refusal:
        return _show(visit, entry_id, refusal)
    return visit.go(f"/console/knowledge/{entry_id}", word)


def publish_many(visit: Visit) -> Response:
    """Publish what was ticked in the list; each that cannot be is named with its reason."""
    done, refused = 0, []
    ticked = visit.fields("id")
    if not ticked:
        raise Invalid("请先勾选要发布的条目。")
    for entry_id in ticked[: browse.PER_PAGE]:
        try:
            visit.act(lambda desk, me, one=entry_id: learn.publish(desk, one, me))  # type: ignore[misc]
            done += 1
        except Refusal as refusal:
            refused.append(str(refusal))
    said = f"已发布 {done} 条。" + "".join(f" {n} 条未发布：{why}" for why, n in _counted(refused).items())
    return visit.go("/console/knowledge?status=candidate", said)


def source_changed(visit: Visit) -> Response:
    """A document has changed: what cites it answers no longer by itself."""
    visit.look(lambda _desk, me: permissions.require(me, permissions.REVIEWER))
    title = visit.field("title").strip()[:_LONGEST_TITLE]
    ids = visit.look(lambda desk, _me: upkeep.citing(desk.session, title))
    marked = visit.act(lambda desk, me: upkeep.source_changed(desk, title, ids, me))
    return visit.go(
        "/console/knowledge?status=published", f"{len(marked)} 条已停止自动答复，请核对后重新发布。"
    )


def _counted(words: list[str]) -> dict[str, int]:
    return {word: words.count(word) for word in words}


def _show(visit: Visit, entry_id: str, refusal: Refusal | None = None) -> Response:
    def question(desk: Desk, me: Staff) -> dict[str, object]:
        row = learn.by_id(desk.session, entry_id)
        return {
            "row": row,
            "entry": learn.as_entry(row),
            "author": people.staff_name(desk.session, row.author_id),
            "approver": people.staff_name(desk.session, row.approver_id),
            "versions": entry_history.versions(desk, row.id),
            "hits": entry_history.answers(desk, row.id),
            "proposed": proposals.waiting(desk.session, row),
            "departments": people.departments(desk.session),
            "reviewer": permissions.holds(me, permissions.REVIEWER),
            "own": row.author_id == me.id,
            "today": desk.today,
        }

    typed = dict(visit.form) if refusal is not None else {}
    said = str(refusal) if refusal is not None else ""
    status = 200 if refusal is None else 409 if refusal.code == "stale" else 403
    if refusal is not None and refusal.code in ("invalid", "not_found"):
        status = 400
    return visit.page("entry.html", status, said=said, typed=typed, **visit.look(question))


def _typed(visit: Visit, before: Entry) -> Entry:
    """Return the entry as the form has it. Raises: Invalid for a day that is none."""
    aliases = [line.strip() for line in visit.field("aliases").splitlines()]
    return replace(
        before,
        question=visit.field("question").strip(),
        answer=visit.field("answer").strip(),
        aliases=tuple(dict.fromkeys(filter(None, aliases))),
        department=visit.field("department").strip(),
        topic=visit.field("topic").strip(),
        source=visit.field("source").strip(),
        effective_on=_day(visit.field("effective_on"), "生效日期"),
        review_on=_day(visit.field("review_on"), "复核日期"),
        owner=visit.field("owner").strip(),
    )


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid(f"{name}应写成 YYYY-MM-DD。") from None
