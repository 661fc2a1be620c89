"""Every screen for everyone: nothing that axe finds, and no need of a mouse."""

import os
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House, running
from tests.stories.said import in_language
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {"color_scheme": "dark"}
LOOKS = pytest.mark.parametrize("look", [{}, DARK, PHONE | DARK], ids=["light", "dark", "phone"])
FOUND = """async (rules) => {
  const fading = document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1);
  await Promise.all(fading.map((one) => one.finished.catch(() => null)));
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...rules});
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html.slice(0, 200)).join(" | ")}`);
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(House(tmp_path_factory.mktemp("demo"), command="demo")) as house:
        yield house


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(House(tmp_path_factory.mktemp("empty") / "desk")) as house:
        yield house


@pytest.fixture
async def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@pytest.fixture
async def visitor(seats: Seats, demo: House, look: dict[str, Any]) -> AsyncIterator[Agent]:
    """Nobody yet, with axe in the bag: it is in the page before the page's own policy could refuse it."""
    async with at_a_browser(seats, demo, "Visitor", script=AXE.read_text(), **look) as visitor:
        yield visitor


async def becomes(agent: Agent, name: str) -> None:
    """Logged in, without the welcome page."""
    people = (await (await agent.context.request.get(f"{agent.origin}/api/demo")).json())["people"]
    person = next(one["id"] for one in people if one["name"].startswith(name))
    await agent.context.request.post(f"{agent.origin}/api/demo/session", data={"person": person})


async def asks(agent: Agent, method: str, path: str, body: Any = None) -> Any:
    sent = {"Idempotency-Key": str(uuid.uuid4()), "Origin": agent.origin}
    url = f"{agent.origin}/api{path}"
    return await (await agent.context.request.fetch(url, method=method, data=body, headers=sent)).json()


async def is_clean(page: Page, where: str, *, colours_alone: bool = False) -> None:
    found = await page.evaluate(FOUND, {"runOnly": ["color-contrast"]} if colours_alone else {})
    assert found == [], f"{where}: {found}"
    if folder := os.environ.get("ELBOWROOM_PICTURES"):
        await picture(page, Path(folder, where.replace(" ", "-").replace("/", "")))


async def picture(page: Page, where: Path) -> None:
    """For eyes: as it stands, and as narrow as a phone."""
    kind = await page.evaluate("`${document.documentElement.lang}-${innerWidth}`")
    await page.screenshot(path=f"{where}-{kind}.png", animations="disabled")
    if (size := page.viewport_size) and size["width"] > PHONE["viewport"]["width"]:
        await page.set_viewport_size(PHONE["viewport"])
        await page.screenshot(path=f"{where}-{kind}-narrow.png", animations="disabled")
        await page.set_viewport_size(size)


@LOOKS
async def test_the_doors(visitor: Agent):
    screens = {
        "/demo": "Who would you like to be?", "/demo/mail": "New mail", "/sign-in": "Sign in",
        "/reset": "Send me the link", "/reset/nothing": "New password",
        "/invitation/nothing": "This invitation cannot be used", "/setup": "This desk is already set up",
    }  # fmt: skip
    await visitor.looks_at("/demo")
    for path, words in screens.items():
        await visitor.goes(path)
        await visitor.sees(words)
        await is_clean(visitor.page, path)


@LOOKS
async def test_the_settings(visitor: Agent):
    await becomes(visitor, "Ada")
    await visitor.looks_at("/settings")
    screens = {
        "account": "Where you are signed in", "agents": "Bianca Rossi", "invitations": "Make the link",
        "departments": "Add department", "inboxes": "Add inbox", "mailboxes": "support@desk.example",
        "mailboxes/new": "Connect mailbox", "mailboxes/1": "Save mailbox", "quarantine": "Nothing is in quarantine.",
    }  # fmt: skip
    for path, words in screens.items():
        await visitor.goes(f"/settings/{path}")
        await visitor.sees(words)
        await is_clean(visitor.page, path)


@LOOKS
async def test_the_desk(visitor: Agent):
    await becomes(visitor, "Hanna")
    ticket = (await asks(visitor, "GET", "/tickets?queue=new&inbox=1"))["tickets"][0]["id"]
    await visitor.looks_at("/inbox/1/new")
    await expect(visitor.page.locator("[data-ticket]").first).to_be_visible()
    await is_clean(visitor.page, "the list")
    await visitor.goes(f"/inbox/1/new/{ticket}")
    await expect(visitor.box).to_be_visible()
    await is_clean(visitor.page, "a ticket")
    await visitor.chooses("Details")
    await is_clean(visitor.page, "with or without its details")
    await visitor.goes("/search?q=light")
    await expect(visitor.page.locator("[data-ticket]").first).to_be_visible()
    await is_clean(visitor.page, "search")
    await visitor.presses("Escape", "ControlOrMeta+k")
    await expect(visitor.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await is_clean(visitor.page, "the palette")
    await visitor.presses("Escape", "Shift+?")
    await visitor.sees("Keyboard shortcuts")
    await is_clean(visitor.page, "the keys")


def lamp(subject: str) -> dict[str, Any]:
    return {"subject": subject, "requester": "nora@customer.example", "body": "It flickers.", "inbox": 1}


@LOOKS
async def test_a_held_reply_beside_a_colleague_and_a_lock(seats: Seats, demo: House, visitor: Agent):
    await becomes(visitor, "Hanna")
    ticket = (await asks(visitor, "POST", "/tickets", lamp("Lamp broken")))["id"]
    async with at_a_browser(seats, demo, "Bianca") as bianca:
        await becomes(bianca, "Bianca")
        await asks(bianca, "POST", f"/tickets/{ticket}/replies", {"body": "Which one?", "seen": 1})
        await asks(visitor, "POST", f"/tickets/{ticket}/replies", {"body": "Which lamp?", "seen": 1})
        await bianca.looks_at(f"/ticket/{ticket}")
        await bianca.types("And since when?")
        await visitor.looks_at(f"/ticket/{ticket}")
        await expect(visitor.held).to_contain_text("Which lamp?")
        await expect(visitor.here.get_by_role("button", name="Bianca Rossi is writing a reply")).to_be_visible()
        await is_clean(visitor.page, "a held reply")
        await asks(bianca, "POST", f"/tickets/{ticket}/notes", {"body": "She called."})
        await visitor.chooses(re.compile("at work here.*new thing"))
        await visitor.sees("Bianca Rossi added a note")
        await is_clean(visitor.page, "what others did meanwhile")
        await visitor.goes("/held")
        await visitor.sees("Which lamp?")
        await is_clean(visitor.page, "all held replies")
        await visitor.goes(f"/ticket/{(await asks(bianca, 'GET', '/tickets?inbox=2&queue=new'))['tickets'][0]['id']}")
        await expect(visitor.box).to_be_visible()
        await is_clean(visitor.page, "VIP")


SPOKEN = pytest.mark.parametrize(
    "look",
    [{"locale": "de-DE"}, DARK | {"locale": "ru-RU"}, PHONE | DARK | {"locale": "zh-CN"}],
    ids=["de", "ru", "zh"],
)


@SPOKEN
async def test_what_waits_lies_away_or_is_asked(seats: Seats, demo: House, visitor: Agent, look: dict[str, Any]):
    """As a manager sees it, with something in each list, in the languages that need more room or less."""
    say = in_language(look["locale"][:2])
    await becomes(visitor, "Omid")
    mine, gone, stored = [(await asks(visitor, "POST", "/tickets", lamp("Lamp broken")))["id"] for _ in range(3)]
    me = (await asks(visitor, "GET", "/desk"))["me"]["id"]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    async with at_a_browser(seats, demo, "Bianca") as bianca:
        await becomes(bianca, "Bianca")
        for author, other in ((visitor, bianca), (bianca, visitor)):
            ticket = (await asks(visitor, "POST", "/tickets", lamp("Lamp broken")))["id"]
            await asks(other, "POST", f"/tickets/{ticket}/replies", {"body": "Which one?", "seen": 1})
            await asks(author, "POST", f"/tickets/{ticket}/replies", {"body": "Which lamp?", "seen": 1})
        await asks(bianca, "POST", f"/tickets/{mine}/scheduled", {"body": "Morning.", "seen": 1, "at": tomorrow})
        await asks(bianca, "POST", f"/tickets/{mine}/notes", {"body": "@Omid ?", "mentions": [me]})
    await asks(visitor, "DELETE", f"/tickets/{gone}")
    await asks(visitor, "POST", f"/tickets/{stored}/archive")
    await asks(visitor, "PUT", f"/tickets/{mine}/labels/warranty")
    await visitor.looks_at("/notices")
    screens = {
        "notices": "notify.explain", "held": "conversations.held.waiting.explain", "bin": "tickets.list.menu",
        "view/archive": "tickets.view.archive", "undelivered": "conversations.undelivered.none",
        "settings/saved-replies": "conversations.saved.text", "settings/labels": "tickets.labels.text",
    }  # fmt: skip
    for path, words in screens.items():
        await visitor.goes(f"/{path}")
        if path in ("bin", "view/archive"):
            await expect(visitor.page.locator("[data-ticket]").first).to_be_visible()
        else:
            await visitor.sees(say(words))
        await is_clean(visitor.page, path)
    await visitor.goes(f"/ticket/{mine}")
    await visitor.sees(say("conversations.later.show"))
    await is_clean(visitor.page, "a ticket with what leaves later")
    dialog = visitor.page.get_by_role("dialog")
    for where, opens in (
        ("moving", lambda: visitor.presses("m")),
        ("merging", lambda: from_the_menu(visitor, say("tickets.pane.more"), say("tickets.merge.open"))),
        ("forwarding", lambda: visitor.chooses(re.compile(say("conversations.forward.button")))),
        ("a new ticket", lambda: visitor.presses("c")),
    ):
        await opens()
        await expect(dialog).to_be_visible()
        await is_clean(visitor.page, where)
        await visitor.presses("Escape")
        await expect(dialog).to_have_count(0)


async def from_the_menu(agent: Agent, menu: str, entry: str) -> None:
    await agent.page.get_by_role("button", name=menu, exact=True).click()
    await agent.page.get_by_role("menuitem", name=entry).click()


@LOOKS
async def test_the_wizard(seats: Seats, empty: House, look: dict[str, Any]):
    """Its later steps stand in the settings too; here are those that stand nowhere else."""
    link = next(line.strip() for line in empty.said if "/setup?token=" in line)
    async with at_a_browser(seats, empty, "Ada", script=AXE.read_text(), **look) as ada:
        await ada.looks_at(link.removeprefix(empty.origin))
        await ada.sees("First: you")
        await is_clean(ada.page, "the first step")
        await ada.chooses("Go on")
        await ada.sees("Please fill this in.")
        await is_clean(ada.page, "the first step with faults")


async def test_a_day_without_a_mouse(seats: Seats, demo: House):
    async with at_a_browser(seats, demo, "Bianca") as bianca:
        await becomes(bianca, "Bianca")
        asked = {
            "subject": "Lamp out of reach",
            "requester": "nora@customer.example",
            "body": "It flickers.",
            "inbox": 1,
        }
        ticket = (await asks(bianca, "POST", "/tickets", asked))["id"]
        await bianca.looks_at("/inbox/1/new")
        await bianca.is_live()
        await expect(bianca.row(ticket)).to_be_visible()
        await bianca.presses("j", "Enter")
        await bianca.sees_subject("Lamp out of reach")
        await bianca.presses("r")
        await expect(bianca.box).to_be_focused()
        await bianca.types("Where does it stand?")
        await bianca.presses("ControlOrMeta+Enter")
        await bianca.sees_message("Where does it stand?")
        await expect(bianca.box).not_to_be_focused()  # what is typed until then still belongs to the reply
        await bianca.presses("n")
        await bianca.types("Called her.")
        await bianca.presses("ControlOrMeta+Enter")
        await bianca.sees_message("Called her.")
        await expect(bianca.box).not_to_be_focused()
        await bianca.presses("l")
        await bianca.page.keyboard.type("far away")
        await bianca.presses("Enter", "Escape")
        await bianca.sees_label("far away")
        await bianca.presses("s")
        await bianca.page.get_by_role("menuitem", name="Escalated").focus()
        await bianca.presses("Enter")
        await bianca.sees_field("Status", "Escalated")
        await bianca.presses("u")
        await expect(bianca.box).to_have_count(0)
        await bianca.presses("ControlOrMeta+k")
        await expect(bianca.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
        await bianca.page.keyboard.type("out of reach")
        await expect(bianca.page.get_by_role("option").first).to_contain_text("Lamp out of reach")
        await bianca.presses("Enter")
        await bianca.sees_subject("Lamp out of reach")
        await bianca.presses("Shift+?")
        await bianca.sees("Keyboard shortcuts")
        await bianca.presses("Escape", "/")
        await expect(bianca.page.get_by_role("searchbox")).to_be_focused()


async def test_the_focus_is_always_seen(seats: Seats, demo: House):
    """Step by step with the tab key: each stop looks other than it did."""
    async with at_a_browser(seats, demo, "Bianca") as bianca:
        await becomes(bianca, "Bianca")
        await bianca.looks_at("/ticket/1")
        await bianca.is_live()
        await expect(bianca.box).to_be_visible()
        for _ in range(60):
            await bianca.presses("Tab")
            unseen = await bianca.page.evaluate(UNSEEN)
            assert not unseen, unseen


# The focused element, if neither it nor what stands around it is drawn otherwise than without the focus.
UNSEEN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const around = [focused, focused.parentElement, focused.closest(".row"), focused.parentElement.parentElement];
  const looks = () => around.map((one) => {
    if (!one) return "";
    const style = getComputedStyle(one);
    return [style.outlineStyle, style.outlineColor, style.boxShadow, style.borderColor, style.top].join();
  }).join();
  const now = looks();
  focused.blur();
  const without = looks();
  focused.focus({focusVisible: true});
  return now === without ? focused.outerHTML.slice(0, 300) : null;
}"""
