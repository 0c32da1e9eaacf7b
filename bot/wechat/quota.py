"""What the platform's window still takes: five customer-service messages in the 48 hours after a citizen wrote."""

from datetime import datetime, timedelta

from cases.register.readonly import Citizen

WINDOW = timedelta(hours=48)
PER_WINDOW = 5
RESERVED = 2  # messages of a window kept for the answer: notices wait when no more are left


def left_in_window(citizen: Citizen, now: datetime) -> int:
    """Return how many customer-service messages this citizen can still be sent."""
    if citizen.last_message_at is None or now - citizen.last_message_at >= WINDOW:
        return 0
    return max(0, PER_WINDOW - citizen.sent_in_window)
