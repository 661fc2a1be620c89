"""HTML laid out in lines for quoted.py, and put together again without the lines that go."""

import re

from elbowroom.kit.mail.showing.quoted import Line
from elbowroom.kit.mail.showing.tokens import BLOCK, VOID, Token

# What programs write at the head of an older mail that then follows without any frame.
_REST = re.compile(r"(?:x_)*(?:divrplyfwdmsg|appendonsend|outlookmessageheader|stopspelling|moz-signature)")
# Elements that hold an older mail, its header included.
_FRAMED = re.compile(
    r"(?:x_)*(?:yahoo_quoted\w*|protonmail_quote|tutanota_quote|zmail_extra|mail-editor-reference-message-container"
    r"|ms-outlook-mobile-reference-message|isreplycontent|appleoriginalcontents|reply-quote)"
)
_INTRODUCTION = re.compile(r"(?:x_)*(?:gmail_attr|moz-cite-prefix|yahoo-quoted-begin)")
_QUOTE_CLASS = re.compile(r"(?:x_)*(?:gmail_quote|\w*quote\w*|\w*cite\w*)")


def lines_of(tokens: list[Token]) -> list[Line]:
    """One Line for each line that a reader sees; every token that shows something belongs to one."""
    layout = _Layout()
    for at, token in enumerate(tokens):
        layout.add(at, token)
    layout.end()
    return layout.lines


class _Layout:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.now = Line("")
        self.quotes: list[str] = []
        self.introductions: list[str] = []
        self.depth: dict[str, int] = {}
        self.rest = False

    def add(self, at: int, token: Token) -> None:
        if not token.tag:
            self.now.text += re.sub(r"[ \t\r\n\f]+", " ", token.text)
            self.now.tokens.append(at)
        elif token.tag in VOID:
            self._void(at, token)
        else:
            if token.tag in BLOCK:
                self.end()
            (self._leave if token.closing else self._enter)(token)

    def end(self) -> None:
        text = self.now.text
        self.now.text = text.lstrip(" ") if text.strip(" ") != "--" else "-- "
        if self.now.tokens:
            self.now.quoted = bool(self.quotes)
            if self.rest and not self.now.blank:
                self.now.mark, self.rest = "rest", False
            elif self.introductions:
                self.now.mark = "introduction"
            self.lines.append(self.now)
        self.now = Line("")

    def _void(self, at: int, token: Token) -> None:
        if token.tag == "img":
            self.now.text += token.attribute("alt") or "\ufffc"
        self.now.tokens.append(at)
        self.rest = self.rest or _named(token, _REST)
        if token.tag in ("br", "hr"):
            self.end()

    def _enter(self, token: Token) -> None:
        level = self.depth[token.tag] = self.depth.get(token.tag, 0) + 1
        place = f"{token.tag} {level}"
        self.rest = self.rest or _named(token, _REST)
        if _is_quote(token):
            self.quotes.append(place)
        elif _named(token, _INTRODUCTION):
            self.introductions.append(place)

    def _leave(self, token: Token) -> None:
        level = self.depth.get(token.tag, 0)
        place = f"{token.tag} {level}"
        for open_ones in (self.quotes, self.introductions):
            if open_ones and open_ones[-1] == place:
                open_ones.pop()
        self.depth[token.tag] = level - 1


def _named(token: Token, pattern: re.Pattern[str]) -> bool:
    if ' id="' not in token.attributes and ' class="' not in token.attributes:
        return False
    names = f"{token.attribute('id')} {token.attribute('class')}".lower().split()
    return any(pattern.fullmatch(name) for name in names[:20])


def _is_quote(token: Token) -> bool:
    """A blockquote alone may be mere indentation: it must be marked, or carry the bar at its left."""
    if token.tag != "blockquote":
        return _named(token, _FRAMED)
    if token.attribute("type").lower() == "cite" or token.attribute("cite") or _named(token, _QUOTE_CLASS):
        return True
    return "border-left" in token.attribute("style") or _named(token, _FRAMED)


def without(tokens: list[Token], lines: list[Line], keep: list[bool]) -> str:
    """The HTML of the lines that stay; elements that held nothing else go with theirs."""
    gone = {at for line, stays in zip(lines, keep, strict=True) if not stays for at in line.tokens}
    emptied: list[int] = []
    stack: list[tuple[int, bool, bool]] = []  # where it opened, whether something stayed, whether something went
    for at, token in enumerate(tokens):
        if not token.tag or token.tag in VOID:
            stays = at not in gone and bool(token.tag or token.source.strip())
            if stack:
                stack[-1] = (stack[-1][0], stack[-1][1] or stays, stack[-1][2] or at in gone)
        elif not token.closing:
            stack.append((at, False, False))
        elif stack:
            start, stayed, went = stack.pop()
            if went and not stayed:
                emptied += [start, at]
            if stack:
                stack[-1] = (stack[-1][0], stack[-1][1] or stayed, stack[-1][2] or went)
    gone.update(emptied)
    return "".join(token.source for at, token in enumerate(tokens) if at not in gone)
