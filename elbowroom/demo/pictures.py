"""Pictures as customers would send them, drawn without a word: no font of ours shows every script."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = (640, 420)
Pen = ImageDraw.ImageDraw


def draw(name: str) -> bytes:
    """A PNG that suits the file's name."""
    motif = next((motif for part, motif in MOTIFS.items() if part in name), _lamp)
    ground, paint = motif
    picture = Image.new("RGB", SIZE, ground)
    paint(ImageDraw.Draw(picture))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _body(pen: Pen) -> None:
    """A bicycle light from the side: case, lens, button."""
    pen.rounded_rectangle((150, 140, 430, 280), 48, "#2b333b")
    pen.rounded_rectangle((150, 140, 430, 176), 30, "#3d4852")
    pen.ellipse((378, 130, 478, 290), "#56636e")
    pen.ellipse((394, 146, 466, 274), "#cfe4ee")
    pen.rounded_rectangle((240, 124, 300, 146), 8, "#1c2227")


def _water(pen: Pen) -> None:
    _body(pen)
    pen.chord((394, 146, 466, 274), 10, 170, "#7fb3cc")
    for x, y, r in ((410, 176, 5), (432, 190, 8), (450, 168, 4), (424, 214, 6), (446, 216, 5)):
        pen.ellipse((x - r, y - r, x + r, y + r), "#9cc7da", "#6da0ba")


def _broken(pen: Pen) -> None:
    pen.rounded_rectangle((90, 190, 300, 250), 24, "#30383f")
    pen.rounded_rectangle((346, 204, 560, 264), 24, "#30383f")
    pen.polygon([(286, 190), (318, 206), (300, 220), (326, 238), (290, 250)], "#30383f")
    pen.line([(318, 206), (300, 220), (326, 238)], "#c9ced2", 4)
    for x in (150, 500):
        pen.ellipse((x - 20, 205, x + 20, 245), "#aab2b8", "#7c858c", 3)


def _gap(pen: Pen) -> None:
    _body(pen)
    pen.rounded_rectangle((130, 292, 470, 340), 14, "#4a555f")
    pen.rectangle((150, 282, 430, 290), "#f2b84b")
    pen.line([(500, 262), (500, 286)], "#c0392b", 4)
    pen.line([(500, 320), (500, 294)], "#c0392b", 4)


def _paper(pen: Pen) -> None:
    pen.polygon([(150, 30), (500, 42), (488, 400), (138, 388)], "#fdfdfb", "#d5d5cf")
    pen.rounded_rectangle((180, 64, 270, 96), 6, "#2c5f7c")
    for row, width in enumerate((250, 190, 270, 220, 150)):
        pen.rectangle((182, 140 + row * 34, 182 + width, 150 + row * 34), "#b8bdc1")
    pen.rectangle((400, 330, 460, 370), "#33393e")


def _cold(pen: Pen) -> None:
    _body(pen)
    pen.rounded_rectangle((530, 60, 566, 330), 18, "#f4f7f9", "#94a3ad", 3)
    pen.ellipse((518, 306, 578, 366), "#c0392b")
    pen.rectangle((543, 250, 553, 330), "#c0392b")
    for row in range(9):
        pen.line([(566, 84 + row * 26), (580 + 10 * (row % 2), 84 + row * 26)], "#6f7d87", 3)
    for x, y in ((70, 70), (100, 300), (480, 60), (300, 60), (60, 190)):
        pen.line([(x - 10, y), (x + 10, y)], "#ffffff", 3)
        pen.line([(x, y - 10), (x, y + 10)], "#ffffff", 3)


Motif = tuple[str, Callable[[Pen], None]]
_lamp: Motif = ("#d9d2c5", _body)
MOTIFS: dict[str, Motif] = {
    "water": ("#c8ccc4", _water),
    "gebrochen": ("#d8cdbd", _broken),
    "holder": ("#cfd6da", _gap),
    "lieferschein": ("#8a7a66", _paper),
    "termometr": ("#b9cfdd", _cold),
}
