"""What an agent wrote above a notice that she answers. Nothing of the notice may go out with it."""

import re

from elbowroom.channels.email.notice_words import MARK
from elbowroom.kit.mail import quote
from elbowroom.kit.mail.parsed import ParsedMail

_QUOTED = "> -"
_DEVICE = re.compile(
    r"(?:sent from (?:my|outlook|mail)\b|get outlook for\b|(?:von meinem|gesendet von|gesendet mit|outlook für)\b"
    r"|отправлено (?:с|из)\b|发自我的|從我的|从我的).{0,60}",
    re.IGNORECASE,
)


def written(mail: ParsedMail) -> str | None:
    """Her own words, "" where there are none; None where they stand between the notice's lines."""
    lines = mail.visible.text.split("\n")
    at = next((at for at, line in enumerate(lines) if _bare(line).startswith(MARK)), None)
    if at is None:
        return _without_device(mail.visible.text.strip())
    if lines[at].lstrip().startswith(">") and any(line.strip() and line.lstrip()[0] != ">" for line in lines[at:]):
        return None
    return _without_device(_own(lines[:at]))


def _own(lines: list[str]) -> str:
    """Without what introduces the quote: it is known by the quote that follows, so one is put there."""
    above = [line for line in lines if not line.lstrip().startswith(">")]
    if not any(line.strip() for line in above):
        return ""
    shown = quote.visible("\n".join([*above, _QUOTED]), None).text
    return "" if _QUOTED in shown.split("\n") else shown.strip()


def _bare(line: str) -> str:
    return line.lstrip("> \xa0\t")


def _without_device(text: str) -> str:
    """ "Sent from my phone" below an empty answer would be the whole of it."""
    lines = text.rstrip().split("\n")
    return "\n".join(lines[:-1]).rstrip() if _DEVICE.fullmatch(lines[-1].strip()) else text
