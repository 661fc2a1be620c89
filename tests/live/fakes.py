"""A wire without a network: what the server hands to its transport."""

import json
from typing import Any

from elbowroom.live.frames import payloads


class Wire:
    """Stands in for uvicorn's protocol object: `send` is bound to it, and it has a transport."""

    def __init__(self, unread: int = 0) -> None:
        self.transport = self
        self.unread = unread
        self.written: list[bytes] = []
        self.aborted = self.is_over = False

    async def send(self, message: Any) -> None:
        self.written.append(message)

    # the transport
    def write(self, whole: bytes) -> None:
        self.written.append(whole)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.is_over

    def abort(self) -> None:
        self.aborted = True

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(one) for whole in self.written for one in payloads(whole)]
