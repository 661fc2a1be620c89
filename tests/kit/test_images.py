"""Images are shown only as we encoded them ourselves."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from elbowroom.kit.images import SIDE, NotAnImage, reencoded


def picture(form: str = "PNG", size: tuple[int, int] = (8, 6), mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "orange" if mode == "RGB" else 0).save(out, form, **more)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be an image of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    head = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def shown(content: bytes) -> Any:
    return Image.open(io.BytesIO(reencoded(content)))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_raster_image_becomes_a_png(form: str) -> None:
    with shown(picture(form)) as image:
        assert (image.format, image.size) == ("PNG", (8, 6))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_any_way_of_colour_is_shown(mode: str) -> None:
    with shown(picture("JPEG" if mode == "CMYK" else "PNG", mode=mode)) as image:
        assert image.mode in {"RGB", "RGBA"}


def test_what_hides_in_a_file_does_not_survive() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "<script>alert(1)</script>")
    hiding = picture(pnginfo=info) + b"<script>alert(2)</script>"
    assert b"script" in hiding
    assert b"script" not in reencoded(hiding)


def test_a_large_one_is_made_smaller() -> None:
    with shown(picture(size=(SIDE * 2, 30))) as image:
        assert image.size == (SIDE, 15)


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with shown(out.getvalue()) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("size", [(50_000, 50_000), (7000, 7000), (2**31 - 1, 1), (0, 5)])
def test_a_bomb_does_not_go_off(size: tuple[int, int]) -> None:
    with pytest.raises(NotAnImage):
        reencoded(png_of(*size))


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"<html>", b"%PDF-1.7",
     b"\x89PNG\r\n\x1a\n", picture()[:40], picture("BMP"), picture("TIFF"), picture("ICO"), b"GIF89a" + b"\xff" * 50],
)  # fmt: skip
def test_everything_else_is_a_download(content: bytes) -> None:
    with pytest.raises(NotAnImage):
        reencoded(content)
