"""Lena works in the other department. She sees and hears none of it, by whatever door."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from tests.cast import INBOXES, eventually
from tests.stories.agent import Agent
from tests.stories.house import Counter, House

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
SECRET = "Quokka"


@pytest.fixture
async def ticket(nora: Counter, bianca: Agent) -> int:
    ticket = await nora.writes(f"{SECRET} lamp", f"My {SECRET} is broken.")
    await bianca.opens(ticket)
    return ticket


async def test_her_page_has_no_trace_of_it(bianca: Agent, lena: Agent, ticket: int):
    await bianca.types("Dear Nora")
    for words in ("Support", "VIP", "Bianca", "Hanna", "Omid", SECRET):
        await lena.sees_not(words)
    mine = lena.page.get_by_role("navigation").get_by_role("link", name=re.compile("Without owner"))
    await expect(mine).to_have_text("Without owner")


async def test_search_finds_it_for_bianca_and_not_for_lena(bianca: Agent, lena: Agent, ticket: int):
    for agent in (bianca, lena):
        await agent.goes(f"/search?q={SECRET}")
    await bianca.sees_row(ticket, SECRET)
    await lena.sees(f"No ticket contains “{SECRET}”.")
    await lena.presses("ControlOrMeta+k")
    await lena.page.get_by_role("dialog").get_by_role("textbox").fill(SECRET)
    await lena.sees(f"Search all tickets for “{SECRET}”")
    await expect(lena.page.get_by_role("option")).to_have_count(1)


async def test_addresses_lead_nowhere(lena: Agent, ticket: int):
    for path in (f"/ticket/{ticket}", f"/inbox/{INBOXES['Support']}/new", f"/inbox/{INBOXES['Support']}/new/{ticket}"):
        await lena.goes(path)
        await lena.is_live()
        await lena.sees_not(SECRET, "Support", "Bianca")
    await lena.goes(f"/ticket/{ticket}")
    await lena.sees("This ticket is not here, or you may not see it.")


async def test_no_door_answers_to_a_guessed_number(stage: House, ticket: int):
    lena, bianca = stage.visitor("lena"), stage.visitor("bianca")
    for person, status in ((bianca, 200), (lena, 404)):
        for path in ("", "/messages", "/facts"):
            assert (await asyncio.to_thread(person.get, f"/tickets/{ticket}{path}")).status == status
    assert lena.changes(ticket, subject="Mine", from_version=1).status == 404
    assert lena.takes(ticket).status == 404
    assert lena.labels(ticket, "mine").status == 404
    assert lena.locks(ticket).status == 404
    assert lena.notes(ticket, "Hello").status == 404
    assert lena.replies(ticket, "Hello", seen=1).status == 404
    nothing = {answer_to(lena, ticket), answer_to(lena, ticket + 4000)}
    assert len(nothing) == 1, "a ticket that is not hers reads like one that does not exist"
    for person in (lena, bianca):
        person.goes_home()


def answer_to(lena, ticket: int) -> str:
    return re.sub(r"\d+", "N", str(lena.get(f"/tickets/{ticket}").body))


async def test_the_socket_says_nothing_of_it(stage: House, bianca: Agent, nora: Counter, ticket: int):
    lena, hanna = stage.visitor("lena"), stage.visitor("hanna")
    places = (f"ticket/{ticket}", f"inbox/{INBOXES['Support']}", "department/1", "person/2")
    hers, theirs = lena.tab(), hanna.tab()
    for place in places[:3]:
        theirs.says(type="watch", place=place, known=False)
    for place in places:
        hers.says(type="watch", place=place, known=False)
        hers.is_here(place)
    for place in (*places[:3], "ticket/1"):
        theirs.says(type="watch", place=place, known=False)
    await bianca.types("Dear Nora")
    await nora.writes(f"Another {SECRET}")
    await asyncio.to_thread(theirs.hears, "rows")
    await asyncio.to_thread(eventually, lambda: "writing_reply" in str(theirs.heard), "Hanna hears that Bianca writes")
    said = [message for message in hers.since() if message["type"] not in ("welcome", "error", "gone")]
    assert said == []
    assert SECRET not in str(hers.heard)
    await bianca.sees_nobody_here("Lena")
    for person in (lena, hanna):
        person.goes_home()
