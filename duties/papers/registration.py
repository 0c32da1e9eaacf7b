"""The filing forms of Qingdao West Coast (annex 1), Hengnan (annexes 1 and 2) and Anning."""

from docx.document import Document as Paper

from duties.papers.grid import HEI, Cell, GridRow, blank, label, line, row, table, up

_COLUMNS = (1.45,) * 12
_NOTE = (
    "栏目设置\n注：政务新媒体栏目设置项主要针对政务微信及移动客户端（APP）内容的填报。填报政务微信时，请注明公众号类型"
    "（服务号或订阅号及小程序）"
)
_SIGNED = "（加盖印章）　　　　\n年　　月　　日　　"


def qingdao() -> Paper:
    """青岛西海岸新区政务新媒体备案登记表. Source: Qingdao West Coast 2020 no. 88, annex 1."""
    paper = blank(margin=1.8)
    line(paper, "附件1", size=14, font=HEI)
    line(paper, "青岛西海岸新区政务新媒体备案登记表", size=16, font=HEI, align="center", after=8)
    line(paper, "单位名称（盖章）：{{ 单位 }}　　　　　　　　　填表时间：{{ 填表时间 }}")
    crew = [
        label("管理员\n姓　名", 2), label("所在单位及职务", 3), label("办公电话", 2), label("手机号码", 3)
    ]  # fmt: skip
    people = [
        row(up(2), _value("管理员{}姓名", n, 2), _value("管理员{}单位及职务", n, 3), _value("管理员{}办公电话", n, 2),
            _value("管理员{}手机号码", n, 3))
        for n in (1, 2, 3)
    ]  # fmt: skip
    kinds = (
        "{{ 框_微博 }}微博　{{ 框_微信 }}微信（服务号/订阅号/小程序）　{{ 框_微视 }}微视　{{ 框_移动客户端 }}移动客户端（APP）\n"
        "{{ 框_其他 }}其他类型（如：今日头条、一点资讯、美篇、知乎、简书、抖音、快手、火山小视频等）{{ 其他类型 }}"
    )
    rows = [
        *_heads(), *_functions(kinds, "新媒体二维码：\n{{ 二维码 }}"), *_columns(2),
        row(label("管理队伍\n（主要成员）", 2), *crew), *people,
        *_opinions("开办\n（变更、关停）理由", "（变更、关停）"),
        _running("{{ 框_正常 }}正常　{{ 框_关停 }}关停\n{{ 框_注销 }}注销"),
    ]  # fmt: skip
    table(paper, rows, _COLUMNS, 9.5)
    line(paper, "注：1.此纸质备案表一式二份，管委办公室、主办单位承办单位各留备案。", size=9, after=0)
    line(
        paper,
        "2.账号ID及名称、管理队伍人员或维护方式发生变更，应在7个工作日内以书面形式报主管单位备案。",
        size=9,
    )
    return paper


def hengnan() -> Paper:
    """衡南县政务新媒体备案登记表. Source: Hengnan 2023 no. 2, annex 1."""
    paper = blank(margin=1.8)
    line(paper, "附件1：", size=14, font=HEI)
    line(paper, "衡南县政务新媒体备案登记表", size=16, font=HEI, align="center", after=8)
    line(paper, "单位名称（盖章）：{{ 单位 }}　　　　　　　　　填表时间：{{ 填表时间 }}")
    crew = [
        label("管理员\n姓名"), label("所在单位及职务", 3), label("办公电话", 2), label("手机号码", 2), label("QQ号码"),
        label("微信号"),
    ]  # fmt: skip
    people = [
        row(up(2), _value("管理员{}姓名", n), _value("管理员{}单位及职务", n, 3), _value("管理员{}办公电话", n, 2),
            _value("管理员{}手机号码", n, 2), _value("管理员{}QQ号码", n), _value("管理员{}微信号", n))
        for n in (1, 2, 3, 4, 5)
    ]  # fmt: skip
    kinds = (
        "{{ 框_微博 }}微博　{{ 框_微信 }}微信（服务号/订阅号/小程序）　{{ 框_微视 }}微视　{{ 框_移动客户端 }}移动客户端（APP）\n"
        "{{ 框_其他 }}其他类型（如：今日头条、一点资讯、抖音等）{{ 其他类型 }}"
    )
    rows = [
        *_heads(), *_functions(kinds, "新媒体二维码：\n（若有请插入图片）\n{{ 二维码 }}"), *_columns(4),
        row(label("管理队伍\n（主要成员）", 2), *crew), *people,
        *_opinions("开办（变更、关停、整合）\n理由", ""),
        _running("{{ 框_正常 }}正常　{{ 框_暂停 }}暂停\n{{ 框_注销 }}注销　{{ 框_关停 }}关停"),
    ]  # fmt: skip
    table(paper, rows, _COLUMNS, 9.5)
    line(paper, "注：1.此纸质备案表一式三份，主管单位、主办单位、各新媒体承办单位各留备案。", size=9, after=0)
    line(
        paper,
        "2.账号ID及名称、管理队伍人员或维护方式发生变更，应在7个工作日内以书面形式报主管单位备案。",
        size=9,
    )
    return paper


def hengnan_survey() -> Paper:
    """衡南县政务新媒体排查及清理整合情况表, one line an account. Source: Hengnan 2023 no. 2, annex 2."""
    paper = blank(landscape=True, margin=1.2)
    line(paper, "附件2：", size=14, font=HEI)
    line(paper, "衡南县政务新媒体排查及清理整合情况表", size=16, font=HEI, align="center", after=8)
    line(
        paper,
        "填表单位（盖章）：{{ 单位 }}　　　　　　填报人：{{ 填报人 }}　　　　　　联系电话：{{ 联系电话 }}",
    )
    heads = (
        "名称", "认证主体", "主办单位\n负责人及\n联系电话", "运营单位\n联系人及\n联系电话", "运营\n模式", "经费保障\n（元/年）",
        "粉丝量", "阅读量", "推送\n频率", "开通时间", "运营\n人数", "运营\n状态", "基本功能", "平台类型", "整改措施",
    )  # fmt: skip
    values = (
        "名称", "认证主体", "主办单位", "运营单位", "运营模式", "经费保障", "关注量", "阅读量", "推送频率", "开通时间",
        "运营人数", "运营状态", "基本功能", "平台类型", "整改措施",
    )  # fmt: skip
    rows = [
        row(*heads, height=1.6),
        row(Cell("{%tr for 号 in 账号 %}", 15)),
        row(*(Cell(f"{{{{ 号.{name} }}}}") for name in values), height=1.2),
        row(Cell("{%tr endfor %}", 15)),
    ]
    table(paper, rows, (2.3, 2.0, 2.6, 2.6, 1.4, 1.7, 1.4, 1.4, 1.4, 1.9, 1.3, 1.6, 2.2, 1.6, 1.8), 8.5)
    line(
        paper,
        "注：1．按照微博、微信等第三方平台上开设的账号或应用以及移动客户端等类别分别填写，名称填写全称；"
        "2．运营单位填写具体运营的单位名称；3．运营模式填写自营或购买服务；4．运营人数填写有无专人运营和负责运营人数；"
        "5．运营状态填“正常运营”或“停止运营”；6．基本功能填写发布、传播、互动、引导、办事等；"
        "7．平台类型填写新浪、腾讯、人民网或其他；8．整改措施栏填写保留、变更、关停、注销等；9．统计时间截至{{ 统计时间 }}；"
        "10．下属事业单位及二级机构由上级主管部门汇总统一报送。",
        size=9,
    )
    return paper


def anning() -> Paper:
    """云南省政务新媒体备案登记表.

    The measures name the form and annex none: this sheet holds what they ask to stand behind an account, and the
    office puts the province's sheet in its place. Source: Anning 2021 art. 11–17.
    """
    paper = blank()
    line(paper, "云南省政务新媒体备案登记表", size=16, font=HEI, align="center", after=8)
    line(paper, "单位名称（盖章）：{{ 单位 }}　　　　　　　填表时间：{{ 填表时间 }}")

    def four(first: str, field: str, second: str, other: str) -> GridRow:
        return row(
            label(first, 2), Cell(f"{{{{ {field} }}}}", 4), label(second, 2), Cell(f"{{{{ {other} }}}}", 4)
        )

    rows = [
        four("账号名称", "账号名称", "账号ID", "账号ID"),
        four("开办平台", "平台", "是否通过认证", "是否通过认证"),
        four("创建日期", "开通时间", "运行状态", "运行状态"),
        four("主办单位", "单位", "承办单位", "承办单位"),
        four("主要负责人", "主办单位主要负责人", "分管负责人", "主办单位分管负责人"),
        four("总编辑", "总编辑", "管理职能部门", "管理职能部门"),
        four("内容编辑人员", "内容编辑人员", "审核人员", "审核人员"),
        four("技术保障人员", "技术保障人员", "联系电话", "联系电话"),
        four("专项经费", "专项经费", "集体研究日期", "集体研究日期"),
        row(label("访问链接", 2), Cell("{{ 访问链接 }}", 10)),
        row(label("栏目规划", 2), Cell("{{ 栏目规划 }}", 10), height=1.8),
        row(label("基本情况介绍", 2), Cell("{{ 基本情况介绍 }}", 10), height=2.4),
        *_opinions("开办（变更、关停、注销）理由", "（变更、关停、注销）"),
    ]
    table(paper, rows, (1.38,) * 12)
    line(
        paper,
        "注：开办、变更、关停、注销应于7个工作日内在市政府办公室备案；变更、关停、注销须向社会公告不少于15个工作日。",
        size=9,
    )
    return paper


def _value(pattern: str, n: int, span: int = 1) -> Cell:
    return Cell(f"{{{{ {pattern.format(n)} }}}}", span)


def _heads() -> list[GridRow]:
    def pair(name: str, field: str, other: str, value: str) -> GridRow:
        return row(label(name, 2), Cell(f"{{{{ {field} }}}}", 4), label(other, 3), Cell(value, 3), height=1.1)

    def unit(name: str, field: str) -> list[GridRow]:
        return [
            row(label(name, 2), Cell(f"{{{{ {field} }}}}", 4), label(f"{name}\n分管领导及职务", 3),
                Cell(f"{{{{ {name}分管领导及职务 }}}}", 3), height=1.1),
            row(up(2), up(4), label("联系电话及方式", 3), Cell(f"{{{{ {name}联系电话 }}}}", 3)),
        ]  # fmt: skip

    return [
        pair("账号ID\n及名称", "账号ID及名称", "创建/注册日期", "{{ 开通时间 }}"),
        pair(
            "发布平台\n（系统）", "平台", "是否通过认证", "{{ 框_已认证 }}是　{{ 框_未认证 }}否{{ 注_认证 }}"
        ),
        pair(
            "主管单位",
            "主管单位",
            "是否取得互联网\n新闻信息服务资质",
            "{{ 框_有资质 }}是　{{ 框_无资质 }}否{{ 注_资质 }}",
        ),
        *unit("主办单位", "单位"),
        *unit("承办单位", "承办单位"),
    ]


def _functions(kinds: str, code: str) -> list[GridRow]:
    return [
        row(label("政务新媒体\n平台功能", 2), Cell(kinds, 10), height=1.6),
        row(up(2), Cell(code, 4), Cell("基本情况介绍：\n{{ 基本情况介绍 }}", 6), height=2.4),
        row(label("访问链接", 2), Cell("{{ 访问链接 }}", 10)),
    ]


def _columns(count: int) -> list[GridRow]:
    heads = [label(text, 2) for text in ("名　称", "一级菜单", "二级菜单", "三级菜单", "备　注")]
    names = ("名称", "一级菜单", "二级菜单", "三级菜单", "备注")
    lines = [
        row(up(2), *(_value(f"栏目{{}}{name}", n, 2) for name in names)) for n in range(1, count + 1)
    ]  # fmt: skip
    return [row(label(_NOTE, 2), *heads), *lines]


def _opinions(reason: str, beside: str) -> list[GridRow]:
    named = f"　　已知本单位在网络公共平台开办{beside}此政务新媒体账号，"
    while_open = "并在开办期间建立有关管理制度" if beside else "并建立有关管理制度"
    promise = f"{named}{while_open}，明确对此账号及发布内容负有管理责任。"
    return [
        row(label(reason, 2), Cell("{{ 理由 }}", 10), height=1.6),
        row(
            label("主办单位\n意　　见", 2), Cell(promise, 10, right=f"主要负责人签字：　　　　　　　　\n{_SIGNED}"),
            height=2.2,
        ),
        row(
            label("主管单位\n意　　见", 2), Cell("", 10, right=f"负责人签字：　　　　　　　　\n{_SIGNED}"), height=1.8
        ),
    ]  # fmt: skip


def _running(states: str) -> GridRow:
    return row(
        label("正式运营\n时　　间", 2), Cell("{{ 正式运营时间 }}", 2), label("关注量/\n粉丝量", 2), Cell("{{ 关注量 }}", 2),
        label("运行\n状态", 1), Cell(states, 3), height=1.2,
    )  # fmt: skip
