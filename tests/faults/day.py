"""A day of the office in minutes: the whole server in this process, its clock driven, its memory noted each hour.

`python -m tests.faults.day HOURS FOLDER` writes `memory.svg` and `memory.json` into the folder.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

MINUTES = 60
LETTERS = (0.2,) * 7 + (1.5,) * 11 + (0.6,) * 6  # a minute, by the hour of the day
MATTERS = (
    "路灯坏了两个月没人修",
    "小区门口的井盖破了",
    "请问居住证怎么办理",
    "公交站牌歪了",
    "表扬窗口的同志",
)
BEGIN = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # midnight in Shanghai


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


def resident() -> float:
    """Return the memory of this process in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


async def live(hours: int) -> list[dict[str, float]]:
    """Let the server live so many hours; returns what was noted at the end of each."""
    from app import log
    from app import settings as settings_
    from app.serve import server
    from app.serve.doors import build_doors
    from app.wiring import build
    from demo.fake_wechat import FakeWeChat
    from tests.fakes import wechat
    from tests.flow.program import AES_KEY, APP_ID, TOKEN

    clock, chance = Clock(), random.Random(1)
    platform = FakeWeChat(clock, app_id=APP_ID, secret="app-secret")
    noted: list[dict[str, float]] = []
    with wechat.serving_fake(platform) as address:
        os.environ.update(
            HUIYIN_WECHAT_APP_ID=APP_ID, HUIYIN_WECHAT_APP_SECRET="app-secret", HUIYIN_WECHAT_TOKEN=TOKEN,
            HUIYIN_WECHAT_AES_KEY=AES_KEY, HUIYIN_WECHAT_API_BASE=address, HUIYIN_SEMANTIC="off",
            HUIYIN_SWEEP_SECONDS="0.5", HUIYIN_WECHAT_COMMENT_POLL_SECONDS="0",
        )  # fmt: skip
        settings = settings_.read()
        log.set_up(server.secrets_of(settings))
        services = build(settings, clock=clock)
        doors = build_doors(services)
        app = server.assemble(services, doors)
        staff = services.workplace.act(_staff)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")
        async with server.running(services, doors):
            for minute in range(hours * MINUTES):
                clock.now += timedelta(minutes=1)
                for _ in range(_letters(chance, LETTERS[minute // MINUTES % 24])):
                    openid = f"citizen-{chance.randrange(400)}"
                    platform.wrote(openid)
                    xml = wechat.push_xml(
                        openid,
                        "text",
                        clock.now,
                        Content=chance.choice(MATTERS),
                        MsgId=str(chance.getrandbits(60)),
                    )
                    signed = wechat.encrypted(TOKEN, AES_KEY, APP_ID, xml, clock.now)
                    answer = await client.post("/wechat", params=signed.query, content=signed.body)
                    assert answer.status_code == 200, answer.text
                if minute % 3 == 0:
                    await services.workplace.act_async(lambda desk: _answer_one(desk, staff))
                if minute % 10 == 0:
                    for path in ("/metrics", "/readyz", "/console/signin"):
                        answer = await client.get(path)
                        assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
                if minute % MINUTES == MINUTES - 1:
                    platform.calls.clear()
                    platform.inbox.clear()
                    noted.append({"hour": minute // MINUTES + 1, "mib": round(resident(), 1)})
                    sys.stdout.write(f"hour {noted[-1]['hour']}: {noted[-1]['mib']} MiB\n")
                    sys.stdout.flush()
                await asyncio.sleep(0.02)
        await client.aclose()
    return noted


def _letters(chance: random.Random, rate: float) -> int:
    return int(rate) + (chance.random() < rate % 1)


def _staff(desk):  # type: ignore[no-untyped-def]
    from cases.register import people

    return (
        people.add_staff(desk, people.NewStaff("王芳", "handler")).id,
        people.add_staff(desk, people.NewStaff("孙局", "supervisor")).id,
    )


def _answer_one(desk, staff) -> None:  # type: ignore[no-untyped-def]
    from sqlmodel import col, select

    from cases.register.tables import Case, Staff
    from cases.steps import assign, draft, review

    case = desk.session.exec(select(Case).where(Case.status == "new").order_by(col(Case.id))).first()
    if case is not None:
        writer, chief = (desk.session.get(Staff, each) for each in staff)
        assign.claim(desk, writer, case)
        made = draft.submit(desk, writer, case, f"您好，所反映的事项（{case.no}）已办理。")
        review.approve(desk, chief, made, made.round)


def plot(noted: list[dict[str, float]], folder: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3))
    axes.plot([row["hour"] for row in noted], [row["mib"] for row in noted], marker=".")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("simulated hour")
    axes.set_ylabel("resident memory, MiB")
    figure.tight_layout()
    figure.savefig(folder / "memory.svg")
    (folder / "memory.json").write_text(json.dumps(noted))


def flat(noted: list[dict[str, float]]) -> bool:
    """Tell whether the last quarter needs no more than a tenth above the second: the first loads what it needs."""
    quarter = max(1, len(noted) // 4)
    early = max(row["mib"] for row in noted[quarter : 2 * quarter] or noted)
    return max(row["mib"] for row in noted[-quarter:]) <= early * 1.1


def main() -> None:
    hours, folder = int(sys.argv[1]), Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        noted = asyncio.run(live(hours))
        os.chdir(folder)
    plot(noted, folder)
    sys.stdout.write(f"{hours} simulated hours in {time.monotonic() - began:.0f} s, flat: {flat(noted)}\n")
    sys.exit(not flat(noted))


if __name__ == "__main__":
    main()
