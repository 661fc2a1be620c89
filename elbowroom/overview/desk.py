"""The desk as one person sees it when she opens it."""

from typing import Any

from typing_extensions import TypedDict

from elbowroom import __version__
from elbowroom.kit import journal
from elbowroom.kit.db import Read
from elbowroom.overview.counts import counts
from elbowroom.people import colleagues, departments
from elbowroom.people.rights import Viewer
from elbowroom.people.shapes import Department, Me, Person
from elbowroom.tickets.folders import folders_in
from elbowroom.tickets.inboxes import inboxes_in
from elbowroom.tickets.labels import labels_in
from elbowroom.tickets.shapes import Counts, Folder, Inbox, Label, Status
from elbowroom.tickets.statuses import all_statuses


class Desk(TypedDict):
    me: Me
    departments: list[Department]
    inboxes: list[Inbox]
    people: list[Person]
    statuses: list[Status]
    labels: list[Label]
    folders: list[Folder]
    counts: list[Counts]
    epoch: str
    position: int
    mark: int
    version: str
    demo: bool
    url: str


def desk(read: Read, viewer: Viewer, *, demo: bool, url: str) -> dict[str, Any]:
    hers = sorted(viewer.departments)
    seen = inboxes_in(read, hers)
    return {
        "me": colleagues.me(read, viewer),
        "departments": departments.seen_by(read, viewer),
        "inboxes": seen,
        "people": colleagues.colleagues(read, viewer),
        "statuses": all_statuses(read),
        "labels": labels_in(read, hers),
        "folders": folders_in(read, hers),
        "counts": counts(read, [inbox["id"] for inbox in seen]),
        **journal.head(read).body(),
        "version": __version__,
        "demo": demo,
        "url": url,
    }
