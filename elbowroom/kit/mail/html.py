"""HTML of strangers, made so that no script runs and no request leaves when it is shown.

The first of three layers; the sandboxed frame and its Content-Security-Policy stand behind it and trust none of it.
A frame should also say `<meta http-equiv="x-dns-prefetch-control" content="off">`: links may stay, look-ups may not.
"""

import html as markup
import re
from urllib.parse import unquote

import nh3

from elbowroom.kit.mail.showing import plain, styles
from elbowroom.kit.mail.showing.tokens import TAG, VOID, attributes

_TAGS = set(
    """a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section
    small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr""".split()
)
# What they hold goes with them. Those of raw text must be here, or their content would come back as markup.
_GONE = (
    set(
        """script style title head template noscript iframe frame frameset object embed applet svg math textarea select
    option xmp noembed noframes plaintext audio video canvas map dialog""".split()
    )
    - _TAGS
)
_BOX = {"align", "valign", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align"},
    "a": {"href"},
    "font": {"color", "face", "size"},
    "img": {"alt", "width", "height", "data-remote-src", "data-cid"},
    "table": _BOX | {"border", "cellpadding", "cellspacing"},
    "td": _BOX | {"colspan", "rowspan", "nowrap"}, "th": _BOX | {"colspan", "rowspan", "nowrap"},
    "tr": _BOX, "tbody": _BOX, "thead": _BOX, "tfoot": _BOX, "col": _BOX | {"span"}, "colgroup": _BOX | {"span"},
    "ol": {"start", "type"}, "ul": {"type"}, "li": {"value", "type"}, "hr": {"width", "size", "color"},
    "div": set(), "p": set(), "bdo": set(),
}  # fmt: skip
_MARKS = {"class", "id", "type", "cite"}
_LINK = re.compile(r"(?:https?://|mailto:)[^\x00-\x20\x7f\\]+", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?//[^\x00-\x20\x7f\\\"'<>]+", re.IGNORECASE)
_CID = re.compile(r"[^\x00-\x20\x7f\"'<>&]{1,250}")
_DEPTH, _SIZE = 400, 2**20
_FLAT = VOID | {"p", "li", "td", "th", "tr", "dt", "dd", "option", "meta", "link", "input", "area", "base", "source"}
_WALLS = {"table", "marquee", "applet", "object", "template"}


def clean(html: str) -> str:
    """HTML that loads nothing: links of http, https, mailto; images as data-remote-src or data-cid, without src.

    Idempotent. HTML over 1 MiB or nested deeper than 400 comes back as escaped text. In spite of that, strangers' HTML
    belongs in parse(), whose child has the clock: no count of tags foresees all that nh3 takes quadratic time for.
    """
    return strictly(loosely(html))


def to_text(html: str) -> str:
    """The same as readable plain text: paragraphs, lists, "> " before quotes, links as `words <address>`."""
    return plain.text_of(clean(html))


def loosely(html: str) -> str:
    """Well formed and without scripts, but with the marks that tell quotes. Not fit to be shown."""
    return _LOOSE.clean(html if _is_modest(html) else _bare(html))


def strictly(html: str) -> str:
    """Second pass, on output of loosely(). The last word is nh3's: its list knows no src at all."""
    return _STRICT.clean(TAG.sub(_without_src, html))


def _without_src(found: re.Match[str]) -> str:
    """src of an image becomes data-remote-src or data-cid, which no browser follows."""
    if found[2] != "img" or found[1]:
        return found[0]
    given = dict(attributes(found[3]))
    source = re.sub(r"[\t\r\n]", "", given.pop("src", "")).strip().replace(" ", "%20")
    if source.lower().startswith("cid:"):
        given["data-cid"] = unquote(source[4:])
    elif source:
        given["data-remote-src"] = source
    return "<img" + "".join(f' {name}="{markup.escape(value)}"' for name, value in given.items()) + ">"


def _filter(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return styles.narrow(value)
    if name == "href":
        return value.strip() if _LINK.fullmatch(value.strip()) else None
    if name == "data-cid":
        return value if _CID.fullmatch(value) else None
    if name == "data-remote-src":
        if not _REMOTE.fullmatch(value):
            return None
        return "https:" + value if value.startswith("//") else value
    return value if len(value) < 2000 else None


def _loose_filter(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if len(value) < 8000 else None
    return value if name in _MARKS else _filter(tag, name, value)


def _is_modest(html: str) -> bool:
    """nh3 takes quadratic time for depth and for attributes (100,000 open divs: 32 s), so both are estimated."""
    if len(html) > _SIZE or html.count("&") > 50_000:
        return False
    stack: list[str] = []
    for closing, name, rest in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)", html):
        name = name.lower()
        if closing:
            _close(stack, name)
        elif name not in _FLAT:
            stack.append(name)
        if len(stack) > _DEPTH or (len(rest) > 4000 and len(rest.split()) > 2000):
            return False
    return True


def _close(stack: list[str], name: str) -> None:
    """An end tag closes what is near and not behind a table; else it is ignored, as parsers do."""
    for at in range(len(stack) - 1, max(-1, len(stack) - 12), -1):
        if stack[at] == name:
            del stack[at:]
            return
        if stack[at] in _WALLS and name not in _WALLS:
            return


def _bare(html: str) -> str:
    """Its words alone, in stretches, for nh3 joins the entities of one stretch in quadratic time too."""
    text = markup.unescape(re.sub(r"<[^<>]*>", " ", html[:_SIZE]))
    return "<wbr>".join(markup.escape(text[at : at + 4000]) for at in range(0, len(text), 4000))


_ALL = _ATTRIBUTES["*"] | _MARKS
_STRICT = nh3.Cleaner(
    tags=_TAGS, clean_content_tags=_GONE, attributes=_ATTRIBUTES, attribute_filter=_filter,
    url_schemes={"http", "https", "mailto"}, url_relative="deny",
    link_rel="noopener noreferrer nofollow", set_tag_attribute_values={"a": {"target": "_blank"}},
)  # fmt: skip
_LOOSE = nh3.Cleaner(
    tags=_TAGS, clean_content_tags=_GONE, attribute_filter=_loose_filter, link_rel=None,
    attributes={**_ATTRIBUTES, "*": _ALL, "img": _ATTRIBUTES["img"] | {"src"}},
    url_schemes={"http", "https", "mailto", "cid"},
)  # fmt: skip
