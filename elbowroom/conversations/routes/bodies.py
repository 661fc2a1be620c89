"""What the doors share: how a body is read, and the message as it is answered."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from elbowroom.conversations import messages
from elbowroom.conversations.shapes import Message
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.db import Read

Id = Annotated[int, Path(ge=1, le=2**53)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


def shown_message(read: Read, message: int) -> Message:
    return messages.shapes(read, select(table).where(table.c.id == message))[0]
