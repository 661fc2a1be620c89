"""A ParsedMail between two processes: a line of JSON, then the files' bytes. Never pickle: the child is not trusted."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from elbowroom.kit.mail.parsed import Address, Bounce, ParsedFile, ParsedMail, Visible


def pack(mail: ParsedMail) -> Iterator[bytes]:
    """The pieces to send, the files' contents uncopied."""
    bare = replace(mail, attachments=[replace(one, content=b"") for one in mail.attachments])
    fields = asdict(bare)
    for packed, one in zip(fields["attachments"], mail.attachments, strict=True):
        packed["content"] = len(one.content)
    yield json.dumps({"mail": fields}).encode() + b"\n"
    for one in mail.attachments:
        yield one.content


def refusal(reason: str) -> bytes:
    return json.dumps({"unparsable": reason}).encode() + b"\n"


def unpack(packed: bytearray) -> ParsedMail | str:
    """The mail, or the reason why there is none. Raises ValueError, KeyError or TypeError on a torn answer."""
    end = packed.index(b"\n") + 1
    answer = json.loads(packed[:end])
    if "mail" not in answer:
        return str(answer["unparsable"])
    files: list[ParsedFile] = []
    for one in answer["mail"]["attachments"]:
        start, end = end, end + int(one["content"])
        if end > len(packed):
            raise ValueError("torn")
        files.append(ParsedFile(**{**one, "content": bytes(memoryview(packed)[start:end])}))
    return _mail(answer["mail"], files)


def _mail(fields: dict[str, Any], files: list[ParsedFile]) -> ParsedMail:
    people = {name: [Address(**one) for one in fields[name]] for name in ("reply_to", "to", "cc")}
    report = Bounce(**fields["bounce"]) if fields["bounce"] else None
    rest: dict[str, Any] = {
        **people, "sender": Address(**fields["sender"]), "visible": Visible(**fields["visible"]),
        "attachments": files, "bounce": report,
    }  # fmt: skip
    return ParsedMail(**{**fields, **rest})
