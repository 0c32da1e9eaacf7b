"""The fields of each standard's filing form, by the names that stand on the form.

A name is what `--field NAME=…` takes, and what a template writes as `{{ NAME }}`.
Sources: MLGK 004—2018 annexes A–C; Qingdao 2020-88 annex 1; Hengnan 2023-2 annexes 1 and 2; Anning 2021 art. 12–16.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.register.duty_kinds import StandardCode

UNIT, PERSON = "单位", "个人"
BELONGS = "新媒体归属"  # 单位 or 个人: which of the two MLGK forms applies
HAS_INTERACTION, IS_MODERATED = "平台是否设有交互栏目", "交互栏目是否有管理员审核"
# How an answer begins that ticks a form's box 「是」 or 「否」.
YES, NO = ("是", "有", "已", "true", "yes", "1"), ("否", "无", "未", "没有", "false", "no", "0")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form asks for: `wanted` must be given, `optional` may stay empty on the form."""

    wanted: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.wanted, *self.optional)


def _of(whom: str, *facts: str) -> tuple[str, ...]:
    return tuple(f"{whom}{fact}" for fact in facts)


_CONTACT = ("姓名", "职务", "移动电话", "办公电话", "邮箱")
_ABOUT = ("开发单位", "基本情况介绍", "新媒体管理制度", HAS_INTERACTION, IS_MODERATED)

# MLGK annex A: 政务公开新媒体备案登记表（部门）. The second and third administrator may be left empty.
MLGK_UNIT = Fields(
    ("媒体链接", *_of("第一责任人", *_CONTACT), *_of("帐号管理员1", *_CONTACT), *_ABOUT),
    (BELONGS, "开通部门", "其他类型", *_of("帐号管理员2", *_CONTACT), *_of("帐号管理员3", *_CONTACT)),
)
# MLGK annex B: 政务公开新媒体备案登记表（个人）.
MLGK_PERSON = Fields(
    ("媒体链接", *_of("账号责任人", "姓名", "单位", "职务", "办公电话", "手机", "邮箱"), *_ABOUT),
    (BELONGS, "其他类型"),
)
# MLGK annex C: 政务公开新媒体变更或关闭备案登记表, of a unit's account or of a person's.
MLGK_UNIT_CHANGE = Fields(("媒体链接", *_of("第一责任人", *_CONTACT)))
MLGK_PERSON_CHANGE = Fields(
    ("媒体链接", *_of("账号责任人", "姓名", "单位", "职务", "办公电话", "手机", "邮箱"))
)
_COLUMN = ("名称", "一级菜单", "二级菜单", "三级菜单", "备注")
_CREW = ("姓名", "单位及职务", "办公电话", "手机号码")
_FILED = (
    "账号ID", "是否通过认证", "主管单位", "是否取得互联网新闻信息服务资质", "主办单位分管领导及职务", "主办单位联系电话",
    "承办单位", "承办单位分管领导及职务", "承办单位联系电话", "基本情况介绍", "访问链接", *_of("管理员1", *_CREW),
    "开办理由", "正式运营时间", "关注量",
)  # fmt: skip
# Qingdao annex 1: 青岛西海岸新区政务新媒体备案登记表.
QINGDAO = Fields(
    _FILED,
    (
        "其他类型", "二维码", *(name for n in (1, 2) for name in _of(f"栏目{n}", *_COLUMN)),
        *(name for n in (2, 3) for name in _of(f"管理员{n}", *_CREW)),
    ),
)  # fmt: skip
# Hengnan annex 1: 衡南县政务新媒体备案登记表.
HENGNAN = Fields(
    (*_FILED, "管理员1QQ号码", "管理员1微信号"),
    (
        "其他类型", "二维码", *(name for n in (1, 2, 3, 4) for name in _of(f"栏目{n}", *_COLUMN)),
        *(name for n in (2, 3, 4, 5) for name in _of(f"管理员{n}", *_CREW, "QQ号码", "微信号")),
    ),
)  # fmt: skip
# Hengnan annex 2: 衡南县政务新媒体排查及清理整合情况表, one line an account.
SURVEY = Fields(
    (
        "认证主体", "主办单位负责人", "主办单位负责人电话", "运营单位", "运营联系人", "运营联系人电话", "运营模式", "经费保障",
        "关注量", "阅读量", "推送频率", "运营人数", "基本功能", "整改措施",
    )
)  # fmt: skip
# Anning names the form of the province and what must stand behind an account, and annexes no layout.
ANNING = Fields(
    (
        "账号ID", "是否通过认证", "主办单位主要负责人", "主办单位分管负责人", "总编辑", "管理职能部门", "内容编辑人员",
        "审核人员", "技术保障人员", "联系电话", "专项经费", "承办单位", "访问链接", "基本情况介绍", "栏目规划", "集体研究日期",
        "开办理由",
    )
)  # fmt: skip


def opening(standard: str, given: Mapping[str, str]) -> Fields:
    """Return the fields of the form by which an opening is filed."""
    if standard == StandardCode.MLGK:
        return MLGK_PERSON if given.get(BELONGS) == PERSON else MLGK_UNIT
    return {StandardCode.QINGDAO: QINGDAO, StandardCode.HENGNAN: HENGNAN, StandardCode.ANNING: ANNING}[
        StandardCode(standard)
    ]


def changing(standard: str, given: Mapping[str, str]) -> Fields:
    """Return the fields of the form by which a change or a closing is filed: MLGK alone has another one for it."""
    if standard == StandardCode.MLGK:
        return MLGK_PERSON_CHANGE if given.get(BELONGS) == PERSON else MLGK_UNIT_CHANGE
    return opening(standard, given)


def known(standard: str) -> frozenset[str]:
    """Return every name that an account under this standard may carry."""
    more: tuple[Fields, ...] = (
        (MLGK_PERSON, MLGK_UNIT) if standard == StandardCode.MLGK else (opening(standard, {}),)
    )
    names: Iterable[str] = (name for fields in (*more, SURVEY) for name in fields.all)
    return frozenset(names)


def missing(standard: str, given: Mapping[str, str]) -> list[str]:
    """Return the names that its form wants and that are still empty, in the form's order."""
    return lacking(opening(standard, given).wanted, given)


def lacking(wanted: Iterable[str], given: Mapping[str, str]) -> list[str]:
    """Return what is wanted and empty. Where there is no interaction nobody moderates it."""
    without = given.get(HAS_INTERACTION, "").strip().lower().startswith(NO)
    return [
        name for name in wanted if not given.get(name, "").strip() and not (without and name == IS_MODERATED)
    ]
