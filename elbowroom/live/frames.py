"""One WebSocket text frame per message, built once for all who listen (RFC 6455: a server's frames are not masked)."""

import struct
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def frame(message: dict[str, Any]) -> bytes:
    """The whole frame, header and JSON payload."""
    return framed(_encoder.encode(message))


def framed(payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x81, size)
    elif size < 65_536:
        head = struct.pack("!BBH", 0x81, 126, size)
    else:
        head = struct.pack("!BBQ", 0x81, 127, size)
    return head + payload


def payload(whole: bytes) -> bytes:
    """What stands in a frame of ours; for the way without a transport."""
    size = whole[1] & 0x7F
    return whole[2 + (0 if size < 126 else 2 if size == 126 else 8) :]
