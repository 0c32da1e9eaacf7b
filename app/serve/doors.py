"""The doors that the settings open: WeChat accounts, the handler chat, and the jobs behind them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from api import door as api_door
from api.callback import CallbackSender
from app.serve.delivery import Drains, LaneWorker, keep_draining
from app.serve.drafting import ModelLane
from app.serve.judge import OfficeJudge
from app.serve.lease import Leadership
from app.serve.life import Life, life_of
from app.serve.model_server import PROBE_SECONDS, ModelServer
from app.serve.timers import LEASE, Job
from app.settings import BadSetting, Settings
from app.wake import Wake
from app.wiring import Services
from bot.wechat import callback, commands, menu, words
from bot.wechat.client import ApiError, WeChatApi
from bot.wechat.comments import CommentPoller, CommentSender
from bot.wechat.judging import Judging
from bot.wechat.late import LatePushes
from bot.wechat.media import MediaFetcher
from bot.wechat.sender import CitizenSender
from cases.register.desk import Workplace
from cases.register.kinds import Category
from cases.register.kinds import Lane as Lanes
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match

if TYPE_CHECKING:
    from bot.handler_chat.telegram.chat import TelegramChat
    from bot.handler_chat.wecom.chat import WecomChat

API_THREADS = 8  # a source that floods its door leaves the others theirs


@dataclass(slots=True)
class Doors:
    """Routers for the server, lanes for the worker, jobs for the leader."""

    life: Life
    standing: Leadership
    ahead: dict[str, ASGIApp] = field(default_factory=dict)  # path → what answers there before the framework
    routers: list[APIRouter] = field(default_factory=list)
    mounts: dict[str, FastAPI] = field(default_factory=dict)  # path → an application of its own
    lanes: dict[str, LaneWorker] = field(default_factory=dict)
    chat: Drains | None = None
    polls: dict[str, Job] = field(default_factory=dict)
    comment_poll: Job | None = None
    model: ModelServer | None = None
    closers: list[Job] = field(default_factory=list)

    def leading_jobs(self, wake: Wake) -> dict[str, Job]:
        """Return the long jobs of the one process that leads: a chat has one order, one pace and one reader."""
        jobs: dict[str, Job] = dict(self.polls)
        if self.chat is not None:
            jobs["lane:chat"] = partial(keep_draining, self.chat, wake, Lanes.CHAT)
        return jobs

    def sending_jobs(self, wake: Wake) -> dict[str, Job]:
        """Return the long jobs of each process that sends."""
        return {f"lane:{name}": partial(keep_draining, lane, wake, name) for name, lane in self.lanes.items()}

    def timed_jobs(self, settings: Settings) -> dict[str, tuple[float, Job]]:
        jobs: dict[str, tuple[float, Job]] = {}
        if self.comment_poll is not None and settings.wechat_comment_poll_seconds != 0:
            jobs["comments"] = (settings.wechat_comment_poll_seconds, self.comment_poll)
        if self.model is not None:
            jobs["model"] = (PROBE_SECONDS, self.model.probe)
        return jobs

    async def close(self) -> None:
        await asyncio.gather(*(close() for close in self.closers), return_exceptions=True)


def build_doors(services: Services) -> Doors:
    """Open what is set. A lane without its platform keeps its rows until there is one."""
    life = life_of(services.store)
    doors = Doors(life, Leadership(LEASE, life))
    _open_wechat(doors, services)
    _open_api(doors, services)
    _open_model(doors, services)
    _open_chat(doors, services)
    return doors


def _open_wechat(doors: Doors, services: Services) -> None:
    found = services.accounts
    if not found:
        return
    workplace, judge = services.workplace, OfficeJudge(services)
    apis = {account.app_id: WeChatApi(account, workplace) for account in found}
    safety = callback.safety_text(services.var)
    lanes = {
        "citizen": CitizenSender(workplace, apis).send,
        "comment": CommentSender(workplace, apis).send,
        "media": MediaFetcher(workplace, apis, services.media).send,
        "push": LatePushes(workplace, found, Judging(judge, "judge-late"), safety).send,
    }
    doors.ahead.update(callback.doors(workplace, found, judge, var=services.var))
    doors.lanes |= {name: LaneWorker(name, workplace, send, doors.standing) for name, send in lanes.items()}
    doors.comment_poll = CommentPoller(_leading(doors, services), apis).poll_once
    doors.closers += [api.close for api in apis.values()]


def _open_api(doors: Doors, services: Services) -> None:
    """Open the door of other channels; it is shut to whoever has no key."""
    workplace, live = services.workplace, services.live
    safety = callback.safety_text(services.var)

    def judge(text: str, account: str) -> tuple[Triage, Match | None]:
        triage = live.models.triage(text)
        asks = triage.category == Category.ADVICE_INQUIRY and services.settings.auto_answer
        return triage, live.knowledge.sure(text, account) if asks else None

    own = replace(workplace, threads=ThreadPoolExecutor(API_THREADS, thread_name_prefix="api"))
    door = api_door.ApiDoor(own, judge, commands.parse, lambda no: words.safety(safety(), no))
    doors.mounts[api_door.PREFIX] = api_door.build(door)
    caller = CallbackSender(workplace)
    doors.lanes["api"] = LaneWorker("api", workplace, caller.send, doors.standing)
    doors.closers.append(caller.close)


def _open_model(doors: Doors, services: Services) -> None:
    """Have drafts proposed by the office's own language model, if it has one."""
    if not services.settings.model_on:
        return
    doors.model = ModelServer(services.settings, services.workplace)
    doors.closers.append(doors.model.close)
    asked = ModelLane(services.workplace, doors.model, services.live.knowledge.search, services.var)
    doors.lanes[Lanes.MODEL] = LaneWorker(Lanes.MODEL, services.workplace, asked.send, doors.standing)


def _leading(doors: Doors, services: Services) -> Workplace:
    """Return the workplace of what only the leader does: who was followed by another writes nothing there."""
    return replace(services.workplace, fence=doors.standing.fence)


def _open_chat(doors: Doors, services: Services) -> None:
    """Open one handler chat. aiogram alone takes seconds to import: only the chat that is set is loaded."""
    settings = services.settings
    if settings.chat_platform == "telegram":
        telegram = _telegram(doors, services)
        doors.polls["telegram"] = telegram.poll
        _add_chat(doors, telegram)
    elif settings.chat_platform == "wecom":
        _add_chat(doors, _wecom(doors, services))


def _add_chat(doors: Doors, chat: "TelegramChat | WecomChat") -> None:
    doors.chat = chat
    doors.routers.append(chat.router())
    doors.closers.append(chat.close)


def _telegram(doors: Doors, services: Services) -> "TelegramChat":
    from bot.handler_chat.telegram.chat import TelegramChat, TelegramConfig

    settings = services.settings
    config = TelegramConfig(
        token=settings.telegram_bot_token.get_secret_value(),
        handler_chat_id=settings.handler_chat_id,
        api_base=settings.telegram_api_base,
        supervisor_chat_id=settings.supervisor_chat_id,
        webhook_url=settings.telegram_webhook_url,
        webhook_secret=settings.telegram_webhook_secret.get_secret_value(),
        group_per_minute=settings.telegram_group_per_minute,
    )
    return TelegramChat(
        services.workplace,
        config,
        services.live.knowledge.search,
        leading=_leading(doors, services),
        sure=doors.standing.leads,
    )


def _wecom(doors: Doors, services: Services) -> "WecomChat":
    from bot.handler_chat.wecom.chat import WecomChat, WecomConfig

    settings = services.settings
    config = WecomConfig(
        corp_id=settings.wecom_corp_id,
        agent_id=settings.wecom_agent_id,
        secret=settings.wecom_secret.get_secret_value(),
        token=settings.wecom_token.get_secret_value(),
        aes_key=settings.wecom_aes_key.get_secret_value(),
        api_base=settings.wecom_api_base,
        # the one limit that can be turned off, for stand-ins: there is no setting of 企业微信's own
        group_per_minute=20 if settings.telegram_group_per_minute else 0,
    )
    return WecomChat(
        services.workplace,
        config,
        services.live.knowledge.search,
        leading=_leading(doors, services),
        sure=doors.standing.leads,
    )


async def push_menu(services: Services) -> int:
    """Put the menu in place on every account; returns how many. Raises: BadSetting naming what went wrong."""
    found = services.accounts
    if not found:
        raise BadSetting(
            "公众号未接入：请先设置 HUIYIN_WECHAT_APP_ID、HUIYIN_WECHAT_APP_SECRET、HUIYIN_WECHAT_TOKEN"
        )
    for account in found:
        api = WeChatApi(account, services.workplace)
        try:
            await menu.push(api)
        except ApiError as error:
            raise BadSetting(f"{account.app_id} 的菜单没有推送成功：{error}") from None
        finally:
            await api.close()
    return len(found)
