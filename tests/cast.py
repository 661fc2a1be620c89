"""The cast: people at a real desk, over real HTTP and real sockets. Every wait has an end and none is a sleep."""

import asyncio
import json
import logging
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx2 as httpx
import structlog
import uvicorn
from argon2 import PasswordHasher
from sqlalchemy import event, insert
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from elbowroom import app as house
from elbowroom.cli import FRAME_LIMIT
from elbowroom.conversations import incoming
from elbowroom.conversations.replying import delivery
from elbowroom.kit import journal
from elbowroom.kit.clock import SystemClock, TravelClock, moment
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read
from elbowroom.kit.jobs import Handler, Job
from elbowroom.kit.web import Engines
from elbowroom.people import agents, customers
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.sessions import make_token, open_session
from elbowroom.tickets import inboxes
from elbowroom.tickets.tables import channels
from tests import engines
from tests.described import answer_fault, message_fault
from tests.waiting import PATIENCE, lets_nobody_in
from tests.waiting import eventually as eventually
from tests.waiting import free_port as free_port

PASSWORD = "a quiet bicycle bell"
SUPPORT, BILLING = 1, 2
INBOXES = {"Support": 1, "Billing": 2, "VIP": 3, "Advice": 4, "Strict": 5, "Post": 6, "Dunning": 7}
UNDO_FOR = 10
WHO = {"ada": "administrator", "bianca": "agent", "hanna": "agent", "omid": "manager", "lena": "agent"}
NO_TLS = ssl.create_default_context()  # each client would make its own, which takes 25 ms
_hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def stage(folder: Path, database_url: str = "") -> None:
    """A store with the cast in it: Support (with an inbox of each kind) and Billing, where Lena works alone."""
    if not database_url:
        engines.made(folder)
    own = house.engines(Config(data_dir=folder, database_url=database_url or engines.database_url(folder)))

    def verb(tx: Any) -> None:
        for name, role in WHO.items():
            where = "Billing" if name == "lena" else "Support"
            agents.add(
                tx, f"{name}@desk.example", name.title(), cast(Any, role), where, _hasher.hash(PASSWORD)
            )  # fmt: skip
        modes = {"VIP": "exclusive", "Advice": "advice", "Strict": "write", "Post": "write"}
        # Billing was made with Lena, the last; its inbox must be number 2 whatever comes after.
        made = {"Support": 1, "Billing": 2}
        for inbox, mode in modes.items():
            force = "managers" if inbox == "Strict" else "anyone"
            made[inbox] = inboxes.make(tx, SUPPORT, inbox, lock_mode=mode, may_force=force)
        made["Dunning"] = inboxes.make(tx, BILLING, "Dunning")
        assert made == INBOXES
        tx.run(insert(channels).values(inbox=made["Post"], kind="api", name="Post", undo_for=UNDO_FOR))

    own.db.write_now(verb)
    own.db.close()


@dataclass
class Log:
    """What the server logged while the test ran."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def heard(self, _logger: Any, method: str, event: Any) -> Any:
        self.events.append({**event, "level": method})
        raise structlog.DropEvent

    def fault(self, words: str) -> None:
        """The desk said what its description does not."""
        if words:
            self.events.append({"event": words, "level": "error"})

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [one for one in self.events if one["level"] in ("error", "exception", "critical")]


LOG = Log()


@contextmanager
def overhearing() -> Iterator[None]:
    """The server's log goes into LOG: structlog's and, from uvicorn and asyncio, the standard library's."""
    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, LOG.heard], cache_logger_on_first_use=False)
    handler = Overheard(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(name).addHandler(handler)
    yield
    structlog.configure(**before)


class Overheard(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        words = self.format(record)
        LOG.events.append({"event": words, "level": record.levelname.lower()})


class Postman:
    """Stands in for the mail channel: takes each delivery, or refuses it with the words that were put in.

    What he carried stands in files beside the desk's folder, where all servers of a desk share him.
    """

    def __init__(self, desk: Path) -> None:
        self._bag, self._refusal = (desk.with_name(f"{desk.name}.{name}") for name in ("carried", "refused"))

    @property
    def carried(self) -> list[int]:
        return [int(one) for one in self._bag.read_text().split()] if self._bag.exists() else []

    @property
    def words(self) -> str:
        return self._refusal.read_text() if self._refusal.exists() else ""

    @words.setter
    def words(self, words: str) -> None:
        self._refusal.write_text(words)

    def begins(self) -> None:
        """With an empty bag."""
        self._bag.unlink(missing_ok=True)
        self._refusal.unlink(missing_ok=True)

    def handlers(self, own: Engines) -> dict[str, Handler]:
        async def deliver(job: Job) -> None:
            message = job.data["message"]
            if words := self.words:
                await own.db.write(lambda tx: delivery.refused(tx, message, words))
                return
            self._carries(message)
            await own.db.write(lambda tx: delivery.left(tx, message, f"<{message}@desk.example>"))

        async def forget(_job: Job) -> None:
            """Mails of the desk itself are another test's affair."""

        return {"deliver": deliver, "system_mail": forget}

    def _carries(self, message: int) -> None:
        with self._bag.open("a") as bag:
            bag.write(f"{message}\n")


class Server(uvicorn.Server):
    """Looks up at once when it is to end, and not ten times a second."""

    async def main_loop(self) -> None:
        self.loop, self.ends = asyncio.get_running_loop(), asyncio.Event()
        beat = 0
        while not self.should_exit and not await self.on_tick(beat):
            beat = (beat + 1) % 864_000
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ends.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            await lets_nobody_in(server)
        await super().shutdown(sockets)

    def ends_at_once(self) -> None:
        self.should_exit = True
        self.loop.call_soon_threadsafe(self.ends.set)


class Desk:
    """The application in a real server on a free port of its own."""

    def __init__(self, folder: Path, clock: TravelClock | SystemClock | None = None, url: str = "") -> None:
        self.folder, self.clock = folder, clock or TravelClock(float(int(time.time())))
        self.config = Config(data_dir=folder, url=url, database_url=engines.database_url(folder))
        self.postman = Postman(folder)
        self.port = 0
        self._people: list[Person] = []

    # the house
    def start(self) -> "Desk":
        extra = house.Extra(handlers=self.postman.handlers)
        self.app = cast(house.Doors, house.desk(self.config, clock=self.clock, extra=extra))
        listening = listening_on(self.port)
        self.port = listening.getsockname()[1]
        self.server = Server(serving(self.app))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]}, name="desk")
        self.thread.start()
        eventually(lambda: self.server.started or not self.thread.is_alive(), "the desk starts")
        assert self.server.started
        return self

    def stop(self) -> None:
        self.server.ends_at_once()
        self.thread.join(15)
        assert not self.thread.is_alive(), "the desk did not stop"

    def restart(self) -> None:
        """The same house on the same address; sockets are cut, sessions stay."""
        self.stop()
        self.start()

    def port_for(self, _person: str) -> int:
        """Of the server at which she signs in."""
        return self.port

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def engines(self) -> Engines:
        return cast(Engines, self.app.app.state.engines)

    @property
    def live(self) -> Any:
        return self.app.app.state.live

    def on_loop(self, what: Callable[[], Any]) -> Any:
        """Runs on the server's own event loop, as its callbacks do."""
        loop = self.engines.bus._loop
        assert loop is not None
        done: Any = threading.Event()
        got: list[Any] = []

        def call() -> None:
            try:
                got.append(what())
            except BaseException as wrong:  # noqa: BLE001  raised again where it was asked for
                got.append(wrong)
            done.set()

        loop.call_soon_threadsafe(call)
        assert done.wait(PATIENCE)
        if isinstance(got[0], BaseException):
            raise got[0]
        return got[0]

    def travel(self, seconds: float) -> None:
        """Time goes on, and everything that waits for it looks at the clock."""
        clock = self.clock
        assert isinstance(clock, TravelClock)
        loop = self.engines.bus._loop
        assert loop is not None
        asyncio.run_coroutine_threadsafe(time_passes(self.app.app.state, clock, seconds), loop).result(PATIENCE)

    def is_deaf_to(self, topics: Iterable[str]) -> None:
        """From now on the bus loses every word of these."""
        for topic in topics:
            self.engines.bus._listeners[topic] = []

    def has_told(self, position: int) -> bool:
        """Whether all that was committed up to the position was given out to everyone."""
        return bool(self.live.feed.cursor.position >= position)

    def write(self, verb: Callable[..., Any]) -> Any:
        return self.engines.db.write_now(verb)

    def read(self, question: Callable[..., Any]) -> Any:
        return self.engines.db.read_now(question)

    def questions(self, asked: Callable[[Read], Any]) -> int:
        """How often the store is asked for it."""
        said: list[str] = []

        def listening(read: Read) -> None:
            event.listen(read.connection, "before_cursor_execute", lambda *about: said.append(about[2]))
            asked(read)

        self.read(listening)
        return len(said)

    def viewer(self, person: int) -> Viewer:
        viewer = self.read(lambda read: load_viewer(read, person))
        assert viewer is not None
        return cast(Viewer, viewer)

    def facts(self, place: str) -> list[dict[str, Any]]:
        return cast(
            list[dict[str, Any]],
            self.read(lambda read: [journal.expanded(read, one) for one in journal.of_place(read, place, 0)]),
        )

    def kinds(self, place: str) -> list[str]:
        return [fact["kind"] for fact in self.facts(place)]

    # the people
    def person(self, name: str) -> "Person":
        """Signed in with a session of her own, without the form (people/test_sign_in.py is about that)."""
        number = list(WHO).index(name) + 1
        secret = self.write(lambda tx: open_session(tx, number, "a browser of the tests"))
        shown = {"Cookie": f"elbowroom={secret}"}
        return self._came(Person(self, name.title(), number, shown, self.port_for(name)))

    def program(self, name: str, *scopes: str) -> "Person":
        """A program with a token of that person."""
        number = list(WHO).index(name) + 1
        secret = self.write(lambda tx: make_token(tx, number, "program", list(scopes), None))
        shown = {"Authorization": f"Bearer {secret}"}
        return self._came(Person(self, name.title(), number, shown, self.port_for(name)))

    def stranger(self, **headers: str) -> "Person":
        return self._came(Person(self, "Stranger", 0, headers))

    def _came(self, person: "Person") -> "Person":
        self._people.append(person)
        return person

    def nobody_stays(self) -> None:
        for person in self._people:
            person.goes_home()
        self._people.clear()


def listening_on(port: int) -> socket.socket:
    """On any free port where it is 0."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(256)
    return listening


async def time_passes(state: Any, clock: TravelClock, seconds: float) -> None:
    """On a server's loop: whatever waits for the clock looks at it. Other servers were heard all the while."""
    clock.travel(seconds)
    crowds = state.live.crowds
    for other in crowds.neighbours.gossip.others.values() if crowds.neighbours else ():
        other.heard += seconds
        other.whole_at = None if other.whole_at is None else other.whole_at + seconds
    crowds._say(crowds.board.tick(clock.monotonic(), clock.now()))
    await crowds._sweep()
    state.worker.wake()


def serving(app: Any) -> uvicorn.Config:
    """As `elbowroom serve` does (live/test_transport.py holds the two together)."""
    return uvicorn.Config(
        app, ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None, ws_max_size=FRAME_LIMIT,
        http="httptools", loop="uvloop", log_config=None, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=3, proxy_headers=True, forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read."""

    status: int
    body: Any
    headers: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def problem(self) -> str:
        """The name of the refusal, "" where there was none."""
        return str(self.body["type"]).removeprefix("/problems/") if self.status >= 400 else ""

    def ok(self) -> "Answer":
        assert self.status < 300, (self.status, self.body)
        return self


class Person:
    """Someone with a browser. What she commands carries a fresh key unless told otherwise."""

    def __init__(self, desk: Desk, name: str, id: int, headers: dict[str, str], port: int = 0) -> None:
        """`port`: of the server that she came to, the desk's own unless told otherwise."""
        self.desk, self.name, self.id, self.headers = desk, name, id, headers
        self.port = port or desk.port
        self.origin = f"http://127.0.0.1:{port}" if port else desk.origin
        self.client = httpx.Client(
            base_url=f"{self.origin}/api", headers=headers, timeout=20, trust_env=False, verify=NO_TLS
        )
        self.tabs: list[Tab] = []

    # HTTP
    def get(self, path: str, **query: Any) -> Answer:
        asked = {name: value for name, value in query.items() if value is not None}
        return _read(self.client.get(path, params=asked or None))  # empty ones would drop those of the path

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = "fresh", **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Idempotency-Key"] = str(uuid.uuid4()) if key == "fresh" else key
        more = {} if body is None else {"json": body}
        return _read(self.client.request(method, path, headers=sent, **more))

    # tickets
    def sees(self, ticket: int) -> Any:
        return self.get(f"/tickets/{ticket}").ok().body

    def messages(self, ticket: int) -> list[dict[str, Any]]:
        return list(self.get(f"/tickets/{ticket}/messages").ok()["messages"])

    def lists(self, **query: Any) -> list[int]:
        return [row["id"] for row in self.get("/tickets", **query).ok()["tickets"]]

    def finds(self, words: str) -> list[int]:
        return [row["id"] for row in self.get("/search", q=words).ok()["tickets"]]

    def changes(self, ticket: int, *, from_version: int | None = None, key: str = "fresh", **to: Any) -> Answer:
        version = self.sees(ticket)["version"] if from_version is None else from_version
        body = {name: {"to": value, "from_version": version} for name, value in to.items()}
        return self.send("PATCH", f"/tickets/{ticket}", body, key=key)

    def gives(self, ticket: int, agent: int | None, *, instead_of: int | None = None) -> Answer:
        if agent is None:
            asked = "" if instead_of is None else f"?instead_of={instead_of}"
            return self.send("DELETE", f"/tickets/{ticket}/owner{asked}")
        return self.send("PUT", f"/tickets/{ticket}/owner", {"agent": agent, "instead_of": instead_of})

    def takes(self, ticket: int, *, instead_of: int | None = None) -> Answer:
        return self.gives(ticket, self.id, instead_of=instead_of)

    def labels(self, ticket: int, name: str) -> Answer:
        return self.send("PUT", f"/tickets/{ticket}/labels/{quote(name, safe='')}")

    def unlabels(self, ticket: int, name: str) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/labels/{quote(name, safe='')}")

    def locks(self, ticket: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/lock")

    def frees(self, ticket: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/lock")

    def forces(self, ticket: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/lock?force=true")

    def asks_for(self, ticket: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/lock/request")

    def asks_no_more(self, ticket: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/lock/request")

    def hands_over(self, ticket: int, **more: Any) -> Answer:
        """`note`, `draft`."""
        return self.send("PUT", f"/tickets/{ticket}/lock/request", {"answer": "give", **more})

    def keeps(self, ticket: int) -> Answer:
        """The answer to who asks for it."""
        return self.send("PUT", f"/tickets/{ticket}/lock/request", {"answer": "refuse"})

    def throws_away(self, ticket: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}")

    def merges(self, ticket: int, into: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/merge", {"into": into})

    def parts(self, ticket: int) -> Answer:
        """Undoes the merge of this ticket."""
        return self.send("DELETE", f"/tickets/{ticket}/merge")

    def splits(self, ticket: int, *numbers: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/split", {"numbers": list(numbers)})

    def archives(self, ticket: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/archive")

    def unarchives(self, ticket: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/archive")

    def restores(self, ticket: int) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/restore")

    # conversations
    def replies(self, ticket: int, body: str, seen: int | None = None, *, key: str = "fresh", **more: Any) -> Answer:
        """`seen`: everything, unless told otherwise."""
        if seen is None:
            seen = self.get(f"/tickets/{ticket}/messages").ok()["last_number"]
        return self.send("POST", f"/tickets/{ticket}/replies", {"body": body, "seen": seen, **more}, key=key)

    def schedules(self, ticket: int, body: str, after: float, *, key: str = "fresh", **more: Any) -> Answer:
        """To leave `after` so many seconds; `seen` is everything, unless told otherwise."""
        if "seen" not in more:
            more["seen"] = self.get(f"/tickets/{ticket}/messages").ok()["last_number"]
        asked = {"body": body, "at": moment(self.desk.clock.now() + after), **more}
        return self.send("POST", f"/tickets/{ticket}/scheduled", asked, key=key)

    def scheduled(self, ticket: int) -> list[dict[str, Any]]:
        return list(self.get(f"/tickets/{ticket}/scheduled").ok()["scheduled"])

    def unschedules(self, ticket: int, entry: int, *, edit: bool = False) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/scheduled/{entry}{'?edit=true' if edit else ''}")

    def withdraws(self, ticket: int, number: int) -> Answer:
        return self.send("DELETE", f"/tickets/{ticket}/replies/{number}")

    def notes(self, ticket: int, body: str, **more: Any) -> Answer:
        return self.send("POST", f"/tickets/{ticket}/notes", {"body": body, **more})

    def edits(self, ticket: int, note: int, body: str, *, edits: int = 0, **more: Any) -> Answer:
        """A note of hers."""
        return self.send("PUT", f"/tickets/{ticket}/notes/{note}", {"body": body, "edits": edits, **more})

    def drafts(self, ticket: int, body: str, continues: int = 0, device: str = "laptop", **more: Any) -> Answer:
        asked = {"body": body, "from": continues, "device": device, **more}
        return self.send("PUT", f"/tickets/{ticket}/draft", asked)

    def held(self, ticket: int) -> list[dict[str, Any]]:
        """Her held texts on this ticket."""
        return [one for one in self.get("/held").ok()["held"] if one["ticket"] == ticket]

    def uploads(self, content: bytes, name: str = "lamp.png", kind: str = "image/png") -> Answer:
        sent = {"Idempotency-Key": str(uuid.uuid4())}
        return _read(self.client.post("/uploads", files={"file": (name, content, kind)}, headers=sent))

    # live
    def tab(self, **more: Any) -> "Tab":
        """Another tab of hers, which has said hello."""
        tab = Tab(self, **more)
        self.tabs.append(tab)
        tab.welcome = tab.hears("welcome")
        return tab

    def opens(self, ticket: int, doing: str = "viewing") -> "Tab":
        """A tab with the ticket in it, as the page does: she watches it and is there."""
        tab = self.tab()
        tab.watches(f"ticket/{ticket}")
        tab.is_here(f"ticket/{ticket}", doing)
        return tab

    def watches(self, place: str) -> "Tab":
        tab = self.tab()
        tab.watches(place)
        return tab

    def signs_out(self) -> Answer:
        return self.send("DELETE", "/session")

    def goes_home(self) -> None:
        for tab in self.tabs:
            tab.closes()
        self.client.close()


class Tab:
    """One socket. Hears in a thread of its own and answers pings, unless it is hung up."""

    def __init__(
        self, person: Person, *, tab: str = "", nonce: str = "", resume: Any = None, says_hello: bool = True,
        origin: str | None = "ours", headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.person, self.desk = person, person.desk
        self.name, self.nonce = tab or str(uuid.uuid4()), nonce or str(uuid.uuid4())
        self.heard: list[dict[str, Any]] = []
        self.read = 0
        self._rest: tuple[int, list[dict[str, Any]]] = 0, []  # up to where was read, and what its frame had besides
        self.shown: dict[str, int] = {}  # by place: the version that she was given whole
        self.welcome: dict[str, Any] = {}
        self.is_over = False
        self.is_hung = False
        self.code: int | None = None
        self._news = threading.Condition()
        shown = person.headers if headers is None else headers
        if origin == "ours":
            origin = None if "Authorization" in shown else person.origin
        opening = connect(
            f"ws://127.0.0.1:{person.port}/api/live", additional_headers=shown, origin=cast(Any, origin),
            compression=None, proxy=None, ping_interval=None, max_size=None, open_timeout=PATIENCE, close_timeout=1,
        )  # fmt: skip
        self._open = ExitStack()
        self.wire: ClientConnection = self._open.enter_context(cast(Any, opening))
        self._thread = threading.Thread(target=self._listen, name=f"tab of {person.name}", daemon=True)
        self._thread.start()
        if says_hello:
            self.says(type="hello", tab=self.name, nonce=self.nonce, resume=resume)

    def _listen(self) -> None:
        try:
            for written in self.wire:
                message = json.loads(written)
                if message["type"] == "ping" and not self.is_hung:
                    self.says(type="pong", n=message["n"])
                LOG.fault(message_fault(message))
                with self._news:
                    self.heard.append(message)
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        with self._news:
            self.is_over = True
            self.code = self.wire.protocol.close_code
            self._news.notify_all()

    # saying
    def says(self, **message: Any) -> None:
        self.says_raw(json.dumps(message))

    def says_raw(self, written: str | bytes) -> None:
        try:
            self.wire.send(written)
        except ConnectionClosed:
            pass

    def watches(self, place: str, known: bool = False) -> dict[str, Any]:
        """Returns the snapshot, or what was missed."""
        self.says(type="watch", place=place, known=known)
        told = self.hears(("snapshot", "resumed"), place=place)
        self.shown[place] = told["version"]
        return told

    def is_here(self, place: str | None, doing: str = "viewing", **more: Any) -> None:
        self.says(type="here", place=place, doing=doing, **more)

    def writes(self, ticket: int, doing: str = "writing_reply") -> None:
        self.is_here(f"ticket/{ticket}", doing)

    # hearing
    def hears(
        self, type: str | tuple[str, ...], that: Callable[[dict[str, Any]], Any] | None = None, **fields: Any
    ) -> dict[str, Any]:
        """The next message of that type with these fields; what comes before it is passed over."""
        types = (type,) if isinstance(type, str) else type

        def fits(one: dict[str, Any]) -> bool:
            same = all(one.get(name) == value for name, value in fields.items())
            return one["type"] in types and same and (that is None or bool(that(one)))

        return self._next(fits, f"{type} {fields}")

    def hears_fact(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next fact of that kind on any place that she watches; what a snapshot had in it is passed over."""

        def is_news(fact: dict[str, Any]) -> bool:
            is_new = fact["version"] > self.shown.get(fact["place"], 0)
            return bool(is_new and fact["kind"] == kind and fact["place"] == fields.get("place", fact["place"]))

        read, rest = self._rest
        facts = rest if read == self.read else []
        if not any(map(is_news, facts)):
            facts = self.hears("facts", lambda one: any(map(is_news, one["facts"])), **fields)["facts"]
        at, fact = next((at, fact) for at, fact in enumerate(facts) if is_news(fact))
        self._rest = self.read, facts[at + 1 :]
        return fact

    def hears_crowd(self, place: str, that: Callable[[dict[str, str]], bool]) -> dict[str, Any]:
        """Until the crowd of the place is as wanted; given {name: doing}. Returns that crowd."""

        def fits(one: dict[str, Any]) -> bool:
            return any(crowd["place"] == place and that(doings(crowd)) for crowd in one["crowds"])

        told = self.hears(("crowd", "snapshot", "resumed"), fits)
        return next(one for one in told["crowds"] if one["place"] == place)

    def hears_lock(self, place: str, holder: str | None) -> dict[str, Any]:
        def fits(one: dict[str, Any]) -> bool:
            return any(crowd["place"] == place and holder_of(crowd) == holder for crowd in one["crowds"])

        return self.hears(("crowd", "snapshot"), fits)

    def hears_request(self, place: str, asker: str | None) -> dict[str, Any]:
        """Until the lock of the place is asked for by that person; returns the lock."""

        def asked(crowd: dict[str, Any]) -> bool:
            request = (crowd["lock"] or {}).get("asked")
            return crowd["place"] == place and (request["by"]["name"] if request else None) == asker

        told = self.hears(("crowd", "snapshot"), lambda one: any(map(asked, one["crowds"])))
        return dict(next(crowd for crowd in told["crowds"] if asked(crowd))["lock"])

    def ends(self, within: float = PATIENCE) -> int | None:
        """Waits until the server closed the socket; returns the close code."""
        with self._news:
            assert self._news.wait_for(lambda: self.is_over, within), "the socket is still open"
        return self.code

    def since(self) -> list[dict[str, Any]]:
        """What was heard and not yet looked at, pings and heartbeats aside."""
        with self._news:
            fresh, self.read = self.heard[self.read :], len(self.heard)
        return [one for one in fresh if one["type"] not in ("ping", "heartbeat")]

    def _next(self, fits: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        with self._news:
            while True:
                while self.read < len(self.heard):
                    one = self.heard[self.read]
                    self.read += 1
                    if fits(one):
                        return one
                if not self.is_over and self._news.wait(end - time.monotonic()) and time.monotonic() < end:
                    continue
                if self.read < len(self.heard):
                    continue
                tail = json.dumps(self.heard[-6:])[:3000]
                raise AssertionError(f"{self.person.name} never heard {what}; over: {self.is_over}; heard: {tail}")

    # leaving
    def closes(self) -> None:
        self._open.close()
        self._thread.join(3)

    def is_killed(self) -> None:
        """The process dies: the kernel closes its socket without a word."""
        self.wire.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(3)

    def hangs(self) -> None:
        """The page answers no more; the browser under it does."""
        self.is_hung = True

    def falls_silent(self) -> None:
        """Nothing comes from it any more, and the wire says nothing of it."""
        self.hangs()
        self.wire.send_data = lambda: None  # type: ignore[method-assign]


def doings(crowd: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["doing"] for one in crowd["people"]}


def holder_of(crowd: dict[str, Any]) -> str | None:
    return crowd["lock"]["holder"]["name"] if crowd["lock"] else None


class Nora:
    """A customer: what she writes comes in by a channel, not by the desk's own doors."""

    address = "nora@customer.example"

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def writes(self, subject: str = "Lamp broken", body: str = "My lamp is broken.", inbox: str = "Support") -> int:
        """A new ticket; returns its number."""
        number = INBOXES[inbox]

        def verb(tx: Any) -> int:
            channel = 1 if inbox == "Post" else None
            return incoming.open_ticket(tx, number, subject, self._me(tx), body, channel=channel)

        return cast(int, self.desk.write(verb))

    def answers(self, ticket: int, body: str = "It is broken still.", *, is_auto: bool = False) -> int:
        """A further message; returns its number."""
        return cast(int, self.desk.write(lambda tx: incoming.answer(tx, ticket, self._me(tx), body, is_auto=is_auto)))

    def _me(self, tx: Any) -> int:
        return customers.find_or_make(tx, self.address, "Nora")


@contextmanager
def desk_of(template: Path, folder: Path, kind: Callable[..., Desk] = Desk, **more: Any) -> Iterator[Desk]:
    engines.copied(template, folder)
    desk = kind(folder, **more).start()
    try:
        yield desk
    finally:
        try:
            desk.nobody_stays()
        finally:
            desk.stop()
        engines.dropped(folder)


def _read(answer: Any) -> Answer:
    kind = answer.headers.get("content-type", "")
    body = answer.json() if "json" in kind and answer.content else answer.content
    if answer.status_code < 300 and "json" in kind:
        LOG.fault(answer_fault(answer.request.method, answer.request.url.path, body))
    return Answer(answer.status_code, body, answer.headers)
