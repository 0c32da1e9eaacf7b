"""Why a database cannot be used, in one Chinese sentence. Its own English words, addresses and names stay in the log.

SQLite and PostgreSQL say it by codes where a statement failed; where no connection came about, by words alone.
"""

import re
from collections.abc import Iterator

import structlog

from text import system_errors

log = structlog.get_logger()
_CODES: tuple[tuple[str, str], ...] = (  # how a code of SQLite, or a state of SQL, begins
    ("SQLITE_BUSY", "locked"), ("SQLITE_LOCKED", "locked"), ("55P03", "locked"), ("40", "locked"),
    ("SQLITE_READONLY", "read-only"), ("25006", "read-only"), ("SQLITE_PERM", "denied"), ("42501", "denied"),
    ("SQLITE_CORRUPT", "damaged"), ("SQLITE_NOTADB", "damaged"), ("XX001", "damaged"), ("XX002", "damaged"),
    ("SQLITE_FULL", "full"), ("53100", "full"), ("SQLITE_NOMEM", "memory"), ("53200", "memory"), ("53300", "crowded"),
    ("SQLITE_CANTOPEN", "closed"), ("SQLITE_IOERR", "disk"), ("58", "disk"), ("28", "password"), ("3D000", "unknown"),
    ("57014", "slow"), ("57P", "starting"), ("08", "lost"), ("42P01", "tables"), ("42703", "tables"),
)  # fmt: skip
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(words, re.IGNORECASE), kind)
    for words, kind in (
        ("database (?:table )?is locked|lock timeout|deadlock detected", "locked"),
        ("readonly database|read-only transaction|read-only file", "read-only"),
        ("malformed|not a database|file is encrypted|disk image|invalid page", "damaged"),
        ("disk is full|no space left|could not extend file", "full"),
        ("unable to open database", "closed"),
        ("disk i/o error", "disk"),
        ("out of memory", "memory"),
        ("password|authentication failed|no pg_hba|fe_sendauth|role .{1,80} does not exist|not permitted to log in", "password"),
        ("database .{1,80} does not exist", "unknown"),
        ("connection refused|could not connect|no such file or directory", "refused"),
        ("could not translate host|name or service|name resolution|nodename nor|no address associated", "nowhere"),
        ("no route to host|network is unreachable|host is unreachable", "nowhere"),
        ("timeout|timed out|canceling statement", "slow"),
        ("too many (?:clients|connections)|connection slots", "crowded"),
        ("starting up|shutting down|in recovery|terminating connection", "starting"),
        ("closed the connection|connection .{0,40}(?:lost|closed|reset)|broken pipe|consuming input|ssl", "lost"),
        ("permission denied", "denied"),
        ("no such (?:table|column)|undefined(?:table|column)|relation .{1,80} does not exist", "tables"),
    )
)  # fmt: skip
_SAID = {
    "locked": "数据库正被别的程序占用，一直没有让出来：请稍后再试，或停掉正在备份、修复它的程序",
    "read-only": "数据库只读，写不进去：请检查数据库文件和所在文件夹的权限",
    "denied": "没有读写数据库的权限",
    "damaged": "数据库文件已损坏，或不是本程序的数据库：请保留原文件，用 huiyin restore 恢复备份",
    "full": "磁盘已满，数据库写不进去：请先腾出空间",
    "memory": "内存不足，数据库没有做完",
    "crowded": "数据库的连接数已满：请稍后再试，或放宽数据库服务器的连接数",
    "closed": "数据库文件打不开：请检查路径是否存在、有没有读写权限",
    "disk": "磁盘读写出错：请检查磁盘",
    "password": "数据库连不上：用户名或密码不对，或服务器不许这个用户从这里登录",
    "unknown": "数据库连不上：服务器上没有这个数据库",
    "refused": "数据库连不上：服务器拒绝连接，请确认它已启动，地址和端口无误",
    "nowhere": "数据库连不上：找不到服务器，请检查地址和网络",
    "slow": "数据库连不上，或很久没有回应（超时）：请检查网络和服务器",
    "starting": "数据库连不上：服务器正在启动、关闭或恢复，请稍后再试",
    "lost": "数据库连不上：与服务器的连接断了，请稍后再试",
    "tables": "数据库里没有本程序要的表，或表结构与本程序不符",
}
OTHER = "数据库出错，原因已写入日志，请告知系统管理员"


def in_chinese(error: BaseException) -> str:
    """Return why the database could not be used. What is not known here is told to the log, by its code."""
    causes = list(_causes(error))
    codes = [code for cause in causes for code in _codes_of(cause)]
    kind = next((kind for code in codes for known, kind in _CODES if code.startswith(known)), "")
    if not kind:
        words = "\n".join(map(str, causes))
        kind = next((kind for known, kind in _WORDS if known.search(words)), "")
    if kind:
        return _SAID[kind]
    of_system = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    if of_system is not None:
        return f"数据库打不开：{system_errors.in_chinese(of_system)}"
    log.warning("database.error", kinds=[type(cause).__name__ for cause in causes], codes=codes)
    return OTHER


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what lies beneath: what the driver said, wrapped by whoever called it."""
    seen: set[int] = set()
    below: BaseException | None = error
    while below is not None and id(below) not in seen:
        seen.add(id(below))
        yield below
        below = getattr(below, "orig", None) or below.__cause__


def _codes_of(error: BaseException) -> Iterator[str]:
    for name in ("sqlite_errorname", "sqlstate"):
        code = getattr(error, name, None)
        if isinstance(code, str) and code != "SQLITE_ERROR":  # that one says nothing
            yield code
