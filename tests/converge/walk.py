"""A seeded random walk: people with several tabs do everything at once on wires that fail and a server that dies."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

import httpx2 as httpx

from tests.cast import INBOXES, WHO, Nora
from tests.converge.client import Client
from tests.converge.world import Asked, World
from tests.served import ServedDesk

REST_EACH = 200
LABELS = ("lamp", "Äpfel", "订单", "a/b", "late")
Deed = Callable[[World, random.Random], Awaitable[Any]]


def walk(
    desk: ServedDesk, seed: int, steps: int, *, checks_gaps: bool = True, restarts: bool = True,
    beside: Sequence[ServedDesk] = (),
) -> dict[str, int]:  # fmt: skip
    """Raises Diverged where a promise is broken. Returns what was done how often. `beside`: more servers."""
    return asyncio.run(_walk(World([desk, *beside], seed, checks_gaps), steps, restarts))


async def _walk(world: World, steps: int, restarts: bool) -> dict[str, int]:
    try:
        await world.open()
        for inbox in ("Support", "Billing", "VIP", "Post", "Support"):
            await _writes(world, inbox)
        dice, done = world.dice, 0
        deeds, weights = list(DEEDS), list(DEEDS.values())
        while done < steps:
            # Several at once, as people do; what they see of each other is what the wire has brought by then.
            many = dice.choice((1, 1, 1, 2, 3))
            picked = dice.choices(deeds, weights, k=many)
            await asyncio.gather(*(deed(world, random.Random(dice.getrandbits(64))) for deed in picked))
            done += many
            if world.wrong is not None:
                raise world.wrong
            if (done - REST_EACH // 2) % REST_EACH < many and restarts and not world.has_died:
                # Halfway, so that who stood at it is off the lists by the next rest: the others wait 12 s for that.
                await (world.disarm() if world.armed else world.restart(kill=True))
            if done % REST_EACH < many:
                world.has_died = False
                if restarts and dice.random() < 0.2:
                    await world.restart(kill=False)
                await world.rests()
                if restarts and done < steps and dice.random() < 0.5:
                    await world.arm()
        await world.disarm()
        await world.rests()
        return dict(world.figures)
    finally:
        await world.close()


# who and what
def _someone(world: World, dice: random.Random) -> Client:
    return dice.choice(world.clients)


def _open_on(client: Client) -> int | None:
    """The ticket that this tab shows, where its page has it."""
    place = next((one for one in client.page.watched if one.startswith("ticket/")), None)
    return int(place.partition("/")[2]) if place and place in client.page.places else None


def _reader(world: World, dice: random.Random) -> tuple[Client, int] | None:
    reading = [(client, ticket) for client in world.clients if (ticket := _open_on(client)) is not None]
    return dice.choice(reading) if reading else None


def _ticket(client: Client, ticket: int) -> Any:
    return client.page.shows_part(f"ticket/{ticket}", "ticket")


async def _writes(world: World, inbox: str) -> int:
    """A new ticket, by whoever may."""
    who = "lena" if inbox in ("Billing", "Dunning") else "omid"
    return await world.writes(who, INBOXES[inbox])


# deeds
async def opens(world: World, dice: random.Random) -> None:
    client = _someone(world, dice)
    if (last := next((one for one in client.page.watched if one.startswith("ticket/")), None)) is not None:
        await client.unwatch(last)
    if dice.random() < 0.1:
        await client.stand(None)
        return
    place = f"ticket/{dice.choice(world.tickets[-8:])}"
    await client.watch(place)
    await client.stand(place, dice.choice(("viewing", "viewing", "idle")))


async def types(world: World, dice: random.Random) -> None:
    if (found := _reader(world, dice)) is not None:
        client, ticket = found
        await client.stand(f"ticket/{ticket}", dice.choice(("writing_reply", "writing_note", "viewing")))


async def replies(world: World, dice: random.Random) -> None:
    if (found := _reader(world, dice)) is not None:
        await _reply(world, dice, *found)


async def _reply(world: World, dice: random.Random, client: Client, ticket: int, **more: Any) -> Asked | None:
    if f"ticket/{ticket}" not in client.page.places:
        return None
    head = client.page.head(ticket)
    seen = dice.choices((head, max(0, head - 1), head + 1000), (90, 9, 1))[0]
    fence = None
    lock = client.page.crowds(f"ticket/{ticket}").get(f"ticket/{ticket}", {}).get("lock")
    if lock and lock[0].lower() == client.person and dice.random() < 0.9:
        fence = lock[1]
    body = {"body": world.text(), "seen": seen, **({"fence": fence} if fence else {}), **more}
    known = world.fences[ticket]
    return await world.command(client.person, "POST", f"/tickets/{ticket}/replies", body, fence_known=known)


async def race(world: World, dice: random.Random) -> None:
    """All who have the ticket open press send in the same moment."""
    if (found := _reader(world, dice)) is not None:
        ticket = found[1]
        ready = [client for client in world.clients if _open_on(client) == ticket]
        await asyncio.gather(*(_reply(world, dice, client, ticket) for client in ready))


async def notes(world: World, dice: random.Random) -> None:
    if (found := _reader(world, dice)) is not None:
        await world.command(found[0].person, "POST", f"/tickets/{found[1]}/notes", {"body": world.text()})


async def customer(world: World, dice: random.Random) -> None:
    """Written beside the server, as the command line does: it must notice by itself."""
    nora, ticket, is_auto = Nora(world.desk), dice.choice(world.tickets[-8:]), dice.random() < 0.2
    await asyncio.to_thread(lambda: nora.answers(ticket, world.text(), is_auto=is_auto))
    world.figures["customer's message"] += 1


async def new_ticket(world: World, dice: random.Random) -> None:
    await _writes(world, dice.choice(("Support", "Support", "Billing", "VIP", "Post", "Dunning")))


async def labels(world: World, dice: random.Random) -> None:
    client, ticket = _someone(world, dice), dice.choice(world.tickets[-8:])
    name = quote(dice.choice(LABELS), safe="")
    await world.command(client.person, dice.choice(("PUT", "PUT", "DELETE")), f"/tickets/{ticket}/labels/{name}")


async def relabels(world: World, dice: random.Random) -> None:
    """Omid or Ada renames, merges or deletes a label; what it was lately seen as may have passed."""
    who, department = dice.choice((("ada", 1), ("ada", 2), ("omid", 1)))
    try:
        known = await world.get(who, f"/departments/{department}/labels")
    except (AssertionError, httpx.HTTPError):
        return
    if len(known) < 2:
        return
    one, other = dice.sample(known, 2)
    path, at = f"/labels/{one['id']}", {"from_version": one["version"]}
    match dice.choice(("rename", "rename", "merge", "delete")):
        case "rename":
            name = dice.choice((*LABELS, world.text()))
            await world.command(who, "PATCH", path, {"name": name, **at})
        case "merge":
            await world.command(who, "POST", f"{path}/merge", {"into": other["id"], **at})
        case _:
            await world.command(who, "DELETE", f"{path}?from_version={one['version']}")


async def merges(world: World, dice: random.Random) -> None:
    """Two of the newest become one, by one person or by two the opposite way at once; or one is two again."""
    who, (one, other) = dice.choice(("ada", "bianca", "omid", "lena")), dice.sample(world.tickets[-8:], 2)
    match dice.choice(("merge", "both", "undo", "undo", "split")):
        case "merge":
            await world.command(who, "POST", f"/tickets/{one}/merge", {"into": other})
        case "both":
            there = world.command(who, "POST", f"/tickets/{one}/merge", {"into": other})
            await asyncio.gather(there, world.command("hanna", "POST", f"/tickets/{other}/merge", {"into": one}))
        case "undo":
            await world.command(who, "DELETE", f"/tickets/{one}/merge")
        case _:
            await world.command(who, "POST", f"/tickets/{one}/split", {"numbers": [dice.randint(1, 6)]})


async def fields(world: World, dice: random.Random) -> None:
    if (found := _reader(world, dice)) is None:
        return
    client, number = found
    ticket = _ticket(client, number)
    values = {"subject": world.text(), "status": dice.choice(("open", "on_hold", "closed", "escalated")),
              "priority": dice.choice(("low", "normal", "high", "urgent"))}  # fmt: skip
    picked = dice.sample(sorted(values), dice.choice((1, 1, 2)))
    version = ticket["version"] if dice.random() < 0.8 else dice.randint(0, ticket["version"])
    body = {name: {"to": values[name], "from_version": version} for name in picked}
    await world.command(client.person, "PATCH", f"/tickets/{number}", body)


async def moves(world: World, dice: random.Random) -> None:
    who = dice.choice(("ada", "ada", "omid", "lena"))
    inboxes = {"ada": (1, 1, 2, 3, 6), "omid": (1, 3, 6), "lena": (2, 7)}[who]
    ticket = dice.choice(world.tickets[-8:])
    try:
        version = (await world.get(who, f"/tickets/{ticket}"))["version"]
    except (AssertionError, httpx.HTTPError):
        return
    body = {"inbox": {"to": dice.choice(inboxes), "from_version": version}}
    await world.command(who, "PATCH", f"/tickets/{ticket}", body)


async def archives(world: World, dice: random.Random) -> None:
    client, ticket = _someone(world, dice), dice.choice(world.tickets[-8:])
    await world.command(client.person, dice.choice(("POST", "DELETE")), f"/tickets/{ticket}/archive")


async def files(world: World, dice: random.Random) -> None:
    """Folders are made and removed while others put tickets into them and take them out."""
    who = dice.choice(("ada", "omid"))
    try:
        known = [one for one in (await world.get(who, "/desk"))["folders"] if one["inbox"] == 1]
    except (AssertionError, httpx.HTTPError):
        return
    if len(known) < 2:
        await world.command(who, "POST", "/inboxes/1/folders", {"name": world.text()[:80]})
    elif dice.random() < 0.15:
        await world.command(who, "DELETE", f"/folders/{dice.choice(known)['id']}")
    elif (found := _reader(world, dice)) is not None:
        client, number = found
        to = dice.choice((known[0]["id"], known[1]["id"], None))
        body = {"folder": {"to": to, "from_version": _ticket(client, number)["version"]}}
        await world.command(client.person, "PATCH", f"/tickets/{number}", body)


async def owners(world: World, dice: random.Random) -> None:
    if (found := _reader(world, dice)) is None:
        return
    client, ticket = found
    owner = _ticket(client, ticket)["owner"]
    if owner is not None and dice.random() < 0.3:
        await world.command(client.person, "DELETE", f"/tickets/{ticket}/owner?instead_of={owner}")
        return
    body = {"agent": world.number(dice.choice((client.person, "omid"))), "instead_of": owner}
    await world.command(client.person, "PUT", f"/tickets/{ticket}/owner", body)


async def locks(world: World, dice: random.Random) -> None:
    found = _reader(world, dice)
    if found is None:
        return
    client, ticket = found
    what = dice.choice(("take", "take", "take", "free", "force"))
    method, path = ("POST", "lock") if what == "take" else ("DELETE", "lock" if what == "free" else "lock?force=true")
    asked = await world.command(client.person, method, f"/tickets/{ticket}/{path}")
    if asked.status == 200:
        fences = [fact["data"]["fence"] for fact in asked.answer.get("facts", []) if fact["kind"] == "lock_forced"]
        world.fences[ticket] = max(world.fences[ticket], asked.answer.get("fence", 0), *fences)


async def requests(world: World, dice: random.Random) -> None:
    """Asked for, given with the draft, refused, or asked for no more."""
    if (found := _reader(world, dice)) is None:
        return
    client, ticket = found
    path, what = f"/tickets/{ticket}/lock/request", dice.choice(("ask", "ask", "give", "refuse", "withdraw"))
    if what in ("ask", "withdraw"):
        await world.command(client.person, "POST" if what == "ask" else "DELETE", path)
        return
    lock = client.page.crowds(f"ticket/{ticket}").get(f"ticket/{ticket}", {}).get("lock")
    holder = lock[0].lower() if lock else client.person
    asked = await world.command(holder, "PUT", path, {"answer": what, "draft": what == "give"})
    if asked.status == 200:
        fences = [fact["data"]["fence"] for fact in asked.answer.get("facts", []) if fact["kind"] == "lock_handed"]
        world.fences[ticket] = max(world.fences[ticket], *fences, 0)


async def crosses(world: World, dice: random.Random) -> None:
    """A reply waits for the end of its undo time, and the customer writes."""
    if waiting := _waiting(world):
        nora, (_, message) = Nora(world.desk), dice.choice(waiting)
        await asyncio.to_thread(lambda: nora.answers(message["ticket"], world.text()))
        world.figures["customer's message in the undo time"] += 1


async def drafts(world: World, dice: random.Random) -> None:
    """Going on where she was, or where another device has been since."""
    if (found := _reader(world, dice)) is not None:
        client, ticket = found
        last = world.drafts[client.person, ticket]
        body = {"body": world.text(), "from": last if dice.random() < 0.7 else max(0, last - 1), "device": client.tab}
        asked = await world.command(client.person, "PUT", f"/tickets/{ticket}/draft", body)
        if asked.status == 200:
            world.drafts[client.person, ticket] = asked.answer["draft"]["number"]
        elif asked.status == 409 and "newer" in asked.answer:  # else the ticket was merged into another
            world.drafts[client.person, ticket] = (asked.answer["newer"] or {"number": 0})["number"]


async def held_texts(world: World, dice: random.Random) -> None:
    """Whoever was held decides: send all the same, keep as note, discard."""
    client = _someone(world, dice)
    place = client.page.places.get(f"person/{world.number(client.person)}")
    if place is None or not place.state["held"]:
        return
    entry = dice.choice(place.state["held"])
    what = dice.choice(("confirm", "confirm", "note", "discard"))
    if what == "confirm":
        try:
            seen = (await world.get(client.person, f"/tickets/{entry['ticket']}/messages"))["last_number"]
        except (AssertionError, httpx.HTTPError):
            return
        body = {"body": entry["body"], "seen": seen, "held": entry["id"]}
        await world.command(client.person, "POST", f"/tickets/{entry['ticket']}/replies", body)
    elif what == "note":
        await world.command(client.person, "POST", f"/held/{entry['id']}/note")
    else:
        await world.command(client.person, "DELETE", f"/held/{entry['id']}")


async def undo(world: World, dice: random.Random) -> None:
    if waiting := _waiting(world):
        client, message = dice.choice(waiting)
        await world.command(client.person, "DELETE", f"/tickets/{message['ticket']}/replies/{message['number']}")


def _waiting(world: World) -> list[tuple[Client, Any]]:
    """Replies that their authors may take back still, as far as their pages know."""
    return [
        (client, message)
        for client in world.clients
        if (ticket := _open_on(client)) is not None
        for message in client.page.shows_part(f"ticket/{ticket}", "messages")
        if message["state"] == "waiting" and message["author"]["name"].lower() == client.person
    ]


async def throws_away(world: World, dice: random.Random) -> None:
    client, ticket = _someone(world, dice), dice.choice(world.tickets[-8:])
    if dice.random() < 0.4:
        await world.command(client.person, "DELETE", f"/tickets/{ticket}")
    else:
        await world.command(client.person, "POST", f"/tickets/{ticket}/restore")


async def tabs(world: World, dice: random.Random) -> None:
    name = dice.choice(list(WHO))
    mine = [client for client in world.clients if client.person == name]
    if len(mine) > 1 and dice.random() < 0.6:
        await world.goes(dice.choice(mine))
    elif len(mine) < 3:
        await world.comes(name)


async def signs_out(world: World, dice: random.Random) -> None:
    """And in again at once: its sockets are closed, its pages come back by the new session."""
    name = dice.choice(list(WHO))
    fresh = (await asyncio.to_thread(world.desk.person, name)).headers["Cookie"]
    old = world.cookies[name]
    world.cookies[name] = fresh
    try:
        answer = await world.http.delete("/session", headers={"Cookie": old, "Idempotency-Key": world.text()})
    except httpx.HTTPError:
        return
    world.figures[f"signed out {answer.status_code}"] += 1


async def rights(world: World, dice: random.Random) -> None:
    """Omid is made an agent or a manager, of one department or of both."""
    try:
        people = (await world.get("ada", "/people"))["people"]
    except (AssertionError, httpx.HTTPError):  # the server is dead for a moment
        return
    omid = next(one for one in people if one["name"] == "Omid")
    wanted = {"role": dice.choice(("agent", "manager")), "departments": dice.choice(([1], [1], [1, 2]))}
    body = {"from_version": omid["version"], **wanted}
    await world.command("ada", "PATCH", f"/people/{omid['id']}", body)


async def wires(world: World, dice: random.Random) -> None:
    client = _someone(world, dice)
    what = dice.choice(("cut", "cut", "tear", "slow", "swallow", "lose", "heal", "heal"))
    world.was_here(client)
    if what == "cut":
        client.proxy.cut()
    elif what == "tear":
        client.proxy.tears_after = dice.randint(0, 60)
    elif what == "slow":
        client.proxy.slow_for = dice.random() * 0.1
    elif what == "swallow":
        client.proxy.swallows = True
    elif what == "lose":
        client.loses = 0.2
    else:
        client.proxy.heal()
        client.loses = 0.0
    world.figures[f"wire: {what}"] += 1


DEEDS: dict[Deed, int] = {
    opens: 14, types: 8, replies: 12, race: 8, notes: 5, customer: 5, new_ticket: 3, labels: 10, relabels: 4,
    merges: 3, fields: 10, moves: 4, owners: 7, locks: 9, requests: 5, drafts: 3, held_texts: 6, undo: 3, crosses: 2,
    throws_away: 3, archives: 3, files: 5, tabs: 2, signs_out: 1, rights: 1, wires: 8,
}  # fmt: skip
