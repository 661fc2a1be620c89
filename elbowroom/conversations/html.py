"""A message's formatted form, as the page of a sandboxed frame."""

import re
from base64 import b64encode
from html import unescape

from elbowroom.kit.files import Files
from elbowroom.kit.images import NotAnImage, reencoded

IMAGES = 20
STYLE = "body{margin:0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}"
HEAD = (  # links stay, so a browser might look up their hosts in advance: that tells the sender too
    '<!doctype html><meta charset="utf-8"><meta http-equiv="x-dns-prefetch-control" content="off">'
)
_cid = re.compile(r'data-cid="([^"]*)"')


def page_of(html: str, images: dict[str, str], files: Files) -> str:
    """`html` is clean already; `images` maps a Content-ID to the blob whose re-encoded picture stands in for it."""
    shown: dict[str, str] = {}

    def picture(found: re.Match[str]) -> str:
        name = unescape(found[1])
        if name not in shown and name in images and len(shown) < IMAGES:
            shown[name] = _data(files, images[name])
        return f'src="{shown[name]}"' if shown.get(name) else found[0]

    return f"{HEAD}<style>{STYLE}</style>{_cid.sub(picture, html)}"


def _data(files: Files, blob: str) -> str:
    try:
        return "data:image/png;base64," + b64encode(reencoded(files.get(blob))).decode()
    except (NotAnImage, FileNotFoundError):
        return ""
