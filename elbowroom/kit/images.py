"""Raster images are shown only as we encoded them ourselves; what hides in a file does not survive that."""

import io
import warnings

from PIL import Image

PIXELS = 40_000_000
SIDE = 2400


class NotAnImage(Exception):
    """The bytes are no raster image that can be shown; offer them as a download."""


def reencoded(content: bytes) -> bytes:
    """PNG of the first frame, at most 2400 pixels a side."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
                if image.width * image.height > PIXELS:
                    raise NotAnImage("too many pixels")
                image.load()
                shown = image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB")
    except NotAnImage:
        raise
    except Exception as broken:  # decoders raise whatever they like
        raise NotAnImage(str(broken)) from broken
    shown.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()
