"""Signing in with user name and password: the same words for every wrong try, and growing waits after five.

Source: MLGK 004—2018 §7 (password rules, no automatic sign-in).
"""

import math
import threading
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from cases.register import people
from cases.register.desk import Desk, Workplace, acting
from cases.register.errors import NotAllowed
from cases.register.tables import SignInGuard, Staff

FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)
LONGEST_PASSWORD = 1000
WRONG = "用户名或密码不正确。"
_hashing = threading.BoundedSemaphore(4)  # each check takes 64 MB of memory


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted before the password is looked at, so that many at once gain nothing."""

    key: str
    staff: Staff | None
    wait: timedelta = timedelta()


def sign_in(workplace: Workplace, username: str, password: str) -> Staff:
    """Return the person. Raises: NotAllowed, in the same words whether name, password or account is at fault."""
    attempt = workplace.act(lambda desk: begin(desk, username))
    if attempt.wait:
        minutes = math.ceil(attempt.wait.total_seconds() / 60)
        raise NotAllowed(f"尝试次数过多，请 {minutes} 分钟后再试，或请管理员重设密码。")
    with _hashing:
        fits = len(password) <= LONGEST_PASSWORD and people.password_fits(attempt.staff, password)
    staff = workplace.act(lambda desk: end(desk, attempt, fits))
    if staff is None:
        raise NotAllowed(WRONG)
    return staff


def begin(desk: Desk, username: str) -> Attempt:
    """Count a try for `username`; `wait` is how long it is still locked."""
    name = username.strip()
    key = desk.office.vault.lookup(f"signin\n{name.casefold()}")
    staff = desk.session.exec(select(Staff).where(Staff.username == name)).first() if name else None
    guard = desk.session.get(SignInGuard, key, with_for_update=True)
    if guard is None:
        desk.session.execute(delete(SignInGuard).where(col(SignInGuard.last_at) < desk.now - FORGET_AFTER))
        guard = SignInGuard(key=key, last_at=desk.now)
    elif guard.locked_until is not None and desk.now < guard.locked_until:
        return Attempt(key, None, guard.locked_until - desk.now)
    elif guard.last_at < desk.now - FORGET_AFTER:
        guard.failures = 0
    guard.failures += 1
    guard.last_at = desk.now
    guard.locked_until = desk.now + lock(guard.failures) if guard.failures >= FREE_TRIES else None
    desk.session.add(guard)
    return Attempt(key, staff)


def lock(failures: int) -> timedelta:
    """Return how long a name is locked after `failures` wrong tries: from five on, doubling."""
    return min(FIRST_WAIT * (1 << min(max(0, failures - FREE_TRIES), 10)), LONGEST_WAIT)


def end(desk: Desk, attempt: Attempt, fits: bool) -> Staff | None:
    """Record how the try ended; returns the person if it succeeded."""
    staff = desk.session.get(Staff, attempt.staff.id) if attempt.staff else None
    guard = desk.session.get(SignInGuard, attempt.key)
    if staff is not None and staff.active and fits:
        if guard is not None:
            desk.session.delete(guard)
        desk.actor = acting(staff)
        desk.audit("signin.ok", f"staff:{staff.id}")
        return staff
    failures = guard.failures if guard is not None else 1
    if staff is not None:
        desk.audit("signin.wrong", f"staff:{staff.id}", tries=failures)
    elif failures == FREE_TRIES:
        desk.audit("signin.locked", f"unknown:{attempt.key[:8]}", tries=failures)
    return None
