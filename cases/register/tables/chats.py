"""What stands in the handler chats, and what they asked."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, text_column, time_column
from cases.register.kinds import Asked, Posted


class ChatPost(SQLModel, table=True):
    """A message of ours in a handler chat: which case, draft or question it stands for."""

    __tablename__ = "chat_post"
    __table_args__ = (UniqueConstraint("platform", "chat_id", "message_id"), one_of("kind", Posted))
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat_id: str
    message_id: str
    kind: str
    case_id: int | None = Field(default=None, index=True)
    draft_id: int | None = Field(default=None, index=True)
    round: int = 0
    ask_id: int | None = None
    ref: str = ""  # the entry of a candidate, the extension asked for, or how a card came to stand here
    shown: str = ""  # names what the post shows, so that nothing is edited in vain
    live: bool = True
    posted_at: datetime = time_column()


class ChangeableCard(SQLModel, table=True):
    """A card that its platform lets us change by code: what it shows, that nothing is changed in vain."""

    __tablename__ = "changeable_card"
    card: str = Field(primary_key=True)
    shown: str = ""
    at: datetime = time_column()  # of its newest code


class CardCode(SQLModel, table=True):
    """A code that changes a card once."""

    __tablename__ = "card_code"
    id: int | None = Field(default=None, primary_key=True)
    card: str = Field(foreign_key="changeable_card.card", index=True)
    code: str = text_column()
    at: datetime = time_column()


class Ask(SQLModel, table=True):
    """A question that the chat put to a member of staff and that awaits a reply."""

    __table_args__ = (one_of("action", Asked),)
    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    action: str
    case_id: int | None = Field(default=None, index=True)
    draft_id: int | None = None
    round: int = 0
    detail: str = text_column()
    open: bool = True
    asked_at: datetime = time_column()


class ChatUpdate(SQLModel, table=True):
    """An update of the chat platform, acted on once."""

    __tablename__ = "chat_update"
    key: str = Field(primary_key=True)
    at: datetime = time_column(index=True)
