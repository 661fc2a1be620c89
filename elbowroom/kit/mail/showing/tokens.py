"""The tags and texts of HTML that nh3 has written: well formed, values in double quotes, no "<" in text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# Linear: a quoted value ends at the next quote mark, for nh3 escapes those inside.
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z_:][a-z0-9_.:-]*="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z_:][a-z0-9_.:-]*)="([^"]*)"')
VOID = frozenset(("br", "hr", "img", "col", "wbr"))
BLOCK = frozenset(
    """address article blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6
    header hr li main nav ol p pre section table tbody td tfoot th thead tr ul""".split()
)


@dataclass(slots=True)
class Token:
    """`tag` is "" for text; `closing` for an end tag; `source` is what stood there."""

    source: str
    tag: str = ""
    closing: bool = False
    attributes: str = ""

    @property
    def text(self) -> str:
        return "" if self.tag else unescape(self.source)

    def attribute(self, name: str) -> str:
        return dict(attributes(self.attributes)).get(name, "")


def attributes(source: str) -> list[tuple[str, str]]:
    return [(found[1], unescape(found[2])) for found in _ATTRIBUTE.finditer(source)]


def split(html: str) -> Iterator[Token]:
    end = 0
    for found in TAG.finditer(html):
        if found.start() > end:
            yield Token(html[end : found.start()])
        yield Token(found[0], found[2], bool(found[1]), found[3])
        end = found.end()
    if end < len(html):
        yield Token(html[end:])
