"""The part of a mail that its author has just written. The whole of it stays one click away, elsewhere."""

from elbowroom.kit.mail import html as pages
from elbowroom.kit.mail.parsed import Visible
from elbowroom.kit.mail.showing import laid_out, plain, quoted
from elbowroom.kit.mail.showing.tokens import split

__all__ = ["Visible", "bodies", "visible"]


def visible(text: str, html: str | None) -> Visible:
    """Both bodies without quotes and signature ("-- "); the HTML clean as by html.clean().

    Never empty where the input was not: if everything looks quoted, everything is shown.
    """
    return bodies(text, html)[1]


def bodies(text: str | None, html: str | None) -> tuple[str, Visible, str | None]:
    """The text (out of the HTML where there is none), what is visible, the whole HTML clean: in one go."""
    if html is None:
        return text or "", Visible(_text(text or ""), None), None
    short_html, whole_html = _html(html)
    text = plain.text_of(whole_html) if text is None else text
    short = _text(text) if text.strip() else ""
    if short_html != whole_html and len(short) >= len(text.rstrip()):
        short = plain.text_of(short_html)
    return text, Visible(short or plain.text_of(short_html), short_html), whole_html


def _text(text: str) -> str:
    lines = [quoted.Line(line, quoted=line.startswith(">")) for line in text.split("\n")]
    keep = quoted.kept(lines)
    shown = "\n".join(line.text for line, stays in zip(lines, keep, strict=True) if stays)
    return shown.strip("\n").rstrip() if shown.strip() else text


def _html(html: str) -> tuple[str, str]:
    """Without its quotes, and whole."""
    loose = pages.loosely(html)
    tokens = list(split(loose))
    lines = laid_out.lines_of(tokens)
    keep = quoted.kept(lines)
    whole = pages.strictly(loose)
    return (whole if all(keep) else pages.strictly(laid_out.without(tokens, lines, keep))), whole
