"""Every text that a citizen reads in a passive reply. Pure functions; pages of at most 2,048 UTF-8 bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sla.deadline import due_words

_CHOICE = 60  # characters of a question in the short list
LARGEST = 2048  # UTF-8 bytes that WeChat shows of one text
SAFETY = (
    "您的话让我们很牵挂。如果您或他人正处在危险中，请立即拨打 110（报警）、119（火警）或 120（急救）；"
    "心里难受、想找人说说，可拨打 12356 心理援助热线，24 小时有人接听。"
)
BUSY = "系统繁忙，您刚才的消息没有登记成功，请稍后再发一次。"
UNKNOWN = "系统繁忙，您刚才的消息可能已经登记，也可能没有。请过几分钟发送「查询」看看，没有查到时请再发一次。"
NOTHING_MORE = "没有更多内容了。发送「查询」可查看您的事项。"
UNREADABLE = "您发来的内容里没有文字，请用文字告诉我们要反映的事。发送「帮助」看使用说明。"
UNSHOWN = "这类消息（如表情、小程序等）我们暂时看不到内容，请用文字写下您要反映的事。发送「帮助」看使用说明。"
MISTYPED = "没有看到正确的编号（八位日期，加至少四位数字）。发送「查询」可列出您的全部事项。"
KEPT_ASIDE = "您写的内容已留存，但没有并入任何事项；要补充请用正确的编号再发一次。"
ADD_USAGE = "请写成「补充 编号 内容」。发送「查询」可看到编号。"
RATE_USAGE = "请写成「评价 编号 满意」（或 基本满意、不满意）。发送「查询」可看到编号。"
WRITE = "请直接写下您要咨询、建议、投诉或表扬的事：时间、地点、经过写清楚，可附图片或语音。我们会立即给您编号和答复时限。"
HELP = (
    "请直接写下您要反映的事，我们会给您编号和答复时限。\n"
    "· 查询：列出您的事项；「查询 编号」看一件的进展和答复\n"
    "· 补充：「补充 编号 内容」\n"
    "· 评价：「评价 编号 满意」（或 基本满意、不满意）\n"
    "· 人工：自动答复没解决问题时，回复「人工」或「没解决」\n"
    "· 继续：看长内容的下一页\n"
    "紧急情况请拨打 110、119、120。"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One's own case as the list shows it."""

    no: str
    status: str
    due_on: date
    provisional: bool
    open: bool
    excerpt: str = ""


def receipt(no: str, due_on: date, provisional: bool, *, late: bool = False) -> str:
    """The receipt of a new case: number and due date, and nothing that looks like another date."""
    due = due_words(due_on, provisional)
    promise = f"答复时限 {due} 已过，我们会尽快答复您。" if late else f"我们将在 {due} 前答复您。"
    return (
        f"您的留言已收到，编号 {no}。\n{promise}\n"
        f"发送「查询」看进展；要补充请接着写，或发送「补充 {no} 内容」。"
    )


def voice_receipt(text: str) -> str:
    return f"{text}\n您的语音已保存，但暂时不能转成文字；请再用文字写一下要点，我们会并在同一件办理。"


def ask_for_words(text: str) -> str:
    return f"{text}\n只有图片、视频、位置或链接还看不出您要反映什么，请再用一句话说明，我们会并在同一件办理。"


def joined(no: str, due_on: date, provisional: bool) -> str:
    return f"已并入您的事项，编号 {no}，答复时限 {due_words(due_on, provisional)}。"


def joined_danger(no: str) -> str:
    return f"已并入您的事项，编号 {no}，值班负责人会看到。"


def added(no: str, due_on: date, provisional: bool) -> str:
    return f"补充内容已收到，编号 {no}，答复时限 {due_words(due_on, provisional)}。"


def apart(no: str) -> str:
    """What is said of an addition that became a case of its own."""
    return f"这部分内容单独登记，由专人办理；{no} 照常办理，承办人看不到这部分内容。"


def automatic(no: str, answer: str, source: str, effective_on: date | None) -> str:
    """The knowledge base's answer: marked, with its source and a way to a person on the first page."""
    origin = "，".join(part for part in (source, f"{effective_on} 起施行" if effective_on else "") if part)
    head = f"【自动答复】编号 {no}（没有解决请回复「人工」，由工作人员办理）"
    return "\n".join([head, answer.strip(), *([f"来源：{origin}"] if origin else [])])


def choices(said: str, questions: Sequence[str]) -> str:
    """A receipt with the short list: the case is registered already, a number only answers it at once."""
    lines = [f"{number} {_cut(question)}" for number, question in enumerate(questions, 1)]
    return "\n".join([said, "您是想问：", *lines, "回复数字即可看到答复；都不是请回复 人工"])


def _cut(question: str) -> str:
    text = " ".join(question.split())
    return text if len(text) <= _CHOICE else text[: _CHOICE - 1] + "…"


def safety(body: str, no: str) -> str:
    """The safety text with the number and without a due date."""
    body = body.strip() or SAFETY
    return body.replace("{no}", no) if "{no}" in body else f"{body}\n您的留言已转告值班负责人，编号 {no}。"


def subscribed() -> str:
    return f"您好，欢迎关注。\n{HELP}"


def small_talk() -> str:
    return (
        "您好！请直接写下您要咨询、建议、投诉或表扬的事，我们会给您编号和答复时限。发送「帮助」看使用说明。"
    )


def related(before: str) -> str:
    return f"您此前的事项 {before} 已经答复。如果这条是接着那件说的，请回复「是」。"


def belongs(no: str, before: str) -> str:
    return f"好的，{no} 已注明是接着 {before} 说的，由工作人员一并办理。"


def mine(lines: Sequence[Line]) -> str:
    if not lines:
        return "您还没有登记过的事项。请直接写下您要反映的事。"
    return "\n".join(["您的事项：", *(_line(line) for line in lines), "发送「查询 编号」看其中一件。"])


def one(line: Line, steps: Sequence[tuple[datetime, str]], answer: str) -> str:
    """One's own case: status, what was done when (local time), and the answer if there is one."""
    done = " → ".join(f"{what}（{at.month}月{at.day}日 {at:%H:%M}）" for at, what in steps)
    head = "\n".join(filter(None, (_line(line), f"办理过程：{done}" if done else "")))
    return f"{head}\n\n答复：\n{answer}" if answer else head


def _line(line: Line) -> str:
    when = f"，答复时限 {due_words(line.due_on, line.provisional)}" if line.open else ""
    excerpt = f"　{line.excerpt}" if line.excerpt else ""
    return f"{line.no}　{line.status}{when}{excerpt}"


def not_yet(no: str) -> str:
    return f"编号 {no} 尚未答复，答复后再请您评价。"


def thanks(no: str, grade: str) -> str:
    return f"您的评价已记录：编号 {no}，{grade}。您写的内容另行登记如下："


def rated(no: str, grade: str) -> str:
    if grade == "不满意":  # said again of a case that was reopened already
        return f"您的评价已记录：编号 {no}，{grade}。请告诉我们哪里不满意：直接写下来，我们另行登记办理。"
    return f"感谢您的评价：编号 {no}，{grade}。"


def reopened(no: str, due_on: date, provisional: bool, *, told: bool = False) -> str:
    why = TOLD_TOO if told else f"请告诉我们哪里不满意：直接回复，或发送「补充 {no} 内容」。"
    return (
        f"很抱歉没有让您满意。编号 {no} 已重新办理，新的答复时限 {due_words(due_on, provisional)}，由督办人员过问。\n"
        f"{why}"
    )


TOLD_TOO = "您说的情况已一并转给工作人员。"


def for_person(no: str, due_on: date, provisional: bool, *, late: bool = False) -> str:
    due = due_words(due_on, provisional)
    if late:
        return f"已转工作人员办理，编号 {no}，原定时限 {due} 已过，我们会尽快答复您。"
    return f"已转工作人员办理，编号 {no}，我们将在 {due} 前答复您。"


_MORE = "\n（未完，回复「继续」看下一页）"
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;\n])")


def split(text: str, largest: int = LARGEST) -> list[str]:
    """Cut a text into parts of at most `largest` UTF-8 bytes, at sentence ends where there are any.

    Joined together the parts are the text again, but for white space; none is white space alone, which no platform takes.
    """
    parts, part = [], ""
    for sentence in _SENTENCE_END.split(text.strip()):
        if _bytes(part + sentence) <= largest:
            part += sentence
            continue
        if part.strip():
            parts.append(part.strip())
        *full, part = _hard_cut(sentence, largest)
        parts += full
    return [part for part in (*parts, part.strip()) if part.strip()]


def pages(text: str) -> list[str]:
    """Return the pages of a passive reply; all but the last say how to go on."""
    if _bytes(text) <= LARGEST:
        return [text]
    parts = split(text, LARGEST - _bytes(_MORE))
    return [part + _MORE for part in parts[:-1]] + parts[-1:]


def _hard_cut(sentence: str, largest: int) -> list[str]:
    """Cut a sentence that is longer than a part between characters."""
    parts, start, size = [], 0, 0
    for at, character in enumerate(sentence):
        weight = _bytes(character)
        if size + weight > largest:
            parts.append(sentence[start:at])
            start, size = at, 0
        size += weight
    return [*parts, sentence[start:]]


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
