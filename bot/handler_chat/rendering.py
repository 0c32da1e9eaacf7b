"""From a row of the outbox to what is to be done in the chats: posts and edits, as the register stands now."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from bot.handler_chat import cards, decisions, lists
from bot.handler_chat.cards import Card, Suggestion
from bot.handler_chat.fitting import LONGEST, clip
from bot.handler_chat.platform import Answerer
from cases import announce, asks, draft, extend, find, learn, people, register, review, views
from cases import chat as chats_of
from cases.chat import Chats, Place
from cases.desk import Desk
from cases.errors import NotFound
from cases.permissions import may_see
from cases.states import OPEN, DraftState
from cases.tables import Approval, Case, ChatPost, Draft, Outbox, Staff

CALLED = "called"  # a card that somebody called up by its number
_DECIDED = {"granted": "✅ 已同意", "refused": "已决定：不同意"}
_ENTRY = {"published": "✅ 已发布", "retired": "已决定：不收录"}


@dataclass(frozen=True, slots=True)
class Post:
    """A new message; `record` becomes its row in chat_post."""

    place: Place
    card: Card
    record: dict[str, Any]
    reply_to: str = ""
    asks: Answerer | None = None
    replaces: tuple[int, ...] = ()  # posts that stop being live once this one stands


@dataclass(frozen=True, slots=True)
class Edit:
    post_id: int
    chat_id: str
    message_id: str
    card: Card
    live: bool = True
    tells: bool = False  # worth a message of its own where posts cannot be edited


@dataclass(frozen=True, slots=True)
class Work:
    """What a row asks for; nothing at all when the register has moved on."""

    posts: tuple[Post, ...] = ()
    edits: tuple[Edit, ...] = ()
    dropped: str = ""


@dataclass(slots=True)
class Renderer:
    """Renders at one desk for one platform."""

    desk: Desk
    chats: Chats
    suggestions: tuple[Suggestion, ...] = ()
    _posts: list[Post] = field(default_factory=list)
    _edits: list[Edit] = field(default_factory=list)

    def work(self, row: Outbox) -> Work:
        """Return what is to be done for `row`."""
        renderings: dict[str, Callable[[Outbox], None]] = {
            "case_card": self._case_row,
            "show_card": self._shown_row,
            "review_card": self._review_row,
            "extension_card": self._extension_row,
            "candidate_card": self._candidate_row,
            "notice": self._notice_row,
            "ask": self._ask_row,
            "list": self._list_row,
        }
        try:
            if row.kind not in renderings:
                return Work(dropped=f"未知的消息类别 {row.kind}")
            renderings[row.kind](row)
        except NotFound as gone:
            return Work(dropped=str(gone))
        return Work(tuple(self._posts), tuple(self._edits))

    def sheet(self, case: Case) -> cards.Sheet:
        return cards.Sheet(
            view=views.view(self.desk, case),
            zone=self.desk.office.zone,
            window=views.window(self.desk, case),
            load=people.load(self.desk.session, case.handler_id) if case.handler_id else 0,
            suggestions=self.suggestions,
        )

    def _case_row(self, row: Outbox) -> None:
        case = register.by_id(self.desk.session, row.payload["case_id"])
        card, home = cards.case_card(self.sheet(case)), self._place(f"case:{case.id}")
        at_home = False
        for post in self._live(kind="case", case_id=case.id):
            if post.chat_id == home.chat_id:
                at_home = True
                self._edit(post, card)
            elif self._may_stay(post, case):
                self._edit(post, card)
            else:
                self._edit(post, cards.moved_card(case.no, self._where(case)), live=False)
        if not at_home and register.is_open(case):
            self._post(home, card, kind="case", case_id=case.id)
        self._refresh_decisions(case)

    def _shown_row(self, row: Outbox) -> None:
        """`/case`: the card anew, here; an older one in the same chat makes way."""
        case = register.by_id(self.desk.session, row.payload["case_id"])
        place = self._place(row.payload["to"])
        earlier = self._live(kind="case", case_id=case.id, chat_id=place.chat_id)
        card = cards.case_card(self.sheet(case))
        ids = tuple(post.id or 0 for post in earlier)
        self._post(
            place,
            card,
            reply_to=row.payload.get("reply_to", ""),
            replaces=ids,
            kind="case",
            case_id=case.id,
            ref=CALLED,
        )
        for post in earlier:
            self._edit(post, cards.superseded_card(case.no), live=False)

    def _review_row(self, row: Outbox) -> None:
        session, payload = self.desk.session, row.payload
        under = review.draft_by_id(session, payload["draft_id"])
        case = register.by_id(session, under.case_id)
        if under.state != DraftState.REVIEW or under.round != payload["round"]:
            self._refresh_decisions(case)
            return
        sheet = self._review_sheet(case, under)
        card = decisions.review_card(sheet)
        standing = self._live(kind="review", case_id=case.id)
        for place in self._review_places(case, sheet.supervisor_needed):
            here = [post for post in standing if post.chat_id == place.chat_id]
            if any(post.shown == digest(card) for post in here):
                continue
            self._parts(place, under, decisions.review_parts(sheet))
            self._post(place, card, kind="review", case_id=case.id, draft_id=under.id, round=under.round)
        self._refresh_decisions(case, present=digest(card))

    def _review_places(self, case: Case, supervisor_needed: bool) -> list[Place]:
        places = [self._place(f"case:{case.id}")]
        if supervisor_needed and self.chats.supervisors.chat_id != places[0].chat_id:
            places.append(self._place(announce.SUPERVISORS))
        return places

    def _parts(self, place: Place, under: Draft, parts: list[str]) -> None:
        posted = {p.shown for p in self._live(kind="part", draft_id=under.id, chat_id=place.chat_id)}
        for part in parts:
            if digest(Card(part)) not in posted:
                self._post(place, Card(part), kind="part", case_id=under.case_id, draft_id=under.id)

    def _review_sheet(self, case: Case, under: Draft) -> decisions.ReviewSheet:
        text = self.desk.office.vault.open(under.text_sealed)
        view = views.view(self.desk, case)
        return decisions.ReviewSheet(
            view=view,
            draft=next(d for d in view.drafts if d.id == under.id),
            level=review.level_name(under),
            findings=tuple(f.text for f in draft.findings_on(self.desk, case, text)),
            supervisor_needed=under.supervisor_last and under.level + 1 == under.levels,
        )

    def _extension_row(self, row: Outbox) -> None:
        extension = extend.by_id(self.desk.session, row.payload["extension_id"])
        case = register.by_id(self.desk.session, extension.case_id)
        if extension.state != "asked" or self._live(kind="extension", ref=str(extension.id)):
            self._refresh_decisions(case)
            return
        card = self._extension_card(case, extension.id)
        place = self._place(announce.SUPERVISORS)
        self._post(place, card, kind="extension", case_id=case.id, ref=str(extension.id))

    def _extension_card(self, case: Case, extension_id: int | None) -> Card:
        extension = extend.by_id(self.desk.session, extension_id)
        office = self.desk.office
        longer = office.policy.limit(case.category) + office.policy.extension
        due = self.desk.deadline(case.clock_from, longer)
        decided = _DECIDED.get(extension.state, "")
        if decided:
            decided = f"{decided}（{people.staff_name(self.desk.session, extension.decided_by)}）"
        elif not register.is_open(case):
            decided = "本件已办结，无需延期。"
        by = people.staff_name(self.desk.session, extension.asked_by)
        view = views.view(self.desk, case)
        return decisions.extension_card(
            view, extension.id or 0, by, extension.reason, (due.due_on, due.provisional), decided
        )

    def _candidate_row(self, row: Outbox) -> None:
        entry = learn.by_id(self.desk.session, row.payload["entry_id"])
        case_id = row.payload.get("case_id")
        case = self.desk.session.get(Case, case_id) if case_id else None
        decided = _ENTRY.get(entry.status, "")
        if decided and entry.approver_id and entry.status == "published":
            decided = f"{decided}（{people.staff_name(self.desk.session, entry.approver_id)}）"
        card = decisions.candidate_card(
            entry.id, entry.question, entry.answer, case.no if case else "", decided
        )
        standing = self._live(kind="candidate", ref=entry.id)
        for post in standing:
            self._edit(post, card, live=not decided)
        if not standing and not decided:
            place = self._place(row.payload["to"])
            self._post(place, card, kind="candidate", case_id=case_id, ref=entry.id)

    def _notice_row(self, row: Outbox) -> None:
        text = clip(row.payload["text"], LONGEST, "")
        place, reply_to = self._place(row.payload["to"]), row.payload.get("reply_to", "")
        self._post(place, Card(text), reply_to=reply_to, kind="notice", case_id=row.payload.get("case_id"))

    def _ask_row(self, row: Outbox) -> None:
        ask = asks.by_id(self.desk, row.payload["ask_id"])
        if not ask.open:
            return
        staff = people.staff_by_id(self.desk.session, ask.staff_id)
        account = (staff.telegram_id if self.chats.platform == "telegram" else staff.wecom_id) or ""
        self._posts.append(
            Post(
                self._place(row.payload["to"]),
                Card(row.payload["text"]),
                {"kind": "ask", "case_id": ask.case_id, "draft_id": ask.draft_id, "ask_id": ask.id},
                row.payload.get("reply_to", ""),
                Answerer(staff.name, account),
            )
        )

    def _list_row(self, row: Outbox) -> None:
        staff = people.staff_by_id(self.desk.session, row.payload["staff_id"])
        card = list_card(self.desk, staff, row.payload["list"], 0)
        self._post(
            self._place(row.payload["to"]), card, reply_to=row.payload.get("reply_to", ""), kind="list"
        )

    def _refresh_decisions(self, case: Case, present: str = "") -> None:
        """Edit the review and extension cards of a case that are no longer what they were."""
        view = None
        for post in self._live(kind="review", case_id=case.id):
            under = review.draft_by_id(self.desk.session, post.draft_id)
            if under.state == DraftState.REVIEW and under.round == post.round and not present:
                continue
            if present and post.shown == present:
                continue
            view = view or views.view(self.desk, case)
            shown = next(d for d in view.drafts if d.id == under.id)
            card = decisions.decided_card(view, shown, self._passed_by(under))
            self._edit(post, card, live=False, tells=under.state == DraftState.APPROVED)
        for post in self._live(kind="extension", case_id=case.id):
            card = self._extension_card(case, int(post.ref))
            self._edit(post, card, live=bool(card.buttons))

    def _passed_by(self, under: Draft) -> list[str]:
        query = select(Approval.reviewer_id).where(
            Approval.draft_id == under.id, Approval.text_hash == under.text_hash
        )
        ids = self.desk.session.exec(query.order_by(col(Approval.id))).all()
        return [people.staff_name(self.desk.session, reviewer) for reviewer in dict.fromkeys(ids)]

    def _may_stay(self, post: ChatPost, case: Case) -> bool:
        """A card called up in the office's own chats, or by a person who may still see the case."""
        if post.ref != CALLED:
            return False
        if post.chat_id == self._place(announce.SUPERVISORS).chat_id:
            return True
        if post.chat_id == self._place(announce.HANDLERS).chat_id:
            return not case.accusation
        staff = people.staff_by_chat(self.desk.session, self.chats.platform, post.chat_id)
        return staff is not None and may_see(staff, case)

    def _where(self, case: Case) -> str:
        if case.accusation:
            return "督办人处理"
        name = views.line(self.desk.session, case, self.desk.now).department
        return name or "综合办理群"

    def _live(self, **where: object) -> list[ChatPost]:
        return chats_of.live_posts(self.desk.session, self.chats.platform, **where)

    def _place(self, target: str) -> Place:
        place = chats_of.place_of(self.desk.session, self.chats, target)
        if place is None:
            raise NotFound("收信人没有绑定聊天账号。")
        return place

    def _post(
        self, place: Place, card: Card, *, reply_to: str = "", replaces: tuple[int, ...] = (), **record: Any
    ) -> None:
        self._posts.append(Post(place, card, record, reply_to, None, replaces))

    def _edit(self, post: ChatPost, card: Card, *, live: bool = True, tells: bool = False) -> None:
        if live and post.shown == digest(card):
            return
        self._edits.append(Edit(post.id or 0, post.chat_id, post.message_id, card, live, tells))


def list_card(desk: Desk, staff: Staff, kind: str, page: int) -> Card:
    """Return a page of somebody's list: `mine` or `overdue`."""
    rows = find.mine(desk, staff) if kind == "mine" else find.overdue(desk, staff)
    title = "我的在办" if kind == "mine" else "逾期未办结"
    lines = [views.line(desk.session, case, desk.now) for case in rows]
    return lists.list_card(title, kind, lines, page, staff.id or 0)


def backlog(desk: Desk, case_ids: list[int]) -> tuple[Card, set[int]]:
    """Return the list that stands for many new cases, and the cases that it holds (closed ones count as held)."""
    rows = desk.session.exec(select(Case).where(col(Case.id).in_(case_ids))).all()
    open_ = sorted(
        (c for c in rows if c.status in OPEN), key=lambda c: (not c.sensitive, c.due_at, c.id or 0)
    )
    card, count = lists.backlog_card([views.line(desk.session, case, desk.now) for case in open_])
    left = {case.id or 0 for case in open_[count:]}
    return card, set(case_ids) - left


def digest(card: Card) -> str:
    """Name what a post shows."""
    whole = card.text + "\n".join(f"{b.label}\t{b.data}" for row in card.buttons for b in row)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]
