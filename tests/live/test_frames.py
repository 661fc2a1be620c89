"""A frame is built once, header and payload, for all who listen."""

import json

import pytest
from websockets.frames import Opcode
from websockets.protocol import OPEN, Protocol, Side

from elbowroom.live.frames import frame, framed, payloads


def as_a_browser_reads_it(written: bytes) -> list[bytes]:
    """With the library that browsers of the tests use."""
    client = Protocol(Side.CLIENT, state=OPEN, max_size=None)
    client.receive_data(written)
    read = client.events_received()
    assert {one.opcode for one in read} == {Opcode.TEXT}  # type: ignore[union-attr]
    return [bytes(one.data) for one in read]  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_every_length_has_its_header(size: int) -> None:
    written = framed(b"x" * size)
    assert as_a_browser_reads_it(written) == [b"x" * size]
    assert list(payloads(written)) == [b"x" * size]


def test_several_in_one_write_are_several() -> None:
    several = [frame({"n": number, "text": "灯" * number * 40}) for number in range(1, 5)]
    read = as_a_browser_reads_it(b"".join(several))
    assert [json.loads(one)["n"] for one in read] == [1, 2, 3, 4]
    assert list(payloads(b"".join(several))) == read


def test_it_is_json_in_any_script() -> None:
    message = {"type": "facts", "text": "Äpfel «наклейка» 发票 🙂 </script>\u2028"}
    assert json.loads(next(payloads(frame(message)))) == message
