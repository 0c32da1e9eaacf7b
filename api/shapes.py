"""What goes in and out of this door, as the description shows it."""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from cases.steps.collect import MOST

LONGEST_NAME = 200
LONGEST_TEXT = 20_000
_NO = "20260303-0001"
_NAME_PATTERN = r"^[^\x00-\x1F\x7F\uD800-\uDFFF]+$"


def _name(value: str) -> str:
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in value) or not value.strip():
        raise ValueError("不能为空，也不能含控制字符")
    return value


def _moment(value: Any) -> Any:
    """Only a written time counts: a bare number could be seconds or milliseconds."""
    if value is not None and not isinstance(value, str):
        raise ValueError("应为 ISO 8601 时间，例如 2026-03-02T09:30:00+08:00")
    try:
        return None if value is None else datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("应为 ISO 8601 时间，例如 2026-03-02T09:30:00+08:00") from None


def _has_words(value: str) -> str:
    if not value.strip():
        raise ValueError("不能为空")
    return value


def _whole_characters(value: Any) -> Any:
    """Half a character, as a careless cut leaves it, is no reason to refuse a letter."""
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, str)
        else value
    )


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_name)]
Category = Literal["praise", "advice_inquiry", "complaint"]
Status = Literal["new", "claimed", "in_review", "answered", "auto_answered", "refused", "closed"]
Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
]


class Letter(BaseModel):
    """来信。"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "app-10001",
                    "user": "u-7788",
                    "text": "幸福路的路灯坏了一个星期，晚上很黑，请问什么时候修？",
                    "sent_at": "2026-03-02T09:30:00+08:00",
                }
            ]
        },
    )
    id: Name = Field(description="本渠道自己的消息编号。同一编号重发不会重复登记，得到同样的回答。")
    user: Name = Field(description="本渠道里代表来信人的编号，只用于认出同一个人和送回答复。")
    text: Annotated[str, BeforeValidator(_whole_characters), AfterValidator(_has_words)] = Field(
        min_length=1, description="来信全文，最多 20000 字，原样保存；更长的以 413 拒收，请分几次发送。"
    )
    sent_at: Moment = Field(
        None,
        description="来信人发出的时间；不写、在将来或早于 180 天的按收到时间计。不带时区的按本单位所在时区。",
    )
    reply_to: str | None = Field(
        None, max_length=40, description="这条是接着哪一件说的：本人的事项编号，不是本人的以 404 拒收。"
    )


class Receipt(BaseModel):
    """登记的结果。闲谈只有 receipt。"""

    no: str | None = Field(None, description="事项编号", examples=[_NO])
    status: Status | None = None
    category: Category | None = None
    due_on: str | None = Field(None, description="答复时限", examples=["2026-03-16"])
    provisional: bool | None = Field(None, description="时限为暂定：所在年份的放假安排尚未公布")
    receipt: str = Field(description="给来信人看的回执，请原样显示")
    answer: str | None = Field(None, description="自动答复的内容（仅当知识库能够直接答复时）")


class Step(BaseModel):
    """办理过程中的一步。"""

    at: str = Field(examples=["2026-03-02T01:30:05+00:00"])
    what: str = Field(examples=["已收到"])


class Progress(BaseModel):
    """一件事项的进展。"""

    no: str = Field(examples=[_NO])
    status: Status
    category: Category
    due_on: str = Field(examples=["2026-03-16"])
    provisional: bool
    steps: list[Step]
    answer: str | None = Field(description="已签发的答复；没有时为 null")


class TextsWanted(BaseModel):
    """Which released texts are asked for. A misspelt name would silently begin at the first text again."""

    model_config = ConfigDict(extra="forbid")
    after: str = Field("", description="上一次的 next；首次不填", max_length=18, pattern=r"^[0-9]*$")
    limit: int = Field(100, description="最多几条", ge=1, le=MOST)


class Answer(BaseModel):
    """一份已签发的文字。"""

    cursor: str = Field(examples=["17"])
    no: str = Field(examples=[_NO])
    user: str = Field(examples=["u-7788"])
    kind: Literal["answer", "question", "refusal", "correction", "adoption", "notice"] = Field(
        description="答复、追问、不予受理、更正、采纳告知，或办理情况的通知"
    )
    text: str
    at: str = Field(examples=["2026-03-05T08:12:44+00:00"])


class Answers(BaseModel):
    answers: list[Answer]
    next: str = Field(description="下一次的 after；带它再来，之前的即算已送达", examples=["17"])


class Detail(BaseModel):
    code: str
    message: str


class Error(BaseModel):
    error: Detail
