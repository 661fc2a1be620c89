"""Bytes to text, whatever the mail says about its charset."""

import codecs
import re

# As the WHATWG encoding standard reads them: senders say the left and mean the right.
_MEANT = {
    "us-ascii": "utf-8", "ascii": "utf-8", "unknown-8bit": "utf-8", "8bit": "utf-8", "default": "utf-8",
    "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "cp65001": "utf-8",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso8859-1": "cp1252", "ansi": "cp1252",
    "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "x-windows-949": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "big5": "big5hkscs", "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7",
}  # fmt: skip
# Codecs of Python that are no charset of mail; punycode and idna take quadratic time.
_REFUSED = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_META = re.compile(rb"""<meta[^>]{0,200}charset\s{0,9}=\s{0,9}["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)


def decode(content: bytes, charset: str | None) -> str:
    """Never fails: the named charset, else UTF-8, else windows-1252; some bad bytes become U+FFFD."""
    codec = _codec(charset) or "utf-8"
    for guess in dict.fromkeys((codec, "utf-8")):
        try:
            return content.decode(guess)
        except (UnicodeError, ValueError):
            continue
    text = content.decode(codec, "replace")
    bad = text.count("\ufffd")
    good = sum(not sign.isascii() for sign in text) - bad
    return text if good >= bad else content.decode("cp1252", "replace")


def named_in_html(content: bytes) -> str | None:
    """What an HTML file says of itself in its first 2 KiB, asked only where the header is silent."""
    found = _META.search(content[:2048])
    return found.group(1).decode() if found else None


def _codec(charset: str | None) -> str | None:
    wanted = (charset or "").strip("\"' \t").lower().removeprefix("3d").strip('"')[:40]
    wanted = _MEANT.get(wanted, wanted)
    try:
        info = codecs.lookup(wanted) if wanted.isascii() and wanted else None
    except (LookupError, ValueError):
        return None
    if info is None or info.name in _REFUSED or not getattr(info, "_is_text_encoding", True):
        return None
    return info.name
