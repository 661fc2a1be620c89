"""One command id, one effect, the same result on each retry (RFC draft Idempotency-Key)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Column, Float, String, Table, Text, delete, insert, select

from elbowroom.kit import journal
from elbowroom.kit.db import Number, Tx, metadata
from elbowroom.kit.problems import Refused

KEPT_FOR = 30 * 86_400.0

commands = Table(
    "commands",
    metadata,
    Column("person", Number, primary_key=True),
    Column("id", String, primary_key=True),
    Column("print", String, nullable=False),
    Column("status", Number, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Float, nullable=False, index=True),
)


@dataclass(frozen=True)
class Answer:
    """What a verb's door gives back; stored with the command, so that a retry gets the very same."""

    body: dict[str, Any]
    status: int = 200


@dataclass(frozen=True)
class Given:
    """An encoded answer as it goes out."""

    content: bytes
    status: int


def fingerprint(*parts: bytes | str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()


def once(tx: Tx, person: int, key: str | None, sign: str, verb: Callable[[Tx], Answer]) -> Given:
    """Looks the id up before any other check, else a retry after a crash would be judged as a new command.

    Raises Refused (422 key-reused) where the id came before with another body.
    """
    if key is not None:
        row = tx.first(select(commands).where(commands.c.person == person, commands.c.id == key))
        if row is not None:
            if row["print"] != sign:
                raise Refused(422, "key-reused", "That Idempotency-Key was used for another command", "Take a new key.")
            return Given(row["answer"].encode(), row["status"])
    tx.command = key
    answer = verb(tx)
    content = msgspec.json.encode(with_facts(tx, person, answer.body))
    if key is not None:
        row_values = {"person": person, "id": key, "print": sign, "status": answer.status, "at": tx.now}
        tx.run(insert(commands).values(answer=content.decode(), **row_values))
    return Given(content, answer.status)


def with_facts(tx: Tx, person: int, body: dict[str, Any]) -> dict[str, Any]:
    """The answer with the facts that the command made, less those meant for other persons alone.

    What a department's managers hear comes to them by their stream: whether she is one is not known here.
    """
    mine = [one for one in tx.facts if _is_told(one, person)]
    return {**body, "facts": [journal.expanded(tx, one) for one in mine]}


def _is_told(fact: journal.Fact, person: int) -> bool:
    kind, _, of = fact.audience.partition(":")
    return kind == "department" or (kind == "person" and of == str(person))


def forget_old(tx: Tx) -> None:
    tx.run(delete(commands).where(commands.c.at < tx.now - KEPT_FOR))
