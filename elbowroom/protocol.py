"""The live socket's messages as the page's types: put into the OpenAPI components beside the shapes they carry."""

from typing import Any, Literal, NotRequired

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from elbowroom.conversations.shapes import (
    Awaiting,
    ColleagueDraft,
    Draft,
    DraftWord,
    Held,
    Message,
    SavedReply,
    Scheduled,
    Undelivered,
)
from elbowroom.live.connection import Farewell
from elbowroom.live.messages import heard
from elbowroom.notify.shapes import Notice
from elbowroom.people.shapes import Colleague, Customer, Department, Me, Person, Who
from elbowroom.tickets.shapes import Counts, Folder, Inbox, Label, LiveRow, Status, Ticket
from elbowroom.together.shapes import Crowd


class LabelSaid(TypedDict):
    """Whole where the label itself is new or changed; else which one was put on or taken off."""

    id: int
    name: str
    colour: NotRequired[int]
    department: NotRequired[int]
    version: NotRequired[int]
    into: NotRequired[int | None]
    removed: NotRequired[bool]


class FactData(TypedDict, total=False):
    """`set`: new values of the place's own attributes, `was`: what stood there. The rest depends on the kind.

    `messages` came here from another ticket, as they stand; `taken` are the numbers of those that went to one.
    `ids`: of the label that was taken off, and of those that were merged into it.
    """

    set: dict[str, Any]
    was: Any
    field: str
    message: Message | None
    messages: list[Message]
    arrived: list[int]
    taken: list[int]
    source: int
    into: int
    label: LabelSaid
    ids: list[int]
    labels: list[Label]
    inbox: Inbox | None
    folder: Folder | None
    days: int
    with_inbox: bool
    id: int
    person: Colleague
    customer: int | Customer
    follower: int
    undelivered: int
    failed: Undelivered
    saved: SavedReply
    accepted: bool
    held: int
    ticket: int
    entry: Held
    notice: int
    notices: list[int]
    told: Notice
    scheduled: int
    waits: Scheduled | None
    awaiting: Awaiting | None
    former: Who
    to: Who
    fence: int
    why: str
    draft: bool
    scopes: list[str]


class Fact(TypedDict):
    """`position` is null in the answer to a command: it is given with the commit."""

    place: str
    version: int
    position: int | None
    kind: str
    by: Who | None
    at: str
    data: FactData


class Problem(TypedDict):
    type: str
    title: str
    status: int
    detail: str


class Gone(TypedDict):
    id: int
    version: int
    by: Who | None
    why: Literal["moved", "deleted", "merged", "archived"]


class TicketState(TypedDict):
    ticket: Ticket
    messages: list[Message]
    drafts: list[Draft]
    colleagues: list[ColleagueDraft]
    held: list[Held]
    scheduled: list[Scheduled]


class InboxState(TypedDict):
    inbox: Inbox
    counts: Counts


class DepartmentState(TypedDict):
    department: Department
    people: list[Person]
    inboxes: list[Inbox]
    labels: list[Label]
    folders: list[Folder]
    saved: list[SavedReply]
    statuses: list[Status]


class PersonState(TypedDict):
    me: Me
    held: list[Held]
    undelivered: list[Undelivered]
    saved: list[SavedReply]
    notices: list[Notice]


class ManagersState(TypedDict):
    waiting: list[Awaiting]


class Welcome(TypedDict):
    """`page`: the name of the page that this server gives out; "" where it has none."""

    type: Literal["welcome"]
    me: Me
    epoch: str
    position: int
    mark: int
    now: str
    settling: bool
    resumed: bool
    page: str


class Snapshot(TypedDict):
    type: Literal["snapshot"]
    place: str
    n: int
    version: int
    state: TicketState | InboxState | DepartmentState | PersonState | ManagersState
    crowds: list[Crowd]
    settling: bool


class Resumed(TypedDict):
    """`colleagues`: on a ticket, as in its snapshot."""

    type: Literal["resumed"]
    place: str
    n: int
    version: int
    facts: list[Fact]
    rows: list[LiveRow]
    gone: list[Gone]
    counts: Counts | None
    colleagues: NotRequired[list[ColleagueDraft]]
    crowds: list[Crowd]
    settling: bool


class Facts(TypedDict):
    type: Literal["facts"]
    place: str
    n: int
    facts: list[Fact]


class Rows(TypedDict):
    type: Literal["rows"]
    place: str
    n: int
    rows: list[LiveRow]
    gone: list[Gone]
    counts: Counts | None


class CrowdChanged(TypedDict):
    type: Literal["crowd"]
    place: str
    n: int
    crowds: list[Crowd]


class Passing(TypedDict):
    """Words that are no facts: each holds the whole of what it is about, and the next snapshot says it again."""

    type: Literal["passing"]
    place: str
    n: int
    words: list[DraftWord]


class LastWord(TypedDict):
    type: Literal["gone"]
    place: str
    why: Literal["moved", "erased", "rights"]
    by: Who | None


class Behind(TypedDict):
    """`by`: who moved it to where it is hers as well."""

    type: Literal["behind"]
    place: str
    by: NotRequired[Who]


class RightsChanged(TypedDict):
    type: Literal["rights"]
    me: Me


class Heartbeat(TypedDict):
    type: Literal["heartbeat"]
    epoch: str
    position: int
    mark: int
    now: str


class Ping(TypedDict):
    type: Literal["ping"]
    n: int


class Error(TypedDict):
    """`place`: the one that was asked for and is not to be had, where the error is about one."""

    type: Literal["error"]
    problem: Problem
    place: str | None


class Bye(TypedDict):
    type: Literal["bye"]
    why: Farewell


ServerMessage = (
    Welcome | Snapshot | Resumed | Facts | Rows | CrowdChanged | Passing | LastWord | Behind | RightsChanged | Heartbeat
    | Ping | Error | Bye
)  # fmt: skip

said: TypeAdapter[Any] = TypeAdapter(ServerMessage)


def describe(app: FastAPI) -> None:
    """Makes /api/openapi.json hold the socket's messages as `ClientMessage` and `ServerMessage`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _whole(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _whole(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes, separate_input_output_schemas=False)
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    adapters: dict[str, TypeAdapter[Any]] = {"ClientMessage": heard, "ServerMessage": said}
    for name, adapter in adapters.items():
        described = adapter.json_schema(ref_template="#/components/schemas/{model}")
        for part, shape in described.pop("$defs", {}).items():
            components.setdefault(part, shape)
        components[name] = described
    return schema
