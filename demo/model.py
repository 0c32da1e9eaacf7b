"""A stand-in for an office's language model: drafts from the entries that it is given, and says that it is one."""

import json
import re
from typing import Any

from fastapi import APIRouter, Request

NAME = "演示替身模型"


def router() -> APIRouter:
    """Return what a server with the OpenAI chat interface answers, as far as it is asked here."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/models")
    async def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": NAME, "object": "model"}]}

    @routes.post("/chat/completions")
    async def complete(request: Request) -> dict[str, Any]:
        body = await request.json()
        task = json.loads(body["messages"][-1]["content"])
        said = missed(task) if "草稿" in task else drafted(task)
        message = {"role": "assistant", "content": json.dumps(said, ensure_ascii=False)}
        return {"object": "chat.completion", "model": NAME, "choices": [{"index": 0, "message": message}]}

    return routes


def drafted(task: dict[str, Any]) -> dict[str, Any]:
    """Put the first entry's answer, or that of a like case, into a frame."""
    sources = task.get("来源") or []
    if not sources:
        return {"draft": "您好！您反映的情况已经收到。（请承办人核实后写明处理结果和时间。）", "sources": []}
    first = sources[0]
    answer = str(first["内容"]).rpartition("答：")[2].strip()
    return {
        "draft": f"您好！{answer}\n如还有疑问，请直接回复，我们继续为您说明。",
        "sources": [first["编号"]],
    }


def missed(task: dict[str, Any]) -> dict[str, Any]:
    """Name the questions of the letter with which the draft shares no two characters in a row."""
    draft = str(task["草稿"])
    asked = [one.strip() for one in re.findall(r"[^。！？?\n]{1,200}[？?]", str(task["来信"]))]
    return {
        "missed": [one for one in asked if not any(one[i : i + 2] in draft for i in range(len(one) - 2))][:3]
    }
