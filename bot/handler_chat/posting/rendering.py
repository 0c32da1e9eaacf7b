"""From a row of the outbox to what is to be done in the chats, as the register stands now."""

from collections.abc import Callable

from bot.handler_chat.cards import cards, lists
from bot.handler_chat.cards.cards import Button, Card, SuggestedEntry
from bot.handler_chat.cards.fitting import LONGEST, clip
from bot.handler_chat.cards.platform import AskedPerson
from bot.handler_chat.posting import alarming, deciding, telling
from bot.handler_chat.posting.work import Bench, Post, Work
from cases.knowledge import like_cases
from cases.lists import find, views
from cases.register import people, register
from cases.register.desk import Desk
from cases.register.errors import NotFound
from cases.register.kinds import Job, Posted
from cases.register.permissions import may_see
from cases.register.readonly import Case, ChatPost, Outbox, Staff
from cases.register.rows import id_of
from cases.register.states import State
from cases.sending import announce, payloads
from cases.sending.chat import Chats
from cases.steps import asks, promise, propose, suggest
from cases.steps.allowed import Action, offered

CALLED = "called"  # a card that somebody called up by its number


def work(desk: Desk, chats: Chats, row: Outbox, suggestions: tuple[SuggestedEntry, ...] = ()) -> Work:
    """Return what is to be done for `row`."""
    rendering = _RENDERINGS.get(row.kind)
    if rendering is None:
        return Work(dropped=f"未知的消息类别 {row.kind}")
    bench = Bench(desk, chats, suggestions)
    try:
        rendering(bench, row)
    except NotFound as gone:
        return Work(dropped=str(gone))
    return Work(tuple(bench.posts), tuple(bench.edits))


def list_card(desk: Desk, staff: Staff, kind: str, page: int) -> Card:
    """Return a page of somebody's list: `mine` or `overdue`."""
    rows = find.mine(desk, staff) if kind == "mine" else find.overdue(desk, staff)
    title = "我的在办" if kind == "mine" else "逾期未办结"
    lines = [views.line(desk, case) for case in rows]
    promised = promise.mine(desk, staff) if kind == "mine" and page == 0 else []
    due = [lists.promise_line(case.no, p.words, p.due_on, desk.now >= p.due_at) for case, p in promised]
    return lists.list_card(title, kind, lines, page, id_of(staff), due)


def backlog(desk: Desk, case_ids: list[int]) -> tuple[Card, set[int]]:
    """Return the list that stands for many new cases, and the cases that it holds (closed ones count as held)."""
    open_ = register.open_ones(desk, case_ids)
    card, count = lists.backlog_card([views.line(desk, case) for case in open_])
    left = {id_of(case) for case in open_[count:]}
    return card, set(case_ids) - left


def case_row(bench: Bench, row: Outbox) -> None:
    case = register.by_id(bench.desk, payloads.OfCase.of(row).case_id)
    card, home = cards.case_card(_sheet(bench, case)), bench.place(f"case:{case.id}")
    at_home = False
    for post in bench.live(kind=Posted.CASE, case_id=case.id):
        if post.chat_id == home.chat_id:
            at_home = True
            bench.edit(post, card)
        elif _may_stay(bench, post, case):
            bench.edit(post, card)
        else:
            bench.edit(post, cards.moved_card(case.no, _where(bench, case)), live=False)
    if not at_home and register.is_open(case):
        bench.post(home, card, kind=Posted.CASE, case_id=case.id)
    for post in bench.live(kind=Posted.CO, case_id=case.id):
        co_card = _co_card(bench, case, int(post.ref))
        bench.edit(post, co_card or cards.ended_co_card(case.no), live=co_card is not None)
    deciding.refresh(bench, case)
    alarming.refresh(bench, case)


def co_row(bench: Bench, row: Outbox) -> None:
    """The card of a co-handling department, in its own chat; one that stands there already makes way."""
    wanted = payloads.CoCard.of(row)
    case, department = register.by_id(bench.desk, wanted.case_id), str(wanted.department_id)
    card = _co_card(bench, case, int(department))
    if card is None:
        return
    earlier = bench.live(kind=Posted.CO, case_id=case.id, ref=department)
    for post in earlier:
        bench.edit(post, cards.superseded_card(case.no), live=False)
    bench.post(bench.place(wanted.to), card, kind=Posted.CO, case_id=case.id, ref=department)


def _co_card(bench: Bench, case: Case, department_id: int) -> Card | None:
    """Return None where the department no longer co-handles."""
    sheet = _sheet(bench, case)
    found = next((o for o in sheet.view.opinions if o.department_id == department_id), None)
    return cards.co_card(sheet, found) if found is not None and case.department_id != department_id else None


def shown_row(bench: Bench, row: Outbox) -> None:
    """`/case`: the card anew, here; an older one in the same chat makes way."""
    wanted = payloads.ShownCard.of(row)
    case = register.by_id(bench.desk, wanted.case_id)
    place = bench.place(wanted.to)
    earlier = bench.live(kind=Posted.CASE, case_id=case.id, chat_id=place.chat_id)
    card = cards.case_card(_sheet(bench, case))
    ids = tuple(id_of(post) for post in earlier)
    bench.post(
        place,
        card,
        reply_to=wanted.reply_to,
        replaces=ids,
        kind=Posted.CASE,
        case_id=case.id,
        ref=CALLED,
    )
    for post in earlier:
        bench.edit(post, cards.superseded_card(case.no), live=False)


def fresh_row(bench: Bench, row: Outbox) -> None:
    """A case is taken up again: its card comes anew, and the one that stood there makes way."""
    wanted = payloads.FreshCard.of(row)
    case = register.by_id(bench.desk, wanted.case_id)
    place, home = bench.place(wanted.to), bench.place(f"case:{case.id}")
    elsewhere = wanted.to != f"case:{case.id}"
    if elsewhere and place.chat_id == home.chat_id:
        raise NotFound("同一个群里已有卡片。")
    earlier = bench.live(kind=Posted.CASE, case_id=case.id, chat_id=place.chat_id)
    if wanted.moved and (not earlier or max(post.posted_at for post in earlier) >= row.created_at):
        raise NotFound("新部门的群里已有新卡片。")
    beside = wanted.beside
    ids = () if beside else tuple(id_of(post) for post in earlier)
    card, ref = cards.case_card(_sheet(bench, case)), CALLED if elsewhere else ""
    bench.post(place, card, replaces=ids, kind=Posted.CASE, case_id=case.id, ref=ref)
    for post in earlier:
        bench.edit(post, card if beside else cards.superseded_card(case.no), live=beside)


def notice_row(bench: Bench, row: Outbox) -> None:
    """A line of text, if it is still to be said when its time has come."""
    place = telling.place_of(bench, row)
    said = payloads.NoticeLine.of(row)
    card = Card(clip(said.text, LONGEST, ""))
    bench.post(place, card, reply_to=said.reply_to, kind=Posted.NOTICE, case_id=said.case_id)


def ask_row(bench: Bench, row: Outbox) -> None:
    wanted = payloads.ToAsk.of(row)
    ask = asks.by_id(bench.desk, wanted.ask_id)
    if not ask.open:
        return
    staff = people.staff_by_id(bench.desk, ask.staff_id)
    account = (staff.telegram_id if bench.chats.platform == "telegram" else staff.wecom_id) or ""
    bench.posts.append(
        Post(
            bench.place(wanted.to),
            Card(wanted.text),
            {"kind": Posted.ASK, "case_id": ask.case_id, "draft_id": ask.draft_id, "ask_id": ask.id},
            wanted.reply_to,
            AskedPerson(staff.name, account),
        )
    )


def list_row(bench: Bench, row: Outbox) -> None:
    wanted = payloads.List.of(row)
    staff = people.staff_by_id(bench.desk, wanted.staff_id)
    card = list_card(bench.desk, staff, wanted.list, wanted.page)
    bench.post(bench.place(wanted.to), card, reply_to=wanted.reply_to, kind=Posted.LIST)


def choices_row(bench: Bench, row: Outbox) -> None:
    """The second step of a button, as a card of its own: for a chat whose posts show nothing more when pressed."""
    wanted = payloads.Choices.of(row)
    buttons = tuple(Button(label, data) for label, data in wanted.buttons)
    card = Card(wanted.text, (buttons,))
    bench.post(bench.place(wanted.to), card, kind=Posted.CHOICES, case_id=wanted.case_id)


def _sheet(bench: Bench, case: Case) -> cards.Sheet:
    can = offered(bench.desk, case)
    return cards.Sheet(
        view=views.view(bench.desk, case),
        zone=bench.desk.office.zone,
        window=views.window(bench.desk, case),
        load=people.load(bench.desk, case.handler_id) if case.handler_id else 0,
        suggestions=bench.suggestions,
        like=_like(bench, case, can),
        offered=can,
    )


def _like(bench: Bench, case: Case, can: frozenset[Action]) -> like_cases.Like | None:
    """Return the best-rated answer that was sent to a like case, while an answer is to be written."""
    writing = case.status in (State.NEW, State.CLAIMED) and Action.DRAFT in can
    if not writing or not suggest.may_suggest(case):
        return None
    letter = suggest.wording(propose.letter_of(bench.desk, case))
    return like_cases.best_rated(bench.desk, case, letter)


def _may_stay(bench: Bench, post: ChatPost, case: Case) -> bool:
    """A card called up in the office's own chats, or by a person who may still see the case."""
    if post.ref != CALLED:
        return False
    if post.chat_id == bench.place(announce.SUPERVISORS).chat_id:
        return True
    if post.chat_id == bench.place(announce.HANDLERS).chat_id:
        return not case.accusation
    account = post.chat_id.removeprefix("~")
    staff = people.staff_by_chat(bench.desk, bench.chats.platform, account)
    return staff is not None and may_see(staff, case)


def _where(bench: Bench, case: Case) -> str:
    if case.accusation:
        return "督办人处理"
    name = views.line(bench.desk, case).department
    return name or "综合办理群"


_RENDERINGS: dict[str, Callable[[Bench, Outbox], None]] = {
    Job.CASE_CARD: case_row,
    Job.CO_CARD: co_row,
    Job.SHOW_CARD: shown_row,
    Job.FRESH_CARD: fresh_row,
    Job.REVIEW_CARD: deciding.review_row,
    Job.EXTENSION_CARD: deciding.extension_row,
    Job.CANDIDATE_CARD: deciding.candidate_row,
    Job.ALARM: alarming.alarm_row,
    Job.NOTICE: notice_row,
    Job.ASK: ask_row,
    Job.LIST: list_row,
    Job.CHOICES: choices_row,
}
