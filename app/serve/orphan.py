"""A worker process whose parent is gone ends at once: nobody would ever stop it, and it holds the port."""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Watch the parent from a thread. Everything that matters is on disk, so no farewell is needed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
