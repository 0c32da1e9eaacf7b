"""One of several client processes of one source, which may be killed at any moment: files its letters, or fetches answers.

argv: address key folder send FIRST LAST, or address key folder collect. Writes down what it was told in `folder`:
`sent-FIRST` (id, number) and `got` (cursor, number).
"""

import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "examples"))
from huiyin_client import Client

SENT, GOT, CURSOR = "sent-{}", "got", "cursor"


def lines(file: Path) -> list[list[str]]:
    """Return what was written down; a line that a kill cut off does not count."""
    whole = file.read_text() if file.exists() else ""
    return [line.split() for line in whole[: whole.rfind("\n") + 1].splitlines()]


def write_down(file: Path, *words: str) -> None:
    with file.open("a") as out:
        out.write(" ".join(words) + "\n")


def send(client: Client, folder: Path, first: int, last: int) -> None:
    sent = folder / SENT.format(first)
    for number in range(first + len(lines(sent)), last):
        text = f"投诉：第{number}号楼的水管坏了，没有人来修。"
        write_down(sent, f"letter-{number}", client.send(f"letter-{number}", f"user-{number}", text)["no"])


def collect(client: Client, folder: Path) -> None:
    got = folder / GOT
    seen = {cursor for cursor, _ in lines(got)}  # a killed client is given its last page again

    def deal_with(answer: dict[str, Any]) -> None:
        if answer["cursor"] not in seen:
            write_down(got, answer["cursor"], answer["no"])
            seen.add(answer["cursor"])

    while True:
        if not client.collect(folder / CURSOR, deal_with):
            time.sleep(0.2)


def main() -> None:
    address, key, folder, what, *more = sys.argv[1:]
    client = Client(address, key)
    if what == "send":
        send(client, Path(folder), int(more[0]), int(more[1]))
    else:
        collect(client, Path(folder))


if __name__ == "__main__":
    main()
