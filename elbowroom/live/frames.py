"""One WebSocket text frame per message, built once for all who listen (RFC 6455: a server's frames are not masked)."""

import struct
from collections.abc import Iterator
from typing import Any

import msgspec

KNOCK = b"\x89\x00"  # a ping of the protocol itself, which the browser answers and no page hears of
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


def payloads(whole: bytes) -> Iterator[bytes]:
    """What stands in frames of ours, of which a tick writes several in one piece; for the way without a transport."""
    at = 0
    while at < len(whole):
        short = whole[at + 1] & 0x7F
        begin = at + 2 + (0 if short < 126 else 2 if short == 126 else 8)
        at = begin + (short if short < 126 else int.from_bytes(whole[at + 2 : begin], "big"))
        yield whole[begin:at]
