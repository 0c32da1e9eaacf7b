"""This machine's clock is not the platform's: whoever minds it is told, and `doctor` and `/metrics` know it."""

from cases.register import memo
from cases.register.desk import Desk
from cases.sending import announce, outbox


def note(desk: Desk, ahead: float) -> None:
    """Note by how many seconds the platform is ahead of this machine; 0: they agree again."""
    if not ahead and not memo.CLOCK_OFF.of(desk.session):
        return
    memo.CLOCK_OFF.put(desk.session, ahead)
    desk.audit("clock.off", "office", seconds=round(ahead))
    if not ahead:
        return
    minutes, side = round(abs(ahead) / 60), "慢" if ahead > 0 else "快"
    announce.supervisors(
        desk,
        f"【时钟】服务器时钟比微信平台{side}约 {minutes} 分钟，已影响收信：相差超过 10 分钟的请求会被当作重放而拒收，"
        "来信时间和时限也会算错。请立即检查服务器校时（timedatectl），并用 huiyin doctor 复核。",
        key=f"clock-off:{desk.today.isoformat()}",
        priority=outbox.PEOPLE,
    )
