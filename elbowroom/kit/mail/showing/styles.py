"""The style attribute, narrowed to properties that colour, space and size, and to values that name no address."""

import re
from functools import lru_cache

_PROPERTIES = frozenset(
    """color background-color font font-family font-size font-style font-weight font-variant letter-spacing line-height
    text-align text-decoration text-decoration-line text-decoration-color text-indent text-transform white-space
    word-break word-wrap overflow-wrap word-spacing direction unicode-bidi vertical-align
    padding padding-top padding-right padding-bottom padding-left
    margin margin-top margin-right margin-bottom margin-left
    border border-top border-right border-bottom border-left border-collapse border-spacing border-color border-style
    border-width border-radius border-top-color border-right-color border-bottom-color border-left-color
    border-top-style border-right-style border-bottom-style border-left-style
    border-top-width border-right-width border-bottom-width border-left-width
    width min-width max-width height min-height max-height box-sizing table-layout caption-side empty-cells
    list-style-type list-style-position display float clear""".split()
)
_VALUE = re.compile(r"[a-z0-9#%.,+'\"! -]*", re.IGNORECASE)
_COLOURS = re.compile(r"\b(?:rgba?|hsla?)\([0-9a-z.,%/ +-]{1,60}\)", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|[a-z]{3,24}|(?:rgba?|hsla?)\([0-9a-z.,%/ +-]{1,60}\)", re.IGNORECASE)
_DISPLAYS = {"none", "block", "inline", "inline-block", "table", "table-row", "table-cell", "list-item"}
_NEGATIVE = re.compile(r"(?:^|\s)-")


@lru_cache(maxsize=2000)
def narrow(style: str) -> str | None:
    """The harmless declarations of a style attribute, or None. A backslash or comment voids all of it."""
    if len(style) > 4000 or "\\" in style or "/*" in style:
        return None
    kept = [found for found in map(_declaration, style.split(";")) if found]
    return "; ".join(kept) or None


def _declaration(text: str) -> str | None:
    name, _, value = text.partition(":")
    name, value = name.strip().lower(), " ".join(value.split())
    if name == "background" and _COLOUR.fullmatch(value):
        name = "background-color"
    if name not in _PROPERTIES or not value or not _is_harmless(name, value):
        return None
    return f"{name}: {value}"


def _is_harmless(name: str, value: str) -> bool:
    if name == "display" and value.lower().partition("!")[0].strip() not in _DISPLAYS:
        return False
    if name.startswith(("margin", "text-indent", "letter")) and _NEGATIVE.search(value):
        return False  # lays text over other text
    return _VALUE.fullmatch(_COLOURS.sub("", value)) is not None
