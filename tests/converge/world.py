"""The walk's stage: a served desk, people with several tabs, and a memory of all that was asked and answered."""

import asyncio
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

from tests.cast import NO_TLS, WHO
from tests.converge import truth
from tests.converge.client import Client, Json, now
from tests.converge.page import crowds_of, same_form
from tests.engines import looked_at
from tests.served import ServedDesk

WATCHES = {
    "ada": ["inbox/1", "inbox/2", "inbox/6", "department/1", "department/2"],
    "bianca": ["inbox/1", "inbox/3", "department/1"],
    "hanna": ["inbox/1", "inbox/6", "department/1"],
    "omid": ["inbox/3", "inbox/6", "department/1"],
    "lena": ["inbox/2", "inbox/7", "department/2"],
}
TABS = ("ada", "bianca", "bianca", "hanna", "hanna", "omid", "lena")
ALIVE_FOR = 14.0  # a ghost's grace or a silent cut's twelve seconds, and what looking at it takes


class Diverged(AssertionError):
    """A page shows something else than a fresh one, or the store broke a promise."""


@dataclass
class Asked:
    """A command and what became of it."""

    person: str
    method: str
    path: str
    body: Any
    key: str
    status: int = 0
    answer: Any = None
    fence_known: int = 0


@dataclass
class World:
    desks: list[ServedDesk]  # servers on one store
    seed: int
    checks_gaps: bool = True
    clients: list[Client] = field(default_factory=list)
    tickets: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    checked: int = 0  # so many of them were looked at
    fences: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    heard: set[tuple[int, str, int, str]] = field(default_factory=set)
    by_lena: list[Json] = field(default_factory=list)
    stood: dict[tuple[str, str], float] = field(default_factory=dict)
    wrong: BaseException | None = None
    armed: tuple[ServedDesk, str] | None = None  # and where it will die
    has_died: bool = False  # since the last rest
    texts: int = 0
    drafts: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))  # the number known last
    never: set[str] = field(default_factory=set)  # sent under the id of another command
    figures: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def open(self) -> None:
        self.dice = random.Random(self.seed)
        self.cookies = {name: self.desk.person(name).headers["Cookie"] for name in WHO}
        self.doors = [
            httpx.AsyncClient(base_url=f"{one.origin}/api", timeout=20, trust_env=False, verify=NO_TLS)
            for one in self.desks
        ]
        self.tasks: set[asyncio.Task[Any]] = set()
        self.at_the_house = asyncio.Lock()
        self.spawn(self._raise_the_dead())
        for name in TABS:
            await self.comes(name)
        await self.all_live()

    async def close(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, *(client.stop() for client in self.clients), return_exceptions=True)
        for door in self.doors:
            await door.aclose()

    async def comes(self, name: str) -> Client:
        client = Client(self, name, random.Random(self.dice.getrandbits(64)), self.checks_gaps)
        self.clients.append(client)
        await client.start()
        for place in (*WATCHES[name], f"person/{self.number(name)}"):
            await client.watch(place)
        return client

    async def goes(self, client: Client) -> None:
        self.was_here(client)
        self.clients.remove(client)
        await client.stop()

    @staticmethod
    def number(name: str) -> int:
        return list(WHO).index(name) + 1

    def cookie(self, name: str) -> str:
        return str(self.cookies[name])

    def spawn(self, what: Any) -> None:
        task = asyncio.create_task(what)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    @property
    def desk(self) -> ServedDesk:
        return self.desks[0]

    @property
    def http(self) -> httpx.AsyncClient:
        """Any of the servers."""
        return random.choice(self.doors)

    def fail(self, wrong: BaseException) -> None:
        self.wrong = self.wrong or wrong

    def text(self) -> str:
        self.texts += 1
        return f"text {self.texts} of {self.seed}"

    # what is heard
    def overheard(self, client: Client, message: Json) -> None:
        for fact in message.get("facts", []):
            self.heard.add((fact["position"], fact["place"], fact["version"], fact["kind"]))
        if client.person == "lena":
            self.by_lena.append(message)

    def was_here(self, client: Client) -> None:
        if client.stands_on:
            self.stood[client.person, client.stands_on] = now()

    # commands
    async def command(self, person: str, method: str, path: str, body: Any = None, **more: Any) -> Asked:
        """Sends it until it is answered, with one key; now and then once more, as if the answer had been lost."""
        asked = Asked(person, method, path, body, str(uuid.UUID(int=self.dice.getrandbits(128))), **more)
        again = self.dice.random() < 0.15
        answer = await self._sent(asked)
        if again:
            second = await self._sent(asked)
            if second.status_code != 401:  # signed out meanwhile
                self._same(asked, answer, second)
        elif "body" in (body or {}) and _is_stored(answer) and self.dice.random() < 0.05:
            await self._reused(asked)
        asked.status = answer.status_code
        asked.answer = answer.json() if answer.content else None
        self.asked.append(asked)
        self.figures[f"{method} {answer.status_code}"] += 1
        if answer.status_code < 500 and isinstance(asked.answer, dict) and asked.answer.get("facts"):
            mine = [client for client in self.clients if client.person == person]
            if mine:
                self.dice.choice(mine).page.answered(asked.answer["facts"])
        return asked

    async def _sent(self, asked: Asked) -> Any:
        for _ in range(1200):
            headers = {"Cookie": self.cookie(asked.person), "Idempotency-Key": asked.key}
            more = {} if asked.body is None else {"json": asked.body}
            try:
                answer = await self.http.request(asked.method, asked.path, headers=headers, **more)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code >= 500 and answer.status_code != 503:
                raise Diverged(f"{asked.method} {asked.path} {asked.body}: {answer.status_code} {answer.text}")
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.05)
        raise Diverged(f"no answer to {asked}")

    def _same(self, asked: Asked, first: Any, second: Any) -> None:
        """I4: the same command gets the same answer; what was refused and not stored may be judged anew."""
        if _is_stored(first) and (first.status_code, first.content) != (second.status_code, second.content):
            raise Diverged(f"I4 {asked}: {first.status_code} {first.text} then {second.status_code} {second.text}")

    async def _reused(self, asked: Asked) -> None:
        """I4: another command under the same id is none."""
        other = Asked(asked.person, asked.method, asked.path, {**asked.body, "body": self.text()}, asked.key)
        answer = await self._sent(other)
        if answer.status_code not in (401, 422):  # signed out meanwhile
            raise Diverged(f"I4 {other} under the id of {asked}: {answer.status_code} {answer.text}")
        self.never.add(other.body["body"])
        self.figures["id used again"] += 1

    async def get(self, person: str, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query, headers={"Cookie": self.cookie(person)})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, person: str, inbox: str) -> list[Json]:
        rows: list[Json] = []
        more: dict[str, Any] = {}
        while True:
            page = await self.get(person, "/tickets", inbox=inbox.partition("/")[2], sort="id", limit=200, **more)
            rows += page["tickets"]
            if page["next"] is None:
                return rows
            more = {"after": page["next"]}

    async def writes(self, who: str, inbox: int) -> int:
        """A new ticket."""
        body = {"subject": self.text(), "requester": "nora@customer.example", "body": self.text(), "inbox": inbox}
        while (asked := await self.command(who, "POST", "/tickets", body)).status == 401:
            pass  # she signed out in that moment, and is in again
        ticket = int(asked.answer["id"])
        self.tickets.append(ticket)
        return ticket

    # the house
    async def restart(self, *, kill: bool) -> None:
        async with self.at_the_house:
            await self._again(self.dice.choice(self.desks), kill=kill)
        self.figures["kill -9" if kill else "restart"] += 1

    async def arm(self) -> None:
        """One of the servers will die in the middle of a write to come: before its COMMIT, after it, or unanswered."""
        desk, point = self.dice.choice(self.desks), self.dice.choice(("committing", "committed", "published"))
        async with self.at_the_house:
            desk.dies_at = f"{point}:{self.dice.randint(10, 60)}"
            await self._again(desk, kill=True)
            self.armed = desk, point
        self.figures["kill -9"] += 1

    async def disarm(self) -> None:
        """Where it lives still."""
        async with self.at_the_house:
            if self.armed is not None:
                await self._raised(*self.armed)

    async def _raise_the_dead(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            async with self.at_the_house:
                if self.armed is not None and await asyncio.to_thread(self.armed[0].is_dead):
                    await self._raised(*self.armed)

    async def _raised(self, desk: ServedDesk, point: str) -> None:
        self.has_died = await asyncio.to_thread(desk.is_dead)
        self.figures[f"died {point}" if self.has_died else "kill -9"] += 1
        self.armed = None
        await self._again(desk, kill=True)

    async def _again(self, desk: ServedDesk, *, kill: bool) -> None:
        for client in self.clients:
            self.was_here(client)
        await asyncio.to_thread(desk.kill if kill else desk.stop)
        await asyncio.to_thread(desk.start)

    # at rest
    async def all_live(self, within: float = 60.0) -> None:
        await self.until(lambda: all(client.page.is_live for client in self.clients), "every page is live", within)

    async def until(self, asked: Any, what: str, within: float) -> None:
        end = now() + within
        while not asked():
            if self.wrong is not None:
                raise self.wrong
            if now() > end:
                states = {one.person: (one.page.is_welcome, one.page.owed, one.page.lists) for one in self.clients}
                raise Diverged(f"never came true: {what}: {states}")
            await asyncio.sleep(0.02)

    async def rests(self) -> None:
        """Wires heal and everything is heard: now each page shows what a fresh one does, and no promise was broken."""
        for client in self.clients:
            client.proxy.heal()
            client.loses = 0.0
        await self.all_live()
        await self._touch()
        with looked_at(self.desk.folder) as store:
            truth.check(self, store)
        for name in WHO:
            await self._agree(name)
        self.heard.clear()
        self.by_lena.clear()
        self.figures["rests"] += 1

    async def _touch(self) -> None:
        """After a frame was lost something happens on the place once more: only the next frame shows a gap."""
        lost = {client: client.lost.copy() for client in self.clients}
        for client in self.clients:
            client.lost.clear()
        for place in sorted({place for places in lost.values() for place in places}):
            kind, _, number = place.partition("/")
            if kind == "ticket":
                if not await self._is_touched(f"/tickets/{number}"):
                    self._cut({client for client, places in lost.items() if place in places}, place)
            elif kind == "inbox":
                await self.writes("ada", int(number))
            elif kind == "department":
                ticket = await self.writes("ada", 1 if number == "1" else 2)
                await self.command("ada", "PUT", f"/tickets/{ticket}/labels/touch {self.text()}")
            else:
                theme = self.dice.choice(["light", "dark", "system"])
                who = list(WHO)[int(number) - 1]
                await self.command(who, "PATCH", "/me", {"theme": theme, "name": f"{who.title()}"})
                await self.command(who, "PATCH", "/me", {"theme": "dark" if theme != "dark" else "light"})

    @staticmethod
    def _cut(clients: Iterable[Client], place: str) -> None:
        """Where nothing can happen any more, what was lost comes with the next connection."""
        for client in clients:
            client.lost.add(place)
            client.proxy.cut()

    async def _is_touched(self, path: str) -> bool:
        """One that lies in the bin, or was merged, takes no label: it comes back, unless the other one is gone too."""
        for method, way in (("PUT", f"labels/touch {self.text()}"), ("POST", "restore"), ("DELETE", "merge")):
            if (await self.command("ada", method, f"{path}/{way}")).status == 200:
                return True
        return False

    async def _agree(self, name: str) -> None:
        """I2, I6, I14: each tab of this person against a fresh socket of hers."""
        mine = [client for client in self.clients if client.person == name]
        # A server that was killed is shown by the others for its 12 s.
        # What still changes is not at rest yet (somebody's writing lapses): a difference counts once it stays.
        end, found, began = now() + (15 if len(self.desks) == 1 else 30), dict[str, float](), dict[str, float]()
        while now() < end or (now() < end + 60 and found and now() - began[max(found, key=found.__getitem__)] < 4):
            if self.wrong is not None:
                raise self.wrong
            fresh = await self._fresh(name, sorted({place for client in mine for place in client.page.watched}))
            differs = next((words for client in mine if (words := self._differs(client, fresh))), "")
            if not differs:
                return
            found[differs] = now()
            began.setdefault(differs, now())
            await asyncio.sleep(0.1)
        said = "; then ".join(f"until {at - end:.1f} s: {words}" for words, at in list(found.items())[-4:])
        raise Diverged(f"I2 {name}: {said}")

    async def _fresh(self, name: str, places: list[str]) -> dict[str, Json]:
        """What a page that is opened now is told."""
        client = Client(self, name, random.Random(0))
        told: dict[str, Json] = {}

        def hear(message: Json) -> list[Json]:
            if message["type"] in ("snapshot", "error"):
                told[message["place"]] = message
            return []

        client.page.hear = hear  # type: ignore[method-assign]
        client.nonce = str(uuid.uuid4())
        await client.start()
        try:
            await self._asked(client, places, told)
            for place in places:
                if place.startswith("inbox/") and told[place]["type"] == "snapshot":
                    told[place]["rows"] = {row["id"]: row for row in await self.listed(name, place)}
        finally:
            await client.stop()
        return told

    async def _asked(self, client: Client, places: list[str], told: dict[str, Json]) -> None:
        """Asks again where the server went away with the question."""
        end, asked = now() + 60, None
        while not set(places) <= told.keys():
            if client.ws not in (None, asked):
                asked = client.ws
                for place in places:
                    await client.say([{"type": "watch", "place": place, "known": False}])
            if now() > end:
                raise Diverged(f"no snapshots of {set(places) - told.keys()}; reconnects: {client.reconnects}")
            await asyncio.sleep(0.02)

    def _differs(self, client: Client, fresh: dict[str, Json]) -> str:
        draws = client.page.draws
        for name in client.page.watched:
            told, place = fresh[name], client.page.places.get(name)
            if told["type"] == "error":
                if place is not None:
                    return f"{name} is not hers and still shown"
                continue
            if place is None or not client.page.is_live:
                return f"{name} is hers and not shown"
            for what, mine, theirs in (
                ("state", same_form(name, client.page.shows(name)), same_form(name, told["state"])),
                ("rows", client.page.rows(name), told.get("rows", {})),
                ("crowds", draws(name, client.page.crowds(name)), draws(name, crowds_of(told["crowds"]))),
            ):
                if mine != theirs:
                    return f"{what} of {name}: {_difference(mine, theirs)}"
            if found := self._crowd_is_complete(told):
                return found
        return ""

    def _crowd_is_complete(self, told: Json) -> str:
        """I14: whoever stands there is named, and nobody who has not stood there for long."""
        for crowd in told["crowds"]:
            named = {one["name"].lower() for one in crowd["people"] if one["doing"] != "left"}
            there = {one.person for one in self.clients if one.page.is_live and one.stands_on == crowd["place"]}
            if missing := {name for name in there if name not in named and self._may_be(name, crowd["place"])}:
                return f"{crowd['place']}: {missing} stand there unseen"
            lately = now() - ALIVE_FOR
            if ghosts := {name for name in named - there if self.stood.get((name, crowd["place"]), 0.0) < lately}:
                return f"{crowd['place']}: {ghosts} are long gone"
        return ""

    def _may_be(self, name: str, place: str) -> bool:
        return any(place in client.page.places for client in self.clients if client.person == name)


def _is_stored(answer: Any) -> bool:
    """With its command id: what was refused and is kept nowhere may be judged anew."""
    return bool(answer.status_code < 300 or b'"held":' in answer.content)


def _difference(mine: Any, theirs: Any) -> str:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
        return "; ".join(f"{key}: {_difference(mine.get(key), theirs.get(key))}" for key in keys)[:1500]
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return "; ".join(_difference(a, b) for a, b in zip(mine, theirs, strict=True) if a != b)[:1500]
    return f"shown {str(mine)[:600]} but is {str(theirs)[:600]}"
