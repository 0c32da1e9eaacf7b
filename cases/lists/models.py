"""The models that the office has trained, and which of them is in use."""

from datetime import datetime

from sqlmodel import col, select

from cases.register import memo
from cases.register.desk import Desk
from cases.register.tables import TrainedModel

IN_USE = "model_version"


def trained(desk: Desk) -> list[tuple[str, datetime]]:
    """Return (version, made at), newest first."""
    query = select(TrainedModel.version, TrainedModel.made_at).order_by(col(TrainedModel.made_at).desc())
    return list(desk.session.exec(query).all())


def in_use(desk: Desk) -> str:
    """Return the version that judges; empty: the built-in one."""
    return memo.read(desk, IN_USE)
