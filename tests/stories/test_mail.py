"""Nora writes an e-mail, Bianca and Hanna answer it, and her mail program shows one thread."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import engines
from tests.cast import INBOXES, eventually
from tests.mailservers import Imap, Sink, dovecot, free_port, sink
from tests.stories.agent import Agent
from tests.stories.house import House, running
from tests.stories.post import MailProgram, bounce_of, by_imap, by_smtp, mailbox, unlike_any_other

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
SUPPORT, VIP = "support@desk.example", "vip@desk.example"
LONG, SHORT = 40, 2  # seconds in which a reply can be taken back


@pytest.fixture(scope="module")
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture(scope="module")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, imap: Imap, wire: Sink) -> Iterator[House]:
    """Support has a mailbox at Dovecot, to VIP mail comes straight by SMTP."""
    folder = engines.copied(template, tmp_path_factory.mktemp("stage") / "desk")
    with running(House(folder, ELBOWROOM_SMTP_LISTEN=f"127.0.0.1:{free_port()}")) as house:
        ada = house.visitor("ada")
        for asked in (
            mailbox(INBOXES["Support"], SUPPORT, wire, imap, undo_for=SHORT),
            mailbox(INBOXES["VIP"], VIP, wire, None, undo_for=LONG),
        ):
            ada.send("POST", "/mailboxes", asked).ok()
        states = lambda: {one["state"] for one in ada.get("/mailboxes").ok()["mailboxes"]}  # noqa: E731
        eventually(lambda: states() == {"ok"}, "both mailboxes work", within=20)
        yield house
        ada.goes_home()


@pytest.fixture
def nora(imap: Imap, wire: Sink) -> Iterator[MailProgram]:
    yield MailProgram(wire, by_imap(imap))
    wire.behave()


@pytest.fixture
def vip(stage: House, wire: Sink) -> MailProgram:
    return MailProgram(wire, by_smtp(int(stage.settings["ELBOWROOM_SMTP_LISTEN"].rpartition(":")[2])))


async def ticket_of(agent: Agent, subject: str) -> int:
    """Its number, once its row stands in the list."""
    link = agent.page.locator("[data-ticket]").filter(has_text=subject).first
    await expect(link).to_be_visible()
    return int(await link.get_attribute("data-ticket") or 0)


async def test_a_mail_stands_in_both_lists_within_a_second(bianca: Agent, hanna: Agent, nora: MailProgram):
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, "Dear team, my lamp flickers.", to=SUPPORT)
    arrived = time.monotonic()
    ticket = await ticket_of(hanna, subject)
    print(f"a mail stood in the list {time.monotonic() - arrived:.2f} s after its arrival by IMAP")
    for agent in (bianca, hanna):
        await agent.sees_row(ticket, "Nora Ellis", subject, "Dear team, my lamp flickers.")


async def test_a_mail_straight_to_the_desk_as_well(bianca: Agent, hanna: Agent, vip: MailProgram):
    for agent in (bianca, hanna):
        await agent.looks_into("VIP")
    subject = unlike_any_other("Lamp broken")
    await vip.writes(subject, to=VIP)
    arrived = time.monotonic()
    ticket = await ticket_of(hanna, subject)
    print(f"a mail stood in the list {time.monotonic() - arrived:.2f} s after its arrival by SMTP")
    await bianca.sees_row(ticket, "Nora Ellis", subject, "My lamp is broken.")


async def test_the_reply_joins_her_thread_and_her_answer_reopens_the_ticket(
    bianca: Agent, hanna: Agent, nora: MailProgram
):
    subject = unlike_any_other("Lamp broken")
    question = await nora.writes(subject, to=SUPPORT)
    ticket = await ticket_of(bianca, subject)
    await bianca.opens(ticket)
    await hanna.opens(ticket)
    await bianca.types(f"Which model is it? {subject}")
    await bianca.sends()
    await bianca.sees("Your reply leaves in")
    await hanna.sees("Bianca's reply leaves in")
    reply = await nora.receives(f"Which model is it? {subject}")
    for agent in (bianca, hanna):
        await agent.sees("Sent")
        await agent.sees_field("Status", "On hold")
    assert reply["In-Reply-To"] == question["Message-ID"]
    assert question["Message-ID"] in reply["References"]
    assert reply["Subject"] == f"Re: {subject}"
    assert SUPPORT in reply["From"]
    await bianca.presses("e")
    await hanna.sees_field("Status", "Closed")
    await nora.answers(reply, "It is the blue one.")
    for agent in (bianca, hanna):
        await agent.sees_message("It is the blue one.")
        await agent.sees_field("Status", "Open")


async def test_a_number_in_the_subject_is_no_key(bianca: Agent, nora: MailProgram):
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, to=SUPPORT)
    ticket = await ticket_of(bianca, subject)
    other = f"Re: [#{ticket}] {unlike_any_other('Another matter')}"
    await nora.writes(other, "Tell me what you wrote before.", to=SUPPORT)
    assert await ticket_of(bianca, other.removeprefix("Re: ")) != ticket
    await bianca.opens(ticket)
    await expect(bianca.conversation.get_by_role("article")).to_have_count(1)


async def test_of_two_raced_replies_one_mail_leaves(bianca: Agent, hanna: Agent, nora: MailProgram):
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, to=SUPPORT)
    ticket = await ticket_of(bianca, subject)
    await asyncio.gather(bianca.opens(ticket), hanna.opens(ticket))
    await bianca.types(f"Raced {subject}")
    await hanna.box.click()
    await hanna.chooses("Continue")
    await hanna.types(f"Raced {subject}")
    await asyncio.gather(bianca.sends(), hanna.sends())
    await nora.receives(f"Raced {subject}")
    for agent in (bianca, hanna):
        await agent.sees("Sent")
    held = bianca if await bianca.held.is_visible() else hanna
    await held.chooses("Keep as note")
    await expect(held.held).to_have_count(0)
    await held.types(f"The last word {subject}")
    await held.sends()
    await nora.receives(f"The last word {subject}")
    assert nora.has(f"Raced {subject}") == 1


async def test_a_refusal_is_shown_in_the_servers_words_and_it_can_be_sent_again(
    bianca: Agent, hanna: Agent, nora: MailProgram, wire: Sink
):
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, to=SUPPORT)
    ticket = await ticket_of(bianca, subject)
    wire.refuse(550, "5.1.1 nobody of that name")
    for agent in (bianca, hanna):
        await agent.opens(ticket)
    await bianca.types(f"Hello {subject}")
    await bianca.sends()
    for agent in (bianca, hanna):
        await agent.sees("Refused by the mail server", "5.1.1 nobody of that name")
    wire.behave()
    await bianca.chooses("Send again")
    await nora.receives(f"Hello {subject}")
    for agent in (bianca, hanna):
        await agent.sees("Sent")


async def test_a_bounce_is_shown_at_the_reply_that_it_is_about(bianca: Agent, nora: MailProgram):
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, to=SUPPORT)
    await bianca.opens(await ticket_of(bianca, subject))
    await bianca.types(f"Hello {subject}")
    await bianca.sends()
    reply = await nora.receives(f"Hello {subject}")
    await bianca.sees("Sent")
    await asyncio.to_thread(nora.send, bounce_of(reply, SUPPORT))
    await bianca.sees("Came back: not delivered", "Mailbox full")


async def test_z_takes_a_waiting_reply_back(bianca: Agent, omid: Agent, vip: MailProgram):
    for agent in (bianca, omid):
        await agent.looks_into("VIP")
    subject = unlike_any_other("Lamp broken")
    await vip.writes(subject, to=VIP)
    ticket = await ticket_of(bianca, subject)
    await bianca.opens(ticket)
    await omid.opens(ticket)
    await bianca.types(f"Too quick {subject}")
    await bianca.sends()
    await omid.sees("Bianca's reply leaves in")
    await bianca.sees("Your reply leaves in")
    await bianca.presses("z")
    await bianca.has_written(f"Too quick {subject}")
    await omid.sees("Bianca took back a reply")
    await omid.sees_not(f"Too quick {subject}")
    assert vip.has(f"Too quick {subject}") == 0
