"""Signing in with user name and password: the same words for every wrong try, and growing waits from the fifth on.

A wait is served, never a refusal: whoever knows the password gets in. Wrong tries are counted by name and by where
they come from, so that guessing from one place slows nobody elsewhere.
Source: MLGK 004—2018 §7 (password rules, no automatic sign-in).
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from cases.register import people, readonly
from cases.register.desk import Desk
from cases.register.tables import SignInGuard, Staff

FIRST_TO_WAIT = 5  # the number of the first try that waits
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=8)
ANYWHERE = 50  # wrong tries for one name from all places, before a new place has to wait at its first
FORGET_AFTER = timedelta(hours=24)
LONGEST_PASSWORD = 1000
WRONG = "用户名或密码不正确。"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted before the password is looked at, so that many at once gain nothing.

    `wait` is to be served before the password is looked at.
    """

    keys: tuple[str, ...]
    staff: Staff | None
    failures: int
    wait: timedelta = timedelta()


def begin(desk: Desk, username: str, origin: str, *, known: bool = False) -> Attempt:
    """Count a try for `username` from `origin`; a `known` place is one from which this person signed in before."""
    name = username.strip()
    of_name = f"signin\n{name.casefold()}"
    keys = (desk.office.vault.lookup(f"{of_name}\n{origin}"), desk.office.vault.lookup(of_name))
    staff = desk.session.exec(select(Staff).where(Staff.username == name)).first() if name else None
    here, anywhere = (_count(desk, key) for key in keys)
    waits = [wait(here), FIRST_WAIT if anywhere > ANYWHERE and not known else timedelta()]
    return Attempt(keys, staff, here, max(waits))


def wait(tries: int) -> timedelta:
    """Return how long the try number `tries` since the last good one waits: from the fifth on, doubling."""
    if tries < FIRST_TO_WAIT:
        return timedelta()
    return min(FIRST_WAIT * (1 << min(tries - FIRST_TO_WAIT, 10)), LONGEST_WAIT)


def end(desk: Desk, attempt: Attempt, fits: bool) -> readonly.Staff | None:
    """Record how the try ended; returns the person if it succeeded."""
    staff = desk.session.get(Staff, attempt.staff.id) if attempt.staff else None
    if staff is not None and staff.active and fits:
        desk.session.execute(delete(SignInGuard).where(col(SignInGuard.key).in_(attempt.keys)))
        desk.seat(staff)
        desk.audit("signin.ok", f"staff:{staff.id}")
        return staff
    tries = attempt.failures
    telling = (
        tries <= FIRST_TO_WAIT or tries & (tries - 1) == 0
    )  # a flood of guesses is no flood of the trail
    if staff is not None and telling:
        desk.audit("signin.wrong", f"staff:{staff.id}", tries=tries)
    elif staff is None and tries == FIRST_TO_WAIT:
        desk.audit("signin.locked", f"unknown:{attempt.keys[0][:8]}", tries=tries)
    return None


def fits(attempt: Attempt, password: str) -> bool:
    """Look at the password: takes its time and 64 MB of memory on purpose."""
    return len(password) <= LONGEST_PASSWORD and people.password_fits(attempt.staff, password)


def _count(desk: Desk, key: str) -> int:
    guard = desk.session.get(SignInGuard, key, with_for_update=True)
    if guard is None:
        desk.session.execute(delete(SignInGuard).where(col(SignInGuard.last_at) < desk.now - FORGET_AFTER))
        guard = SignInGuard(key=key, last_at=desk.now)
    elif guard.last_at < desk.now - FORGET_AFTER:
        guard.failures = 0
    guard.failures += 1
    guard.last_at, guard.locked_until = desk.now, None
    desk.session.add(guard)
    return guard.failures
