"""The HTTP server: doors, console and health in one process; N processes share a port and one register."""

import asyncio
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from uvicorn.supervisors import Multiprocess

from app import clock, log
from app import settings as settings_
from app.accounts import accounts
from app.keep import anchors
from app.serve import garbage, hot, metrics, orphan, timers
from app.serve.ahead import Application
from app.serve.doors import Doors, build_doors
from app.serve.patience import Patience, open_files
from app.serve.request_ids import RequestIds
from app.serve.shelf import KeptVersions
from app.settings import BadSetting, Settings
from app.wiring import Services, build, open_store
from cases.register import db_errors
from cases.register.kinds import Lane
from cases.sending import outbox
from console import pages
from console.door import Facts
from text import system_errors

logger = structlog.get_logger()
KEEP_SECONDS = 60.0
HOTSPOT_SECONDS, ANCHOR_SECONDS, RETAIN_SECONDS, STAMP_SECONDS = 3600.0, 60.0, 1800.0, 300.0
WORKERS = 16  # threads for deliveries, timers and the handler chat
LEAST_ROOM = 16 << 20  # bytes below which nothing is sure to be kept
PATIENCE = 60  # seconds that a worker may be silent, for it loads models at first
_LARGEST_BODY = 32 << 20  # console uploads; the doors have tighter limits of their own


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted. Raises: BadSetting with one line if the address or the database cannot be used."""
    listening = listen(host, port)
    log.set_up(secrets_of(settings), settings.log_format)
    store = open_store(settings)
    build(settings, store=store).store.close()
    say_what_is_off(settings)
    sys.stderr.write(f"回音已启动：http://{host}:{port}/console/\n")
    if workers == 1:
        run(create(settings), listening)
        return
    config = uvicorn.Config(
        "app.serve.server:from_environment",
        factory=True,
        workers=workers,
        timeout_worker_healthcheck=PATIENCE,
        loop="app.serve.sharing:Loop",
        **_options(),
    )
    with metrics.shared():
        Multiprocess(config, sockets=[listening]).run()


def run(app: FastAPI, listening: socket.socket, before_stop: Callable[[], None] = lambda: None) -> None:
    """Serve until interrupted; `before_stop` ends what would keep connections open."""

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            before_stop()
            await super().shutdown(sockets)

    server = Server(uvicorn.Config(app, **_options()))
    app.state.stop = lambda: setattr(server, "should_exit", True)
    server.run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Bind the address. Raises: BadSetting in one line if it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise BadSetting(
            f"端口 {host}:{port} 不能使用（{system_errors.in_chinese(error)}），请用 --port 换一个。"
        ) from None
    listening.set_inheritable(True)
    return listening


def from_environment() -> FastAPI:
    """The application of one of several worker processes."""
    garbage.rest()
    orphan.end_with_parent()
    settings = settings_.read()
    log.set_up(secrets_of(settings), settings.log_format)
    return create(settings)


def create(settings: Settings) -> FastAPI:
    """Build the whole application from settings."""
    services = build(settings)
    return assemble(services, build_doors(services))


def assemble(services: Services, doors: Doors) -> FastAPI:
    """Put the doors, the console and the health pages on one application."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with running(services, doors):
            yield

    app = Application(
        doors.ahead, title="回音", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.add_middleware(RequestIds)
    app.state.ready = False
    app.state.services = services
    _health(app, services)
    for router in doors.routers:
        app.include_router(router)
    for path, mounted in doors.mounts.items():
        app.mount(path, mounted)
    app.include_router(
        pages.router(
            services.workplace,
            services.live.knowledge.search,
            services.var,
            media=services.media,
            clock=clock.now,
            idle=timedelta(minutes=services.settings.session_idle_minutes),
            facts=_facts(services.settings),
            model=doors.model,
            shelf=KeptVersions(services),
        )
    )
    return app


def _facts(settings: Settings) -> Facts:
    served = tuple(
        (
            a.app_id,
            a.name,
            "加密" if a.aes_key else "明文",
            "是" if a.customer_messages else "否",
            "、".join(a.departments),
        )
        for a in accounts(settings)
    )
    return Facts(settings.console_totp == "required", settings.shown(), served)


@asynccontextmanager
async def running(services: Services, doors: Doors) -> AsyncIterator[None]:
    """Follow the register, take the lease, work; and let go of everything at the end."""

    # of their own beside the pools of pushes, pages and sign-ins: what is flooded leaves the others theirs
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS, "work"))

    led = replace(services, workplace=replace(services.workplace, fence=doors.standing.fence))
    of_the_leader = tuple(Lane) if services.store.sqlite else (Lane.CHAT,)

    async def take_over() -> None:
        await led.workplace.act_async(lambda desk: outbox.take_over(desk, of_the_leader))

    await asyncio.to_thread(services.live.warm_up)
    garbage.settle()
    leader = timers.Leader(
        services.store,
        doors.life,
        doors.standing,
        leading={
            **doors.leading_jobs(services.wake),
            "first stamp": lambda: asyncio.to_thread(led.store.stamp),
            "first sweep": lambda: timers.sweep(led),
        },
        sending=doors.sending_jobs(services.wake),
        on_take_over=take_over,
    )
    jobs = _timed_jobs(led) | doors.timed_jobs(services.settings)
    scheduler = timers.schedule(services, leader, jobs)
    keeper = asyncio.create_task(timers.keep_time(scheduler))
    try:
        yield
    finally:
        keeper.cancel()
        scheduler.shutdown(wait=False)
        await leader.close()
        await doors.close()
        await asyncio.to_thread(services.live.knowledge.keep)
        services.store.close()


def _timed_jobs(led: Services) -> dict[str, tuple[float, timers.Job]]:
    """Return what the leader does by the clock, and how often, in seconds."""
    return {
        "sweep": (led.settings.sweep_seconds, lambda: timers.sweep(led)),
        "anchor": (ANCHOR_SECONDS, lambda: asyncio.to_thread(anchors.note, led)),
        "stamp": (STAMP_SECONDS, lambda: asyncio.to_thread(led.store.stamp)),
        "retain": (RETAIN_SECONDS, lambda: asyncio.to_thread(timers.retain, led)),
        "hotspots": (HOTSPOT_SECONDS, lambda: hot.watch_hotspots(led)),
        "matters": (KEEP_SECONDS, lambda: hot.keep_matters(led)),
    }


def _health(app: FastAPI, services: Services) -> None:
    @app.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @app.get("/readyz")
    async def readyz() -> Response:
        problem = await asyncio.to_thread(not_ready, services)
        return JSONResponse({"ready": not problem, "reason": problem}, 503 if problem else 200)

    @app.get("/metrics")
    async def metrics_() -> Response:
        if await asyncio.to_thread(services.store.gone):
            return Response(metrics.without_register(), media_type=metrics.CONTENT_TYPE_LATEST)
        text = await services.workplace.look_async(metrics.exposition)
        return Response(text, media_type=metrics.CONTENT_TYPE_LATEST)

    @app.get("/")
    async def root() -> Response:
        return RedirectResponse("/console/")

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        logger.error("http.error", path=request.url.path, error=type(error).__name__, exc_info=error)
        return PlainTextResponse("程序内部错误，请稍后再试。", 500)


def not_ready(services: Services) -> str:
    """Return why requests should not come here yet, or an empty text."""
    if full := full_disk(services):  # first: a database without room says all sorts of things
        return full
    if gone := services.store.gone():
        return gone
    try:
        if not services.store.migrated():
            services.store.glance("SELECT version_num FROM alembic_version")  # out of reach, it says why
            return "数据库尚未升级"
    except Exception as error:
        return db_errors.in_chinese(error)
    return ""


def full_disk(services: Services) -> str:
    """Return which of our folders has no room left, or an empty text: nothing can be registered then."""
    folders = {services.var if services.var.is_dir() else Path()}
    if services.store.sqlite:
        folders.add(Path(str(services.store.engine.url.database)).parent)
    full = [folder for folder in folders if shutil.disk_usage(folder).free < LEAST_ROOM]
    return f"磁盘已满：{'、'.join(map(str, full))} 只剩不到 {LEAST_ROOM >> 20} MB" if full else ""


def say_what_is_off(settings: Settings) -> None:
    if not settings.wechat_on:
        sys.stderr.write("公众号未接入（HUIYIN_WECHAT_APP_ID 等未设置）；用 huiyin doctor 查看缺什么。\n")
    if settings.telegram_on and settings.wecom_on:
        sys.stderr.write("Telegram 与企业微信都已设置：只接入 Telegram，企业微信没有接入。\n")
    if not settings.chat_platform:
        sys.stderr.write("承办人聊天未接入：请在控制台办理。\n")


def secrets_of(settings: Settings) -> list[str]:
    """Return every secret value, so that the log can blot it out."""
    return settings.secret_values()


def _options() -> dict[str, Any]:
    open_files()
    return {
        "http": Patience,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_graceful_shutdown": 5,
    }
