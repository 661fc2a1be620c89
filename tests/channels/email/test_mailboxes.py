"""Making, changing and removing mailboxes; what of them is told to whom."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from elbowroom.channels.email import hosts
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.commands import commands
from elbowroom.kit.config import Config, load
from elbowroom.kit.mail.errors import Forbidden
from tests import engines
from tests.cast import INBOXES, LOG, Person
from tests.mailservers import Sink

from .conftest import Mailbox, MailDesk, nora

SECRET = "a-mailbox-password-5309"


def asked(address: str, **values: Any) -> dict[str, Any]:
    server = {"host": "127.0.0.1", "port": 1, "security": "none", "user": address, "password": SECRET}
    return {"inbox": 1, "address": address, "name": "Lamps", "incoming": {"kind": "imap", **server},
            "outgoing": server, **values}  # fmt: skip


def test_the_inbox_shows_its_address_to_everyone_at_once(box: Mailbox, ada: Person, hanna: Person, wire: Sink) -> None:
    inbox = ada.send("POST", "/inboxes", {"department": 1, "name": "Fresh"}).ok()["id"]
    tab = hanna.watches("department/1")
    values = {**box.asked, "inbox": inbox, "address": "fresh@desk.example"}
    made = ada.send("POST", "/mailboxes", values).ok()
    assert tab.hears_fact("inbox_changed")["data"]["inbox"]["address"] == "fresh@desk.example"
    assert (made["undo_for"], made["signature"], made["version"]) == (0, "", 1)
    ada.send("DELETE", f"/mailboxes/{made['id']}").ok()
    assert tab.hears_fact("inbox_changed")["data"]["inbox"]["address"] is None
    assert ada.send("DELETE", f"/mailboxes/{made['id']}").problem == "not-found"


def test_undo_is_ten_seconds_unless_said_otherwise(ada: Person, box: Mailbox) -> None:
    values = {name: value for name, value in box.asked.items() if name != "undo_for"}
    made = ada.send("POST", "/mailboxes", {**values, "address": "undo@desk.example"}).ok()
    assert made["undo_for"] == 10
    changed = ada.send("PATCH", f"/mailboxes/{made['id']}", {"from_version": 1, "undo_for": 30, "signature": "Hi"})
    assert (changed["undo_for"], changed["signature"], changed["version"]) == (30, "Hi", 2)
    ada.send("DELETE", f"/mailboxes/{made['id']}").ok()


def test_a_password_never_comes_back(desk: MailDesk, ada: Person) -> None:
    made = ada.send("POST", "/mailboxes", asked("secret@desk.example"))
    tried = ada.send("POST", "/mailboxes/try", {**asked("secret@desk.example"), "id": made["id"]})
    changed = ada.send("PATCH", f"/mailboxes/{made['id']}", {"from_version": 1, **asked("secret@desk.example")})
    found = [made.ok(), tried.ok(), changed.ok(), ada.get("/mailboxes").ok()]
    assert SECRET not in json.dumps([one.body for one in found])
    assert "password" not in made["incoming"]
    assert SECRET not in str(LOG.events)
    assert SECRET not in str(desk.rows(select(commands)) + desk.rows(select(mailboxes)))
    stored = engines.stored(desk.folder)
    assert SECRET.encode() not in stored
    ada.send("DELETE", f"/mailboxes/{made['id']}").ok()
    assert desk.rows(select(mailboxes).where(mailboxes.c.id == made["id"]))[0]["in_password"] == ""


def test_a_stored_password_stays_with_its_server_and_user(desk: MailDesk, ada: Person) -> None:
    made = ada.send("POST", "/mailboxes", asked("kept@desk.example")).ok()

    def stored() -> str:
        row = desk.rows(select(mailboxes).where(mailboxes.c.id == made["id"]))[0]
        return desk.engines.vault.unseal(row["out_password"])

    same = {**asked("kept@desk.example")["outgoing"], "password": ""}
    ada.send("PATCH", f"/mailboxes/{made['id']}", {"from_version": 1, "outgoing": same}).ok()
    assert stored() == SECRET
    for other in ({"host": "localhost"}, {"port": 2}, {"user": "someone"}, {"security": "tls"}):
        moved = {**same, **other}
        refused = ada.send("PATCH", f"/mailboxes/{made['id']}", {"from_version": 2, "outgoing": moved})
        assert (refused.status, refused["errors"][0]["field"]) == (422, "outgoing.password")
        tried = ada.send("POST", "/mailboxes/try", {**asked("kept@desk.example"), "outgoing": moved, "id": made["id"]})
        assert tried.status == 422
    assert stored() == SECRET
    ada.send("DELETE", f"/mailboxes/{made['id']}").ok()


def test_a_stale_form_is_told_the_newer_values(box: Mailbox, ada: Person) -> None:
    box.changes(name="Northlight Lamps").ok()
    refused = ada.send("PATCH", f"/mailboxes/{box.id}", {"from_version": 1, "name": "Mine"})
    assert (refused.problem, refused["fields"]["name"]["value"]) == ("stale", "Northlight Lamps")
    assert box.shown()["name"] == "Northlight Lamps"


def test_one_address_has_one_mailbox(box: Mailbox, ada: Person, connect: Callable[..., Mailbox]) -> None:
    again = ada.send("POST", "/mailboxes", {**box.asked, "address": box.address.upper()})
    assert (again.status, again.problem) == (409, "taken")
    other = connect()
    assert other.changes(address=box.address).problem == "taken"
    ada.send("DELETE", f"/mailboxes/{box.id}").ok()
    made = ada.send("POST", "/mailboxes", box.asked).ok()
    ada.send("DELETE", f"/mailboxes/{made['id']}").ok()


def test_a_mailbox_may_be_moved_to_another_inbox(box: Mailbox, bianca: Person) -> None:
    box.changes(inbox=INBOXES["VIP"]).ok()
    assert bianca.sees(box.ticket_of(nora()))["inbox"] == INBOXES["VIP"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "no address"}, {"address": "a@b\r\nBcc: c@d"}, {"address": "a@under_score"}, {"name": "a\nb"},
        {"undo_for": 61}, {"start": "days"}, {"outgoing": {"host": "", "port": 25, "security": "none"}},
        {"outgoing": {"host": "a\r\nb", "port": 25, "security": "none"}},
        {"outgoing": {"host": "a", "port": 70000, "security": "none"}}, {"signature": "a\0b"}, {"inbox": 999},
        {"incoming": {"kind": "imap"}}, {"incoming": {"kind": "pop3", "host": "a"}}, {"more": 1},
    ],
)  # fmt: skip
def test_what_can_not_be_used_is_refused(ada: Person, wire: Sink, wrong: dict[str, Any]) -> None:
    answer = ada.send("POST", "/mailboxes", {**asked("wrong@desk.example"), **wrong})
    assert answer.status in (404, 422), answer.body
    assert all(one["address"] != "wrong@desk.example" for one in ada.get("/mailboxes")["mailboxes"])


def test_administrators_alone(box: Mailbox, omid: Person, lena: Person) -> None:
    mine = f"/mailboxes/{box.id}"
    doors = [("GET", "/mailboxes"), ("POST", "/mailboxes"), ("POST", "/mailboxes/try"), ("PATCH", mine),
             ("DELETE", mine), ("GET", "/quarantine"), ("GET", "/quarantine/1/raw"),
             ("DELETE", "/quarantine/1"), ("GET", "/checklist"), ("DELETE", "/checklist")]  # fmt: skip
    body = {**box.asked, "address": "other@desk.example", "from_version": 1}
    for person in (omid, lena):
        for method, path in doors:
            sent = None if method in ("GET", "DELETE") else {k: v for k, v in body.items() if _fits(method, k)}
            assert person.send(method, path, sent).status == 403, (method, path)
    assert box.shown()["version"] == 1


def _fits(method: str, name: str) -> bool:
    return (name == "from_version") == (method == "PATCH") or (method == "PATCH" and name != "from_version")


def test_servers_of_the_inner_network_are_called_only_where_named(tmp_path: Path) -> None:
    def pinned(config: Config, host: str) -> str | None:
        return hosts.pinned(config, host, 25, "none", "", "").address

    public = Config(data_dir=tmp_path, url="https://desk.example.org")
    for host in ("127.0.0.1", "localhost", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "::ffff:10.0.0.1"):
        with pytest.raises(Forbidden, match="ELBOWROOM_MAIL_NETWORKS"):
            pinned(public, host)
    named = load({"ELBOWROOM_URL": "https://desk.example.org", "ELBOWROOM_MAIL_NETWORKS": "10.1.0.0/16"})
    assert pinned(named, "10.1.2.3") == "10.1.2.3"
    with pytest.raises(Forbidden):
        pinned(named, "10.2.2.3")
    trial = Config(data_dir=tmp_path)
    assert (pinned(trial, "127.0.0.1"), pinned(trial, "10.1.2.3")) == ("127.0.0.1", "10.1.2.3")
    with pytest.raises(Forbidden):  # where clouds keep their keys
        pinned(trial, "169.254.169.254")
