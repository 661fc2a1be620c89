"""Clean HTML as plain text that reads well: paragraphs, lists, quotes, links with their address."""

import re

from elbowroom.kit.mail.showing.tokens import BLOCK, Token, split

_APART = frozenset(("p", "blockquote", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "dl"))
_CELLS = frozenset(("td", "th"))


class _Page:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = ""
        self.quotes = self.verbatim = self.lists = 0
        self.numbers: list[int | None] = []
        self.link: tuple[str, int] | None = None

    def text(self, text: str) -> None:
        if self.verbatim:
            first, *rest = text.split("\n")
            self.now += first
            for line in rest:
                self.line()
                self.now = line
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        self.now += text[1:] if text[:1] == " " and (not self.now or self.now[-1] == " ") else text

    def line(self, blank: bool = False) -> None:
        """End the line; with `blank`, leave exactly one empty line after it."""
        if self.now.strip():
            self.lines.append("> " * min(self.quotes, 9) + self.now.rstrip())
        elif not blank and not self._at_break():
            self.lines.append("> " * min(self.quotes, 9))
        self.now = ""
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * min(self.quotes, 9))

    def _at_break(self) -> bool:
        return len(self.lines) >= 2 and not any(line.strip("> ") for line in self.lines[-2:])

    def end(self) -> None:
        if self.now.strip():
            self.line()


def text_of(clean: str) -> str:
    """`clean` must be the output of html.clean(), which is what keeps this linear."""
    page = _Page()
    for token in split(clean):
        if not token.tag:
            page.text(token.text.replace("\xa0", " "))
        elif token.closing:
            _close(page, token)
        else:
            _open(page, token)
    page.end()
    lines = [line.rstrip() for line in page.lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _open(page: _Page, token: Token) -> None:
    tag = token.tag
    if tag == "br":
        page.line()
    elif tag == "hr":
        page.end()
        page.lines.append("-" * 20)
    elif tag == "img":
        page.text(f"[{token.attribute('alt')}]" if token.attribute("alt") else "")
    elif tag in BLOCK and tag not in _CELLS:
        page.end()
        if tag in _APART and not page.numbers:
            page.line(blank=True)
    _enter(page, token)


def _enter(page: _Page, token: Token) -> None:
    if token.tag == "blockquote":
        page.quotes += 1
    elif token.tag == "pre":
        page.verbatim += 1
    elif token.tag in ("ul", "ol"):
        page.numbers.append(0 if token.tag == "ol" else None)
    elif token.tag == "li":
        page.now = _bullet(page.numbers)
    elif token.tag == "a" and token.attribute("href"):
        page.link = (token.attribute("href"), len(page.now))


def _bullet(numbers: list[int | None]) -> str:
    indent = "  " * (min(len(numbers), 9) - 1) if numbers else ""
    if not numbers or numbers[-1] is None:
        return indent + "- "
    numbers[-1] += 1
    return f"{indent}{numbers[-1]}. "


def _close(page: _Page, token: Token) -> None:
    tag = token.tag
    if tag == "a" and page.link is not None:
        _name_link(page)
    elif tag in _CELLS:
        page.text(" ")
    elif tag in BLOCK:
        page.end()
        if tag == "blockquote":
            page.quotes = max(0, page.quotes - 1)
        elif tag == "pre":
            page.verbatim = max(0, page.verbatim - 1)
        elif tag in ("ul", "ol") and page.numbers:
            page.numbers.pop()
        if tag in _APART and not page.numbers:
            page.line(blank=True)


def _name_link(page: _Page) -> None:
    """The address behind the words, unless the words already are the address."""
    href, start = page.link or ("", 0)
    page.link = None
    address = href.removeprefix("mailto:")
    words = page.now[start:].strip()
    bare = re.sub(r"^https?://", "", address).rstrip("/")
    if words and bare and bare not in words:
        page.now += f" <{address}>"
