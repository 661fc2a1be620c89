"""What was stopped: by a customer's mail in the undo time, at its hour, or by a colleague; its author chooses."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import engines
from tests.cast import INBOXES, Person, eventually
from tests.mailservers import Sink, free_port, sink
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House, running
from tests.stories.pairs import a_pair
from tests.stories.post import MailProgram, by_smtp, mailbox, unlike_any_other
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
DESK = "support@desk.example"
UNDO_FOR = 45  # seconds
TEXT = "Please change the fuse. It is in the hall."
WORDS = {
    "de-DE": ("Zurückgehaltene Antwort", "Das schrieb auch Hanna"),
    "ru-RU": ("Задержанный ответ", "Отмечено то, что уже написано (Hanna)"),
}


@pytest.fixture(scope="module")
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, wire: Sink) -> Iterator[House]:
    """To Advice mail comes by SMTP; what is answered there waits."""
    folder = engines.copied(template, tmp_path_factory.mktemp("stage") / "desk")
    with running(House(folder, ELBOWROOM_SMTP_LISTEN=f"127.0.0.1:{free_port()}")) as house:
        ada = house.visitor("ada")
        ada.send("POST", "/mailboxes", mailbox(INBOXES["Advice"], DESK, wire, None, undo_for=UNDO_FOR)).ok()
        yield house
        ada.goes_home()


@pytest.fixture
def mail(stage: House, wire: Sink) -> MailProgram:
    return MailProgram(wire, by_smtp(int(stage.settings["ELBOWROOM_SMTP_LISTEN"].rpartition(":")[2])))


@pytest.fixture
async def hanna_too(stage: House) -> AsyncIterator[Person]:
    """Hanna and Bianca by their programs, where what they do needs no page."""
    visitor = stage.visitor("hanna")
    yield visitor
    visitor.goes_home()


@pytest.fixture
async def bianca_too(stage: House) -> AsyncIterator[Person]:
    visitor = stage.visitor("bianca")
    yield visitor
    visitor.goes_home()


async def held(author: Person, colleague: Person, ticket: int, text: str) -> int:
    """The colleague was quicker."""
    await asyncio.to_thread(lambda: colleague.replies(ticket, "Please change the fuse.", seen=1).ok())
    answer = await asyncio.to_thread(lambda: author.replies(ticket, text, seen=1))
    return int(answer["held"])


async def test_a_customers_mail_stops_what_waits_and_its_author_is_asked_at_once(
    mail: MailProgram, seats: Seats, stage: House, bianca_too: Person
) -> None:
    """In German and in Russian; a colleague who looks on is told too."""
    async with a_pair(seats, stage) as pair:
        for author, colleague in (pair, pair[::-1]):
            subject, text = unlike_any_other("Lamp"), unlike_any_other("Please change the fuse.")
            first = await mail.writes(subject, to=DESK)
            ticket = await asyncio.to_thread(number, bianca_too, subject)
            await colleague.goes_to(ticket)
            await author.begins(ticket, text)
            await author.presses("Control+Enter")
            await author.is_told("conversations.state.leavesIn")
            await colleague.is_told("conversations.state.theirsLeavesIn", name=author.agent.name)
            await mail.writes(f"Re: {subject}", "It works again!", to=DESK, In_Reply_To=first["Message-ID"])
            await author.is_told("conversations.held.paused")
            held = author.agent.page.get_by_role("alert", name=author.say("conversations.held.title"))
            await expect(held).to_contain_text(author.words("conversations.held.wrote", name="Nora Ellis"))
            await expect(held.get_by_role("article")).to_contain_text("It works again!")
            await expect(held).to_contain_text(text)
            await author.is_told_no_more("conversations.state.leavesIn")
            await colleague.is_told("conversations.state.paused")
            await author.presses("4")
            await expect(held).to_have_count(0)
            assert mail.has(text) == 0


def number(person: Person, subject: str) -> int:
    """Of the ticket that a mail of this subject opened."""

    def found() -> list[int]:
        listed = person.get("/tickets", inbox=INBOXES["Advice"]).ok()["tickets"]
        return [row["id"] for row in listed if row["subject"] == subject]

    [ticket] = eventually(found, "the mail is a ticket")
    return int(ticket)


async def test_a_reply_is_sent_later_read_by_everyone_and_taken_back(
    nora: Counter, bianca: Agent, hanna: Agent
) -> None:
    ticket = await nora.writes("Lamp broken")
    await asyncio.gather(bianca.goes_to(ticket), hanna.goes_to(ticket))
    await bianca.types("Good morning.")
    await bianca.presses("Control+Shift+Enter")
    await expect(bianca.page.get_by_role("menuitem", name="In 1 hour")).to_be_focused()
    await bianca.presses("ArrowDown", "Enter")
    await bianca.sees("Your reply leaves tomorrow at 09:00")
    await bianca.has_written("")
    await hanna.sees("Bianca's reply leaves tomorrow at 09:00")
    await hanna.goes_to(ticket)
    await hanna.chooses("Show the text")
    await hanna.sees("Good morning.")
    await expect(hanna.page.get_by_role("list", name="Replies that leave later").get_by_role("button")).to_have_count(1)
    await bianca.chooses("Edit")
    await bianca.has_written("Good morning.")
    await hanna.sees_not("Bianca's reply leaves tomorrow")
    await bianca.chooses("Send later")
    await bianca.page.get_by_role("menuitem", name="Pick date and time").click()
    await bianca.page.get_by_label("Date and time").fill("2020-01-01T09:00")
    await bianca.chooses("Send then")
    await bianca.sees("Choose a moment in the coming year.")
    later = datetime.now() + timedelta(days=3)  # noqa: DTZ005  the browser's own zone is this machine's
    await bianca.page.get_by_label("Date and time").fill(f"{later:%Y-%m-%d}T14:30")
    await bianca.chooses("Send then")
    await hanna.sees(f"Bianca's reply leaves on {later:%A}")
    await bianca.chooses("Delete")
    await hanna.sees_not("Bianca's reply leaves")
    await bianca.chooses("Give the text back")
    await bianca.has_written("Good morning.")


async def test_what_is_held_at_its_hour_is_told_wherever_its_author_is(
    nora: Counter, bianca: Agent, bianca_too: Person, hanna_too: Person
) -> None:
    ticket = await nora.writes("Lamp broken")
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    asked = {"body": "Good morning.", "seen": 1, "at": soon}
    await asyncio.to_thread(lambda: bianca_too.send("POST", f"/tickets/{ticket}/scheduled", asked).ok())
    await asyncio.to_thread(lambda: hanna_too.replies(ticket, "Please change the fuse.", seen=1).ok())
    await bianca.sees(f"Your reply on #{ticket} was not sent")
    await bianca.chooses("Look")
    await expect(bianca.held).to_contain_text("Hanna replied")
    await expect(bianca.held).to_contain_text("Good morning.")
    await bianca.chooses("Keep as note")
    await expect(bianca.held).to_have_count(0)


async def test_a_manager_reads_what_waits_in_the_department_and_an_agent_does_not(
    nora: Counter, omid: Agent, bianca: Agent, bianca_too: Person, hanna_too: Person
) -> None:
    ticket = await nora.writes(subject := unlike_any_other("Lamp"))
    await asyncio.gather(omid.goes("/held"), bianca.goes("/held"))
    entry = await held(hanna_too, bianca_too, ticket, "And a new bulb.")
    row = omid.page.get_by_role("listitem").filter(has_text=subject)
    await expect(row).to_contain_text("Hanna")
    await expect(row).to_contain_text("Something came first")
    await row.get_by_role("button", name="Show the text").click()
    await expect(row).to_contain_text("And a new bulb.")
    await expect(row.get_by_role("button")).to_have_count(2)  # to read and to look, not to decide
    await bianca.sees("Nothing of yours is held back.")
    await bianca.sees_not(subject, "Waiting in your departments")
    await asyncio.to_thread(lambda: hanna_too.send("DELETE", f"/held/{entry}").ok())
    await expect(row).to_have_count(0)


@pytest.mark.parametrize(("locale", "key"), [("de-DE", "1"), ("ru-RU", "2"), ("de-DE", "3"), ("ru-RU", "4")])
async def test_each_of_the_four_choices_by_its_key(
    stage: House, seats: Seats, nora: Counter, bianca_too: Person, hanna_too: Person, locale: str, key: str
) -> None:
    title, same = WORDS[locale]
    ticket = await nora.writes("Lamp broken")
    entry = await held(bianca_too, hanna_too, ticket, TEXT)
    async with at_a_browser(seats, stage, "Bianca", locale=locale) as bianca:
        secret = await asyncio.to_thread(stage.key_of, "bianca")
        await bianca.context.add_cookies([{"name": "elbowroom", "value": secret, "url": stage.origin}])
        await bianca.looks_at(f"/held/{entry}")
        panel = bianca.page.get_by_role("alert", name=title)
        await expect(panel).to_be_focused()
        await expect(panel).to_contain_text(same)
        await expect(panel.get_by_role("button").last).to_be_enabled()  # the page is live
        await expect(panel.locator("mark")).to_have_text("Please change the fuse")
        await bianca.presses(key)
        if key == "1":
            await expect(bianca.page.locator("textarea")).to_have_value(TEXT)
            await bianca.presses("Control+Enter")
        await expect(panel).to_have_count(0)
        messages = await asyncio.to_thread(bianca_too.messages, ticket)
    said = {one["kind"]: one["text"] for one in messages[2:]}
    assert said == {"1": {"reply": TEXT}, "2": {"reply": TEXT}, "3": {"note": TEXT}, "4": {}}[key]
