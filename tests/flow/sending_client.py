"""One of several client processes: files its letters, writes down what it was told, fetches answers; may be killed.

argv: address key first last folder. Writes `sent` (id, number) and, given a folder `answers`, what it fetched.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy" / "examples"))
from huiyin_client import Client


def main() -> None:
    address, key, first, last, folder = sys.argv[1:]
    client, sent = Client(address, key), Path(folder) / f"sent-{first}"
    done = len(sent.read_text().splitlines()) if sent.exists() else 0
    for number in range(int(first) + done, int(last)):
        no = client.send(
            f"letter-{number}", f"user-{number}", f"投诉：第{number}号楼的水管坏了，没有人来修。"
        )["no"]
        with sent.open("a") as out:
            out.write(f"letter-{number} {no}\n")


if __name__ == "__main__":
    main()
