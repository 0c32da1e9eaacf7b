"""Wiring: settings in, one frozen `Services` out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from app import accounts, keyring, secret_key
from app import clock as clocks
from app.live import Calendars, Keys, Knowledge, Live
from app.models_in_use import Models
from app.settings import IN_DATABASE, BadSetting, Settings
from app.wake import Wake
from bot.wechat.accounts import Account
from cases.register import db_errors
from cases.register.desk import Office, Workplace
from cases.register.media_store import InDatabase, InFolder, MediaStore
from cases.register.store import Store
from cases.register.vault import Vault
from duties.people import roster
from sla.hours import parse_office_close, parse_office_hours, parse_quiet_hours
from sla.policy import load_policy

VAR = Path("var")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a server or a command needs, built once."""

    settings: Settings
    store: Store
    vault: Vault
    workplace: Workplace
    live: Live
    wake: Wake
    var: Path
    media: MediaStore
    accounts: tuple[Account, ...] = ()


def open_store(settings: Settings) -> Store:
    """Connect and bring the tables up to date. Raises: BadSetting when the database cannot be used."""
    try:
        store = Store(settings.database_url)
        store.migrate()
    except (ArgumentError, SQLAlchemyError, OSError, ValueError, ModuleNotFoundError) as error:
        raise BadSetting(f"HUIYIN_DATABASE_URL 的数据库打不开：{_why(error)}") from None
    return store


def _why(error: Exception) -> str:
    """Return in Chinese why the database cannot be used; a ValueError of ours says so itself."""
    if isinstance(error, ArgumentError):
        return "地址写错了，应为 sqlite:///文件 或 postgresql://用户:密码@主机/数据库"
    if isinstance(error, ModuleNotFoundError):
        return "没有安装它的驱动程序，请重新安装本程序"
    if isinstance(error, ValueError) and any("\u4e00" <= sign <= "\u9fff" for sign in str(error)):
        return str(error)
    return db_errors.in_chinese(error)


def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = clocks.now,
    var: Path = VAR,
    store: Store | None = None,
) -> Services:
    """Build the services. Raises: BadSetting when the key does not fit the database, or for `accounts.toml`."""
    found = accounts.accounts(settings)
    vault = secret_key.vault(settings, var)
    store = store or open_store(settings)
    check_key(store, vault)
    zone = ZoneInfo(settings.timezone)
    calendars = Calendars(store)
    models = Models(store, var / "models", settings.semantic)
    knowledge = Knowledge(
        store,
        settings.semantic,
        lambda: clock().astimezone(zone).date(),
        accounts.knowledge_of(found),
        var / "knowledge.index",
    )
    office = _office(settings, vault, calendars, models, knowledge, accounts.departments_of(found))
    wake = Wake()
    workplace = Workplace(store, office, clock, wake.ring)
    live = Live(knowledge, calendars, models, Keys(store, vault))
    return Services(
        settings, store, vault, workplace, live, wake, var, media_store(settings, store, var), found
    )


def _office(
    settings: Settings,
    vault: Vault,
    calendars: Calendars,
    models: Models,
    knowledge: Knowledge,
    departments_of: Mapping[str, tuple[str, ...]],
) -> Office:
    """Return what the steps know of the office: its settings read, and what judges, answers and counts for it."""
    return Office(
        zone=ZoneInfo(settings.timezone),
        vault=vault,
        policy=load_policy(),
        calendar=calendars,
        triage=models.triage,
        triage_words=models.triage_words,
        further=models.further,
        match=knowledge.sure,
        office_close=parse_office_close(settings.office_close),
        review_levels=settings.review_levels,
        merge_window=timedelta(seconds=settings.merge_window_seconds),
        auto_answer=settings.auto_answer,
        chat_on=bool(settings.chat_platform),
        sweep_every=timedelta(seconds=settings.sweep_seconds),
        comments_on=settings.wechat_comment_poll_seconds > 0,
        quiet=parse_quiet_hours(settings.quiet_hours),
        danger_repeat=timedelta(minutes=settings.danger_repeat_minutes),
        office_hours=parse_office_hours(settings.office_hours),
        departments_of=departments_of,
        model_on=settings.model_on,
        on_watch=roster.told,
    )


def media_store(settings: Settings, store: Store, var: Path) -> MediaStore:
    """Return where citizens' files are kept."""
    if settings.media_store == IN_DATABASE:
        return InDatabase(store, InFolder(var / "media"))
    return InFolder(Path(settings.media_store) if settings.media_store else var / "media")


def check_key(store: Store, vault: Vault) -> None:
    """Note the key of a new register. Raises: BadSetting when the register was sealed with another key."""
    with store.write() as session:
        session.connection().execute(  # of several first starts one notes its key, the others read it
            text("INSERT INTO meta (key, value) VALUES (:k, :v) ON CONFLICT DO NOTHING"),
            {"k": keyring.FINGERPRINT, "v": vault.fingerprint},
        )
        keyring.settled(session, vault)
        if not keyring.fits(session, vault):
            raise BadSetting(
                "HUIYIN_SECRET_KEY（或 var/secret.key）与数据库不符：库中数据是用另一把密钥封存的"
            )
