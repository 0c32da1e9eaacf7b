"""The machine's clock is 21 minutes slow while citizens write: what is refused, what is said, and what is kept.

`python -m tests.faults.clock_wrong`: the real program on both databases; two minutes each.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.fakes import postgres as postgres_server
from tests.fakes import wechat
from tests.flow.program import AES_KEY, APP_ID, SUPERVISORS, TOKEN, Office, office, until

OFF, EVERY, LETTERS = timedelta(minutes=21), 8.0, 12


def write(here: Office, n: int, off: timedelta) -> int:
    at = datetime.now(UTC) + off
    here.wechat.wrote(f"citizen-{n}")
    words = f"第{n}封：路灯坏了两个月没人修"
    xml = wechat.push_xml(f"citizen-{n}", "text", at, Content=words, MsgId=str(9000 + n))
    signed = wechat.encrypted(TOKEN, AES_KEY, APP_ID, xml, at)
    url = f"{here.program.address}/wechat"
    return httpx.post(url, params=signed.query, content=signed.body, timeout=10).status_code


def run(name: str, **settings: str) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        office(Path(folder), AUTO_ANSWER="false", SEMANTIC="off", **settings) as here,
    ):
        here.program.start()
        assert write(here, 0, timedelta()) == 200
        codes, began = [], time.monotonic()
        for n in range(1, LETTERS + 1):
            codes.append(write(here, n, OFF))
            time.sleep(max(0.0, began + n * EVERY - time.monotonic()))
        told = until(lambda: here.telegram.in_chat(SUPERVISORS, "【时钟】"))
        page = httpx.get(f"{here.program.address}/metrics", timeout=20).text
        gauge = next(line for line in page.splitlines() if line.startswith("huiyin_clock_off_seconds"))
        doctor = here.program.plain("doctor").stdout
        said = next((line for line in doctor.splitlines() if "时钟" in line), "nothing")
        replayed = write(here, LETTERS + 1, timedelta(minutes=-40))
        cases = len(here.program.cases())
        assert write(here, LETTERS + 2, timedelta()) == 200
        after = httpx.get(f"{here.program.address}/metrics", timeout=20).text
        sys.stdout.write(
            f"{name}: {codes}; told {len(told)} time(s): {told[0].text[:60]}\n  {gauge}; doctor: {said.strip()}\n"
            f"  a push of 40 minutes ago: {replayed}; {cases} cases of {1 + codes.count(200)} taken\n"
            f"  clock set right: {'huiyin_clock_off_seconds 0.0' in after}\n"
        )


def main() -> None:
    run("sqlite")
    with ExitStack() as ends:
        server = postgres_server.start()
        ends.callback(server.stop)
        run("postgresql", DATABASE_URL=server.new_database())


if __name__ == "__main__":
    main()
