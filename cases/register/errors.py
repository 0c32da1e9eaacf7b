"""What can go wrong in a step, said in the person's own words.

Refusal                 the step was not done; `str()` is the Chinese line for the person
├── NotFound            no such case, draft, entry, department or person
├── NotAllowed          the person lacks the role, or wrote the text under review
├── Stale               somebody was faster, or the card is an old one
└── Invalid             what was typed cannot be used
    └── Malformed       it is no value of its kind (no date, no number, none of the choices), whatever the register holds
"""


class Refusal(Exception):
    """A step that was not done. Nothing was changed."""

    code = "refused"

    def __init__(self, said: str = "", field: str = "", options: str = "") -> None:
        """`field`: the name of the field that is at fault, where it is one. `options`: what the command line calls it,
        which no page and no chat has to read.
        """
        super().__init__(said)
        self.field, self.options = field, options


class NotFound(Refusal):
    code = "not_found"


class NotAllowed(Refusal):
    code = "not_allowed"


class Stale(Refusal):
    code = "stale"


class Invalid(Refusal):
    code = "invalid"


class Malformed(Invalid):
    """At the command line that is wrong usage, as for every option whose value cannot be read."""
