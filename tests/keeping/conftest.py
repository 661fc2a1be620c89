"""A desk in which people have worked, what they see of it, and a PostgreSQL to go to."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, null, update

from elbowroom.channels.email.tables import mailboxes
from elbowroom.conversations.tables import attachments, messages
from elbowroom.kit.jobs import jobs
from elbowroom.tickets.tables import channels, labels
from tests.cast import Answer, Desk, Nora, Person, eventually
from tests.engines import Postgres

MAILBOX_PASSWORD = "rhubarb crumble 17"
ASKED = ("/me", "/departments", "/people", "/invitations", "/statuses", "/inboxes", "/tickets", "/held", "/mailboxes",
         "/search?q=lamp", "/search?q=灯坏了", "/search?q=elephants")  # fmt: skip


@pytest.fixture
def worked(own_desk: Desk) -> list[int]:
    return work(own_desk)


def work(desk: Desk) -> list[int]:
    """Makes tickets with one of everything that a desk keeps. Returns their numbers."""
    ada, bianca, hanna, lena, nora = (*map(desk.person, ("ada", "bianca", "hanna", "lena")), Nora(desk))
    first, second, hers = (
        nora.writes(),
        nora.writes("灯坏了", "Die Lampe ist kaputt \0 ganz."),
        nora.writes(inbox="Post"),
    )
    desk.write(lambda tx: keep_mailbox(desk, tx))
    file = bianca.uploads(b"\x89PNG lamp", "lamp.png").ok()
    bianca.replies(first, "See the picture.", attachments=[file["id"]]).ok()
    hanna.uploads(b"not sent yet", "later.pdf", "application/pdf").ok()
    hanna.notes(first, "Looks like elephants.").ok()
    hanna.replies(hers, "Waits to be taken back.").ok()
    assert hanna.replies(first, "A held text.", seen=1).problem == "reply-held"
    bianca.drafts(second, "Half a word").ok()
    bianca.drafts(second, "Another half", device="phone")
    bianca.labels(first, "VIP").ok()
    bianca.labels(second, "Important").ok()
    desk.write(lambda tx: tx.run(update(labels).where(labels.c.name == "VIP").values(alias_of=2)))
    desk.write(lambda tx: tx.run(update(messages).where(messages.c.id == 1).values(effects=null())))
    bianca.takes(first).ok()
    bianca.changes(second, priority="high", subject="灯 lamp").ok()
    ada.send("POST", "/invitations", {"email": "new@desk.example", "name": "New", "role": "agent", "departments": [1]})
    billed = nora.writes("A bill", inbox="Billing")
    lena.notes(billed, "Ours alone.").ok()
    lena.throws_away(billed).ok()
    eventually(lambda: not desk.read(lambda read: read.rows(jobs.select().where(jobs.c.due_at <= read.now))), "quiet")
    return [first, second, hers, billed]


def keep_mailbox(desk: Desk, tx: Any) -> None:
    """One that mail is sent to, so that nobody fetches from it."""
    channel = tx.value(
        insert(channels).values(inbox=1, kind="email", address="lamps@desk.example").returning(channels.c.id)
    )
    server = {"host": "127.0.0.1", "port": 1, "security": "none", "user": "lamps"}
    sealed = desk.engines.vault.seal(MAILBOX_PASSWORD)
    both = {f"{way}_{name}": value for way in ("in", "out") for name, value in {**server, "password": sealed}.items()}
    tx.run(insert(mailboxes).values(id=channel, in_kind="smtp", start="now", **both))


def seen(desk: Desk, people: list[Person], tickets: list[int]) -> dict[str, Any]:
    """All that these people are shown, and the files as they come out."""
    of_tickets = [f"/tickets/{ticket}{more}" for ticket in tickets for more in ("", "/messages", "/facts?after=0")]
    files = [row["id"] for row in desk.read(lambda read: read.rows(attachments.select()))]
    paths = [*ASKED, *of_tickets, *(f"/attachments/{file}" for file in files)]
    return {f"{person.name} {path}": _shown(person.get(path)) for person in people for path in paths}


def _shown(answer: Answer) -> tuple[int, Any]:
    """Each store finds in an order of its own."""
    body = answer.body
    if isinstance(body, dict) and any("hit" in row for row in body.get("tickets", [])):
        body["tickets"].sort(key=lambda row: row["id"])
    return answer.status, body


def password_of_mailbox(desk: Desk) -> str:
    row = desk.read(lambda read: read.first(mailboxes.select()))
    return desk.engines.vault.unseal(row["in_password"])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    server = Postgres(quick=True).made().start()
    yield server
    server.close()
