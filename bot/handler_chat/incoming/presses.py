"""A button was pressed: its data is read again, the permission checked again, the step done."""

from bot.handler_chat.incoming import commands, suggesting
from bot.handler_chat.incoming.choosing import assign_to, back_to_card, category, transfer
from bot.handler_chat.incoming.commands import Asker
from bot.handler_chat.incoming.pressed import Deed, Pressed, Reaction, case_in_sight, case_meant, number
from bot.handler_chat.posting import rendering
from cases.knowledge import learn
from cases.lists import decided
from cases.register import drafts, extensions, register
from cases.register.desk import Desk
from cases.register.errors import NotAllowed, Refusal, Stale
from cases.register.kinds import Asked, Job, Lane, Posted
from cases.register.permissions import HANDLER, SUPERVISOR, require, require_sight
from cases.register.readonly import Case, Staff
from cases.register.states import State
from cases.sending import announce, chat, outbox, payloads
from cases.steps import adopt, asks, assign, danger, extend, link, promise, propose, review
from cases.steps.allowed import may_decide
from sla.deadline import due_words

_GONE_WHEN_OLD = (
    Posted.CASE, Posted.CO, Posted.REVIEW, Posted.EXTENSION, Posted.CANDIDATE, Posted.CHOICES,
)  # fmt: skip
_OF_A_CASE = (Posted.CASE, Posted.CO, Posted.CHOICES, Posted.ALARM)


def press(desk: Desk, pressed: Pressed, data: str) -> Reaction:
    """Do what the button says. Raises: Refusal, of which the press changed nothing."""
    name, *words = data.split(":")
    deed = DEEDS.get(name)
    if deed is None or not words or (len(words) > 2 and name != "list"):
        raise Stale("这个按钮已失效。")
    _check_post(desk, pressed, name, words)
    return deed(desk, pressed, words)


def _check_post(desk: Desk, pressed: Pressed, name: str, words: list[str]) -> None:
    """A post that stands no longer does nothing; data that names another case than its post is forged."""
    post = pressed.post
    if post is None:
        return
    if not post.live and post.kind in _GONE_WHEN_OLD:
        raise Stale("这张卡片已失效，请看最新的卡片。")
    case_id = post.case_id
    of_case = post.kind in _OF_A_CASE
    subject = case_id if of_case else {Posted.REVIEW.value: post.draft_id}.get(post.kind)
    if subject is not None and words[0] != str(subject):
        raise NotAllowed("按钮与卡片不符。")


def claim(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_meant(desk, words)
    take(desk, pressed.staff, case)
    short = case.no.rpartition("-")[2]
    how = f"请发送「草稿 {short} 内容」提交答复" if pressed.typed else "回复卡片即提交草稿"
    return Reaction(f"已认领 {case.no}，{how}。")


def take(desk: Desk, staff: Staff, case: Case) -> None:
    """Claim a case; who comes too late is told who was first. Raises: Refusal."""
    if case.status != State.NEW and case.handler_id == staff.id:
        raise Stale("您已认领本件。")
    assign.claim(desk, staff, case)


def open_card(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「打开」 on a line of the watch: the card comes here."""
    case = case_meant(desk, words)
    require(pressed.staff, HANDLER)
    require_sight(pressed.staff, case)
    if pressed.chats is not None:
        asker = Asker(pressed.place, pressed.message_id, private=pressed.typed)
        commands.show(desk, pressed.chats, case, asker, key=pressed.key)
    return Reaction("")


def take_danger(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「我来处置」: whoever presses first has it."""
    case = case_meant(desk, words)
    danger.take(desk, pressed.staff, case)
    return Reaction(f"{case.no} 由您处置，已告知督办群。请先按提示处理险情；答复来信人仍须认领后提交审核。")


def calm(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「解除紧急」 asks how it was found out; whoever answers for it may be of another department."""
    case = case_meant(desk, words)
    put_question(desk, pressed, asks.put(desk, pressed.staff, case, Asked.CALM), case)
    return Reaction(f"请回复机器人的提问（{asks.WORDS[Asked.CALM]}）", asked=True)


def use_suggestion(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_meant(desk, words)
    adopt.adopt(desk, pressed.staff, case, suggesting.named(desk, ":".join(words[1:])))
    return Reaction(f"已采用建议，{case.no} 的草稿待审核。")


def asking(action: str) -> Deed:
    """Return the deed that puts a question for the reason or text which `action` needs."""

    def ask(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
        case = case_in_sight(desk, pressed.staff, words)
        put_question(desk, pressed, asks.put(desk, pressed.staff, case, action), case)
        return Reaction(f"请回复机器人的提问（{asks.WORDS[action]}）", asked=True)

    return ask


def propose_draft(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「拟稿」: what the model writes is posted to be read, corrected and replied with; it is no draft."""
    case = case_in_sight(desk, pressed.staff, words)
    propose.ask(desk, pressed.staff, case, pressed.key)
    return Reaction(f"{case.no} 正在拟稿，最多 20 秒；拟好后发在群里，须由您改定后回复卡片提交。")


def give_opinion(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「协办意见」 on the card of a co-handling department."""
    case = case_meant(desk, words)
    put_question(desk, pressed, asks.put(desk, pressed.staff, case, Asked.OPINION), case)
    return Reaction("请回复机器人的提问，写明协办意见", asked=True)


def unlink(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_in_sight(desk, pressed.staff, words)
    link.unlink(desk, pressed.staff, case)
    return Reaction(f"{case.no} 已撤销并案，恢复单独办理。")


def promise_kept(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    case = case_in_sight(desk, pressed.staff, words)
    promise.close(desk, pressed.staff, case)
    return Reaction(f"{case.no} 的承诺已兑现。")


def put_question(desk: Desk, pressed: Pressed, question: asks.StaffQuestion, case: Case) -> None:
    """Have a question posted below the card that was pressed."""
    outbox.put(
        desk,
        key=f"ask:{question.ask_id}",
        lane=Lane.CHAT,
        target=f"chat:{pressed.place}",
        kind=Job.ASK,
        now=desk.now,
        priority=outbox.PEOPLE,
        payload=payloads.ToAsk(question.ask_id, f"chat:{pressed.place}", question.text, pressed.message_id),
    )


def approve(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    under = drafts.by_id(desk, number(words[0]))
    released = review.approve(desk, pressed.staff, under, number(words[1] if len(words) > 1 else ""))
    case = register.by_id(desk, under.case_id)
    return Reaction(f"{case.no} 已通过，交付发送。" if released else f"{case.no} 本级已通过，待下一级审核。")


def send_back(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """「退回」 asks for the reason first."""
    under = drafts.by_id(desk, number(words[0]))
    case = register.by_id(desk, under.case_id)
    may_decide(desk, pressed.staff, case, under, number(words[1] if len(words) > 1 else ""))
    put_question(desk, pressed, asks.put(desk, pressed.staff, case, Asked.RETURN, under), case)
    return Reaction("请回复机器人的提问，写明退回理由", asked=True)


def consenting(consent: bool) -> Deed:
    def decide(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
        require(pressed.staff, SUPERVISOR)
        case = extend.decide(desk, pressed.staff, extensions.by_id(desk, number(words[0])), consent)
        due = due_words(case.due_on, case.provisional)
        return Reaction(f"{case.no} 已延期至 {due}。" if consent else f"{case.no} 不同意延期。")

    return decide


def entry(publish: bool) -> Deed:
    """「发布」 or 「不收录」 on a candidate."""

    def decide(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
        learn.decide(desk, ":".join(words), pressed.staff, publish)
        return Reaction("已发布到知识库。" if publish else "已标记为不收录。")

    return decide


def turn_page(desk: Desk, pressed: Pressed, words: list[str]) -> Reaction:
    """A page of a list, for the person whose list it is."""
    require(pressed.staff, HANDLER)
    if len(words) != 3 or words[2] != str(pressed.staff.id):
        raise NotAllowed("这是另一位同事的列表，请自行发送 /mine 或 /overdue。")
    kind, page = words[0], number(words[1])
    return Reaction("", card=rendering.list_card(desk, pressed.staff, kind, page), page=(kind, page))


def stale(desk: Desk, pressed: Pressed, data: str, refusal: Refusal) -> Reaction:
    """A press that did nothing: say why, and have the card show the present state."""
    case = chat.case_asked_about(desk, pressed.post)
    if pressed.post is not None and pressed.post.kind == Posted.CANDIDATE:
        entry_id = data.split(":")[1] if isinstance(refusal, Stale) and ":" in data else ""
        return Reaction(
            f"{refusal}{decided.latest_of_entry(desk, entry_id, pressed.staff)}"[:200], alert=True
        )
    if case is not None and isinstance(refusal, Stale):
        announce.card(desk, case)
    return Reaction(late(desk, pressed.staff, case, refusal)[:200], alert=True)


def late(desk: Desk, staff: Staff, case: Case | None, refusal: Refusal) -> str:
    """Return a refusal and, to whoever came too late, who did what and when."""
    done = decided.latest(desk, case, staff) if case is not None and isinstance(refusal, Stale) else ""
    return str(refusal) if done in str(refusal) else f"{refusal}{done}"


DEEDS: dict[str, Deed] = {
    "claim": claim,
    "open": open_card,
    "danger": take_danger,
    "use": use_suggestion,
    "asg": assign_to,
    "cat": category,
    "to": transfer,
    "menu": back_to_card,
    "ext": asking(Asked.EXTEND),
    "ask": asking(Asked.QUESTION),
    "no": asking(Asked.REFUSE),
    "fix": asking(Asked.CORRECT),
    "gen": propose_draft,
    "calm": calm,
    "op": give_opinion,
    "unlink": unlink,
    "kept": promise_kept,
    "pass": approve,
    "back": send_back,
    "extok": consenting(True),
    "extno": consenting(False),
    "pub": entry(True),
    "drop": entry(False),
    "list": turn_page,
}
