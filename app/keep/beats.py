"""What `doctor` says of the numbers that `/metrics` shows, against the bounds of the alert rules in `deploy/`."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.settings import Settings
from cases.lists.pulse import Pulse
from console.wording import OUTBOX_LANES

OK, OFF, WARN, BAD = "ok", "off", "warn", "bad"
# Seconds; `tests/unit/test_deploy.py` holds the alert rules to them.
LATE, SILENT, SWEEP_LAG, BACKUP_AGE = 600, 60, 300, 2 * 86400


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: str
    detail: str


def beats(settings: Settings, now: Pulse, led: float | None) -> Iterator[Check]:
    """`led`: seconds since no process leads any more, None if none ever did."""
    late = {lane: age for lane, age in now.unsent.items() if age > LATE}
    if late:
        said = "、".join(
            f"{OUTBOX_LANES.get(lane, lane)}已等 {_long(age)}" for lane, age in sorted(late.items())
        )
        yield Check("发送", WARN, f"有消息没有发出（{said}）：服务是否在运行，平台是否可连接？")
    else:
        yield Check("发送", OK, "没有积压")
    if now.given_up:
        yield Check("送达失败", WARN, f"{now.given_up} 份没有送达，不再重试：请在控制台「送达失败」处理")
    if now.clock_off:
        side = "慢" if now.clock_off > 0 else "快"
        yield Check(
            "时钟", BAD, f"本机比微信平台{side} {_long(abs(now.clock_off))}：来信会被拒收、时限会算错，请校时"
        )
    if now.danger > LATE:
        yield Check("紧急", BAD, f"有紧急事项 {_long(now.danger)} 无人接手")
    if led is not None and led > SILENT:
        yield Check("服务", WARN, f"{_long(led)} 前停止：没有程序在发送、巡查")
    elif led is not None and now.sweep_lag > SWEEP_LAG:
        yield Check("巡查", WARN, f"落后 {_long(now.sweep_lag)}：时限提醒会迟到")
    elif led is not None:
        yield Check("服务", OK, "在运行，巡查及时")
    asked_late = now.chat_polled is not None and now.chat_polled > LATE
    if asked_late and settings.telegram_on and not settings.telegram_webhook_url:
        yield Check("Telegram 收取", WARN, f"已有 {_long(now.chat_polled or 0)} 没有取到更新")
    old = now.backed_up is None or now.backed_up > BACKUP_AGE
    last = "从未备份" if now.backed_up is None else f"最近一次在 {_long(now.backed_up)} 前"
    yield Check("备份", WARN if old else OK, f"{last}{'：请启用 deploy/ 中的备份定时器' if old else ''}")


def _long(seconds: float) -> str:
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} 秒"
