"""Papers that are signed: the month's self-check and the secrecy undertaking of a hand-over."""

from docx.document import Document as Paper

from duties.papers.grid import FANGSONG, HEI, Cell, blank, label, line, repeat_head, row, table


def selfcheck() -> Paper:
    """青岛西海岸新区政务新媒体日常监管指标, as a month's record. Source: Qingdao West Coast 2020 no. 88, annex 2."""
    paper = blank()
    line(paper, "附件2", size=14, font=HEI)
    line(paper, "政务新媒体日常监管指标", size=16, font=HEI, align="center", after=2)
    line(paper, "{{ 月份 }} 自查表", size=12, align="center", after=8)
    line(paper, "一、单位名称（盖章）：{{ 单位 }}", font=HEI, size=12)
    line(paper, "二、本级政务新媒体。共 {{ 本级|length }} 个。分别为：", font=HEI, size=12)
    line(paper, "{%p for 号 in 本级 %}", after=0)
    line(paper, "（{{ loop.index }}）{{ 号.名称 }}，类型：{{ 号.类型 }}；", indent=21)
    line(paper, "{%p endfor %}", after=0)
    line(paper, "三、下属单位政务新媒体。共 {{ 下属|length }} 个。分别为：", font=HEI, size=12)
    line(paper, "{%p for 号 in 下属 %}", after=0)
    line(
        paper, "（{{ loop.index }}）{{ 号.名称 }}，类型：{{ 号.类型 }}，开设单位：{{ 号.单位 }}。", indent=21
    )
    line(paper, "{%p endfor %}", after=0)
    line(paper, "四、日常监管指标", font=HEI, size=12)
    rows = [
        row("序号", "指标", "系统判定", "结论", "情况说明", "整改期限"),
        row(Cell("{%tr for 项 in 指标 %}", 6)),
        row(label("{{ 项.序号 }}"), Cell("{{ 项.指标 }}"), label("{{ 项.系统判定 }}"), label("{{ 项.结论 }}"),
            Cell("{{ 项.说明 }}"), label("{{ 项.整改 }}")),
        row(Cell("{%tr endfor %}", 6)),
    ]  # fmt: skip
    table(paper, rows, (1.1, 4.9, 1.7, 1.5, 5.2, 2.6), 9.5)
    repeat_head(paper)
    line(paper, "", after=0)
    line(paper, "五、责任人（签字）", font=HEI, size=12)
    for who in ("单位分管负责人", "科室负责人", "账号具体责任人"):
        line(paper, f"{who}：　　　　　　　　　　　　联系电话：", indent=21)
    line(paper, "{{ 签署 }}", size=9)
    return paper


def secrecy() -> Paper:
    """政务公开新媒体管理移交保密承诺书. Source: MLGK 004—2018 §7.1, §7.2; Anning 2021 art. 37, 38."""
    paper = blank(margin=2.8)
    line(paper, "政务公开新媒体管理移交保密承诺书", size=18, font=HEI, align="center", after=18)
    body = (
        "因工作需要，{{ 移交人 }}自 {{ 移交日期 }} 起不再担任{{ 单位 }}政务新媒体账号「{{ 账号 }}」的管理人员，"
        "相关管理职责移交给{{ 接收人 }}。双方就账号的安全与保密承诺如下：",
        "一、移交人已交还账号、密码、管理权限、验证手机与专用设备，不留存任何可以登录或恢复账号的凭据，自移交之日起不再登录账号。",
        "二、接收人已在接收当日更改账号密码及各类保密信息，账号由专人专机管理，不使用自动登录，不在公共场所或没有安全保障的"
        "设备上登录，不使用时及时退出。",
        "三、双方对工作中知悉的国家秘密、工作秘密、来信人的个人信息和未公开的内容负有保密义务；移交人离岗后仍继续履行。",
        "四、未经授权和审核，不以该账号发布信息，不更改其注册和备案资料。",
        "五、违反本承诺的，依照有关纪律和法律法规承担责任。",
    )
    for text in body:
        line(paper, text, size=14, font=FANGSONG, indent=28, after=6)
    line(paper, "移交清单：{{ 清单 }}", size=12, font=FANGSONG, indent=28, after=18)
    for who, name in (("移交人", "移交人"), ("接收人", "接收人"), ("监交人", "监交人")):
        line(
            paper,
            f"{who}（{{{{ {name} }}}}）签字：　　　　　　　　　　年　　月　　日",
            size=14,
            font=FANGSONG,
            after=14,
        )
    line(paper, "（单位盖章）　　　　", size=14, font=FANGSONG, align="right")
    return paper
