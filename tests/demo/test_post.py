"""Customers write to the desk and read its answers: by SMTP in and out, threaded by headers."""

from typing import Any

from sqlalchemy import func, select

from elbowroom.channels.email import mailboxes
from elbowroom.demo.letters import MOST, Letter, Letters
from elbowroom.demo.participant import Address, Participant, call, entered
from elbowroom.demo.post import connect
from elbowroom.kit.mail import parsed
from elbowroom.kit.web import Engines
from elbowroom.tickets.tables import tickets

from .conftest import played

BIANCA = 1
NORA = "nora@customer.example"
SUPPORT = "support@desk.example"
Mail = dict[str, Any]


def mails(demo: Address, address: str = NORA) -> list[Mail]:
    _, _, answer = call(demo, "GET", f"/api/demo/mail?address={address}")
    return list(answer["mails"])


def write(demo: Address, subject: str, body: str, answers: Mail | None = None, to: str = SUPPORT) -> tuple[int, Any]:
    asked: Mail = {"from": NORA, "to": to, "subject": subject, "body": body}
    if answers is not None:
        asked["in_reply_to"] = answers["id"]
    status, _, answer = call(demo, "POST", "/api/demo/mail", asked)
    return status, answer


async def newest(viewer: Participant) -> dict[str, Any]:
    _, found = await viewer.ask("GET", "/api/tickets?inbox=1&queue=new&sort=-last_message_at&limit=1")
    ticket: dict[str, Any] = found["tickets"][0]
    return ticket


async def said(viewer: Participant, ticket: int) -> list[dict[str, Any]]:
    _, answer = await viewer.ask("GET", f"/api/tickets/{ticket}/messages")
    return list(answer["messages"])


def test_nora_writes_bianca_answers_and_nora_answers_in_the_thread(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, BIANCA) as bianca:
            status, answer = write(demo, "Bell for the Aurora?", "Is there a bell that fits beside the Aurora 80?")
            assert status == 201
            ticket = await newest(bianca)
            assert (ticket["subject"], ticket["requester"]["name"]) == ("Bell for the Aurora?", "Nora Ellis")

            place = f"ticket/{ticket['id']}"
            await bianca.watch(place)
            reply = {"body": "Yes, the small brass one.", "seen": ticket["head"]}
            assert (await bianca.ask("POST", f"/api/tickets/{ticket['id']}/replies", reply))[0] == 201
            assert await bianca.until(lambda: bool(bianca.told(place, "reply_left")), 15)
            got = mails(demo)[-1]
            assert "Yes, the small brass one." in got["text"]
            assert "Northlight" in got["from"]
            assert got["in_reply_to"] == answer["mail"]["message_id"]

            assert write(demo, "Re: Bell for the Aurora?", "Then I take that one.", got)[0] == 201
            thread = await said(bianca, ticket["id"])
            assert [one["kind"] for one in thread] == ["customer", "reply", "customer"]
            assert (thread[2]["text"].strip(), thread[2]["verified"]) == ("Then I take that one.", True)
            assert thread[2]["has_more"]
            assert (await newest(bianca))["id"] == ticket["id"]

    played(story)


def test_a_planted_thread_goes_on_in_both_directions(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, BIANCA) as bianca:
            asked = next(one for one in mails(demo) if one["subject"] == "Will the Fjord fit a 35 mm handlebar?")
            assert write(demo, "Re: anything", "I measured again: it is 31.8 mm.", asked)[0] == 201
            ticket = await newest(bianca)
            assert ticket["subject"] == "Will the Fjord fit a 35 mm handlebar?"
            assert (await said(bianca, ticket["id"]))[-1]["author"]["name"] == "Nora Ellis"

            place = f"ticket/{ticket['id']}"
            await bianca.watch(place)
            reply = {"body": "Then it fits.", "seen": ticket["head"]}
            assert (await bianca.ask("POST", f"/api/tickets/{ticket['id']}/replies", reply))[0] == 201
            assert await bianca.until(lambda: bool(bianca.told(place, "reply_left")), 15)
            *_, mine, got = mails(demo)
            assert mine["in_reply_to"] == asked["message_id"]
            assert got["in_reply_to"] == mine["message_id"]

    played(story)


def test_a_planted_conversation_stands_in_the_customers_mailbox(demo: Address) -> None:
    thread = [one for one in mails(demo) if one["subject"].endswith("Where is my order NL-20731?")]
    assert [one["from"].partition(" <")[0] for one in thread] == [
        "Nora Ellis", "Bianca Rossi (Northlight Support)", "Nora Ellis",
    ]  # fmt: skip
    assert [one["in_reply_to"] for one in thread] == [None, *(one["message_id"] for one in thread[:-1])]


def test_the_desk_takes_no_mail_for_others(demo: Address) -> None:
    status, problem = write(demo, "Hello", "Is this the right address?", to="nobody@desk.example")
    assert status == 422
    assert "No such address" in problem["detail"]


def test_an_answer_to_a_mail_that_is_gone_says_so(demo: Address) -> None:
    asked = {"from": NORA, "to": SUPPORT, "subject": "Re: x", "body": "x", "in_reply_to": 10**6}
    assert call(demo, "POST", "/api/demo/mail", asked)[0] == 404


def test_a_kept_demo_learns_where_the_post_is_today(planted: Engines) -> None:
    planted.db.write_now(lambda tx: connect(tx, planted, 2525))
    planted.db.write_now(lambda tx: connect(tx, planted, 2626))
    rows = planted.db.read_now(lambda read: read.rows(mailboxes.live))
    assert [(row["address"].partition("@")[0], row["out_port"]) for row in rows] == [
        ("support", 2626), ("vip", 2626), ("billing", 2626),
    ]  # fmt: skip
    without = select(func.count()).select_from(tickets).where(tickets.c.channel.is_(None))
    assert planted.db.read_now(lambda read: read.value(without)) == 0


def test_only_the_newest_letters_are_kept_and_each_once() -> None:
    letters, nora = Letters(), parsed.Address("Nora", NORA)
    for number in [*range(MOST + 5), MOST + 4]:
        letters.keep(Letter(nora, (nora,), "", "", 0.0, f"<{number}@customer.example>"))
    kept = letters.of("NORA@customer.example")
    assert len(kept) == MOST
    assert [kept[0].number, kept[-1].number] == [6, MOST + 5]
