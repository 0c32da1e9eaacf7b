"""What can go wrong in counting time.

SlaError
├── CalendarError   a holiday file is wrong, or a date lies outside what the calendar knows
├── PolicyError     policy.toml is wrong, or a category has no time limit
└── DeadlineError   a time without its zone, or a limit that is no number of working days
"""


class SlaError(ValueError):
    """One Chinese line that says what is wrong and what to do; `code` is for programs."""

    code = "sla"


class CalendarError(SlaError):
    code = "calendar"


class PolicyError(SlaError):
    code = "policy"


class DeadlineError(SlaError):
    code = "deadline"
