"""A post of ours that nobody wrote down: the program was killed between posting it and its record.

Its buttons say what it is. A press on one of them writes the post down, so that a reply to it is understood again.
"""

from bot.handler_chat.incoming.pressed import number
from cases.register import drafts, register
from cases.register.desk import Desk
from cases.register.errors import Refusal
from cases.register.kinds import Posted
from cases.register.permissions import require_sight
from cases.register.readonly import ChatPost, Staff
from cases.sending import chat

# Buttons that stand on a case's card and nowhere else.
_ON_A_CASE = frozenset({"claim", "use", "cat", "to", "menu", "ext", "ask", "no", "fix", "gen", "calm"})
_ON_A_REVIEW = frozenset({"pass", "back"})


def noted(
    desk: Desk, staff: Staff, platform: str, chat_id: str, message_id: str, data: str
) -> ChatPost | None:
    """Write down the post whose button was pressed, and return it; None where the button does not tell.

    A button can be forged: what it names has to be in the sight of who pressed it.
    """
    name, *words = data.split(":")
    try:
        if name in _ON_A_CASE and words:
            case = register.by_id(desk, number(words[0]))
            require_sight(staff, case)
            chat.posted(
                desk,
                platform=platform,
                chat_id=chat_id,
                message_id=message_id,
                kind=Posted.CASE,
                case_id=case.id,
            )
        elif name in _ON_A_REVIEW and len(words) == 2:
            draft = drafts.by_id(desk, number(words[0]))
            require_sight(staff, register.by_id(desk, draft.case_id))
            chat.posted(
                desk, platform=platform, chat_id=chat_id, message_id=message_id, kind=Posted.REVIEW,
                case_id=draft.case_id, draft_id=draft.id, round=number(words[1]),
            )  # fmt: skip
        else:
            return None
    except Refusal:
        return None
    return chat.post_at(desk, platform, chat_id, message_id)
