"""Which lines of a body are quoted. The same rules for plain text and for HTML that was laid out in lines.

Careful on purpose: a quote shown is a nuisance, an answer hidden is a wrong reply. Forwarded mail stays, so do answers
between the lines of a quote.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from elbowroom.kit.mail.showing import attribution

_MOST = 10_000  # lines looked at; a longer body is shown whole


@dataclass
class Line:
    """`mark`: what the HTML itself says of it. `tokens`: where it came from."""

    text: str
    quoted: bool = False
    mark: Literal["", "introduction", "rest"] = ""
    tokens: list[int] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not self.text.strip("\xa0 \t\u200b>")


def kept(lines: list[Line]) -> list[bool]:
    """For each line whether it stays. Where nothing readable would stay, everything does."""
    if len(lines) > _MOST:
        return [True] * len(lines)
    end = _without_signature(lines, _rest(lines))
    keep = [at < end for at in range(len(lines))]
    for start, stop in _quotes(lines[:end]):
        keep[start:stop] = [False] * (stop - start)
    own = " ".join(line.text for line, stays in zip(lines, keep, strict=True) if stays and not line.quoted)
    if not own.strip("\xa0 \t\u200b>_-*") or attribution.points_below(own[:5000]):
        return [True] * len(lines)
    return keep


def _rest(lines: list[Line]) -> int:
    """Where everything that follows is an older mail; len(lines) where there is no such place."""
    for at, line in enumerate(lines):
        if line.quoted:
            continue
        if attribution.forwards(line.text):
            return len(lines)
        if line.mark == "rest" or attribution.separates(line.text) or _is_header(lines, at):
            return _back_over_rules(lines, at)
        length = _introduction(lines, at)
        if length and _is_unmarked_quote(lines, at + length, " ".join(one.text for one in lines[at : at + length])):
            return at
    return len(lines)


def _is_header(lines: list[Line], at: int) -> bool:
    """ "From: … Sent: … To: …", as Outlook puts it before a quote without any mark."""
    if not attribution.is_label(lines[at].text):
        return False
    near = [line.text for line in lines[at : at + 12] if not line.blank][:7]
    return any(map(attribution.is_sender_label, near)) and sum(map(attribution.is_other_label, near)) >= 2


def _back_over_rules(lines: list[Line], at: int) -> int:
    while at > 0 and not lines[at - 1].text.strip("\xa0 \t_-=*"):
        at -= 1
    return at


def _is_unmarked_quote(lines: list[Line], at: int, introduction: str) -> bool:
    following = next((line for line in lines[at:] if not line.blank), None)
    return attribution.is_dated(introduction) and (following is None or not following.quoted)


def _introduction(lines: list[Line], at: int) -> int:
    """How many lines from `at` introduce a quote: 0 to 3."""
    if lines[at].mark == "introduction":
        return 1
    for length in (1, 2, 3):
        part = lines[at : at + length]
        if len(part) < length or any(line.blank or line.quoted for line in part):
            return 0
        if length > 1 and not attribution.opens(part[0].text):
            return 0
        if part[-1].text.rstrip("\xa0 ")[-1:] in ":：" and attribution.introduces(" ".join(line.text for line in part)):
            return length
    return 0


def _quotes(lines: list[Line]) -> list[tuple[int, int]]:
    """The stretches to cut, with what introduces them; none where answers stand between the quotes."""
    runs = _runs(lines)
    if not runs:
        return []
    wide = [(_introduced(lines, start), stop) for start, stop in runs]
    between = any(_has_text(lines, a[1], b[0]) for a, b in pairwise(wide))
    if between:
        return []
    (first, _), (_, last) = wide[0], wide[-1]
    trailing = not _has_text(lines, last, len(lines))
    leading = first < runs[0][0] and not _has_text(lines, 0, first)
    return wide if trailing or leading else []


def _runs(lines: list[Line]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if not line.quoted:
            continue
        if runs and not _has_text(lines, runs[-1][1], at):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _introduced(lines: list[Line], start: int) -> int:
    at = start
    while at > 0 and lines[at - 1].blank:
        at -= 1
    found = [at - length for length in (1, 2, 3) if at >= length and _introduction(lines, at - length) == length]
    whole = [begin for begin in found if attribution.opens(lines[begin].text)]
    return next(iter(whole or found), start)


def _has_text(lines: list[Line], start: int, stop: int) -> bool:
    return any(not line.blank for line in lines[start:stop])


def _without_signature(lines: list[Line], end: int) -> int:
    """RFC 3676 4.3: only "-- " alone on its line, and only before a short end."""
    for at in range(end - 1, max(-1, end - 25), -1):
        if lines[at].text == "-- " and not lines[at].quoted:
            return at
    return end
