"""Lines of the log as JSON; what writes them is imported for who wants them."""

import logging
from typing import Any

import msgspec
from structlog.processors import format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict

from gateway.logs import moment
from gateway.request_id import request_id, trace

ACCESS = ("method", "path", "status", "ms")
"""What a line of the access log tells besides its text, in JSON."""


def json_lines() -> logging.Formatter:
    """Writes each event as one line of JSON."""
    return ProcessorFormatter(
        foreign_pre_chain=[ExtraAdder(ACCESS), _begun],
        processors=[ProcessorFormatter.remove_processors_meta, format_exc_info, _written_out],
    )


def _begun(_: Any, __: str, event: EventDict) -> EventDict:
    """What every line in JSON begins with: when, how grave, who says it, in which request and trace."""
    record: logging.LogRecord = event["_record"]
    told = {"at": moment(record), "level": record.levelname.lower(), "logger": record.name, "request": request_id()}
    known = trace()
    return {**told, **({"trace": known.trace} if known is not None else {}), **event}


def _written_out(_: Any, __: str, event: EventDict) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
