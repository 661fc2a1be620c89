"""A day of mail in German and Russian: whom it goes to, the first word, the third party, and what came back."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests import engines
from tests.cast import INBOXES, SUPPORT, eventually
from tests.mailservers import Sink, free_port, sink
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House, running
from tests.stories.post import ADDRESS, MailProgram, by_smtp, mailbox, subject_of, text_of, unlike_any_other
from tests.stories.said import LOCALES, Say, in_language
from tests.stories.seats import Seats
from tests.stories.test_access import AXE, is_clean

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
DESK = "support@desk.example"
EVE, REPAIR = "eve@elsewhere.example", "repair@lamps.example"
SHORT = 2  # seconds in which a mail can be taken back


@pytest.fixture(scope="module")
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, wire: Sink) -> Iterator[House]:
    folder = engines.copied(template, tmp_path_factory.mktemp("stage") / "desk")
    with running(House(folder, ELBOWROOM_SMTP_LISTEN=f"127.0.0.1:{free_port()}")) as house:
        ada = house.visitor("ada")
        signed = {"undo_for": SHORT, "signature": "Gruß\n{name}"}
        ada.send("POST", "/mailboxes", mailbox(INBOXES["Support"], DESK, wire, None, **signed)).ok()
        made = {"name": "Thanks", "body": "Dear {customer}, thank you for {ticket}.\n{agent}", "department": SUPPORT}
        ada.send("POST", "/saved-replies", made).ok()
        yield house
        ada.goes_home()


@pytest.fixture
def nora(stage: House, wire: Sink) -> Iterator[MailProgram]:
    yield MailProgram(wire, by_smtp(int(stage.settings["ELBOWROOM_SMTP_LISTEN"].rpartition(":")[2])))
    wire.behave()


@dataclass
class Desk:
    """Bianca's browser in a language."""

    agent: Agent
    say: Say

    @property
    def page(self) -> Page:
        return self.agent.page

    @property
    def box(self) -> Locator:
        return self.write.get_by_role("textbox", name=self.say("conversations.reply"))

    @property
    def write(self) -> Locator:
        return self.page.get_by_role("region", name=self.say("conversations.box"))

    def button(self, key: str) -> Locator:
        return self.page.get_by_role("button", name=re.compile(f"^{re.escape(self.say(key))}"))

    def line(self, key: str) -> Locator:
        """A line for addresses."""
        return self.page.get_by_role("combobox", name=self.say(key), exact=True)

    async def opens(self, ticket: int) -> None:
        await self.agent.goes(f"/ticket/{ticket}")
        await expect(self.box).to_be_editable()

    async def sends(self, text: str) -> None:
        await self.box.press_sequentially(text)
        await self.page.keyboard.press("Control+Enter")

    async def presses(self, *keys: str) -> None:
        await self.agent.presses(*keys)

    async def is_clean(self, where: str) -> None:
        await is_clean(self.page, where)


@pytest.fixture(params=["de", "ru"])
async def desk(request: pytest.FixtureRequest, seats: Seats, stage: House) -> AsyncIterator[Desk]:
    look = {"locale": LOCALES[request.param], "script": AXE.read_text()}
    async with at_a_browser(seats, stage, "Bianca", **look) as agent:
        secret = stage.key_of("bianca")
        await agent.context.add_cookies([{"name": "elbowroom", "value": secret, "url": stage.origin}])
        await agent.looks_at("/settings/account")
        yield Desk(agent, in_language(request.param))


async def written(desk: Desk, nora: MailProgram) -> tuple[int, str]:
    """A ticket of Nora's, and its subject."""
    subject = unlike_any_other("Lamp broken")
    await nora.writes(subject, to=DESK)
    hanna = desk.agent.house.visitor("hanna")
    found: list[int] = []

    def is_there() -> bool:
        listed = hanna.get("/tickets", inbox=INBOXES["Support"]).ok()["tickets"]
        found[:] = [row["id"] for row in listed if row["subject"] == subject]
        return bool(found)

    eventually(is_there, "the mail is a ticket")
    hanna.goes_home()
    return found[0], subject


def envelope(wire: Sink, text: str) -> list[str]:
    """Of the mail with this text, once it has come."""
    found: list[list[str]] = []

    def is_there() -> bool:
        found[:] = [one.recipients for one in wire.mails if text.encode() in one.raw]
        return bool(found)

    eventually(is_there, f"a mail with {text!r} left", within=20)
    return found[0]


async def test_who_gets_it_stands_above_and_is_changed_for_this_one(desk: Desk, nora: MailProgram, wire: Sink):
    ticket, subject = await written(desk, nora)
    await desk.opens(ticket)
    line = desk.write.get_by_role("button", name=re.compile("Nora Ellis"))
    await line.focus()
    await desk.presses("Enter")
    await desk.line("conversations.recipients.bcc").fill(EVE)
    await desk.presses("Enter", "Escape")
    await expect(line).to_contain_text(desk.say("conversations.recipients.line.bcc", names=EVE))
    await desk.is_clean("the recipients")
    await desk.sends(f"Which one? {subject}")
    mail = await nora.receives(f"Which one? {subject}")
    assert envelope(wire, f"Which one? {subject}") == [ADDRESS, EVE]
    assert EVE not in mail.as_string()
    assert text_of(mail).split()[-3:] == ["--", "Gruß", "Bianca"]
    told = desk.page.get_by_role("log").get_by_text(desk.say("conversations.recipients.line.bcc", names=EVE))
    await expect(told).to_be_visible()
    await expect(line).not_to_contain_text(EVE)


async def test_who_answers_from_cc_is_accepted(desk: Desk, nora: MailProgram, wire: Sink):
    ticket, subject = await written(desk, nora)
    await desk.opens(ticket)
    await desk.sends(f"Hello {subject}")
    mail = await nora.receives(f"Hello {subject}")
    who = f"eve{ticket}@elsewhere.example"
    answer = {"In_Reply_To": mail["Message-ID"], "References": mail["Message-ID"]}
    await nora.writes(f"Re: {subject}", "I saw it too.", to=DESK, who=f"Eve <{who}>", **answer)
    await desk.button("tickets.pane.details").first.click()
    waiting = desk.page.get_by_role("group", name=desk.say("tickets.people.unverified", name="Eve"))
    await expect(waiting).to_contain_text(who)
    await desk.is_clean("someone unverified")
    await waiting.get_by_role("button", name=desk.say("tickets.people.accept")).click()
    await expect(waiting).to_have_count(0)
    await expect(desk.write.get_by_role("button", name=re.compile("Nora Ellis"))).to_contain_text("Eve")


async def test_a_message_goes_on_to_somebody_outside(desk: Desk, nora: MailProgram, wire: Sink):
    ticket, subject = await written(desk, nora)
    await desk.opens(ticket)
    await desk.button("conversations.forward.button").first.click()
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox").first).to_be_focused()
    await desk.page.keyboard.type(REPAIR)
    await desk.presses("Enter")
    await dialog.get_by_role("textbox").fill(f"Can you mend it? {subject}")
    plan = FilePayload(name="plan.txt", mimeType="text/plain", buffer=b"Two screws.")
    await dialog.locator("input[type=file]").set_input_files(plan)
    await expect(dialog.get_by_text("plan.txt")).to_be_visible()
    await expect(dialog.get_by_role("button", name=desk.say("conversations.forward.go"))).to_be_enabled()
    await desk.is_clean("forwarding")
    await desk.presses("Control+Enter")
    await expect(dialog).to_have_count(0)
    await expect(desk.page.get_by_role("log").get_by_text(f"Can you mend it? {subject}")).to_be_visible()
    mail = await nora.receives(f"Can you mend it? {subject}")
    assert envelope(wire, f"Can you mend it? {subject}") == [REPAIR]
    assert "My lamp is broken." in text_of(mail)
    assert mail["Subject"] == f"Fwd: {subject}"
    assert [part.get_content() for part in mail.iter_attachments()] == [b"Two screws."]


async def test_a_saved_reply_without_a_mouse(desk: Desk, nora: MailProgram):
    ticket, _ = await written(desk, nora)
    await desk.agent.goes("/settings/saved-replies")
    await desk.page.get_by_label(desk.say("conversations.saved.name"), exact=True).focus()
    await desk.page.keyboard.type("Greeting")
    await desk.presses("Tab")
    await desk.page.keyboard.type("Good morning {customer}")
    await desk.presses("Control+Enter")
    await expect(desk.page.get_by_role("heading", name="Greeting").first).to_be_visible()
    await desk.is_clean("saved replies")
    await desk.opens(ticket)
    await desk.presses("r")
    await desk.page.keyboard.type("/than")
    options = desk.page.get_by_role("option")
    await expect(options.first).to_contain_text("Thanks")
    await desk.is_clean("the list of saved replies")
    await desk.presses("Escape")
    await expect(options).to_have_count(0)
    await desk.presses("Backspace", "Backspace", "Backspace", "Backspace", "Backspace")
    await desk.page.keyboard.type("/")
    await expect(options.nth(1)).to_be_visible()
    await desk.page.keyboard.type("th")
    await desk.presses("ArrowDown", "ArrowUp", "Enter")
    await expect(desk.box).to_have_value(f"Dear Nora Ellis, thank you for #{ticket}.\nBianca")
    await desk.page.keyboard.type(" and more")
    await expect(desk.box).to_have_value(re.compile("Bianca and more$"))


async def test_what_came_back_waits_until_she_decides(desk: Desk, nora: MailProgram, wire: Sink):
    ticket, subject = await written(desk, nora)
    wire.refuse(550, "5.1.1 no such user")
    await desk.opens(ticket)
    await desk.sends(f"Lost {subject}")
    link = desk.page.get_by_role("link", name=re.compile(f"^{desk.say('conversations.undelivered.title')}"))
    await expect(link).to_be_visible()
    await link.click()
    entry = desk.page.get_by_role("article", name=re.compile(re.escape(subject)))
    await expect(entry).to_contain_text("no such user")
    await desk.is_clean("what was not delivered")
    wire.behave()
    await entry.get_by_role("button", name=desk.say("tickets.people.remove", name=ADDRESS)).click()
    await entry.get_by_role("combobox").fill(f"nora{ticket}@new.example")
    await desk.presses("Enter")
    await entry.get_by_role("button", name=desk.say("conversations.resend")).click()
    await expect(entry).to_have_count(0)
    assert envelope(wire, f"Lost {subject}") == [f"nora{ticket}@new.example"]
    await expect(link).to_have_count(0)


async def test_the_first_word_is_hers_without_a_mouse(desk: Desk, nora: MailProgram, wire: Sink):
    subject = unlike_any_other("Ready")
    await desk.agent.goes("/settings/account")
    await desk.button("app.newTicket").first.focus()
    await desk.presses("Enter")
    dialog = desk.page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox").first).to_be_focused()
    await desk.page.keyboard.type("rosa@customer.example")
    await dialog.get_by_label(desk.say("tickets.field.subject")).focus()
    await desk.page.keyboard.type(subject)
    await desk.presses("Tab")
    await desk.page.keyboard.type(f"Come by. {subject}")
    await desk.is_clean("a new mail")
    await desk.presses("Control+Enter")
    await expect(dialog).to_have_count(0)
    await expect(desk.page.get_by_role("log").get_by_text(f"Come by. {subject}")).to_be_visible()
    mail = await nora.receives(f"Come by. {subject}")
    assert (mail["Subject"], subject_of(mail), envelope(wire, f"Come by. {subject}")) == (
        subject, subject, ["rosa@customer.example"],
    )  # fmt: skip


async def test_a_caller_is_called_back_or_gets_an_address(desk: Desk, wire: Sink):
    await desk.agent.goes("/settings/account")
    await desk.button("app.newTicket").first.click()
    dialog = desk.page.get_by_role("dialog")
    await dialog.get_by_text(desk.say("tickets.new.kind.phone"), exact=True).click()
    await dialog.get_by_label(desk.say("tickets.new.name")).fill("Lola")
    number = unlike_any_other("").strip()
    await dialog.get_by_label(desk.say("tickets.new.phone")).fill(f"+49 30 {int(number, 16)}")
    await dialog.get_by_label(desk.say("tickets.field.subject")).fill("A call")
    await dialog.get_by_label(desk.say("tickets.new.body")).fill("Please call me back.")
    await desk.is_clean("a call")
    await desk.presses("Control+Enter")
    await expect(desk.button("conversations.phone.calledBack")).to_be_visible()
    await desk.is_clean("a ticket without an address")
    await desk.button("conversations.phone.calledBack").click()
    note = desk.write.get_by_role("textbox", name=desk.say("conversations.internal"))
    await expect(note).to_have_value(re.compile(r"\+49 30 \d+"))
    await desk.page.keyboard.type("She comes on Monday.")
    await desk.presses("Control+Enter")
    await expect(desk.page.get_by_role("log").get_by_text("She comes on Monday.")).to_be_visible()
    await desk.page.get_by_label(desk.say("conversations.phone.address")).fill(f"lola{number}@customer.example")
    await desk.presses("Enter")
    await expect(desk.button("conversations.phone.calledBack")).to_have_count(0)
    await desk.sends(f"Until Monday {number}")
    assert envelope(wire, f"Until Monday {number}") == [f"lola{number}@customer.example"]
