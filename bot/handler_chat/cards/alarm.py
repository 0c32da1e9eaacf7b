"""The alarm of a case in which somebody is in danger: what to do first, how to reach them, who has it. Pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.handler_chat.cards.cards import FILE_KINDS, Button, Card, letter
from bot.handler_chat.cards.fitting import clip
from cases.lists.alarms import AlarmView
from cases.register import channels
from sla.deadline import PROVISIONAL

TAKE = "我来处置"
FIRST = "先做：有人身危险立即拨打 110，伤病拨打 120；有轻生念头的，同时联系心理援助热线 12356，设法留住并联系本人。"
_OTHERS = "其他危险：报警 110，急救 120，轻生 12356。"
_OF_KIND = (  # the first that fits; what to do first of all when the danger is of this kind
    (("轻生", "自伤"), "设法与本人保持联系、查明所在；已在实施或下落不明立即拨打 110，受伤拨打 120"),
    (("火情", "泄漏"), "立即拨打 119 报火警，提醒来信人撤离；燃气泄漏不开关电器、不动明火"),
    (("有人遇险", "水情", "坍塌", "被困", "溺水", "洪水"), "立即拨打 119 请消防救援，有伤员同时拨打 120"),
    (("暴力", "威胁", "扬言", "拘禁", "侵害儿童", "失踪", "聚集"), "立即拨打 110 报警，有伤员同时拨打 120"),
    (("急症", "中毒", "触电", "交通险情"), "立即拨打 120 急救，交通事故同时拨打 122"),
)
_KIND = re.compile(r"疑似紧急（([^（）]+)）")
_LETTER = 1500


def alarm_card(alarm: AlarmView, zone: ZoneInfo, times: int, *, opened: bool = True) -> Card:
    """The alarm told for the `times`-th time. Taken, or of a closed case, it has no button."""
    view, line = alarm.view, alarm.view.line
    head = f"【紧急】{line.no}"
    if alarm.taken_by and alarm.taken_at:
        return Card(f"{head}　✅ 已由{alarm.taken_by}于 {_moment(alarm.taken_at, zone)} 接手处置。")
    if not opened:
        return Card(f"{head}　本件已办结，提醒停止。")
    again = f"　第 {times} 次提醒，自 {_moment(alarm.raised_at, zone)} 起无人处置" if times > 1 else ""
    lines = [f"{head}{again}", *_first(view.reasons), f"联系来信人：{_reach(alarm)}"]
    if times >= 3 and alarm.leaders:
        lines.append(f"请分管领导{'、'.join(alarm.leaders)}过问。")
    if view.reasons:
        lines.append(f"依据：{clip(view.reasons, 200)}")
    if view.first_answer_due_at is not None:
        mark = PROVISIONAL if view.first_answer_provisional else ""
        lines.append(f"首次回应时限 {_moment(view.first_answer_due_at, zone)}{mark}")
    if line.department or line.handler:
        lines.append(f"承办：{'　'.join(word for word in (line.department, line.handler) if word)}")
    if view.files:
        lines.append(
            "附件：" + "、".join(f"{FILE_KINDS.get(kind, kind)} {count}" for kind, count in view.files)
        )
    lines += ["—— 来信 ——", clip(letter(view), _LETTER, "来信")]
    return Card("\n".join(lines), ((Button(TAKE, f"danger:{view.id}"),),))


def _first(reasons: str) -> list[str]:
    """Return what to do first, by the kind that was found; the numbers for every kind stand below it."""
    found = _KIND.search(reasons)
    kind = found.group(1) if found else ""
    steps = [step for marks, step in _OF_KIND if any(mark in kind for mark in marks)]
    return [f"先做（{kind}）：{steps[0]}。", _OTHERS] if steps else [FIRST]


def _reach(alarm: AlarmView) -> str:
    ways = []
    if alarm.left:
        ways.append(f"来信留有{'、'.join(alarm.left)}，在控制台「显示原文」查看（查看留痕）")
    channel = alarm.view.line.channel
    if channel == "comment":
        ways.append("图文留言，只能公开回复")
    elif channel == "wechat":
        window = f"（{alarm.window}）" if alarm.window else ""
        ways.append(f"微信：认领后用「追问」发问，审核后送达{window}")
    else:
        ways.append(f"经{channels.title(channel)}渠道回复：认领后用「追问」，审核后送达")
    return "；".join(ways)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")
