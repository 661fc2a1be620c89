"""Every door of the desk: what must be shown at it, and a call that goes through."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cast import PASSWORD
from tests.rights.scene import MAILBOX, TOMORROW, Scene, picture

Call = tuple[str, Any]
STRONG = "quite another quiet bell"


@dataclass(frozen=True)
class Door:
    """`whose`: anybody's own ("each"), the department's ("ticket"), its managers' ("managers"), its author's alone
    ("author"), or Bianca's as long as she holds it ("holder").

    `made` gives the path of a fresh thing and a body; `status` is the answer to whoever may.
    """

    whose: str
    made: Callable[[Scene], Call]
    status: int = 200
    scopes: frozenset[str] = frozenset({"reply"})
    no_program: bool = False


READ, DRAFT, ADMIN = frozenset({"read"}), frozenset({"draft"}), frozenset({"admin"})


def at(path: str, body: Any = None) -> Callable[[Scene], Call]:
    return lambda _scene: (path, body)


def ticket(rest: str = "", body: Any = None) -> Callable[[Scene], Call]:
    return lambda scene: (f"/tickets/{scene.ticket()}{rest}", body)


def reads(path: str) -> Door:
    return Door("each", at(path), scopes=READ)


def on_reply(make: Callable[[Scene], tuple[int, int]], rest: str = "") -> Callable[[Scene], Call]:
    def made(scene: Scene) -> Call:
        number, reply = make(scene)
        return f"/tickets/{number}/replies/{reply}{rest}", None

    return made


def on_note(body: Any) -> Callable[[Scene], Call]:
    def made(scene: Scene) -> Call:
        number, note = scene.note()
        return f"/tickets/{number}/notes/{note}", body

    return made


def versioned(path: str, make: Callable[[Scene], tuple[int, int]], **change: Any) -> Callable[[Scene], Call]:
    def made(scene: Scene) -> Call:
        number, version = make(scene)
        return f"{path}/{number}", {"from_version": version, **change}

    return made


def _mailbox(scene: Scene, path: str = "/mailboxes") -> Call:
    return path, {**MAILBOX, "address": f"new{next(scene.numbers)}@desk.example"}


def _scheduled(scene: Scene) -> Call:
    number, entry = scene.scheduled()
    return f"/tickets/{number}/scheduled/{entry}", None


OPENED = {"subject": "A lamp", "requester": "nora@customer.example", "body": "It is broken.", "inbox": 1}
FORWARDED = {"number": 1, "recipients": {"to": ["repair@lamps.example"]}}
SAVED = {"name": "Thanks", "body": "Thank you for your mail."}
INVITED = {"name": "New", "role": "agent", "departments": [1]}
FIRST = {"token": "x", "name": "Eve", "email": "eve@evil.example", "password": STRONG}

DOORS: dict[tuple[str, str], Door] = {
    # open to strangers; what guards them is the secret in the body or path
    ("POST", "/session"): Door("open", at("/session", {"email": "omid@desk.example", "password": PASSWORD})),
    ("POST", "/resets"): Door("open", at("/resets", {"email": "nobody@desk.example"}), 202),
    ("POST", "/resets/{token}"): Door("open", lambda s: (f"/resets/{s.reset()}", {"password": STRONG}), 204),
    ("GET", "/invitations/token/{token}"): Door("open", lambda s: (f"/invitations/token/{s.invitation()[1]}", None)),
    ("POST", "/invitations/token/{token}"): Door(
        "open", lambda s: (f"/invitations/token/{s.invitation()[1]}", {"name": "New", "password": STRONG})
    ),
    ("GET", "/setup"): Door("open", at("/setup")),
    ("POST", "/setup"): Door("open", at("/setup", FIRST), 410),
    # one's own
    ("GET", "/me"): reads("/me"),
    ("PATCH", "/me"): Door("each", at("/me", {"theme": "dark"}), scopes=ADMIN),
    ("PUT", "/me/password"): Door(
        "each", at("/me/password", {"current": PASSWORD, "new": STRONG}), scopes=READ | ADMIN, no_program=True
    ),
    ("DELETE", "/session"): Door("each", at("/session"), no_program=True),
    ("GET", "/sessions"): Door("each", at("/sessions"), scopes=READ, no_program=True),
    ("DELETE", "/sessions"): Door("each", at("/sessions"), no_program=True),
    ("DELETE", "/sessions/{id}"): Door("author", lambda s: (f"/sessions/{s.session()}", None), no_program=True),
    ("GET", "/tokens"): Door("each", at("/tokens"), scopes=READ, no_program=True),
    ("POST", "/tokens"): Door("each", at("/tokens", {"name": "script", "scopes": ["read"]}), 201, no_program=True),
    ("DELETE", "/tokens/{id}"): Door("author", lambda s: (f"/tokens/{s.token()}", None), no_program=True),
    # staff
    ("GET", "/departments"): reads("/departments"),
    ("POST", "/departments"): Door(
        "admin", lambda s: ("/departments", {"name": f"New {next(s.numbers)}"}), 201, scopes=ADMIN
    ),
    ("PATCH", "/departments/{id}"): Door("admin", versioned("/departments", Scene.department, name="Support"),
                                         scopes=ADMIN),
    ("GET", "/people"): Door("admin", at("/people"), scopes=READ),
    ("PATCH", "/people/{id}"): Door("admin", versioned("/people", Scene.colleague, name="Other"), scopes=ADMIN),
    ("GET", "/invitations"): Door("admin", at("/invitations"), scopes=READ),
    ("POST", "/invitations"): Door(
        "admin", lambda s: ("/invitations", {**INVITED, "email": f"{next(s.numbers)}@new.example"}), 201, scopes=ADMIN
    ),
    ("DELETE", "/invitations/{id}"): Door("admin", lambda s: (f"/invitations/{s.invitation()[0]}", None), scopes=ADMIN),
    # tickets
    ("GET", "/tickets/{ticket}"): Door("ticket", ticket(), scopes=READ),
    ("PATCH", "/tickets/{ticket}"): Door("ticket", ticket("", {"priority": {"to": "high", "from_version": 2}})),
    ("DELETE", "/tickets/{ticket}"): Door("ticket", ticket()),
    ("POST", "/tickets/{ticket}/restore"): Door("ticket", lambda s: (f"/tickets/{s.deleted()}/restore", None)),
    ("POST", "/tickets/{ticket}/archive"): Door("ticket", ticket("/archive")),
    ("DELETE", "/tickets/{ticket}/archive"): Door("ticket", ticket("/archive")),
    ("GET", "/bin"): reads("/bin"),
    ("PATCH", "/bin"): Door("admin", at("/bin", {"days": 30}), scopes=ADMIN),
    ("POST", "/inboxes/{inbox}/folders"): Door(
        "managers", lambda s: ("/inboxes/1/folders", {"name": f"Folder {next(s.numbers)}"}), 201, scopes=ADMIN
    ),
    ("PATCH", "/folders/{folder}"): Door("managers", versioned("/folders", Scene.folder, name="Other"), scopes=ADMIN),
    ("DELETE", "/folders/{folder}"): Door("managers", lambda s: (f"/folders/{s.folder()[0]}", None), scopes=ADMIN),
    ("PUT", "/tickets/{ticket}/owner"): Door("ticket", ticket("/owner", {"agent": 3, "instead_of": None})),
    ("DELETE", "/tickets/{ticket}/owner"): Door("ticket", ticket("/owner")),
    ("PUT", "/tickets/{ticket}/labels/{name:path}"): Door("ticket", ticket("/labels/lamp")),
    ("DELETE", "/tickets/{ticket}/labels/{name:path}"): Door("ticket", ticket("/labels/lamp")),
    ("GET", "/departments/{department}/labels"): Door("ticket", at("/departments/1/labels"), scopes=READ),
    ("PATCH", "/labels/{label}"): Door("managers", Scene.label_to_rename, scopes=ADMIN),
    ("POST", "/labels/{label}/merge"): Door("managers", Scene.labels, scopes=ADMIN),
    ("DELETE", "/labels/{label}"): Door("managers", Scene.label_with_version, scopes=ADMIN),
    ("POST", "/tickets/{ticket}/lock"): Door("ticket", ticket("/lock")),
    ("DELETE", "/tickets/{ticket}/lock"): Door("ticket", ticket("/lock?force=true")),
    ("POST", "/tickets/{ticket}/lock/request"): Door(
        "ticket", lambda s: (f"/tickets/{s.locked()}/lock/request", None), 201
    ),
    ("PUT", "/tickets/{ticket}/lock/request"): Door(
        "holder", lambda s: (f"/tickets/{s.asked_for()}/lock/request", {"answer": "refuse"})
    ),
    ("DELETE", "/tickets/{ticket}/lock/request"): Door("ticket", ticket("/lock/request")),
    ("GET", "/tickets/{ticket}/drafts"): Door("ticket", ticket("/drafts"), scopes=READ),
    ("GET", "/tickets/{ticket}/drafts/{person}"): Door(
        "ticket", lambda s: (f"/tickets/{s.begun()}/drafts/{s.bianca.id}", None), scopes=READ
    ),
    ("GET", "/tickets/{ticket}/facts"): Door("ticket", ticket("/facts"), scopes=READ),
    ("GET", "/statuses"): reads("/statuses"),
    ("GET", "/inboxes"): reads("/inboxes"),
    ("POST", "/inboxes"): Door("admin", at("/inboxes", {"department": 1, "name": "Returns"}), 201, scopes=ADMIN),
    ("PATCH", "/inboxes/{inbox}"): Door("admin", versioned("/inboxes", Scene.inbox, name="Other"), scopes=ADMIN),
    ("GET", "/customers"): reads("/customers?q=nora"),
    ("PUT", "/tickets/{ticket}/followers"): Door("ticket", ticket("/followers", {"email": "eve@customer.example"})),
    ("DELETE", "/tickets/{ticket}/followers/{customer}"): Door("ticket", ticket("/followers/1")),
    ("PUT", "/tickets/{ticket}/requester"): Door(
        "ticket", lambda s: (f"/tickets/{s.called()}/requester", {"email": "caller@customer.example"})
    ),
    # what is said
    ("POST", "/tickets"): Door("ticket", at("/tickets", OPENED), 201),
    ("GET", "/tickets/{ticket}/messages"): Door("ticket", ticket("/messages"), scopes=READ),
    ("POST", "/tickets/{ticket}/replies"): Door("ticket", ticket("/replies", {"body": "Dear Nora", "seen": 1}), 201),
    ("DELETE", "/tickets/{ticket}/replies/{number}"): Door("author", on_reply(Scene.waiting)),
    ("POST", "/tickets/{ticket}/replies/{number}/resend"): Door("ticket", on_reply(Scene.refused, "/resend")),
    ("POST", "/tickets/{ticket}/merge"): Door(
        "ticket", lambda s: (f"/tickets/{s.ticket()}/merge", {"into": s.ticket()})
    ),
    ("DELETE", "/tickets/{ticket}/merge"): Door("ticket", lambda s: (f"/tickets/{s.merged()}/merge", None)),
    ("POST", "/tickets/{ticket}/split"): Door("ticket", Scene.answered, 201),
    ("POST", "/tickets/{ticket}/forwards"): Door("ticket", lambda s: (f"/tickets/{s.post()}/forwards", FORWARDED), 201),
    ("GET", "/undelivered"): reads("/undelivered"),
    ("DELETE", "/undelivered/{message}"): Door("author", lambda s: (f"/undelivered/{s.failed()}", None)),
    ("GET", "/saved-replies"): reads("/saved-replies"),
    ("POST", "/saved-replies"): Door("each", at("/saved-replies", SAVED), 201, scopes=DRAFT),
    ("PATCH", "/saved-replies/{saved}"): Door("author", versioned("/saved-replies", Scene.saved, name="x"),
                                              scopes=DRAFT),
    ("DELETE", "/saved-replies/{saved}"): Door("author", lambda s: (f"/saved-replies/{s.saved()[0]}", None),
                                               scopes=DRAFT),
    ("POST", "/tickets/{ticket}/notes"): Door("ticket", ticket("/notes", {"body": "She called."}), 201, scopes=DRAFT),
    ("PUT", "/tickets/{ticket}/notes/{number}"): Door(
        "author", on_note({"body": "She called again.", "edits": 0}), scopes=DRAFT
    ),
    ("GET", "/messages/{message}/former"): Door(
        "ticket", lambda s: (f"/messages/{s.message()}/former", None), scopes=READ
    ),
    ("PUT", "/tickets/{ticket}/draft"): Door(
        "ticket", ticket("/draft", {"body": "Dear", "from": 0, "device": "laptop"}), scopes=DRAFT
    ),
    ("DELETE", "/tickets/{ticket}/draft"): Door("ticket", ticket("/draft"), scopes=DRAFT),
    ("DELETE", "/tickets/{ticket}/draft/aside/{aside}"): Door("author", Scene.aside, scopes=DRAFT),
    ("GET", "/strays"): reads("/strays"),
    ("DELETE", "/strays/{ticket}"): Door("author", lambda s: (f"/strays/{s.stray()}", None), scopes=DRAFT),
    ("GET", "/held"): reads("/held"),
    ("GET", "/held/waiting"): reads("/held/waiting"),
    ("GET", "/held/{entry}"): Door("author", lambda s: (f"/held/{s.held()}", None), scopes=READ),
    ("POST", "/tickets/{ticket}/scheduled"): Door(
        "ticket", ticket("/scheduled", {"body": "Dear Nora", "seen": 1, "at": TOMORROW}), 201
    ),
    ("GET", "/tickets/{ticket}/scheduled"): Door("ticket", ticket("/scheduled"), scopes=READ),
    ("DELETE", "/tickets/{ticket}/scheduled/{entry}"): Door("author", _scheduled),
    ("POST", "/held/{entry}/note"): Door("author", lambda s: (f"/held/{s.held()}/note", None), 201, scopes=DRAFT),
    ("DELETE", "/held/{entry}"): Door("author", lambda s: (f"/held/{s.held()}", None), scopes=DRAFT),
    ("GET", "/messages/{message}/full"): Door("ticket", lambda s: (f"/messages/{s.message()}/full", None), scopes=READ),
    ("GET", "/messages/{message}/html"): Door("ticket", lambda s: (f"/messages/{s.message()}/html", None), scopes=READ),
    ("POST", "/uploads"): Door("each", at("/uploads", picture()), 201, scopes=READ | DRAFT),
    ("GET", "/attachments/{attachment}"): Door("ticket", lambda s: (f"/attachments/{s.file()}", None), scopes=READ),
    ("GET", "/attachments/{attachment}/image"): Door(
        "ticket", lambda s: (f"/attachments/{s.file()}/image", None), scopes=READ
    ),
    # the whole
    ("GET", "/desk"): reads("/desk"),
    ("GET", "/tickets"): Door("ticket", at("/tickets?inbox=1"), scopes=READ),
    ("GET", "/search"): reads("/search?q=lamp"),
    # what people are told
    ("GET", "/notices"): reads("/notices"),
    ("DELETE", "/notices"): Door("each", at("/notices"), scopes=DRAFT),
    ("DELETE", "/notices/{notice}"): Door("author", lambda s: (f"/notices/{s.notice()}", None), scopes=DRAFT),
    # mailboxes
    ("GET", "/mailboxes"): Door("admin", at("/mailboxes"), scopes=READ),
    ("POST", "/mailboxes"): Door("admin", _mailbox, 201, scopes=ADMIN),
    ("POST", "/mailboxes/try"): Door("admin", lambda s: _mailbox(s, "/mailboxes/try"), scopes=ADMIN),
    ("PATCH", "/mailboxes/{id}"): Door("admin", versioned("/mailboxes", Scene.mailbox, undo_for=5), scopes=ADMIN),
    ("DELETE", "/mailboxes/{id}"): Door("admin", lambda s: (f"/mailboxes/{s.mailbox()[0]}", None), scopes=ADMIN),
    ("GET", "/quarantine"): Door("admin", at("/quarantine"), scopes=READ),
    ("GET", "/quarantine/{id}/raw"): Door("admin", lambda s: (f"/quarantine/{s.quarantined()}/raw", None), scopes=READ),
    ("DELETE", "/quarantine/{id}"): Door("admin", lambda s: (f"/quarantine/{s.quarantined()}", None), scopes=ADMIN),
    ("GET", "/checklist"): Door("admin", at("/checklist"), scopes=READ),
    ("DELETE", "/checklist"): Door("admin", at("/checklist"), scopes=ADMIN),
}  # fmt: skip
