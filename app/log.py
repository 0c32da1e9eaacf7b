"""Logging: one JSON line per event, to standard error; secrets and citizens' texts never enter it."""

import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN = "***"


def set_up(secrets: Iterable[str], *, level: int = logging.INFO) -> None:
    """Route structlog and the standard library's loggers to one place, with every secret blotted out."""
    hidden = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def blot(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
        return {key: _blotted(value, hidden) for key, value in event.items()}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        blot,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                blot,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for noisy in ("httpx", "httpcore", "apscheduler", "aiogram", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _blotted(value: object, hidden: list[str]) -> object:
    if not isinstance(value, str):
        return value
    for secret in hidden:
        value = value.replace(secret, _HIDDEN)
    return value
