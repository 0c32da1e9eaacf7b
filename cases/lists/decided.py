"""Who did what last with a case, and when: said to whoever came too late."""

from sqlmodel import col, select

from cases.register.desk import Desk
from cases.register.readonly import Case, Staff
from cases.register.tables import Audit

_DONE = {
    "case.claim": "认领了本件", "case.transfer": "转办了本件", "case.submit": "提交了草稿", "case.correct": "提交了更正",
    "draft.approve": "通过了草稿", "draft.return": "退回了草稿", "case.answer": "签发了答复", "case.ask": "签发了追问",
    "case.refuse": "签发了不予受理", "case.reclassify": "改了类别",
    "extension.ask": "申请了延期", "extension.decide": "决定了延期申请",
    "case.link": "将本件并案", "case.unlink": "撤销了并案", "case.split": "拆分了来信", "case.addition": "补充了内容",
    "draft.approval_withdrawn": "补充了内容，审核作废", "case.reopen": "要求重新办理", "danger.take": "接手处置",
    "danger.call_off": "解除了紧急",
    "promise.kept": "登记承诺已兑现",
    "case.assign": "指派了承办人", "case.nudge": "催办了本件", "case.release": "退回待认领", "case.hand_over": "移交了本件",
}  # fmt: skip


_DONE_WITH_ENTRY = {
    "kb.publish": "发布了这一条", "kb.retire": "停用了这一条", "kb.edit": "修改了这一条",
}  # fmt: skip


def latest(desk: Desk, case: Case, me: Staff | None = None) -> str:
    """Return a sentence on the last step that changed the case; empty where there is none."""
    return _last(desk, f"case:{case.no}", _DONE, me)


def latest_of_entry(desk: Desk, entry_id: str, me: Staff | None = None) -> str:
    """Return a sentence on what became of an entry of the knowledge base; empty where nothing did."""
    return _last(desk, f"entry:{entry_id}", _DONE_WITH_ENTRY, me)


def _last(desk: Desk, subject: str, deeds: dict[str, str], me: Staff | None) -> str:
    query = select(Audit).where(Audit.subject == subject, col(Audit.action).in_(deeds))
    row = desk.session.exec(query.order_by(col(Audit.seq).desc()).limit(1)).first()
    if row is None:
        return ""
    who = "您" if me is not None and row.actor == me.name else row.actor
    return f"{who}已于 {row.at.astimezone(desk.office.zone):%m-%d %H:%M} {deeds[row.action]}。"
