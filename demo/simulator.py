"""The demo: both platforms played in the same process, reached over HTTP like the real ones.

Mounted under /demo on the very application that `serve` runs; nothing of the office's own way is short-cut.
"""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from cases.register import articles
from cases.register.desk import Desk, Workplace
from demo import fake_wechat, model, page_api, phone_history, website
from demo.citizen_push import Postman, PushKeys
from demo.fake_telegram import FakeTelegram
from demo.page_api import Chat, Clock, Theatre
from demo.phones import ARTICLE_ID, ARTICLE_TITLE, Phones, WeChatWithPhones, seed_comments
from demo.sample_data import files
from demo.stage import Stage

# Made up: they open nothing but the simulator of this process.
APP_ID, APP_SECRET = "wx00huiyindemo000", "demo-app-secret-of-the-simulator"
WECHAT = PushKeys(APP_ID, "demoToken2026", "huiyin0demo0simulator0of0the0platforms00000")
BOT_TOKEN = "100000001:demo-bot-token-of-the-simulator"  # noqa: S105
HANDLERS = Chat("handlers", "-1001000000001", "承办工作群")
SUPERVISORS = Chat("supervisors", "-1001000000002", "督办群")


def settings(port: int, var: Path) -> dict[str, str]:
    """Return the HUIYIN_ variables with which the server talks to the simulator at `port`."""
    base = f"http://127.0.0.1:{port}/demo"
    return {
        "HUIYIN_DATABASE_URL": f"sqlite:///{var / 'huiyin.db'}",
        "HUIYIN_WECHAT_APP_ID": WECHAT.app_id,
        "HUIYIN_WECHAT_APP_SECRET": APP_SECRET,
        "HUIYIN_WECHAT_TOKEN": WECHAT.token,
        "HUIYIN_WECHAT_AES_KEY": WECHAT.aes_key,
        "HUIYIN_WECHAT_API_BASE": f"{base}/wechat-api",
        "HUIYIN_WECHAT_COMMENT_POLL_SECONDS": "2",
        "HUIYIN_TELEGRAM_BOT_TOKEN": BOT_TOKEN,
        "HUIYIN_TELEGRAM_API_BASE": f"{base}/telegram-api",
        "HUIYIN_TELEGRAM_GROUP_PER_MINUTE": "0",
        "HUIYIN_HANDLER_CHAT_ID": HANDLERS.chat_id,
        "HUIYIN_SUPERVISOR_CHAT_ID": SUPERVISORS.chat_id,
        "HUIYIN_MERGE_WINDOW_SECONDS": "60",
        "HUIYIN_SWEEP_SECONDS": "5",
        "HUIYIN_LLM_BASE_URL": f"{base}/model",
        "HUIYIN_LLM_MODEL": model.NAME,
    }


def mount(
    app: FastAPI,
    workplace: Workplace,
    clock: Clock,
    sweep: Callable[[], Awaitable[object] | object],
    port: int,
    var: Path,
    begin_anew: Callable[[], None],
) -> Callable[[], None]:
    """Put the simulator on `app`; the sample data must be loaded before. `sweep` runs after a jump of the clock,
    `begin_anew` when a visitor wants the demo as it was.

    Returns what is to be called first when the server stops: it ends the pages' streams and the long poll.
    """
    stage = Stage(var / "simulator.db")
    platform = WeChatWithPhones(stage, clock, APP_ID, APP_SECRET)
    postman = Postman(f"http://127.0.0.1:{port}/wechat", WECHAT, clock)
    people = {int(member.telegram_id): member.name for member in files.staff()}
    telegram = FakeTelegram(stage, BOT_TOKEN, clock, people, first_update=int(time.time() * 100))
    theatre = Theatre(
        stage, telegram, platform, Phones(stage, platform, postman), workplace, clock, sweep,
        (HANDLERS, SUPERVISORS), begin_anew,
    )  # fmt: skip
    _prepare(theatre)
    app.include_router(page_api.router(theatre))
    app.include_router(telegram.router(), prefix="/demo/telegram-api")
    app.include_router(model.router(), prefix="/demo/model")
    app.include_router(
        website.router(port, website.new_key(workplace), workplace.office.vault.derived("demo site"))
    )
    app.mount("/demo/wechat-api", fake_wechat.app(platform))
    app.router.routes = [route for route in app.router.routes if getattr(route, "path", "") != "/"]
    app.add_api_route("/", lambda: RedirectResponse("/demo/"), methods=["GET"])

    def end() -> None:
        stage.end()
        telegram.end()

    return end


def _prepare(theatre: Theatre) -> None:
    """Bring phones and platform to where the register says that things stand."""
    phone_history.draw(theatre.stage, theatre.workplace.look(phone_history.bubbles))
    theatre.workplace.look(lambda desk: phone_history.windows(desk, theatre.platform))
    seed_comments(theatre.platform, theatre.stage)
    theatre.workplace.act(_article)
    page_api.show_clock(theatre)


def _article(desk: Desk) -> None:
    known = {row.msg_data_id for row in articles.listed(desk)}
    if ARTICLE_ID not in known:
        articles.add(desk, APP_ID, ARTICLE_ID, 0, ARTICLE_TITLE)
