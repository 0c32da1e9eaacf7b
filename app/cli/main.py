"""The program `huiyin`. A command group is loaded when it is called."""

import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from app.cli.frame import WRONG_USAGE, complain, one_line_errors
from app.cli.helping import plain, translate
from app.cli.usage import in_chinese

_SURROGATE = re.compile("[\ud800-\udfff]")  # a byte of what is no UTF-8
# command → (module, its help in one line)
_COMMANDS = {
    "serve": ("serving", "启动服务"),
    "demo": ("serving", "启动演示：模拟器和样例数据"),
    "classify": ("sorting", "给来信分类"),
    "evaluate": ("sorting", "用已标注的数据评估分类"),
    "train": ("sorting", "用语料和更正训练新模型"),
    "hotspots": ("sorting", "找出热点"),
    "models": ("sorting", "内置模型、版本与回退"),
    "deadline": ("dates", "计算答复时限"),
    "calendar": ("dates", "工作日历"),
    "kb": ("knowledge", "咨询答问库"),
    "staff": ("people", "工作人员"),
    "department": ("people", "部门"),
    "article": ("articles", "留言所在的文章"),
    "source": ("sources", "其他渠道及其密钥"),
    "menu": ("articles", "公众号菜单"),
    "case": ("register", "事项"),
    "report": ("register", "月度统计"),
    "ledger": ("register", "审核发布台账"),
    "account": ("media_accounts", "政务新媒体账号与备案"),
    "release": ("releases", "信息审核发布台账"),
    "selfcheck": ("selfchecks", "每月自查"),
    "incident": ("matters", "违法有害信息、假冒账号与谣言"),
    "suggestion": ("matters", "有参考价值的意见建议"),
    "duty": ("duty", "值班与本月要办"),
    "handover": ("duty", "管理人员交接"),
    "audit": ("keeping", "操作记录"),
    "person": ("privacy", "一位来信人的资料：导出、删除"),
    "retain": ("privacy", "到期匿名化"),
    "key": ("privacy", "更换密钥"),
    "backup": ("keeping", "备份"),
    "restore": ("keeping", "恢复"),
    "doctor": ("doctor", "检查设置与环境"),
}


class LazyGroup(TyperGroup):
    """Names and help are known; the module behind a command is imported when it runs."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = _COMMANDS.get(cmd_name)
        if found is None:
            return None
        module = importlib.import_module(f"app.cli.{found[0]}")
        group: Any = typer.main.get_group(module.app)
        return plain(group.get_command(ctx, cmd_name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="回音：回复群众来信的助手。",
)


@app.callback()
def _main() -> None:
    """回音：回复群众来信的助手。"""


def run() -> None:
    """Entry point: exit 0 done, 1 refused or incomplete, 2 wrong usage."""
    os.umask(0o077)  # what is kept of citizens is for the program's own user, and for nobody else
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - a caller may close both
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if foreign := next((word for word in sys.argv if _SURROGATE.search(word)), ""):
        shown = foreign.encode("utf-8", "replace").decode()[:40]
        sys.stderr.write(f"「{shown}」不是 UTF-8 文字：请检查终端的编码，文件请先改名。\n")
        raise SystemExit(WRONG_USAGE)
    with one_line_errors():
        try:
            program: Any = typer.main.get_command(app)
            translate(program)
            code = program(prog_name="huiyin", standalone_mode=False)
        except typer.Abort:
            raise SystemExit(130) from None
        except Exception as error:
            said = in_chinese(error)
            if said is None:
                raise
            if said:
                complain(said)
            raise SystemExit(WRONG_USAGE) from None
        raise SystemExit(code if isinstance(code, int) else 0)
