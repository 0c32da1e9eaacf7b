"""The three filing forms of MLGK 004—2018, annexes A, B and C, in the standard's own layout."""

from docx.document import Document as Paper

from duties.papers.grid import HEI, Cell, GridRow, blank, label, line, row, table, up

_WIDTHS = (2.6, 1.7, 2.8, 1.6, 2.9, 1.6, 3.2)
_TYPES = "{{ 框_微博 }} 微博　{{ 框_微信公众号 }} 微信公众号　{{ 框_移动客户端 }} 移动客户端　{{ 框_其他 }} 其他 {{ 其他类型 }}"
_SIGNED = "年　　月　　日"


def annex_a() -> Paper:
    """政务公开新媒体备案登记表（部门）. Source: MLGK 004—2018 annex A, table A.1."""
    paper = _headed("附　录　A", "表 A.1　政务公开新媒体备案登记表（部门）")
    rows = [
        *_account(),
        row("开通部门", Cell("{{ 开通部门 }}", 6)),
        *_person("第一责任人\n（部门主要领导）", "第一责任人"),
        *(each for n in (1, 2, 3) for each in _person(f"帐号管理员{n}", f"帐号管理员{n}")),
        *_about(),
        row("单位承诺", Cell(
            "　　我单位知晓国家互联网有关法规和相关制度，我单位承诺将加强管理，切实保障该政务公开新媒体的网络信息安全。", 6,
            right=f"\n单位负责人签字（公章）：　　　　　　　\n{_SIGNED}"), height=2.4),
        _decision(),
    ]  # fmt: skip
    table(paper, rows, _WIDTHS)
    return paper


def annex_b() -> Paper:
    """政务公开新媒体备案登记表（个人）. Source: MLGK 004—2018 annex B, table B.1."""
    paper = _headed("附　录　B", "表 B.1　政务公开新媒体备案登记表（个人）")
    rows = [
        *_account(),
        *_responsible("账号责任人\n（实际拥有人）", "账号责任人"),
        *_about(),
        row("个人承诺", Cell(
            "　　我知晓国家互联网有关法规和相关制度，我承诺将按照相关法律法规，认真做好该政务公开新媒体的日常运维和管理工作，"
            "切实保障该政务公开新媒体的网络信息安全。", 6, right=f"\n签字：　　　　　　　\n{_SIGNED}"), height=2.4),
        row("单位意见", Cell(
            "　　我单位承诺加强管理，切实保障该政务公开新媒体的网络信息安全，同意本新媒体开通运营。", 6,
            right=f"\n单位负责人签字（公章）：　　　　　　　\n{_SIGNED}"), height=2.4),
        _decision(),
    ]  # fmt: skip
    table(paper, rows, _WIDTHS)
    return paper


def annex_c() -> Paper:
    """政务公开新媒体变更或关闭备案登记表. Source: MLGK 004—2018 annex C, table C.1."""
    paper = _headed("附　录　C", "表 C.1　政务公开新媒体变更或关闭备案登记表")
    rows = [
        *_account(),
        row("新媒体归属", Cell("{{ 框_单位 }} 单位　　　　{{ 框_个人 }} 个人", 6)),
        *_responsible("责任人（个人账号填实际拥有人、单位账号填单位负责人）", "责任人"),
        row("变更或关闭原因", Cell("{{ 变更或关闭原因 }}", 6), height=4),
        row(
            "单位意见",
            Cell("", 6, right=f"\n\n单位负责人签字（公章）：　　　　　　　\n{_SIGNED}"),
            height=3.4,
        ),
        _decision(3.4),
    ]
    table(paper, rows, _WIDTHS)
    return paper


def _headed(annex: str, title: str) -> Paper:
    paper = blank()
    line(paper, annex, size=12, font=HEI, align="center", after=0)
    line(paper, "（规范性附录）", size=10.5, font=HEI, align="center")
    line(paper, "{{ 表名 }}", size=14, font=HEI, align="center", after=6)
    line(paper, title, size=10.5, font=HEI, align="center", after=6)
    return paper


def _account() -> list[GridRow]:
    return [
        row("新媒体类型", Cell(_TYPES, 6)),
        row(
            "帐号用户名\n（新媒体名称）", Cell("{{ 账号名称 }}", 2), "媒体\n链接", Cell("{{ 媒体链接 }}"),
            "开通\n时间", Cell("{{ 开通时间 }}"), height=1.4,
        ),
    ]  # fmt: skip


def _person(title: str, whom: str) -> list[GridRow]:
    return [
        row(title, "姓名", Cell(f"{{{{ {whom}姓名 }}}}"), "职务", Cell(f"{{{{ {whom}职务 }}}}"), "移动\n电话",
            Cell(f"{{{{ {whom}移动电话 }}}}")),
        row(up(), "办公电话", Cell(f"{{{{ {whom}办公电话 }}}}"), "邮箱", Cell(f"{{{{ {whom}邮箱 }}}}", 3)),
    ]  # fmt: skip


def _responsible(title: str, whom: str) -> list[GridRow]:
    return [
        row(title, "姓名", Cell(f"{{{{ {whom}姓名 }}}}"), "单位", Cell(f"{{{{ {whom}单位 }}}}"), "职务",
            Cell(f"{{{{ {whom}职务 }}}}"), height=1.2),
        row(up(), "办公电话", Cell(f"{{{{ {whom}办公电话 }}}}"), "手机", Cell(f"{{{{ {whom}手机 }}}}"), "邮箱",
            Cell(f"{{{{ {whom}邮箱 }}}}"), height=1.2),
    ]  # fmt: skip


def _about() -> list[GridRow]:
    return [
        row("开发单位", Cell("{{ 开发单位 }}", 6)),
        row("基本情况介绍", Cell("{{ 基本情况介绍 }}", 6), height=1.8),
        row("新媒体管理制度", Cell("{{ 新媒体管理制度 }}", 6), height=1.8),
        row("平台是否设有交互栏目", label("{{ 框_无交互 }} 否"), label("{{ 框_有交互 }} 是{{ 注_交互 }}"),
            label("交互栏目是否有管理员审核", 2), label("{{ 框_无审核 }} 否"),
            label("{{ 框_有审核 }} 是{{ 注_审核 }}"), height=1.2),
    ]  # fmt: skip


def _decision(height: float = 2.0) -> GridRow:
    return row(
        "市人民政府办公室意见",
        Cell("", 6, right=f"\n签名（公章）：　　　　　　　\n{_SIGNED}"),
        height=height,
    )
