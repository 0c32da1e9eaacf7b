"""What a press answers, in a chat where a pressed button shows nothing by itself: a message, a second card, a list."""

from bot.handler_chat.incoming.pressed import Pressed, Reaction
from cases.register.desk import Desk
from cases.register.kinds import Job, Lane, Posted
from cases.register.rows import id_of
from cases.sending import announce, chat, outbox, payloads


def told(desk: Desk, pressed: Pressed, key: str, answer: Reaction) -> None:
    """Have the answer sent to the person who pressed; a card of choices has then served its turn."""
    post = pressed.post
    if post is not None and post.kind == Posted.CHOICES and not answer.alert:
        chat.over(desk, post)
    if answer.buttons is not None:
        buttons = tuple((button.label, button.data) for row in answer.buttons for button in row)
        case_id = int(buttons[0][1].split(":")[1])
        choices = payloads.Choices(buttons, case_id, f"chat:{pressed.place}", answer.text)
        _put(desk, pressed, key, Job.CHOICES, choices)
    elif answer.card is not None:
        kind, page = answer.page
        listed = payloads.List(kind, id_of(pressed.staff), f"chat:{pressed.place}", page)
        _put(desk, pressed, key, Job.LIST, listed)
    elif answer.text and not answer.asked:
        target = f"chat:{pressed.place}"
        announce.tell(desk, target, answer.text, key=f"say:{key}", priority=outbox.PEOPLE)


def _put(desk: Desk, pressed: Pressed, key: str, kind: str, payload: payloads.Payload) -> None:
    target = f"chat:{pressed.place}"
    outbox.put(
        desk,
        key=f"{kind}:{key}",
        lane=Lane.CHAT,
        target=target,
        kind=kind,
        now=desk.now,
        priority=outbox.PEOPLE,
        payload=payload,
    )
