"""How messages are logged: as lines of text or of JSON, with the request and the job they belong to.

Secret links, e-mail addresses and the values in messages of the database are left out. The settings load this module
before Django, so it uses nothing of it.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

request_number: ContextVar[str] = ContextVar("request_number", default="")
"""The number of the current request, or of the one that queued the current job; "" for none."""
job_number: ContextVar[int | None] = ContextVar("job_number", default=None)
"""The number of the current job."""


def new_request_number() -> str:
    """Return a new number for a request, short enough to be read aloud."""
    return token_hex(5)


_MASKS = (
    # Links from mails, and the private addresses of calendars.
    (
        re.compile(
            r"(/accounts/(?:password|invitation|address/confirm|requests/stop)/|/notices/stop/"
            r"|/calendar/(?=[^/\s?]+\.ics))[^/\s\"'<>]+"
        ),
        r"\1[token]",
    ),
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
    # The database repeats the row that it refused.
    (re.compile(r"(DETAIL|CONTEXT):  ?[^\n]*"), r"\1: [left out]"),
)


def mask(text: str) -> str:
    """Return a text without secret links, e-mail addresses and values of rows."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class TextLineFormatter(logging.Formatter):
    """A line of text: time, level, logger, request and job if there are any, message, and the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        record.where = "".join(f" [{name} {value}]" for name, value in _numbers().items())
        return mask(super().format(record))


class JsonLineFormatter(logging.Formatter):
    """A line of JSON: `at`, `level`, `logger`, `message`, and `request`, `job` and `traceback` if there are any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": mask(record.getMessage()),
        } | _numbers()
        if record.exc_info:
            line["traceback"] = mask("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False, default=str)


def _numbers() -> dict[str, str | int]:
    numbers: dict[str, str | int] = {}
    if request := request_number.get():
        numbers["request"] = request
    if (job := job_number.get()) is not None:
        numbers["job"] = job
    return numbers


@contextmanager
def log_job(number: int, request: str) -> Iterator[None]:
    """Log the number of a job, and of the request that queued it, with each message meanwhile."""
    job, asked = job_number.set(number), request_number.set(request)
    try:
        yield
    finally:
        job_number.reset(job)
        request_number.reset(asked)


def logging_settings(*, json: bool, level: int | str) -> dict[str, Any]:
    """Return LOGGING for Django's settings."""
    text = {
        "()": "tiptracker.infrastructure.log_lines.TextLineFormatter",
        "format": "{asctime} {levelname} {name}{where}: {message}",
        "style": "{",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "tiptracker.infrastructure.log_lines.JsonLineFormatter"} if json else text},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # fontTools logs every glyph that it drops from the font subset of a PDF.
        "loggers": {"fontTools": {"level": "WARNING"}, "weasyprint": {"level": "ERROR"}},
    }
