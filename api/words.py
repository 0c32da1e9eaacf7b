"""What a citizen reads in another channel at once. No command of WeChat's is promised here."""

from collections.abc import Sequence
from datetime import date

from sla.deadline import due_words

_CHOICE = 60  # characters of a question in the short list
SMALL_TALK = (
    "您好！请直接写下您要咨询、建议、投诉或表扬的事：时间、地点、经过写清楚，我们会立即给您编号和答复时限。"
)

FORGOTTEN = (
    '{"receipt": "这条来信的资料已按规定删除。"}'  # the body kept for an id whose letter is kept no more
)


def receipt(no: str, due_on: date, provisional: bool, *, late: bool = False) -> str:
    due = due_words(due_on, provisional)
    promise = f"答复时限 {due} 已过，我们会尽快答复您。" if late else f"我们将在 {due} 前答复您。"
    return f"您的留言已收到，编号 {no}。\n{promise}要补充请接着写。"


def not_theirs(no: str) -> str:
    return f"没有找到该用户的编号为 {no[:20]} 的事项，请核对编号。"


def choices(said: str, questions: Sequence[str]) -> str:
    """A receipt with the short list: the case is registered already, a number only answers it at once."""
    lines = [f"{number} {_cut(question)}" for number, question in enumerate(questions, 1)]
    return "\n".join([said, "您是想问：", *lines, "回复数字即可看到答复；都不是请回复 人工"])


def _cut(question: str) -> str:
    text = " ".join(question.split())
    return text if len(text) <= _CHOICE else text[: _CHOICE - 1] + "…"


def joined(no: str, due_on: date, provisional: bool) -> str:
    return f"已并入您的事项，编号 {no}，答复时限 {due_words(due_on, provisional)}。"


def joined_danger(no: str) -> str:
    return f"已并入您的事项，编号 {no}，值班负责人会看到。"


def automatic(no: str) -> str:
    return f"【自动答复】编号 {no}（没有解决请回复「人工」，由工作人员办理）"


def answer(text: str, source: str, effective_on: date | None) -> str:
    origin = "，".join(part for part in (source, f"{effective_on} 起施行" if effective_on else "") if part)
    return "\n".join([text.strip(), *([f"来源：{origin}"] if origin else [])])


def for_person(no: str, due_on: date, provisional: bool) -> str:
    return f"已转工作人员办理，编号 {no}，答复时限 {due_words(due_on, provisional)}。"


def reopened(no: str, due_on: date, provisional: bool) -> str:
    return f"很抱歉没有让您满意。编号 {no} 已重新办理，新的答复时限 {due_words(due_on, provisional)}，由督办人员过问。"


def rated(no: str, grade: str) -> str:
    return f"感谢您的评价：编号 {no}，{grade}。"
