"""What stands on an account's form: its columns, its fields, and the boxes that are ticked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cases.register.duty_kinds import AccountStep
from cases.register.tables.duties import AccountEvent, MediaAccount
from duties.papers import fields
from duties.papers.fields import BELONGS, HAS_INTERACTION, IS_MODERATED, NO, PERSON, SURVEY, YES

TICKED, EMPTY = "☑", "□"
_PLATFORMS = (
    ("微博", ("微博", "weibo")),
    ("微视", ("微视",)),
    ("微信", ("微信", "wechat", "weixin", "公众号", "订阅号", "服务号", "小程序", "视频号")),
    ("移动客户端", ("客户端", "app")),
)


def day(value: date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def platform_kind(platform: str) -> str:
    """Return which of the forms' boxes a platform is: 微博, 微信, 微视, 移动客户端 or 其他."""
    low = platform.lower()
    return next((kind for kind, words in _PLATFORMS if any(word in low for word in words)), "其他")


def of_account(
    account: MediaAccount, event: AccountEvent, today: date, *, name: str = "", running: str = "正常"
) -> dict[str, Any]:
    """Return every field that a filing form of the account may name; unknown ones are none of them."""
    given = dict.fromkeys(fields.known(account.standard), "") | account.fields
    kind = platform_kind(account.platform)
    belongs = PERSON if given.get(BELONGS) == PERSON else "单位"
    owner = "账号责任人" if belongs == PERSON else "第一责任人"
    facts = {
        **given,
        "表名": name,
        "账号名称": account.name,
        "账号ID及名称": "　".join(filter(None, (given.get("账号ID", ""), account.name))),
        "平台": account.platform,
        "单位": account.unit,
        "主办单位": account.unit,
        "开通部门": given.get("开通部门") or account.unit,
        "开通时间": day(account.opened_on),
        "填表时间": day(today),
        "变更或关闭原因": "" if event.kind == AccountStep.OPEN else _reason(event),
        "理由": given.get("开办理由") or account.reason if event.kind == AccountStep.OPEN else _reason(event),
        "其他类型": given.get("其他类型") or (account.platform if kind == "其他" else ""),
        "运行状态": running,
        "责任人姓名": given.get(f"{owner}姓名", ""),
        "责任人单位": given.get("账号责任人单位", "") if belongs == PERSON else account.unit,
        "责任人职务": given.get(f"{owner}职务", ""),
        "责任人办公电话": given.get(f"{owner}办公电话", ""),
        "责任人手机": given.get("账号责任人手机" if belongs == PERSON else "第一责任人移动电话", ""),
        "责任人邮箱": given.get(f"{owner}邮箱", ""),
    }
    return facts | _boxes(facts, kind, belongs, running)


def survey_line(account: MediaAccount, running: str) -> dict[str, str]:
    """Return an account's line in the survey sheet. Source: Hengnan 2023-2 annex 2."""
    given = dict.fromkeys(SURVEY.all, "") | account.fields

    def together(*names: str) -> str:
        return "\n".join(filter(None, (given.get(name, "") for name in names)))

    return {
        **{name: given[name] for name in SURVEY.all},
        "名称": account.name,
        "主办单位": together("主办单位负责人", "主办单位负责人电话"),
        "运营单位": together("运营单位", "运营联系人", "运营联系人电话"),
        "开通时间": account.opened_on.isoformat(),
        "运营状态": "正常运营" if running == "正常" else "停止运营",
        "平台类型": {"微博": "新浪", "微信": "腾讯"}.get(platform_kind(account.platform), "其他"),
    }


def units(accounts: Sequence[MediaAccount]) -> str:
    """Return the unit that fills in a paper on several accounts."""
    return "、".join(dict.fromkeys(account.unit for account in accounts))


def _reason(event: AccountEvent) -> str:
    notice = f"（公告期 {day(event.notice_from)}至{day(event.notice_to)}）" if event.notice_to else ""
    return f"{event.what}{notice}"


def _boxes(facts: Mapping[str, str], kind: str, belongs: str, running: str) -> dict[str, str]:
    def tick(on: bool) -> str:
        return TICKED if on else EMPTY

    def said(field: str, words: tuple[str, ...]) -> bool:
        return facts.get(field, "").strip().lower().startswith(words)

    def neither(field: str) -> str:
        """What is neither a yes nor a no is written beside the boxes: nothing that was given is lost."""
        value = facts.get(field, "").strip()
        return f"（{value}）" if value and not said(field, (*YES, *NO)) else ""

    return {
        **{f"框_{name}": tick(kind == name) for name in ("微博", "微信", "微视", "移动客户端", "其他")},
        "框_微信公众号": tick(kind == "微信"),
        "框_单位": tick(belongs != PERSON),
        "框_个人": tick(belongs == PERSON),
        "框_有交互": tick(said(HAS_INTERACTION, YES)),
        "框_无交互": tick(said(HAS_INTERACTION, NO)),
        "框_有审核": tick(said(IS_MODERATED, YES)),
        "框_无审核": tick(said(IS_MODERATED, NO)),
        "框_已认证": tick(said("是否通过认证", YES)),
        "框_未认证": tick(said("是否通过认证", NO)),
        "框_有资质": tick(said("是否取得互联网新闻信息服务资质", YES)),
        "框_无资质": tick(said("是否取得互联网新闻信息服务资质", NO)),
        "注_交互": neither(HAS_INTERACTION),
        "注_审核": neither(IS_MODERATED),
        "注_认证": neither("是否通过认证"),
        "注_资质": neither("是否取得互联网新闻信息服务资质"),
        **{f"框_{name}": tick(running == name) for name in ("正常", "暂停", "关停", "注销")},
    }
