"""Structured logs, in which nothing stands that opens a door."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from elbowroom.kit.log import forgive_clients, start_logging

SECRETS = {"password": "hunter2", "token": "er_hunter2", "api_token": "hunter2", "Cookie": "elbowroom=hunter2",
           "Authorization": "Bearer hunter2", "secret_key": "hunter2", "new_password": "hunter2"}  # fmt: skip


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    return lambda: capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_looks_like_a_secret_is_left_out(said: Callable[[], str], form: str) -> None:
    start_logging(form, "info")
    structlog.get_logger("tests").info("signed in", person="Bianca", **SECRETS)
    structlog.get_logger("tests").info("asked", headers=SECRETS, several=[SECRETS], deep={"more": {"token": "hunter2"}})
    written = said()
    assert "hunter2" not in written
    assert "Bianca" in written


def test_a_secret_in_a_trace_is_not_shown(said: Callable[[], str]) -> None:
    start_logging("json", "info")

    def fails(password: str) -> None:
        raise RuntimeError("the mail server exploded")

    try:
        fails("".join(["hun", "ter2"]))
    except RuntimeError:
        structlog.get_logger("tests").exception("failed")
    written = said()
    line: dict[str, Any] = json.loads(written)
    assert "exploded" in line["exception"]
    assert "hunter2" not in written


def test_each_line_says_when_and_how_grave(said: Callable[[], str]) -> None:
    start_logging("json", "warning")
    structlog.get_logger("tests").info("too quiet")
    structlog.get_logger("tests").warning("job failed", job=7)
    lines = [json.loads(line) for line in said().splitlines()]
    assert [(one["event"], one["level"], one["job"]) for one in lines] == [("job failed", "warning", 7)]
    assert lines[0]["timestamp"].endswith("Z")


def test_only_what_a_client_did_wrong_is_forgiven() -> None:
    forgive_clients()
    forgive_clients()
    logger = logging.getLogger("uvicorn.error")
    records = [logger.makeRecord("x", logging.ERROR, "", 1, words, (), None) for words in
               ("Invalid UTF-8 sequence received from client.", "Exception in ASGI application\n")]  # fmt: skip
    assert [bool(logger.filter(one)) for one in records] == [False, True]
