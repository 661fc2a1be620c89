"""Files of messages. Uploaded first, claimed by the message that is sent with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.conversations.messages import file_shape
from elbowroom.conversations.shapes import Attachment
from elbowroom.conversations.tables import attachments, messages, scheduled
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import bad_request, not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket

SIZE = 25 * 1024 * 1024
COUNT = 20


@dataclass(frozen=True)
class File:
    """A file that is stored already: `blob` is its random name there."""

    blob: str
    name: str
    type: str
    size: int
    content_id: str | None = None


def upload(tx: Tx, viewer: Viewer, file: File) -> Attachment:
    attachment = _store(tx, file, uploaded_by=viewer.id)
    row = tx.first(select(attachments).where(attachments.c.id == attachment))
    assert row is not None
    return file_shape(row)


def attach(tx: Tx, message: int, file: File) -> int:
    """For channels: a file that came with a message."""
    return _store(tx, file, message=message)


def claim(tx: Tx, viewer: Viewer, message: int, files: list[int]) -> None:
    """Only what the viewer uploaded herself and no message has yet. Raises Refused (422)."""
    require_unused(tx, viewer, files)
    if not files:
        return
    free = update(attachments).where(attachments.c.id.in_(files), attachments.c.message.is_(None))
    if tx.run(free.values(message=message)).rowcount < len(files):  # another of her tabs was faster
        raise bad_request("attachments", "A file went with another message of yours. Attach it again.")


def require_unused(read: Read, viewer: Viewer, files: list[int]) -> None:
    """Raises Refused (422) where one is not hers, or belongs to a message or to what she scheduled."""
    if len(files) > COUNT:
        raise bad_request("attachments", f"At most {COUNT} files go with one message.")
    if not files:
        return
    hers = select(attachments.c.id).where(attachments.c.uploaded_by == viewer.id, attachments.c.message.is_(None))
    waits = select(scheduled.c.files).where(scheduled.c.person == viewer.id, scheduled.c.settled_at.is_(None))
    free = set(read.run(hers.where(attachments.c.id.in_(files))).scalars())
    free -= {one for named in read.run(waits).scalars() for one in named}
    for file in files:
        if file not in free:
            raise bad_request("attachments", f"File {file} is not an unused upload of yours. Attach it again.")
        free.remove(file)  # named twice, it is used the second time


def hand_back(tx: Tx, message: int, person: int) -> list[int]:
    """The files of a message that was not sent are her unused uploads again; returns their ids."""
    freed = update(attachments).where(attachments.c.message == message)
    return list(tx.run(freed.values(message=None, uploaded_by=person).returning(attachments.c.id)).scalars())


def access_attachment(read: Read, viewer: Viewer, attachment: int) -> RowMapping:
    """Through the ticket's door; an upload without a message is its uploader's alone. Raises Refused (404)."""
    row = read.first(select(attachments).where(attachments.c.id == attachment))
    if row is None or (row["message"] is None and row["uploaded_by"] != viewer.id):
        raise not_found("file")
    if row["message"] is not None:
        ticket = read.value(select(messages.c.ticket).where(messages.c.id == row["message"]))
        access_ticket(read, viewer, ticket, deleted=True)
    return row


def named(read: Read, files: list[int]) -> list[Attachment]:
    return named_of(read, [files])[0]


def named_of(read: Read, lists: Sequence[list[int]]) -> list[list[Attachment]]:
    """Those of several lists, in one question."""
    wanted = {file for files in lists for file in files}
    found = read.rows(select(attachments).where(attachments.c.id.in_(wanted))) if wanted else ()
    shown = {row["id"]: file_shape(row) for row in found}
    return [[shown[file] for file in sorted({*files}) if file in shown] for files in lists]


def of_message(read: Read, message: int) -> list[RowMapping]:
    return list(read.rows(select(attachments).where(attachments.c.message == message).order_by(attachments.c.id)))


def _store(tx: Tx, file: File, *, message: int | None = None, uploaded_by: int | None = None) -> int:
    values = {
        "blob": file.blob, "name": file.name, "type": file.type, "size": file.size, "content_id": file.content_id,
        "message": message, "uploaded_by": uploaded_by, "at": tx.now,
    }  # fmt: skip
    attachment: int = tx.value(insert(attachments).values(**values).returning(attachments.c.id))
    return attachment


def clean_name(name: str) -> str:
    """A base name without control characters or direction marks, at most 150 characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in base if char.isprintable() and char not in "\u202a\u202b\u202d\u202e").strip(" .")
    return plain[-150:] or "file"


def disposition(name: str) -> str:
    """Content-Disposition that always downloads, with the name in RFC 5987 form."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
