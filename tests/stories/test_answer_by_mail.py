"""Bianca is away and answers by mail while Hanna answers on the desk. In German."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import engines
from tests.cast import INBOXES, eventually
from tests.mailservers import Sink, free_port, sink
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House, running
from tests.stories.post import MailProgram, by_smtp, mailbox, read, text_of, unlike_any_other
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
SUPPORT, US = "support@desk.example", "mx.desk.example"


@pytest.fixture(scope="module")
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, wire: Sink) -> Iterator[House]:
    """Behind a mail server that says who wrote, and whose word the desk takes."""
    folder = engines.copied(template, tmp_path_factory.mktemp("stage") / "desk")
    settings = {"ELBOWROOM_SMTP_LISTEN": f"127.0.0.1:{free_port()}", "ELBOWROOM_MAIL_AUTHSERV": US}
    with running(House(folder, **settings)) as house:
        ada = house.visitor("ada")
        ada.send("POST", "/mailboxes", mailbox(INBOXES["Support"], SUPPORT, wire, None, undo_for=0)).ok()
        eventually(lambda: {one["state"] for one in ada.get("/mailboxes").ok()["mailboxes"]} == {"ok"}, "it works")
        ada.goes_home()
        yield house


@pytest.fixture
def nora(stage: House, wire: Sink) -> MailProgram:
    return MailProgram(wire, by_smtp(int(stage.settings["ELBOWROOM_SMTP_LISTEN"].rpartition(":")[2])))


@pytest.fixture
async def bianca(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Bianca", locale="de-DE") as agent:
        visitor = stage.visitor("bianca")
        await asyncio.to_thread(visitor.send, "PATCH", "/me", {"language": "de"})
        visitor.goes_home()
        yield await agent.comes("/settings/account")


async def gets(wire: Sink, to: str, words: str) -> EmailMessage:
    """The mail to that address with these words, once it is there."""

    def found() -> EmailMessage | None:
        mails = [read(one.raw) for one in wire.mails if one.recipients == [to]]
        return next((one for one in mails if words in text_of(one)), None)

    return await asyncio.to_thread(eventually, found, f"a mail to {to} with {words!r}", within=20)


def answer(to: EmailMessage, text: str) -> EmailMessage:
    """As Bianca's mail program writes it, and as the desk's mail server hands it on."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{US}; dmarc=pass header.from=desk.example"
    mail["From"], mail["To"], mail["Subject"] = "Bianca <bianca@desk.example>", to["Reply-To"], f"AW: {to['Subject']}"
    mail["Message-ID"] = make_msgid(domain="desk.example")
    mail["In-Reply-To"] = mail["References"] = to["Message-ID"]
    quoted = "".join(f"> {line}\n" for line in text_of(to).splitlines())
    mail.set_content(f"{text}\n\nAm 22.11.2026 um 10:00 schrieb {to['From']}:\n{quoted}")
    return mail


async def test_bianca_answers_by_mail_and_gets_it_back(bianca: Agent, hanna: Agent, nora: MailProgram, wire: Sink):
    await bianca.page.get_by_text("In meinen Eingängen", exact=True).click()
    await expect(bianca.page.get_by_role("radio", name="In meinen Eingängen")).to_be_checked()
    subject = unlike_any_other("Lampe kaputt")
    await nora.writes(subject, "Meine Lampe flackert.", to=SUPPORT)
    notice = await gets(wire, "bianca@desk.example", "Meine Lampe flackert.")
    assert notice["Subject"] == subject
    assert "um Nora Ellis zu antworten" in text_of(notice)
    row = hanna.page.locator("[data-ticket]").filter(has_text=subject).first
    ticket = int(await row.get_attribute("data-ticket") or 0)
    await hanna.opens(ticket)
    await hanna.types("Please try another bulb.")
    await hanna.sends()
    await nora.receives("Please try another bulb.")

    await asyncio.to_thread(nora.send, answer(notice, "Ist sie eingesteckt?"))
    back = await gets(wire, "bianca@desk.example", "Ist sie eingesteckt?")
    assert back["Subject"] == f"Nicht gesendet: {subject}"
    assert "Hanna schrieb:" in text_of(back)
    assert "Please try another bulb." in text_of(back)
    await expect(hanna.conversation.get_by_text("Ist sie eingesteckt?")).to_have_count(0)
    assert nora.has("Ist sie eingesteckt?") == 1  # to her alone who wrote it

    link = re.search(r"/held/\d+", text_of(back))
    assert link
    await bianca.goes(link[0])
    await bianca.sees("Hanna hat vor", "Please try another bulb.", "Ist sie eingesteckt?")
    await bianca.chooses("Trotzdem senden")
    await hanna.sees_message("Ist sie eingesteckt?")
    out = await gets(wire, "nora@customer.example", "Ist sie eingesteckt?")
    assert "Schreiben Sie über dieser Zeile" not in text_of(out)


async def test_bianca_sends_all_the_same_by_mail(bianca: Agent, hanna: Agent, nora: MailProgram, wire: Sink):
    subject = unlike_any_other("Lampe dunkel")
    await nora.writes(subject, f"Sie bleibt dunkel: {subject}", to=SUPPORT)
    notice = await gets(wire, "bianca@desk.example", f"Sie bleibt dunkel: {subject}")
    row = hanna.page.locator("[data-ticket]").filter(has_text=subject).first
    await hanna.opens(int(await row.get_attribute("data-ticket") or 0))
    await hanna.types("A new one is on its way.")
    await hanna.sends()
    await nora.receives("A new one is on its way.")
    await asyncio.to_thread(nora.send, answer(notice, f"Welches Modell? {subject}"))
    back = await gets(wire, "bianca@desk.example", f"Welches Modell? {subject}")
    await asyncio.to_thread(nora.send, answer(back, ""))
    await hanna.sees_message(f"Welches Modell? {subject}")
    await gets(wire, "nora@customer.example", f"Welches Modell? {subject}")
