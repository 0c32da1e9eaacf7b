"""What staff do on a case in the console: each is one step of cases/, and nothing is decided here."""

from collections.abc import Callable

from fastapi import Response

from cases.knowledge import learn
from cases.lists import browse, decided, reveal
from cases.register import drafts, extensions, people, register
from cases.register.desk import Desk
from cases.register.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from cases.register.kinds import Asked
from cases.register.readonly import Case, Staff
from cases.register.states import CATEGORY_NAMES
from cases.steps import (
    asks,
    assign,
    cohandle,
    danger,
    draft,
    extend,
    link,
    nudge,
    promise,
    receive,
    review,
    split,
)
from console import case_pages
from console.door import Visit, whole
from sla.deadline import due_words

Step = Callable[[Visit, Desk, Staff, Case], str]
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def act(visit: Visit) -> Response:
    """Do the action that the path names; a refusal stands on the case's page beside what was typed."""
    step = _STEPS.get(visit.part("action"))
    if step is None:
        raise NotFound("没有这个操作。")
    no = visit.part("no")
    try:
        word = visit.act(lambda desk, me: step(visit, desk, me, browse.seen(desk, me, no)))
    except Refusal as refusal:
        done = visit.look(lambda desk, me: decided.latest(desk, browse.seen(desk, me, no), me))
        late = isinstance(refusal, Stale | NotAllowed) and done not in str(refusal)
        return case_pages.show(visit, type(refusal)(f"{refusal}{done}") if late else refusal)
    return visit.go("/console/" if visit.field("back") == "overview" else _next(visit, no), word)


def _next(visit: Visit, no: str) -> str:
    """The case's page; the list where what was done took the case out of its doer's sight, as to another department."""
    try:
        visit.look(lambda desk, me: browse.seen(desk, me, no))
    except NotFound:
        return "/console/cases"
    return f"/console/cases/{no}"


def originals(visit: Visit) -> Response:
    """Show the texts unmasked, once, on record."""
    no = visit.part("no")
    found = visit.act(lambda desk, me: reveal.originals(desk, me, browse.seen(desk, me, no)))
    return case_pages.show(visit, originals=found)


def file(visit: Visit) -> Response:
    """Hand out a file, on record: only ever to be saved, never shown as a page of the console's."""
    return _served(_opened(visit))


def preview(visit: Visit) -> Response:
    """A picture for the page of originals, on record; what is no picture by its bytes is not given."""
    opened = _opened(visit)
    if opened.content_type not in _PICTURES:
        raise NotFound("这个文件不是可以预览的图片。")
    return _served(opened)


def _opened(visit: Visit) -> reveal.OpenedFile:
    no, number = visit.part("no"), whole(visit.part("file"))
    kept = visit.house.media
    return visit.act(lambda desk, me: reveal.file(desk, me, browse.seen(desk, me, no), number, kept))


def _served(opened: reveal.OpenedFile) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{opened.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(opened.content, media_type=opened.content_type, headers=headers)


def to_case(visit: Visit) -> Response:
    """「立件」"""
    category = visit.field("category")
    if category and category not in CATEGORY_NAMES:
        raise Invalid("没有这个类别。")
    number = whole(visit.part("message"))
    opened = visit.act(lambda desk, me: receive.small_talk_to_case(desk, number, category or None, staff=me))
    return visit.go(_next(visit, opened.no), f"已立件，编号 {opened.no}，自原收到时间起算。")


def _claim(_visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    assign.claim(desk, me, case)
    return "已认领。"


def _assign(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    to = people.staff_by_id(desk, whole(visit.field("staff")))
    assign.assign(desk, me, case, to)
    return f"已指派给{to.name}。"


def _nudge(_visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    return f"已就 {case.no} 催办{nudge.case(desk, me, case)}。"


def _take(_visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    danger.take(desk, me, case)
    return "已由您接手处置，提醒停止。"


def _calm(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    danger.call_off(desk, me, case, visit.field("reason"))
    return "已解除紧急，理由已记录并告知督办人。"


def _draft(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    entry = visit.field("entry")
    known = entry and learn.by_id(desk, entry).id
    seen = whole(visit.field("seen"), -1)
    draft.submit(desk, me, case, visit.field("text"), entry_id=known, seen=seen if seen >= 0 else None)
    return "草稿已提交，等待他人审核。"


def _approve(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    row = drafts.by_id(desk, whole(visit.field("draft")))
    if row.case_id != case.id:
        raise NotFound("本件没有这份草稿。")
    released = review.approve(desk, me, row, whole(visit.field("round")))
    return "已通过并签发，正在送达来信人。" if released else "本级已通过，等待下一级审核。"


def _send_back(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    row = drafts.by_id(desk, whole(visit.field("draft")))
    if row.case_id != case.id:
        raise NotFound("本件没有这份草稿。")
    review.send_back(desk, me, row, whole(visit.field("round")), visit.field("reason"))
    return "已退回，承办人会收到理由。"


def _reclassify(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    assign.reclassify(desk, me, case, visit.field("category"))
    return f"已改为「{CATEGORY_NAMES[case.category]}」，时限 {due_words(case.due_on, case.provisional)}。"


def _transfer(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    assign.transfer(desk, me, case, visit.field("department"), visit.field("reason").strip()[:500])
    return f"已转{visit.field('department').strip()}，时限不变。"


def _extend(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    extend.ask(desk, me, case, visit.field("reason"))
    return "延期申请已提交，等待督办人同意。"


def _decide(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    extension = extensions.by_id(desk, whole(visit.field("extension")))
    if extension.case_id != case.id:
        raise NotFound("本件没有这份延期申请。")
    if visit.field("consent") not in ("yes", "no"):
        raise Invalid("请选择同意或不同意。")
    consent = visit.field("consent") == "yes"
    extend.decide(desk, me, extension, consent)
    due = due_words(case.due_on, case.provisional)
    return f"已同意延期，新时限 {due}。" if consent else "已答复：不同意延期。"


def _co_handle(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    department = visit.field("department").strip()
    cohandle.ask(desk, me, case, department, visit.field("note"))
    return f"已请{department}协办；时限和答复仍由主办部门负责。"


def _end_co_handling(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    cohandle.end(desk, me, case, visit.field("department"))
    return "已撤销协办。"


def _opinion(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    cohandle.give(desk, me, case, visit.field("text"))
    return "协办意见已交主办部门，不会发给来信人。"


def _split(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    opened = split.split(desk, me, case, whole(visit.field("message")))
    return f"已拆分，新编号 {opened.no}，自原收到时间起算，已告知来信人。"


def _link(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    lead = browse.seen(desk, me, visit.field("lead"))
    link.link(desk, me, case, lead)
    return f"已并入 {lead.no}，由其统一答复，各自时限不变。"


def _together(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    """「一并答复」: the neighbours that were ticked join this case, or the lead that it is answered with."""
    numbers = list(dict.fromkeys(visit.fields("no")))
    if not numbers:
        raise Invalid("请先勾选要一并答复的事项。", "no")
    lead = register.lead(desk, case) or case
    link.join(desk, me, [browse.seen(desk, me, no) for no in numbers], lead)
    return f"{len(numbers)} 件已并入 {lead.no}，由其统一答复，各自时限不变。"


def _unlink(_visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    link.unlink(desk, me, case)
    return "已撤销并案，恢复单独办理。"


def _kept(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
    promise.close(desk, me, case, visit.field("text"))
    return "承诺已兑现，不再提醒。"


def _asking(action: str, word: str) -> Step:
    def step(visit: Visit, desk: Desk, me: Staff, case: Case) -> str:
        asks.act(desk, me, case, action, visit.field("text"))
        return word

    return step


_STEPS: dict[str, Step] = {
    "cohandle": _co_handle,
    "uncohandle": _end_co_handling,
    "opinion": _opinion,
    "split": _split,
    "link": _link,
    "together": _together,
    "unlink": _unlink,
    "kept": _kept,
    "assign": _assign,
    "nudge": _nudge,
    "take": _take,
    "calm": _calm,
    "claim": _claim,
    "draft": _draft,
    "approve": _approve,
    "return": _send_back,
    "reclassify": _reclassify,
    "transfer": _transfer,
    "extend": _extend,
    "decide": _decide,
    "ask": _asking(Asked.QUESTION, "追问已提交，等待他人审核后发出。"),
    "question": _asking(Asked.QUESTION, "追问已提交，等待他人审核后发出。"),
    "refuse": _asking(Asked.REFUSE, "不予受理的说明已提交，等待他人审核。"),
    "correct": _asking(Asked.CORRECT, "更正已提交，等待他人审核后发出。"),
}
