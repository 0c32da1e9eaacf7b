"""The real server, born from a parent that has loaded everything: a kill costs a fork, not five seconds of loading.

`python -m tests.faults.nursery`: each port on standard input starts a server there and prints its process number.
The parent opens no database and no socket, so nothing of a child outlives it.
"""

import os
import signal
import sys
import traceback


def main() -> None:
    from app import log
    from app import settings as settings_
    from app.serve import server
    from bot.handler_chat.telegram import chat  # noqa: F401 - loaded once, for every child
    from classifier.triage import built_in
    from knowledge_base.verifier.shipped import built_in_verifier

    built_in(False).triage("暖机")
    built_in_verifier()
    settings = settings_.read()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # killed children leave nothing behind
    for port in sys.stdin:
        child = os.fork()
        if child:
            sys.stdout.write(f"{child}\n")
            sys.stdout.flush()
            continue
        try:
            listening = server.listen("127.0.0.1", int(port))
            log.set_up(server.secrets_of(settings))
            server.run(server.create(settings), listening)
        except BaseException:  # a child that went on would read its parent's orders and be a second parent
            traceback.print_exc()
        finally:
            os._exit(0)


if __name__ == "__main__":
    main()
