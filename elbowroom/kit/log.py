"""Structured logs. What looks like a secret never reaches them."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "key")


def without_secrets(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        event[name] = "…" if _is_secret(name) else _shown(value)
    return event


def _is_secret(name: Any) -> bool:
    return isinstance(name, str) and any(word in name.lower() for word in SECRET_WORDS)


def _shown(value: Any) -> Any:
    """What lies deeper is looked at as well, headers for example."""
    if isinstance(value, dict):
        return {name: "…" if _is_secret(name) else _shown(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return value


def forgive_clients() -> None:
    """uvicorn logs text that is no UTF-8 as an error with a trace, though the sender alone is to blame."""
    logging.getLogger("uvicorn.error").addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.msg != "Invalid UTF-8 sequence received from client."


def start_logging(form: str = "text", level: str = "info") -> None:
    """`form` is text or json; level as in the standard library, lower case."""
    number = logging.getLevelName(level.upper())
    last: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
        structlog.processors.format_exc_info,
        last,
    ]
    structlog.configure(
        processors=chain,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr, force=True)
