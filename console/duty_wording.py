"""The Chinese words for what the duties leave in the trail."""

from duties.accounts.register import KINDS as EVENTS
from duties.matters.incidents import KINDS as INCIDENTS
from duties.releases.ledger import WEIGHTS
from duties.selfcheck.record import VERDICTS

ACTIONS = {
    "account.open": "登记账号", "account.change": "账号变更", "account.suspend": "账号暂停",
    "account.resume": "账号恢复", "account.close": "账号关停公告", "account.closed": "账号已关停",
    "account.filed": "报送备案", "account.fill": "填写备案表", "account.form": "取出备案表",
    "release.add": "登记稿件", "release.approve": "稿件通过一级", "release.return": "退回稿件",
    "release.resubmit": "重新提交稿件", "selfcheck.start": "开始自查", "selfcheck.answer": "回答自查",
    "selfcheck.task": "列入整改", "selfcheck.mend": "整改完毕", "selfcheck.sign": "签署自查",
    "incident.add": "登记事件", "incident.report": "报告事件", "incident.close": "事件办结",
    "incident.keep": "证据依法保留", "incident.erase": "删除期满证据", "duty.plan": "排班",
    "duty.swap": "换班", "duty.swap_ask": "申请换班", "duty.swap_decide": "答复换班", "duty.note": "值班交接",
    "suggestion.pass": "转送建议", "suggestion.adopted": "采纳建议", "suggestion.declined": "不采纳建议",
    "handover.start": "开始交接", "handover.pass": "更换接收人", "handover.tick": "交接一项", "handover.sign": "交接签字",
}  # fmt: skip
DETAILS = {
    "title": "标题", "weight": "级别", "levels": "审核级数", "verdict": "结论", "automatic": "系统判定", "code": "指标",
    "missing": "所缺", "fields": "栏目", "notice_to": "公告至", "on": "日期", "day": "日期", "staff": "值班人", "from": "自",
    "files": "文件数",
}  # fmt: skip
VALUES = {"weight": WEIGHTS, "verdict": VERDICTS, "automatic": VERDICTS, "kind": {**EVENTS, **INCIDENTS}}
