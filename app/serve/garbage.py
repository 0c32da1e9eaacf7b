"""Python's collector of cycles: it looks at everything there is, and two million words and entries are no garbage.

While a server starts, looking is in vain; once it serves, a look at all of them would hold up every answer for .15 s.
"""

import gc


def rest() -> None:
    """Look for no garbage while much is loaded."""
    gc.disable()


def settle() -> None:
    """What is there now stays: from here on only what came later is looked at. Without effect where none rested."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
