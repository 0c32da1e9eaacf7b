"""Articles of the accounts and the comments under them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cases.register.columns import one_of, text_column, time_column
from cases.register.kinds import FoundBy
from cases.register.states import CommentState


class Article(SQLModel, table=True):
    """An article whose comments are polled, and how far."""

    __table_args__ = (UniqueConstraint("account", "msg_data_id", "idx"), one_of("source", FoundBy))
    id: int | None = Field(default=None, primary_key=True)
    account: str = ""
    msg_data_id: str
    idx: int = 0
    source: str = FoundBy.ADDED
    title: str = text_column()
    added_at: datetime = time_column()
    polled_at: datetime | None = time_column(nullable=True)
    high_water: int = 0  # comments listed at the last full reading


class Comment(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("article_id", "user_comment_id"), one_of("state", CommentState))
    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    user_comment_id: str
    case_id: int | None = Field(default=None, index=True)
    message_id: int | None = None
    state: str = CommentState.OPEN
    seen_at: datetime = time_column()
