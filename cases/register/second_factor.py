"""The second factor at the console's door: a code of thirty seconds, counted once, and ten codes for a lost telephone.

Source: RFC 6238 (TOTP), RFC 4226 §5.3 (truncation); MLGK 004—2018 §7 (account security).
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from sqlalchemy import delete, update
from sqlmodel import col

from cases.register import people
from cases.register.desk import Desk
from cases.register.errors import Invalid
from cases.register.permissions import ADMIN, SUPERVISOR, holds
from cases.register.readonly import Staff
from cases.register.rows import hits, id_of
from cases.register.tables import SecondFactor, SignInGuard

STEP, DIGITS, AROUND = 30, 6, 1  # seconds; figures; how many steps a telephone's clock may be off
RECOVERY_CODES = 10
FREE_TRIES = 5
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else
WRONG = "验证码不正确、已经用过或已过期，请等手机显示下一个后再输入。"


def needed(staff: Staff, required: bool) -> bool:
    """Tell whether this person must have a second factor."""
    return required and (holds(staff, SUPERVISOR) or holds(staff, ADMIN))


def of(desk: Desk, staff: Staff) -> SecondFactor | None:
    return desk.session.get(SecondFactor, staff.id)


def active(desk: Desk, staff: Staff) -> bool:
    factor = of(desk, staff)
    return factor is not None and factor.confirmed_at is not None


def offer(desk: Desk, staff: Staff) -> str:
    """Return the `otpauth://` address of a secret that becomes the person's by its first right code."""
    factor = of(desk, staff)
    if factor is None or factor.confirmed_at is not None:
        factor = factor or SecondFactor(staff_id=id_of(staff))
        factor.secret_sealed = desk.office.vault.seal(base64.b32encode(secrets.token_bytes(20)).decode())
        factor.confirmed_at, factor.last_step, factor.recovery_sealed = None, 0, b""
        desk.session.add(factor)
    return address(staff, desk.office.vault.open(factor.secret_sealed))


def address(staff: Staff, secret: str) -> str:
    label = quote(f"回音:{staff.username or staff.name}")
    how = {"secret": secret, "issuer": "回音", "algorithm": "SHA1", "digits": DIGITS, "period": STEP}
    return f"otpauth://totp/{label}?{urlencode(how)}"


def confirm(desk: Desk, staff: Staff, code: str, now: datetime) -> list[str]:
    """Take the first code of an offered secret; returns the recovery codes, shown only now. Raises: Invalid."""
    factor = of(desk, staff)
    if factor is None or factor.confirmed_at is not None or not _counts(desk, factor, code, now):
        raise Invalid(WRONG)
    factor.confirmed_at = desk.now
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in "12")
        for _ in range(RECOVERY_CODES)
    ]
    factor.recovery_sealed = desk.office.vault.seal(json.dumps(codes))
    desk.session.add(factor)
    desk.seat(staff)
    desk.audit("signin.factor_on", f"staff:{staff.id}")
    return codes


def passes(desk: Desk, staff: Staff, code: str, now: datetime) -> bool:
    """Tell whether the code is this person's now, and use it up: a code of the telephone, or a recovery code."""
    factor = of(desk, staff)
    if factor is None or factor.confirmed_at is None:
        return False
    desk.session.refresh(factor, with_for_update=True)
    right = _counts(desk, factor, code, now) or _recovers(desk, staff, factor, code)
    if right:
        desk.session.execute(delete(SignInGuard).where(col(SignInGuard.key) == _guard(desk, staff)))
    return right


def wait(desk: Desk, staff: Staff) -> timedelta:
    """Count a try and return how long it waits: codes are few, so that guessing must be slow."""
    key = _guard(desk, staff)
    guard = desk.session.get(SignInGuard, key, with_for_update=True) or SignInGuard(key=key, last_at=desk.now)
    guard.failures += 1
    guard.last_at = desk.now
    desk.session.add(guard)
    over = guard.failures - FREE_TRIES
    return timedelta(seconds=min(8, 1 << min(over, 3))) if over >= 0 else timedelta()


def off(desk: Desk, staff: Staff) -> None:
    """Take the second factor away."""
    desk.session.execute(delete(SecondFactor).where(col(SecondFactor.staff_id) == staff.id))
    desk.audit("signin.factor_off", f"staff:{staff.id}")


def reset(desk: Desk, staff: Staff) -> None:
    """The telephone is lost: no second factor until the person sets one up, and no session that began with the old."""
    off(desk, staff)
    people.end_sessions(desk, id_of(staff))


def left(desk: Desk, staff: Staff) -> int:
    """Return how many recovery codes are left."""
    factor = of(desk, staff)
    return len(_recovery(desk, factor)) if factor is not None else 0


def code_at(secret: str, step: int) -> str:
    """Return the code of a secret (base 32) for a step of thirty seconds."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def _counts(desk: Desk, factor: SecondFactor, code: str, now: datetime) -> bool:
    """Tell whether the code is one of these moments, later than the last that counted; it counts from now."""
    code = "".join(code.split())
    secret = desk.office.vault.open(factor.secret_sealed)
    middle = int(now.timestamp()) // STEP
    for step in range(middle - AROUND, middle + AROUND + 1):
        if step > factor.last_step and hmac.compare_digest(
            code_at(secret, step).encode(), code.encode("utf-8", "replace")
        ):
            later = col(SecondFactor.last_step) < step
            mine = col(SecondFactor.staff_id) == factor.staff_id
            found = hits(desk.session, update(SecondFactor).where(mine, later).values(last_step=step))
            return found == 1
    return False


def _recovers(desk: Desk, staff: Staff, factor: SecondFactor, code: str) -> bool:
    kept, given = _recovery(desk, factor), code.strip().lower()
    if given not in kept:
        return False
    factor.recovery_sealed = desk.office.vault.seal(json.dumps([one for one in kept if one != given]))
    desk.session.add(factor)
    desk.audit("signin.recovery", f"staff:{staff.id}", left=len(kept) - 1)
    return True


def _recovery(desk: Desk, factor: SecondFactor) -> list[str]:
    if not factor.recovery_sealed:
        return []
    return [str(code) for code in json.loads(desk.office.vault.open(factor.recovery_sealed))]


def _guard(desk: Desk, staff: Staff) -> str:
    return desk.office.vault.lookup(f"second factor\n{staff.id}")
