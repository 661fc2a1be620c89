"""From an empty folder to a desk that receives mail: the link, the wizard, a mailbox, a colleague, the first ticket."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.cast import PASSWORD
from tests.mailservers import PASSWORD as MAIL_PASSWORD
from tests.mailservers import USER, Imap, Sink, dovecot, sink
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House, running
from tests.stories.post import MailProgram, by_imap
from tests.stories.seats import Seats

pytestmark = [
    pytest.mark.browser,
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),  # the sink is on this machine
]
ADDRESS = USER
OTHER = "three quiet bicycles"


@pytest.fixture(scope="module")
def wire() -> Iterator[Sink]:
    with sink(user=USER, password=MAIL_PASSWORD) as kept:
        yield kept


@pytest.fixture(scope="module")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    with dovecot(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(House(tmp_path_factory.mktemp("empty") / "desk")) as house:
        yield house


async def test_the_first_hour(seats: Seats, empty: House, imap: Imap, wire: Sink):
    link = next(line.strip() for line in empty.said if "/setup?token=" in line)
    path = link.removeprefix(empty.origin)
    async with at_a_browser(seats, empty, "Ada") as ada, at_a_browser(seats, empty, "Bianca") as bianca:
        await ada.looks_at(path)
        await says_who_she_is(ada)
        await ada.chooses("Go on")
        await connects_a_mailbox(ada, imap, wire)
        invitation = await invites(ada, "Bianca")
        await ada.sees("Your desk stands", f"Write a mail to {ADDRESS} now and watch it arrive.")
        await ada.chooses("Open the desk")
        await ada.is_live()
        await ada.sees("First steps", "Receive the first ticket")

        await bianca.looks_at(invitation.removeprefix(empty.origin))
        await expect(bianca.page.get_by_label("Your name")).to_have_value("Bianca")
        await bianca.fills(Password=PASSWORD)
        await bianca.chooses("Come in")
        await bianca.is_live()

        await ada.goes("/settings/mailboxes")
        await ada.sees("works")
        await ada.goes("/")
        nora = MailProgram(wire, by_imap(imap))
        await nora.writes("Lamp broken", to=ADDRESS)
        for agent in (ada, bianca):
            await agent.sees_row(1, "Nora Ellis", "Lamp broken", "My lamp is broken.")
        await ada.opens(1)
        await expect(ada.page.get_by_role("region", name="First steps")).to_have_count(0)
        await bianca.opens(1)
        await bianca.types("Which model is it?")
        await bianca.sends()
        reply = await nora.receives("Which model is it?")
        assert ADDRESS in reply["From"]


async def says_who_she_is(ada: Agent) -> None:
    await ada.chooses("Go on")
    await ada.sees("Please fill this in.")
    await ada.fills(Your_name="Ada", **{"E-mail address": "ada@desk.example"}, Password=PASSWORD)
    await ada.chooses("Go on")
    await ada.sees("A department and its inbox")
    await expect(ada.page.get_by_label("Department")).to_have_value("Support")


async def connects_a_mailbox(ada: Agent, imap: Imap, wire: Sink) -> None:
    await ada.sees("Connect your support address")
    await ada.fills(Address=ADDRESS)
    fetching = ada.page.get_by_role("group", name="Fetch by IMAP")
    sending = ada.page.get_by_role("group", name=re.compile("How replies go out"))
    for group, host, port in ((fetching, imap.host, imap.port), (sending, wire.host, wire.port)):
        await group.get_by_label("Protection").select_option("none")
        await group.get_by_label("Server").fill(host)
        await group.get_by_label("Port").fill(str(port))
    await fetching.get_by_label("User").fill(USER)
    await fetching.get_by_label("Password", exact=True).fill("wrong")
    await ada.chooses("Try it")
    await ada.sees("Fetching does not work.", "Sending does not work.")
    await fetching.get_by_label("Password", exact=True).fill(MAIL_PASSWORD)
    await ada.chooses("Try it")
    await ada.sees("Fetching works.", "Sending works.")
    assert "Elbowroom can send from here" in (await asyncio.to_thread(wire.wait))[-1].raw.decode()
    await ada.chooses("Connect mailbox")
    await ada.sees("Invite your colleagues")


async def invites(ada: Agent, name: str) -> str:
    """Returns the link."""
    await ada.fills(Name=name, **{"E-mail address": f"{name.lower()}@desk.example"})
    await ada.chooses("Make the link")
    link = ada.page.get_by_role("textbox", name=f"Link for {name}")
    await expect(link).to_have_value(re.compile("/invitation/"))
    written = await link.input_value()
    await ada.chooses("Go on")
    return written


async def test_the_link_works_once(seats: Seats, empty: House):
    link = next(line.strip() for line in empty.said if "/setup?token=" in line)
    async with at_a_browser(seats, empty, "Stranger") as stranger:
        await stranger.looks_at(link.removeprefix(empty.origin))
        await stranger.sees("This desk is already set up")


async def test_a_forgotten_password_is_reset_by_mail(seats: Seats, empty: House, wire: Sink):
    nora = MailProgram(wire, by_imap)  # type: ignore[arg-type]
    async with at_a_browser(seats, empty, "Bianca") as bianca:
        await bianca.looks_at("/")
        await bianca.page.get_by_role("link", name="Forgot your password?").click()
        await bianca.sees("Set a new password")  # the page before has a field of the same name
        await bianca.fills(**{"E-mail address": "bianca@desk.example"})
        await bianca.chooses("Send me the link")
        await bianca.sees("Look into your mail")
        mail = await nora.receives("/reset/")
        assert mail["To"] == "bianca@desk.example"
        found = re.search(r"/reset/\S+", mail.get_content())
        assert found
        await bianca.goes(found[0])
        await bianca.fills(New_password=OTHER)
        await bianca.chooses("Set password")
        await bianca.sees("Your new password is set. Sign in with it.")
        await bianca.fills(**{"E-mail address": "bianca@desk.example"}, Password=PASSWORD)
        await bianca.chooses("Sign in")
        await bianca.sees("This address and this password do not belong together.")
        await bianca.signs_in(OTHER)
        await bianca.is_live()
        await bianca.goes(found[0])
        await bianca.fills(New_password=OTHER)
        await bianca.chooses("Set password")
        await bianca.sees("This link no longer works")


async def test_a_stale_form_says_so_and_keeps_what_was_typed(seats: Seats, empty: House):
    async with at_a_browser(seats, empty, "Ada") as ada:
        await ada.looks_at("/")
        await ada.signs_in()
        await ada.goes("/settings/departments")
        await ada.chooses("Rename Support")
        mine = ada.page.get_by_label("Name", exact=True).last
        await mine.fill("Help")
        other = await ada.other_tab()
        await other.goes("/settings/departments")
        await other.chooses("Rename Support")
        await other.page.get_by_label("Name", exact=True).last.fill("Care")
        await other.chooses("Save")
        await other.sees("Care")
        await ada.sees("“Care”", "Choose first which value stays.")
        await expect(mine).to_have_value("Help")
        await ada.chooses("Keep mine")
        await ada.chooses("Save")
        await other.sees("Help")
