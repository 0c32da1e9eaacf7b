"""An installation in a folder: its settings, and the services of a server on a test's register."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app import clock as clocks
from app import settings as settings_
from app.settings import Settings
from app.wiring import Services, build
from cases.register.store import Store
from tests.builders import TEST_KEY, a_store


def settings_of(folder: Path, **more: str) -> Settings:
    """Return settings by which everything lies in `folder`; `more` by their variables' names, without the prefix."""
    url = f"sqlite:///{folder / 'huiyin.db'}"
    given = {"DATABASE_URL": url, "SECRET_KEY": TEST_KEY.decode(), "SEMANTIC": "off", **more}
    return settings_.read({f"HUIYIN_{name}": value for name, value in given.items()}, folder / "no-env-file")


def services_in(
    folder: Path, store: Store | None = None, *, clock: Callable[[], datetime] = clocks.now, **more: str
) -> Services:
    """Return the services of `folder`, on a register that a test holds or a fresh one."""
    store = store or a_store(folder / "huiyin.db")
    return build(settings_of(folder, **more), clock=clock, var=folder / "var", store=store)
