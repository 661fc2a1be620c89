"""What the doors of tickets, and of what is said on them, ask for and answer with alike."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read
from elbowroom.tickets import rows

Id = Annotated[int, Path(ge=1, le=2**53)]
Version = Annotated[int, Field(ge=0, le=2**53)]


class Body(BaseModel):
    """What it has no word for is refused."""

    model_config = ConfigDict(extra="forbid")


def shown(read: Read, ticket: int) -> Answer:
    return Answer({**rows.whole(read, ticket)})
