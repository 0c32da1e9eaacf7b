"""What `doctor` looks at: settings, database, platforms, calendar, models, disk. No secret is ever shown."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from app import accounts, clock, keyring, secret_key
from app.keep import beats
from app.keep.beats import BAD, OFF, OK, WARN, Check
from app.settings import BadSetting, Settings, sqlite_file
from app.wiring import VAR, build, check_key, open_store
from cases.lists.pulse import leaderless, pulse
from cases.register import memo
from cases.register.tables import Department, Source
from cases.sending import chat, outside, releases
from cases.watch import calendar_change
from duties.month import health
from sla.calendar_check import missing_year, warning

_LEAST_FREE = 1 << 30


def checks(settings: Settings) -> list[Check]:
    return [
        *_register(settings),
        *_wechat(settings),
        *_accounts(settings),
        *_chat(settings),
        *_sources(settings),
        *_model(settings),
        *_duties(settings),
        _semantic(settings),
        *_models(),
        *_keeping(settings),
        _disk(),
    ]


def _register(settings: Settings) -> Iterator[Check]:
    kind = settings.database_url.partition(":")[0]
    try:
        store = open_store(settings)
    except BadSetting as error:
        yield Check("数据库", BAD, str(error))
        return
    yield Check("数据库", OK, f"{kind}，可连接，表结构为最新")
    try:
        vault = secret_key.vault(settings)
        check_key(store, vault)
        given = "HUIYIN_SECRET_KEY" if settings.secret_key.get_secret_value() else "var/secret.key"
        yield Check("密钥", OK, f"来自 {given}，指纹 {vault.fingerprint}；请与备份分开保存")
    except BadSetting as error:
        yield Check("密钥", BAD, str(error))
    today = clock.now().astimezone(ZoneInfo(settings.timezone)).date()
    with store.read() as session:
        calendar = calendar_change.calendar(session)
    last = max(year.year for year in calendar.years)
    missing = missing_year(today, calendar)
    if missing:
        yield Check("工作日历", WARN, warning(missing))
    else:
        yield Check("工作日历", OK, f"已有通知至 {last} 年；其后的时限为暂定")


def _keeping(settings: Settings) -> Iterator[Check]:
    """What runs on quietly until it does not: sendings, the key's change, the trail's anchor, file modes."""
    try:
        store = open_store(settings)
    except BadSetting:
        return  # said where the database is looked at
    try:
        services = build(settings, store=store)
    except BadSetting:
        return
    with store.read() as session:
        change = keyring.handover(session)
        led = leaderless(session, clock.now())
    yield from beats.beats(settings, services.workplace.look(pulse), led)
    if change is not None and change.phase != keyring.DONE:
        yield Check("更换密钥", WARN, "没有做完：请再次运行 huiyin key rotate")
    elif change is not None:
        yield Check("更换密钥", WARN, "已换好：请把 HUIYIN_SECRET_KEY 改为新密钥并重启，旧密钥随即无用")
    if settings.secret_key_previous.get_secret_value() and change is None:
        yield Check("更换密钥", WARN, "HUIYIN_SECRET_KEY_PREVIOUS 仍在：换完之后请删去")
    years = settings.retention_years
    yield Check("保存期限", OK if years else OFF, f"办结满 {years} 年每夜匿名化" if years else "不自动匿名化")
    open_to_all = [file for file in _kept_files(settings) if file.stat().st_mode & 0o077]
    if open_to_all:
        names = "、".join(str(file) for file in open_to_all[:5])
        yield Check("文件权限", WARN, f"其他用户可读：{names}；请 chmod 600")
    else:
        yield Check("文件权限", OK, "只有本用户可读")


def _kept_files(settings: Settings) -> Iterator[Path]:
    found = [VAR / "secret.key", Path(".env")]
    if settings.database_url.startswith("sqlite"):
        found.append(sqlite_file(settings.database_url))
    for file in found:
        if file.is_file():
            yield file


def _wechat(settings: Settings) -> Iterator[Check]:
    if not settings.wechat_on:
        names = "HUIYIN_WECHAT_APP_ID、HUIYIN_WECHAT_APP_SECRET、HUIYIN_WECHAT_TOKEN"
        yield Check(
            "公众号", OFF, f"未接入：请设置 {names}，并在公众平台把服务器地址填为 https://你的域名/wechat"
        )
        return
    mode = (
        "安全模式"
        if settings.wechat_aes_key.get_secret_value()
        else "明文模式（建议设置 HUIYIN_WECHAT_AES_KEY）"
    )
    yield Check("公众号", OK, f"{settings.wechat_app_id}，{mode}")
    yield _reach("公众号接口", settings.wechat_api_base)
    if not settings.wechat_customer_messages:
        yield Check("客服消息", OFF, "未认证账号：答复等来信人下次发言时送达")
    if not settings.wechat_template_id:
        yield Check("模板消息", OFF, "未设置 HUIYIN_WECHAT_TEMPLATE_ID：48 小时后答复等来信人下次发言时送达")
    if settings.wechat_comment_poll_seconds == 0:
        yield Check("图文留言", OFF, "HUIYIN_WECHAT_COMMENT_POLL_SECONDS 为 0，不收取留言")


def _accounts(settings: Settings) -> Iterator[Check]:
    """Departments named in `accounts.toml` that are not there: a slip of the pen, or not added yet."""
    try:
        found, store = accounts.accounts(settings), open_store(settings)
    except BadSetting as error:
        if str(error).startswith(str(accounts.FILE)):
            yield Check("公众号", BAD, str(error))
        return
    with store.read() as session:
        known = set(session.exec(select(Department.name)))
    for account in found[1:] if settings.wechat_on else found:
        yield Check("公众号", OK, f"{account.app_id}，回调地址 /wechat/{account.name}")
    there = "、".join(sorted(known)) or "还没有部门"
    for account in found:
        named = dict.fromkeys((*account.departments, *account.knowledge))
        if missing := [name for name in named if name not in known]:
            who = account.name or account.app_id
            yield Check(
                "公众号部门",
                WARN,
                f"{accounts.FILE}：公众号 {who} 的部门「{'」「'.join(missing)}」不存在（已有：{there}）。"
                "请改正名称，或用 huiyin department add 添加；在此之前其事项不会分派到那里",
            )


def _chat(settings: Settings) -> Iterator[Check]:
    if settings.chat_platform == "telegram":
        yield Check("承办人聊天（Telegram）", OK, f"已接入：群 {settings.handler_chat_id}")
        yield _reach("Telegram 接口", settings.telegram_api_base)
        if not settings.supervisor_chat_id:
            yield Check("督办群", WARN, "未设置 HUIYIN_SUPERVISOR_CHAT_ID：督办提醒与检举件都会进入承办人群")
    wecom = f"企业 {settings.wecom_corp_id}，应用 {settings.wecom_agent_id}"
    if settings.chat_platform == "wecom":
        yield Check("承办人聊天（企业微信）", OK, f"已接入：{wecom}")
        yield _reach("企业微信接口", settings.wecom_api_base)
    elif settings.wecom_on:
        why = "同时设置了 Telegram，只接入它。要用企业微信，请清空 HUIYIN_TELEGRAM_BOT_TOKEN 与 HUIYIN_HANDLER_CHAT_ID"
        yield Check("承办人聊天（企业微信）", WARN, f"已设置（{wecom}），没有接入：{why}")
    yield from _troubles(settings)
    if not settings.chat_platform:
        names = "HUIYIN_TELEGRAM_BOT_TOKEN 与 HUIYIN_HANDLER_CHAT_ID，或 HUIYIN_WECOM_*"
        yield Check("承办人聊天", OFF, f"未接入：请设置 {names}；在此之前请在控制台 /console/ 办理")


def _troubles(settings: Settings) -> Iterator[Check]:
    """The chats that the register knows to be out of reach."""
    try:
        store = open_store(settings)
    except BadSetting:
        return  # said where the database is looked at
    with store.read() as session:
        found = memo.CHAT_TROUBLE.all(session)
    for where, noted in found.items():
        if noted is None:
            continue
        why, since = noted.why, noted.since.astimezone(ZoneInfo(settings.timezone))
        yield Check(
            "会话",
            WARN,
            f"{where} 自 {since:%Y-%m-%d %H:%M} 起发不出消息（{why}）：{chat.remedy(where)}",
        )


def _sources(settings: Settings) -> Iterator[Check]:
    """Other channels, and those whose callback does not take what is released."""
    try:
        store = open_store(settings)
    except BadSetting:
        return  # said where the database is looked at
    with store.read() as session:
        known, failing = (
            session.exec(select(Source).order_by(col(Source.id))).all(),
            releases.failing(session),
        )
    if not known:
        yield Check("其他渠道", OFF, "没有登记：huiyin source add 渠道名")
        return
    names = "、".join(row.name if row.active else f"{row.name}（已停用）" for row in known)
    yield Check("其他渠道", OK, names)
    for name, (count, why) in failing.items():
        yield Check("渠道回调", WARN, f"{name} 有 {count} 份没有推送成功（{why}）；仍可按游标取走")


def _model(settings: Settings) -> Iterator[Check]:
    if not settings.model_on:
        yield Check(
            "拟稿模型", OFF, "未接入：设置 HUIYIN_LLM_BASE_URL 与 HUIYIN_LLM_MODEL 后，承办人可以请模型拟稿"
        )
        return
    yield Check("拟稿模型", OK, f"{settings.llm_model}；只向它发送遮盖后的文字")
    yield _reach("拟稿模型接口", f"{settings.llm_base_url}/models")
    try:
        store = open_store(settings)
    except BadSetting:
        return  # said where the database is looked at
    with store.read() as session:
        noted = memo.MODEL_TROUBLE.of(session)
    if noted is not None:
        why, since = noted.why, noted.since.astimezone(ZoneInfo(settings.timezone))
        yield Check(
            "拟稿模型",
            WARN,
            f"自 {since:%Y-%m-%d %H:%M} 起不可用（{why}）：「拟稿」按钮已隐藏，恢复后自动出现",
        )


def _duties(settings: Settings) -> Iterator[Check]:
    """What the duties around the account lack: filings, self-checks, a roster."""
    try:
        services = build(settings)
    except BadSetting:
        return  # said where the database and the key are looked at
    amiss, said = services.workplace.look(health.missing)
    yield Check("账号备案与值班", WARN if amiss else OFF if said.startswith("未启用") else OK, said)


def _reach(name: str, base: str) -> Check:
    if why := outside.reached(base, 3):
        return Check(name, WARN, f"{base} 连不上（{why}）")
    return Check(name, OK, f"{base} 可连接")


def _semantic(settings: Settings) -> Check:
    from knowledge_base.base import meaning
    from knowledge_base.base.entries import KnowledgeError

    if settings.semantic == "off":
        return Check("语义检索", OFF, "HUIYIN_SEMANTIC=off，只按词语检索")
    try:
        found = meaning.load(settings.semantic)
    except KnowledgeError as error:
        return Check("语义检索", BAD, str(error))
    return (
        Check("语义检索", OK, found.name)
        if found
        else Check("语义检索", OFF, "本机没有句向量模型，只按词语检索")
    )


def _models() -> Iterator[Check]:
    from classifier.errors import ClassifierError
    from classifier.triage import BUILT, Classifier

    try:
        yield Check("分类模型", OK, f"内置模型 {Classifier.load(BUILT).version}")
    except ClassifierError as error:
        yield Check("分类模型", WARN, f"{error}（请重新安装，或在项目目录执行 make models）")


def _disk() -> Check:
    folder = VAR if VAR.is_dir() else Path()
    free = shutil.disk_usage(folder).free
    detail = f"{free / (1 << 30):.1f} GiB 可用"
    return Check(
        "磁盘", OK if free > _LEAST_FREE else BAD, detail if free > _LEAST_FREE else f"只剩 {detail}"
    )
