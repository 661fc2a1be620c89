"""What stands behind the doors: things of Support, made anew for whoever gets in."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from PIL import Image
from sqlalchemy import insert, update

from elbowroom.channels.email import quarantine
from elbowroom.conversations.replying import delivery
from elbowroom.conversations.tables import messages
from elbowroom.kit.vault import hashed
from elbowroom.people import agents, invitations
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.sessions import open_session
from elbowroom.people.tables import resets
from elbowroom.tickets import holding
from elbowroom.together import locks
from tests.cast import SUPPORT, Desk, Nora, Person

NUMBERS = count()
SERVER = {"host": "127.0.0.1", "port": 9, "security": "none"}
MAILBOX = {"inbox": 3, "incoming": {"kind": "smtp"}, "outgoing": SERVER}

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


@dataclass
class Scene:
    """Each name makes a new thing in Support; what has an author is Bianca's."""

    desk: Desk
    ada: Person
    bianca: Person
    numbers: Any = NUMBERS

    def ticket(self) -> int:
        return Nora(self.desk).writes("A lamp", "It is broken.")

    def deleted(self) -> int:
        ticket = self.ticket()
        self.bianca.throws_away(ticket).ok()
        return ticket

    def merged(self) -> int:
        ticket = self.ticket()
        self.bianca.merges(ticket, self.ticket()).ok()
        return ticket

    def answered(self) -> tuple[str, dict[str, list[int]]]:
        """A ticket of two messages, of which one is to go."""
        ticket = self.ticket()
        return f"/tickets/{ticket}/split", {"numbers": [Nora(self.desk).answers(ticket)]}

    def locked(self) -> int:
        """A ticket that a colleague holds."""
        ticket, (person, _) = self.ticket(), self.colleague()
        self.desk.write(lambda tx: locks.take(tx, _viewer(tx, person), f"ticket/{ticket}"))
        return ticket

    def asked_for(self) -> int:
        """A ticket of Bianca's, for which a colleague asks."""
        ticket, (person, _) = self.ticket(), self.colleague()
        self.bianca.locks(ticket).ok()
        self.desk.write(lambda tx: holding.ask(tx, _viewer(tx, person), ticket))
        return ticket

    def begun(self) -> int:
        """A ticket on which Bianca has begun a reply."""
        ticket = self.ticket()
        self.bianca.drafts(ticket, "Dear Nora").ok()
        return ticket

    def aside(self) -> tuple[str, None]:
        ticket = self.begun()
        aside = self.bianca.drafts(ticket, "Hello", device="phone")["sibling"]["id"]
        return f"/tickets/{ticket}/draft/aside/{aside}", None

    def waiting(self) -> tuple[int, int]:
        """A ticket with a reply of Bianca's that can be taken back; and the reply's number."""
        ticket = Nora(self.desk).writes(inbox="Post")
        return ticket, int(self.bianca.replies(ticket, "Dear Nora")["message"]["number"])

    def refused(self) -> tuple[int, int]:
        ticket, number = self.waiting()
        message = self.bianca.messages(ticket)[-1]["id"]
        self.desk.write(lambda tx: delivery.refused(tx, message, "550 no such user"))
        return ticket, number

    def note(self) -> tuple[int, int]:
        ticket = self.ticket()
        return ticket, int(self.bianca.notes(ticket, "She called.").ok()["message"]["number"])

    def notice(self) -> int:
        """Bianca's."""
        self.ada.notes(self.ticket(), "@Bianca?", mentions=[self.bianca.id]).ok()
        return int(self.bianca.get("/notices").ok()["notices"][0]["id"])

    def scheduled(self) -> tuple[int, int]:
        """A ticket with a reply of Bianca's that waits for its hour."""
        ticket = self.ticket()
        asked = {"body": "Dear Nora", "seen": 1, "at": TOMORROW}
        made = self.bianca.send("POST", f"/tickets/{ticket}/scheduled", asked).ok()
        return ticket, int(made["scheduled"]["id"])

    def post(self) -> int:
        """A ticket whose answers leave the desk."""
        return Nora(self.desk).writes(inbox="Post")

    def called(self) -> int:
        """A ticket of someone who is known by her telephone alone."""
        who = {"name": "Caller", "phone": f"+49 30 55{next(self.numbers):04}"}
        asked = {"kind": "phone", "subject": "A lamp", "requester": who, "body": "It is broken.", "inbox": 1}
        return int(self.bianca.send("POST", "/tickets", asked).ok()["id"])

    def failed(self) -> int:
        """A reply of Bianca's that a mail server refused."""
        ticket, _ = self.refused()
        return int(self.bianca.messages(ticket)[-1]["id"])

    def saved(self) -> tuple[int, int]:
        """A saved reply of Bianca's own."""
        made = self.bianca.send("POST", "/saved-replies", {"name": "Thanks", "body": "Thank you."}).ok()
        return made["id"], made["version"]

    def held(self) -> int:
        return int(self.bianca.replies(self.ticket(), "Dear Nora", seen=0)["held"])

    def label(self) -> tuple[int, int]:
        """With its version."""
        name = f"label {next(self.numbers)}"
        self.bianca.labels(self.ticket(), name).ok()
        found = self.bianca.get("/departments/1/labels").body
        return next((one["id"], one["version"]) for one in found if one["name"] == name)

    def label_to_rename(self) -> tuple[str, dict[str, Any]]:
        label, version = self.label()
        return f"/labels/{label}", {"name": f"renamed {label}", "from_version": version}

    def label_with_version(self) -> tuple[str, None]:
        label, version = self.label()
        return f"/labels/{label}?from_version={version}", None

    def labels(self) -> tuple[str, dict[str, int]]:
        """Two, of which one is to be merged into the other."""
        (into, _), (label, version) = self.label(), self.label()
        return f"/labels/{label}/merge", {"into": into, "from_version": version}

    def message(self) -> int:
        """With a formatted form."""
        message = int(self.bianca.messages(self.ticket())[0]["id"])
        shown = {"html": "<b>It</b> is broken.", "full_text": "It is broken.\n> quoted"}
        self.desk.write(lambda tx: tx.run(update(messages).where(messages.c.id == message).values(**shown)))
        return message

    def file(self) -> int:
        """An image that stands on a ticket."""
        file = int(self.bianca.uploads(picture()).ok()["id"])
        self.bianca.notes(self.ticket(), "See this.", attachments=[file]).ok()
        return file

    def session(self) -> int:
        self.desk.write(lambda tx: open_session(tx, self.bianca.id, "her phone"))
        return int(max(one["id"] for one in self.bianca.get("/sessions").body))

    def token(self) -> int:
        asked = {"name": "script", "scopes": ["read"]}
        return int(self.bianca.send("POST", "/tokens", asked).ok()["id"])

    def invitation(self) -> tuple[int, str]:
        def verb(tx: Any) -> tuple[int, str]:
            ada = load_viewer(tx, self.ada.id)
            assert ada is not None
            made, secret = invitations.make(tx, ada, f"{next(self.numbers)}@new.example", "New", "agent", [SUPPORT])
            return made["id"], secret

        made: tuple[int, str] = self.desk.write(verb)
        return made

    def reset(self) -> str:
        """The secret of a link for a new password of someone who was added for it."""

        def verb(tx: Any) -> str:
            person = agents.make(tx, f"{next(self.numbers)}@lost.example", "Lost", "agent", within=[SUPPORT])
            secret = f"reset {person}"
            tx.run(insert(resets).values(person=person, token=hashed(secret), expires_at=tx.now + 3600))
            return secret

        secret: str = self.desk.write(verb)
        return secret

    def colleague(self) -> tuple[int, int]:
        """Someone of Support, and the version of her account."""

        def verb(tx: Any) -> int:
            return agents.make(tx, f"{next(self.numbers)}@desk.example", "Colleague", "agent", within=[SUPPORT])

        person = self.desk.write(verb)
        return person, next(one["version"] for one in self.ada.get("/people")["people"] if one["id"] == person)

    def department(self) -> tuple[int, int]:
        return SUPPORT, next(one["version"] for one in self.ada.get("/departments")["departments"] if one["id"] == 1)

    def inbox(self) -> tuple[int, int]:
        asked = {"department": SUPPORT, "name": f"Inbox {next(self.numbers)}"}
        made = self.ada.send("POST", "/inboxes", asked).ok()
        return made["id"], made["version"]

    def folder(self) -> tuple[int, int]:
        """A folder of an inbox of its own, and its version."""
        made = self.ada.send("POST", f"/inboxes/{self.inbox()[0]}/folders", {"name": "Returns"}).ok()
        return made["id"], made["version"]

    def stray(self) -> int:
        """The ticket on which Bianca had begun a reply when it was thrown away."""
        ticket = self.ticket()
        self.bianca.drafts(ticket, "Dear Nora").ok()
        self.bianca.throws_away(ticket).ok()
        return ticket

    def mailbox(self) -> tuple[int, int]:
        address = f"support{next(self.numbers)}@desk.example"
        made = self.ada.send("POST", "/mailboxes", {**MAILBOX, "address": address}).ok()
        return made["id"], made["version"]

    def quarantined(self) -> int:
        mailbox = self.mailbox()[0]
        blob = self.desk.engines.files.put(b"From: nobody\r\n\r\n((((")
        self.desk.write(lambda tx: quarantine.put(tx, mailbox, "too deep", blob, 20))
        return int(self.ada.get("/quarantine").body[0]["id"])


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "orange").save(out, "PNG")
    return out.getvalue()


def _viewer(read: Any, person: int) -> Viewer:
    viewer = load_viewer(read, person)
    assert viewer is not None
    return viewer
