"""`/api/v1/`: the calls of the office's other channels. Everything here translates; the steps are those of a WeChat message."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api import description, errors, letters
from api.errors import Failure
from api.gate import PER_SECOND, KeyGate, Shield, source_of
from api.letters import CitizenCommand, JudgedLetter
from api.shapes import LONGEST_TEXT, Answers, Letter, Progress, Receipt, TextsWanted
from cases.lists import progress, views
from cases.register import measures, register, sources
from cases.register.desk import Actor, Desk, Workplace
from cases.register.errors import Invalid, NotFound, Refusal
from cases.register.hands import Hands
from cases.register.pace import Pace
from cases.register.readonly import Case, Source
from cases.register.rows import id_of
from cases.register.troubles import Unusable
from cases.steps import collect, triage
from classifier.triage import Triage
from knowledge_base.answering.answerer import Match

log = structlog.get_logger()
PREFIX = "/api/v1"
JUDGED_IN = 8.0  # seconds, before a source that waits for its receipt gives up


@dataclass(frozen=True, slots=True)
class ApiDoor:
    """What the calls need. `judge` sorts a text and looks for an answer in the entries of an account."""

    workplace: Workplace
    judge: Callable[[str, str], tuple[Triage, Match | None]]
    command: Callable[[str], CitizenCommand | None]
    safety: Callable[[str], str]
    judging: Hands = field(default_factory=lambda: Hands(2, "api-judge"))

    async def take(self, source: Source, letter: Letter) -> letters.LetterTaken:
        """File a message. Raises: Failure."""
        if len(letter.text) > LONGEST_TEXT:
            raise Failure(413, f"text 有 {len(letter.text)} 字，最多 {LONGEST_TEXT} 字，请分几次发送。")
        judged = await self._judged(source, letter)
        return await self.workplace.act_async(
            lambda desk: letters.take(desk, source, letter, judged, self.safety),
            Actor(f"渠道「{source.name}」"),
        )

    async def _judged(self, source: Source, letter: Letter) -> JudgedLetter:
        """Judge, or let it be known that nobody could in time: a person looks at it."""
        command = self.command(letter.text)
        work = partial(self.judge, letter.text, sources.channel_name(source))
        try:
            with measures.timed(measures.JUDGING):
                return JudgedLetter(*await self.judging.do(work, JUDGED_IN), command)
        except TimeoutError:
            log.error("judging.given_up", door="api", source=source.name)
            return JudgedLetter(triage.unjudged(), None, command)


def build(door: ApiDoor, shield: Shield | None = None, pace: Pace | None = None) -> FastAPI:
    """Return the application that is mounted at `PREFIX`."""
    app = FastAPI(
        title="回音开放接口",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    _messages(app, door)
    _cases(app, door)
    _answers(app, door)
    description.add(app)
    _failures(app)
    app.add_middleware(
        KeyGate,
        workplace=door.workplace,
        shield=shield or Shield(),
        pace=pace or Pace(door.workplace.store, PER_SECOND),
    )
    return app


def _messages(app: FastAPI, door: ApiDoor) -> None:
    @app.post(
        "/messages",
        summary="登记一条来信",
        response_description="已登记",
        response_model=Receipt,
        response_model_exclude_unset=True,
        status_code=201,
        responses={
            200: {"model": Receipt, "description": "同一编号此前已登记：同样的回答"},
            **description.failures(400, 404, 413, 422),
        },
    )
    async def messages(letter: Letter, request: Request) -> Response:
        taken = await door.take(source_of(request.scope), letter)
        return JSONResponse(taken.body, 201 if taken.fresh else 200)


def _cases(app: FastAPI, door: ApiDoor) -> None:
    @app.get(
        "/cases/{no}",
        summary="查一件事项的进展和答复",
        response_description="进展",
        responses=description.failures(404),
    )
    async def case(
        no: Annotated[str, Path(description="事项编号", examples=["20260303-0001"])], request: Request
    ) -> Progress:
        source = source_of(request.scope)
        return await door.workplace.look_async(lambda desk: _progress(desk, source, no))


def _answers(app: FastAPI, door: ApiDoor) -> None:
    @app.get(
        "/answers",
        summary="按次序取已签发的答复",
        response_description="after 之后的答复",
        responses=description.failures(422),
    )
    async def answers(request: Request, wanted: Annotated[TextsWanted, Query()]) -> Answers:
        source = source_of(request.scope)
        page = await asyncio.get_running_loop().run_in_executor(
            door.workplace.threads,
            collect.collect,
            door.workplace,
            id_of(source),
            wanted.after,
            wanted.limit,
        )
        return Answers.model_validate(plain(page))


def plain(page: collect.CollectedPage) -> dict[str, Any]:
    return {"answers": [row(one) for one in page.answers], "next": page.next}


def row(one: collect.Released) -> dict[str, str]:
    """Return one released text as it is fetched and as it is called back."""
    return {
        "cursor": one.cursor,
        "no": one.no,
        "user": one.user,
        "kind": one.kind,
        "text": one.text,
        "at": one.at.isoformat(),
    }


def _progress(desk: Desk, source: Source, no: str) -> Progress:
    case = _own(desk, source, no)
    steps = [{"at": step.at.isoformat(), "what": step.what} for step in progress.of(desk, case)]
    return Progress.model_validate(
        {
            "no": case.no,
            "status": str(case.status),
            "category": case.category,
            "due_on": case.due_on.isoformat(),
            "provisional": case.provisional,
            "steps": steps,
            "answer": views.answer_of(desk, case) or None,
        }
    )


def _own(desk: Desk, source: Source, no: str) -> Case:
    """Another source's case is as unknown as one that never was. Raises: NotFound."""
    found = register.in_channel(desk, no, sources.channel_name(source))
    if found is None:
        raise NotFound("本渠道没有这个编号的事项。")
    return found


def _failures(app: FastAPI) -> None:
    """Answer whatever goes wrong in the one shape."""

    @app.exception_handler(Failure)
    async def failed(_request: Request, failure: Failure) -> Response:
        return errors.answer(failure.status, failure.message, failure.code)

    @app.exception_handler(Refusal)
    async def refused(_request: Request, refusal: Refusal) -> Response:
        status = 404 if isinstance(refusal, NotFound) else 422 if isinstance(refusal, Invalid) else 409
        return errors.answer(status, str(refusal), refusal.code)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return errors.answer(400)
        return errors.answer(422, _line(first))

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        return errors.answer(error.status_code, headers=error.headers)

    @app.exception_handler(Unusable)
    async def busy(request: Request, error: Unusable) -> Response:
        log.error("api.busy", path=request.url.path, error=type(error).__name__)
        return errors.answer(503, headers={"Retry-After": "2"})

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        log.error("api.error", path=request.url.path, error=type(error).__name__)
        return errors.answer(500)


_CHINESE = {
    "missing": "不能缺少",
    "extra_forbidden": "不是已知的字段",
    "string_type": "应为文字",
    "string_unicode": "含有残缺的字符",
    "string_too_short": "不能为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "格式不对",
    "int_parsing": "应为整数",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "model_attributes_type": "应为 JSON 对象",
}


def _line(first: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in first["loc"][1:])[:60] or "正文"
    said = str(first["msg"]).removeprefix("Value error, ")
    if not re.search("[\u4e00-\u9fff]", said):
        said = "不符合要求"
    return f"{name} {_CHINESE.get(str(first['type']), said)}。"
