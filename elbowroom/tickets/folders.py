"""Folders of an inbox, made by its managers. The inbox's own lists show what lies in them too."""

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit import jobs
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import By, Fact, append
from elbowroom.kit.problems import bad_request, forbidden, not_found
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.people.versions import require_fresh
from elbowroom.tickets.access import access_inbox
from elbowroom.tickets.inboxes import named
from elbowroom.tickets.shapes import Folder
from elbowroom.tickets.tables import folders, inboxes

MOST = 50  # of one inbox


def make(tx: Tx, viewer: Viewer, inbox: int, name: str) -> Folder:
    """Raises Refused: 404, 403 for who does not manage the department, 422 for a taken name."""
    department = _managed(tx, viewer, inbox)
    clean = _free(tx, inbox, name)
    folder: int = tx.value(insert(folders).values(inbox=inbox, name=clean).returning(folders.c.id))
    return _say(tx, department, folder, viewer.by)


def rename(tx: Tx, viewer: Viewer, folder: int, from_version: int, name: str) -> Folder:
    """`from_version`: any version of its department at which she saw it so. Raises Refused: 404, 403, 409, 422."""
    stored = access_folder(tx, viewer, folder)
    department = _managed(tx, viewer, stored["inbox"])
    require_fresh(tx, f"department/{department}", stored["version"], from_version, {"name": stored["name"]})
    clean = _free(tx, stored["inbox"], name, beside=folder)
    if clean == stored["name"]:
        return shape(stored)
    tx.run(update(folders).where(folders.c.id == folder).values(name=clean))
    return _say(tx, department, folder, viewer.by)


def remove(tx: Tx, viewer: Viewer, folder: int) -> None:
    """What lies in it is taken out afterwards, each ticket with a fact of its own. Raises Refused: 404, 403."""
    stored = access_folder(tx, viewer, folder)
    department = _managed(tx, viewer, stored["inbox"])
    tx.run(update(folders).where(folders.c.id == folder).values(removed_at=tx.now))
    data = {"id": folder}
    append(tx, f"department/{department}", "folder_removed", audience=audience_of(department), by=viewer.by, data=data)
    jobs.enqueue(tx, "empty_folder", {"folder": folder, "by": viewer.by.id, "name": viewer.by.name})


def access_folder(read: Read, viewer: Viewer, folder: int) -> RowMapping:
    """Raises Refused (404) where it is removed, or of a department that is not hers."""
    row = read.first(select(folders).where(folders.c.id == folder, folders.c.removed_at.is_(None)))
    if row is None:
        raise not_found("folder")
    access_inbox(read, viewer, row["inbox"], "folder")
    return row


def folders_in(read: Read, departments: list[int]) -> list[Folder]:
    asked = select(folders).join_from(folders, inboxes, folders.c.inbox == inboxes.c.id)
    there = folders.c.removed_at.is_(None) & inboxes.c.department.in_(departments)
    return [shape(row) for row in read.rows(asked.where(there).order_by(folders.c.id))]


def shape(row: RowMapping) -> Folder:
    return {"id": row["id"], "inbox": row["inbox"], "name": row["name"], "version": row["version"]}


def carried(read: Read, fact: Fact) -> dict[str, Folder | None]:
    row = read.first(select(folders).where(folders.c.id == fact.data["id"], folders.c.removed_at.is_(None)))
    return {"folder": None if row is None else shape(row)}


def _managed(read: Read, viewer: Viewer, inbox: int) -> int:
    department: int = access_inbox(read, viewer, inbox)["department"]
    if not viewer.manages(department):
        raise forbidden("Folders are made and changed by managers. Ask one of yours.")
    return department


def _free(read: Read, inbox: int, name: str, beside: int | None = None) -> str:
    clean = named(name)
    found = read.rows(select(folders).where(folders.c.inbox == inbox, folders.c.removed_at.is_(None)))
    others = [row["name"] for row in found if row["id"] != beside]
    if folded(clean) in map(folded, others):
        raise bad_request("name", "There is a folder of that name.")
    if len(others) >= MOST:
        raise bad_request("name", f"An inbox has at most {MOST} folders.")
    return clean


def _say(tx: Tx, department: int, folder: int, by: By) -> Folder:
    """The folder takes the version of its department that tells of the change."""
    fact = append(
        tx, f"department/{department}", "folder_changed", audience=audience_of(department), by=by, data={"id": folder}
    )
    tx.run(update(folders).where(folders.c.id == folder).values(version=fact.version))
    row = tx.first(select(folders).where(folders.c.id == folder))
    assert row is not None
    return shape(row)
