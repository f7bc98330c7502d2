"""Logging: one structured line per turn and delivery, never what people wrote, never a token."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

QUIET_LIBRARIES = (
    "httpx",
    "httpcore",
    "apscheduler",
    "aiosqlite",
    "alembic",
    "telegram",
)  # httpx logs URLs with tokens

TALKATIVE_LIBRARIES = ("nio", "peewee")  # their warnings name people and rooms; the channel says what matters


def set_up_logging(style: Literal["text", "json"], level: int = logging.INFO) -> None:
    """Send all logs to standard error, as lines for people or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
        if style == "json"
        else structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)
    for name in QUIET_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in TALKATIVE_LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL)
