"""The Chinese words for what stands in the register as codes."""

from cases.lists.reveal import FILE_STATES
from cases.lists.statistics import CHANNEL_NAMES
from cases.register.kinds import Job
from cases.register.permissions import ROLE_NAMES
from cases.register.states import CATEGORY_NAMES, DELIVERY_NAMES, PURPOSE_NAMES, STATE_NAMES
from console import duty_wording
from knowledge_base.base.entries import CANDIDATE, PUBLISHED, RETIRED
from sla.deadline import PROVISIONAL

CAUSES = {
    "received": "收到来信",
    "reclassified": "改类，自收到日重算",
    "extended": "批准延期",
    "reopened": "重新办理",
    "office_close": "下班时刻调整",
    "calendar": "放假安排公布",
    "urgent": "标为紧急",
}
DRAFT_STATES = {
    "review": "待审核",
    "returned": "已退回",
    "replaced": "已被新稿替换",
    "withdrawn": "已撤回",
    "approved": "已通过",
}
EXTENSIONS = {
    "asked": "延期申请待同意", "granted": "已同意延期", "refused": "延期未获同意", "lapsed": "延期申请已失效",
}  # fmt: skip
ENTRY_STATES: dict[str, str] = {CANDIDATE: "待发布", PUBLISHED: "已发布", RETIRED: "已停用"}
MUTED = {"unsolved": "多次未解决", "source": "依据有变"}
MESSAGE_KINDS = {
    "text": "文字", "image": "图片", "voice": "语音", "video": "视频", "shortvideo": "短视频",
    "location": "位置", "link": "链接", "event": "事件", "file": "文件",
}  # fmt: skip
PURPOSES = {key.value: name for key, name in PURPOSE_NAMES.items()}
STATES = {key.value: name for key, name in STATE_NAMES.items()}
DELIVERIES = {key.value: name for key, name in DELIVERY_NAMES.items()}
DELIVERY_KINDS = {**PURPOSES, "notice": "通知", "auto": "自动答复"}
DELIVERY_WAYS = {
    "customer_message": "客服消息",
    "template": "模板消息",
    "passive": "随下次回复",
    "comment": "留言回复",
    "api": "由渠道取走",
    "callback": "推送到渠道",
    "": "",
}
OUTBOX_LANES = {
    "chat": "办理群",
    "citizen": "发给来信人",
    "comment": "留言回复",
    "media": "取回文件",
    "api": "推送到渠道",
    "model": "请模型拟稿",
}
THRESHOLDS = {
    "review": "类别的把握，低于它由人判断", "review_short": "同上，短信", "review_second": "同上，细看之后",
    "urgent": "紧急", "urgent_brief": "紧急，短信", "self_harm": "轻生、自伤", "kind_of_self_harm": "险情属轻生、自伤",
    "no_danger": "细看之后仍算险情", "sensitive": "敏感", "accusation": "检举", "chitchat": "闲聊",
    "chitchat_second": "闲聊，细看之后", "ad": "广告",
}  # fmt: skip
JOBS: dict[str, str] = {
    Job.CASE_CARD: "事项卡片", Job.FRESH_CARD: "新的事项卡片", Job.SHOW_CARD: "调出的卡片", Job.CO_CARD: "协办卡片",
    Job.REVIEW_CARD: "审核卡片", Job.EXTENSION_CARD: "延期卡片", Job.CANDIDATE_CARD: "候选条目", Job.ALARM: "紧急提醒",
    Job.NOTICE: "通知", Job.ALERT: "提醒", Job.ASK: "提问", Job.LIST: "清单", Job.CHOICES: "选项", Job.DELIVERY: "答复",
    Job.TEXT: "补发的回复", Job.LATE: "迟到的来信", Job.FETCH: "取回文件", Job.ELECT: "设为精选留言", Job.RATING: "请评价",
    Job.PROPOSE: "模型拟稿", Job.SECOND_LOOK: "模型核对草稿",
}  # fmt: skip
OUTCOME_KINDS = {"answer": "答复", "refusal": "不予受理", "auto": "自动答复"}

ACTIONS = {
    "case.open": "立件", "case.claim": "认领", "case.transfer": "转办", "case.submit": "提交审核", "case.return": "退回",
    "case.answer": "答复", "case.ask": "追问", "case.refuse": "不予受理", "case.correct": "更正", "case.reopen": "重新办理",
    "case.close": "办结", "case.due": "计算时限", "case.reclassify": "改类", "case.addition": "来信人补充",
    "case.rate": "评价", "case.hand_over": "移交", "case.reveal": "查看原文", "case.auto_answer": "自动答复",
    "draft.submit": "提交草稿",
    "draft.propose": "模型拟稿", "draft.second_look": "模型核对草稿",
    "source.add": "登记渠道", "source.disable": "停用渠道",
    "draft.approve": "通过一级", "draft.return": "退回草稿", "draft.withdraw": "草稿撤回",
    "draft.approval_withdrawn": "审核作废", "extension.ask": "申请延期", "extension.decide": "决定延期",
    "reply.release": "签发", "delivery": "送达情况", "message.small_talk": "未立件消息",
    "kb.candidate": "生成候选条目", "kb.publish": "发布条目", "kb.retire": "停用条目", "kb.edit": "修改条目",
    "kb.wording": "来信人的问法",
    "kb.answer": "条目答复", "case.offer": "请来信人选择", "case.choice_declined": "来信人未选",
    "kb.write": "新写条目", "kb.import": "导入条目", "kb.export": "导出条目", "kb.source_changed": "依据有变",
    "staff.add": "登记人员", "staff.disable": "停用人员", "staff.join_code": "发绑定码", "staff.join": "绑定聊天账号",
    "staff.password": "设置密码", "staff.sign_out": "退出登录", "department.add": "部门设置",
    "signin.ok": "登录", "signin.wrong": "登录失败", "signin.locked": "登录锁定",
    "template.save": "保存模板", "template.remove": "删除模板",
    "signin.factor_on": "启用两步验证", "signin.factor_off": "停用两步验证", "signin.recovery": "用恢复码登录",
    "cohandling.ask": "请部门协办", "cohandling.give": "提交协办意见", "cohandling.end": "撤销协办",
    "danger.take": "接手处置", "danger.call_off": "解除紧急", "case.nudge": "催办",
    "case.assign": "指派", "case.assign_to": "指派给", "case.release": "退回待认领",
    "case.split": "拆出来信", "case.split_from": "由拆分立件", "case.link": "并案", "case.unlink": "撤销并案",
    "case.lead_answer": "随牵头件答复", "case.lead_refuse": "随牵头件不予受理",
    "promise.made": "承诺列入跟踪", "promise.kept": "承诺兑现", "outbox.again": "重试发送",
    "promise.asked": "询问承诺是否办到", "promise.said": "来信人回应承诺", "case.resume": "承诺未办到，继续办理",
    "calendar.import": "导入放假安排", "article.add": "登记文章",
    "model.use": "启用模型", "person.export": "导出个人资料", "person.erase": "删除个人资料", "retain": "到期匿名化",
    "comment.elect": "设为精选留言", "case.belongs": "接续此前的事项", "clock.off": "服务器时钟不准",
    "key.rotate": "更换密钥", "chat.moved": "群组迁移", "clock.back": "时钟回拨", "report.download": "下载报表",
}  # fmt: skip
DETAILS = {
    "chosen": "来信人选定", "entries": "条目",
    "after": "改后", "answer": "答复", "author": "起草人", "before": "原", "case": "事项", "category": "类别",
    "cause": "原因", "channel": "渠道", "claimed_at": "认领时间", "days": "工作日", "delivery": "送达记录",
    "department": "部门", "draft": "草稿", "due_on": "时限", "entry": "条目", "error": "错误", "extension": "延期申请",
    "file": "文件", "grade": "评价", "granted": "同意", "handler_id": "承办人编号", "kind": "种类", "level": "级别",
    "message": "消息", "month": "月份", "name": "名称", "on_time": "按时", "purpose": "用途", "reason": "理由",
    "role": "角色", "round": "轮次", "score": "把握", "state": "状态", "text": "文本指纹", "to": "转至", "topic": "主题",
    "topics": "主题", "tries": "次数", "version": "版本", "was": "原时限", "what": "对象", "why": "原因",
    "added": "新增", "updated": "更新", "refused": "未收", "sha256": "文件指纹", "source": "依据",
    "model": "模型", "changed": "改动", "sources": "依据", "unsupported": "没有出处", "missed": "似未回应",
    "callback": "回调地址", "public": "公开",
    "left": "剩余", "lead": "牵头件", "linked": "并入", "words": "承诺", "note": "说明",
    "row": "序号", "rows": "行数", "seconds": "相差秒数", "msg_data_id": "文章编号", "index": "第几篇", "taken": "收为问法",
    "said": "来信人说", "cases": "事项数", "messages": "消息数", "comment": "留言", "extended": "已延期", "until": "保留至",
    "close_note": "办结说明",
}  # fmt: skip
ACTIONS |= duty_wording.ACTIONS
DETAILS = {**duty_wording.DETAILS, **DETAILS}
_BOTH = {**CATEGORY_NAMES, **STATES}
_VALUES: dict[str, dict[str, str]] = {
    "category": CATEGORY_NAMES, "before": _BOTH, "after": _BOTH,
    "cause": CAUSES, "channel": CHANNEL_NAMES, "purpose": PURPOSES, "state": DELIVERIES,
    "kind": {**duty_wording.VALUES["kind"], **JOBS, **DELIVERY_KINDS},
    "said": {"done": "办好了", "not_done": "没有办好"},
    "weight": duty_wording.VALUES["weight"], "verdict": duty_wording.VALUES["verdict"],
    "automatic": duty_wording.VALUES["automatic"],
    "role": ROLE_NAMES, "what": {"text": "来信和草稿原文", "file": "附件"},
}  # fmt: skip
_SHORTENED = {"text", "sha256"}
_MARKS = {"due_on": "provisional", "was": "was_provisional"}  # a date → whether it was a provisional one
_UNSAID = {
    "claimed_at",
    "review_since",
    "registered_at",
    "clock_from",
    "unclaimed_since",
    "handler_id",
    "department_id",
    "released_at",
    "closed_at",
    "overdue_since",
    "first_answered_at",
    "reopened",
    "parent_id",
    "urgent_since",
    *_MARKS.values(),
}


def told(facts: dict[str, object]) -> str:
    """Return an audit row's facts as one line; empty ones are left out."""
    parts = []
    for key, value in facts.items():
        if value in (None, "", []) or key in _UNSAID or (key == "was" and facts.get("cause") == "received"):
            continue
        shown = {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
        shown = _VALUES.get(key, {}).get(shown, shown)
        shown += PROVISIONAL if facts.get(_MARKS.get(key, "")) else ""
        parts.append(f"{DETAILS.get(key, key)}：{shown[:12] if key in _SHORTENED else shown}")
    return "；".join(parts)


SUBJECTS = {
    "case": "事项", "message": "消息", "staff": "人员", "department": "部门", "kb": "知识库", "file": "文件",
    "article": "文章", "model": "模型", "outbox": "发送", "unknown": "未知用户名", "chat": "会话", "calendar": "工作日历",
    "source": "渠道", "template": "模板", "register": "登记簿", "citizen": "来信人", "entry": "条目",
    "office": "本单位", "year": "年份", "incident": "事件", "duty": "值班", "account": "账号", "ledger": "台账", "report": "报表",
}  # fmt: skip


def actions_called(words: str) -> list[str]:
    """Return the codes of the actions whose Chinese name holds these words."""
    return [code for code, name in ACTIONS.items() if words and words in name]


def subject(written: str) -> str:
    """Return what an audit row is about, in words."""
    kind, _, name = written.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {name}".strip()


NAMES: dict[str, dict[str, str]] = {
    "category": CATEGORY_NAMES,
    "state": STATES,
    "role": ROLE_NAMES,
    "channel": CHANNEL_NAMES,
    "cause": CAUSES,
    "draft": DRAFT_STATES,
    "purpose": PURPOSES,
    "extension": EXTENSIONS,
    "entry": ENTRY_STATES,
    "muted": MUTED,
    "message": MESSAGE_KINDS,
    "delivery_kind": DELIVERY_KINDS,
    "delivery": DELIVERIES,
    "way": DELIVERY_WAYS,
    "action": ACTIONS,
    "file": FILE_STATES,
    "lane": OUTBOX_LANES,
}
