"""The scripted colleague: one person alone sees presence, locks and a held reply."""

from elbowroom.demo import seed
from elbowroom.demo.colleague import Colleague, language_of
from elbowroom.demo.participant import Address, Participant, entered

from .conftest import played

BIANCA, HANNA, LENA, PRIYA = 1, 2, 4, 8
SUPPORT, VIP, BILLING = "inbox/1", "inbox/2", "inbox/3"


def doing(viewer: Participant, place: str, person: int) -> str | None:
    crowd = viewer.crowds.get(place, {"people": []})
    return next((one["doing"] for one in crowd["people"] if one["person"] == person), None)


async def open_ticket(viewer: Participant, inbox: str) -> str:
    """Opens the newest ticket of an inbox that waits for an answer."""
    _, found = await viewer.ask("GET", f"/api/tickets?inbox={inbox.partition('/')[2]}&queue=new")
    place = f"ticket/{found['tickets'][0]['id']}"
    await viewer.watch(inbox)
    await viewer.watch(place)
    await viewer.here(place)
    return place


async def invite(viewer: Participant, place: str) -> str:
    status, answer = await viewer.ask("POST", "/api/demo/colleague", {"ticket": int(place.partition("/")[2])})
    assert status == 201
    return str(answer["person"]["name"])


def test_hanna_comes_notes_and_labels(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, BIANCA) as bianca:
            place = await open_ticket(bianca, SUPPORT)
            assert await invite(bianca, place) == "Hanna Weber"
            assert await bianca.until(lambda: doing(bianca, place, HANNA) == "viewing", 10)
            assert await bianca.until(lambda: doing(bianca, place, HANNA) == "writing_note", 10)
            assert await bianca.until(lambda: bool(bianca.told(place, "label_added")), 10)
            assert bianca.told(place, "note_added")
            await bianca.ask("DELETE", "/api/demo/colleague")
            assert await bianca.until(lambda: doing(bianca, place, HANNA) == "left", 10)

    played(story)


def test_hanna_holds_a_ticket_of_vip_and_bianca_forces_it(demo: Address) -> None:
    def held(viewer: Participant) -> str | None:
        locks = {place: crowd["lock"] for place, crowd in viewer.crowds.items() if crowd["lock"]}
        return next((place for place, lock in locks.items() if lock["holder"]["id"] == HANNA), None)

    async def story() -> None:
        async with entered(demo, BIANCA) as bianca:
            await bianca.watch(VIP)
            await invite(bianca, await open_ticket(bianca, SUPPORT))
            assert await bianca.until(lambda: held(bianca) is not None, 10)
            place = held(bianca)
            assert place is not None
            status, _ = await bianca.ask("DELETE", f"/api/tickets/{place.partition('/')[2]}/lock?force=true")
            assert status == 200
            assert await bianca.until(lambda: doing(bianca, place, HANNA) == "left", 10)
            assert held(bianca) is None

    played(story)


def test_hanna_answers_when_bianca_does_and_biancas_reply_is_held(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, BIANCA) as bianca:
            place = await open_ticket(bianca, SUPPORT)
            await bianca.watch(f"person/{BIANCA}")
            await bianca.here(place, "writing_reply")
            await invite(bianca, place)
            assert await bianca.until(lambda: doing(bianca, place, HANNA) == "writing_reply", 10)
            ticket = place.partition("/")[2]
            _, said = await bianca.ask("GET", f"/api/tickets/{ticket}/messages")
            reply = {"body": "It leaves today.", "seen": said["head"]}
            assert (await bianca.ask("POST", f"/api/tickets/{ticket}/replies", reply))[0] == 201
            assert await bianca.until(lambda: bool(bianca.told(place, "reply_paused")), 10)
            _, answer = await bianca.ask("GET", "/api/held")
            held = answer["held"][0]
            assert (held["body"], held["reason"]) == ("It leaves today.", "paused")
            assert held["unseen"][0]["author"]["name"] == "Hanna Weber"

    played(story)


def test_priya_comes_to_lena(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, LENA) as lena:
            place = await open_ticket(lena, BILLING)
            assert await invite(lena, place) == "Priya Nair"
            assert await lena.until(lambda: doing(lena, place, PRIYA) == "viewing", 10)

    played(story)


def test_she_leaves_when_nobody_is_there(demo: Address) -> None:
    async def story() -> None:
        async with entered(demo, HANNA) as hanna:
            alone = Colleague(hanna, BIANCA, seed.load().colleague, lambda: False, pace=0.01)
            await alone.work(ticket=1)
            assert alone.place == "ticket/1"
            assert not hanna.told("ticket/1", "label_added")

    played(story)


def test_she_answers_in_the_language_of_the_ticket() -> None:
    said = {
        "en": "Rear light stays on since the update", "de": "Wann kommt das Paket, ich warte und warte",
        "ru": "Где посылка", "zh": "订单一直没有发货",
    }  # fmt: skip
    assert {language: language_of(text) for language, text in said.items()} == {one: one for one in said}
