"""Accounts as lists and pages show them."""

from typing import Any

from cases.register.desk import Desk
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.accounts import register


def account_line(desk: Desk, account: MediaAccount) -> dict[str, Any]:
    """Return an account with its events; `filing_due_on` is the earliest filing that is still to be handed in."""
    events = [_event_line(desk, event) for event in register.events(desk, account)]
    waiting = [event for event in events if event["filed_on"] is None]
    first = min(waiting, key=lambda event: event["filing_due_on"]) if waiting else None
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "unit": account.unit,
        "standard": account.standard,
        "state": account.state,
        "opened_on": account.opened_on,
        "filing_due_on": first["filing_due_on"] if first else None,
        "provisional": bool(first and first["provisional"]),
        "overdue": any(event["overdue"] for event in waiting),
        "missing": register.missing(account),
        "fields": account.fields,
        "reason": account.reason,
        "events": events,
    }


def listed(desk: Desk) -> list[dict[str, Any]]:
    return [account_line(desk, account) for account in register.listed(desk)]


def _event_line(desk: Desk, event: AccountEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "on": event.on,
        "what": event.what,
        "notice_from": event.notice_from,
        "notice_to": event.notice_to,
        "filing_due_on": event.filing_due_on,
        "provisional": event.provisional,
        "filed_on": event.filed_on,
        "overdue": event.filed_on is None and desk.today > event.filing_due_on,
        "by": event.by,
    }
