"""Articles whose comments are polled."""

import re

from sqlmodel import col, select

from cases.register import readonly
from cases.register.desk import Desk
from cases.register.errors import Malformed
from cases.register.kinds import FoundBy
from cases.register.tables import Article


def add(
    desk: Desk, account: str, msg_data_id: str, idx: int = 0, title: str = "", source: str = FoundBy.ADDED
) -> readonly.Article:
    """Add an article, or return the one that is there. Raises: Invalid for an id that is no number."""
    if not re.fullmatch(r"[0-9]{1,40}", msg_data_id.strip()):
        raise Malformed(f"msg_data_id「{msg_data_id[:30]}」应为数字。")
    query = select(Article).where(
        Article.account == account, Article.msg_data_id == msg_data_id.strip(), Article.idx == idx
    )
    found = desk.session.exec(query).first()
    if found is not None:
        return found
    row = Article(
        account=account,
        msg_data_id=msg_data_id.strip(),
        idx=idx,
        title=title,
        source=source,
        added_at=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()
    desk.audit("article.add", f"article:{row.id}", msg_data_id=row.msg_data_id, index=idx, source=source)
    return row


def listed(desk: Desk) -> list[readonly.Article]:
    return list(desk.session.exec(select(Article).order_by(col(Article.id))).all())
