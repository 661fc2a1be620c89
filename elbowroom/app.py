"""The table of contents: which districts there are, bottom floor first. The only file that knows everyone."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import structlog
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from elbowroom import __version__, protocol
from elbowroom.channels import email
from elbowroom.channels.email import erasing as email_erasing
from elbowroom.conversations import erasing as spoken_erasing
from elbowroom.conversations import messages, saving
from elbowroom.conversations import routes as conversation_routes
from elbowroom.conversations.held import awaiting, holding
from elbowroom.conversations.places import ManagersPlace, TicketPlace
from elbowroom.conversations.replying import release, scheduling, undelivered
from elbowroom.kit import commands, journal, log
from elbowroom.kit.bus import WIRE, open_bus
from elbowroom.kit.clock import Clock, SystemClock
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import CommitFailed, Database, Tx, only_server
from elbowroom.kit.files import Files
from elbowroom.kit.jobs import Handler, Job, Worker
from elbowroom.kit.journal import Fact
from elbowroom.kit.places import Place
from elbowroom.kit.problems import Refused
from elbowroom.kit.stores import forming
from elbowroom.kit.turns import Turns
from elbowroom.kit.vault import open_vault, share
from elbowroom.kit.web import Engines, Guarded, answer_problems
from elbowroom.live.connection import Connection
from elbowroom.live.feed import Feed
from elbowroom.live.hub import Live
from elbowroom.live.pulse import Pulse, rights_changed
from elbowroom.live.socket import Endpoint
from elbowroom.live.streams import Stream, Streams
from elbowroom.live.watching import Watching, last_word
from elbowroom.notify import erasing as notices_erasing
from elbowroom.notify import mentions
from elbowroom.notify import routes as notify_routes
from elbowroom.overview import places, search
from elbowroom.overview import routes as overview_routes
from elbowroom.pages import health, pages
from elbowroom.people import colleagues, tidy
from elbowroom.people import routes as people_routes
from elbowroom.tickets import bin, erasing, folders, inboxes, statuses
from elbowroom.tickets import facts as ticket_facts
from elbowroom.tickets import holding as ticket_holding
from elbowroom.tickets import routes as ticket_routes
from elbowroom.tickets.access import stands
from elbowroom.tickets.emptying import empty_folder
from elbowroom.together import handovers
from elbowroom.together.crowds import Crowds
from elbowroom.together.neighbours import TOPIC

logger = structlog.get_logger("desk")
AGAIN_AFTER = 0.5
URGENT = frozenset(
    {
        "reply_submitted", "message_added", "lock_forced", "lock_asked", "lock_refused", "lock_handed", "reply_held",
        "reply_withdrawn", "reply_paused", "reply_scheduled", "reply_unscheduled", "notice_made",
    }
)  # fmt: skip
MESSAGE_FACTS = (
    "message_added", "reply_submitted", "note_added", "note_edited", "auto_added", "reply_left", "reply_refused",
    "reply_bounced", "reply_withdrawn", "reply_paused", "reply_resent", "forward_submitted",
)  # fmt: skip
MOVED_FACTS = ("ticket_merged", "ticket_unmerged", "ticket_split")
PLACES: dict[str, Place] = {
    "ticket": TicketPlace(),
    "inbox": places.InboxPlace(),
    "department": places.DepartmentPlace(),
    "managers": ManagersPlace(),
    "person": places.PersonPlace({"notices": mentions.of_person}),
}
FORGET: list[erasing.Forget] = [email_erasing.forget, notices_erasing.forget, search.forget, spoken_erasing.forget]
Service = Callable[[Engines], AbstractAsyncContextManager[None]]


@dataclass
class Extra:
    """What a special desk (the demo) adds to the common one."""

    routers: list[APIRouter] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    handlers: Callable[[Engines], dict[str, Handler]] = lambda _own: {}  # jobs done otherwise
    demo: bool = False


def wire() -> None:
    """Facts rise: who listens in the transaction, and what facts take along."""
    journal.within(search.index)
    journal.within(inbox_for_new_department)
    journal.within(ticket_holding.touched)
    journal.within(awaiting.follow)
    journal.within(undelivered.follow)
    journal.within(mentions.told)
    journal.within(email.listen)
    for kind in MESSAGE_FACTS:
        journal.carry(kind, messages.carried)
    for kind in MOVED_FACTS:
        journal.carry(kind, messages.moved)
    journal.carry("reply_held", holding.carried)
    journal.carry("held_changed", awaiting.carried)
    for kind in ("reply_scheduled", "reply_unscheduled"):
        journal.carry(kind, scheduling.carried)
    journal.carry("notice_made", mentions.carried)
    for kind in ("delivery_failed", "delivery_changed"):
        journal.carry(kind, undelivered.carried)
    journal.carry("saved_reply_changed", saving.carried)
    journal.carry("inbox_changed", inboxes.carried)
    journal.carry("folder_changed", folders.carried)


def inbox_for_new_department(tx: Tx, fact: Fact) -> None:
    """A department made in passing (from the command line) gets an inbox of its name."""
    if fact.kind == "department_made" and fact.data.get("with_inbox"):
        inboxes.make(tx, int(fact.place.partition("/")[2]), fact.data["set"]["name"])


def engines(config: Config, clock: Clock | None = None, *, new_secret: bool = False) -> Engines:
    """Opens the store (migrated) and what stands beside it. Raises BadSetting where its secret is another one.

    `new_secret`: whatever the store's was, this one is from now on.
    """
    wire()
    clock = clock or SystemClock()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(config.database, clock)
    forming.migrate(database.engine)
    database.start()
    database.write_now(lambda tx: journal.open_history(tx, config.data_dir / "position.json"))
    database.write_now(statuses.ship)
    vault = open_vault(config.data_dir, config.secret)
    try:
        database.write_now(lambda tx: share(tx, vault, is_new=new_secret))
    except BadSetting:
        database.close()
        raise
    bus = open_bus(config.bus_url, vault.key("bus").hex()[:16])
    return Engines(config, clock, database, bus, Files(config.data_dir / "files"), vault)


def handlers(own: Engines) -> dict[str, Handler]:
    """Which district does which job."""

    async def leave(job: Job) -> None:
        await own.db.write(lambda tx: release.release(tx, job.data["message"]))

    async def leave_at_its_hour(job: Job) -> None:
        try:
            await own.db.write(lambda tx: scheduling.leave(tx, job.data["entry"]))
        except Refused:
            await own.db.write(lambda tx: scheduling.hold(tx, job.data["entry"]))

    async def lapse(job: Job) -> None:
        await own.db.write(lambda tx: handovers.lapse(tx, **job.data))

    return {
        "release": leave,
        scheduling.JOB: leave_at_its_hour,
        handovers.JOB: lapse,
        "empty_folder": lambda job: empty_folder(own.db, job),
        bin.JOB: lambda job: erasing.erase(own.db, FORGET, job),
        spoken_erasing.DROP: lambda job: spoken_erasing.drop_files(own.db, own.files, job),
        **email.handlers(own),
    }


def live_of(own: Engines, crowds: Crowds) -> Live:
    """The sockets' hub; what may be heard, and what ends, is decided with it at hand."""
    connections: dict[str, Connection] = {}
    live: Live

    def may_hear(connection: Connection) -> bool:
        return live.may_hear(connection)

    def ended(stream: Stream, fact: Fact) -> None:
        last_word(live, stream, fact, ticket_facts.LAST_WORDS[fact.kind])

    def rehome(fact: Fact) -> None:
        _rehome(live, fact)

    async def doubted(connection: Connection) -> None:
        await Watching(live, connection).authorize_again()

    streams = Streams(crowds.crowd_at, may_hear)
    feed = Feed(own.db, streams, [places.shadows], [rehome], URGENT, frozenset(ticket_facts.LAST_WORDS), ended)
    live = Live(own, crowds, streams, feed, Turns(own.db), PLACES, connections, {}, {}, colleagues.me, doubted)
    feed.lost.append(live.start_over)
    crowds.changed.append(streams.crowd_changed)
    return live


def crowds_of(own: Engines) -> Crowds:
    """Togetherness; shared where there may be other nodes, which know each other by the store if they have no bus."""
    crowds = Crowds(own.db, own.clock, stands)
    if own.bus.is_shared or not own.db.serves_one:
        crowds.share(own.bus.node, own.bus.publish)
    if crowds.neighbours is not None:
        own.bus.listen(WIRE, crowds.neighbours.wire)
    return crowds


def _rehome(live: Live, fact: Fact) -> None:
    """A moved ticket's crowd is shown around its new inbox."""
    if fact.kind == "ticket_left":
        live.crowds.moved_away(fact.place)
    if fact.kind == "ticket_moved":
        live.moved(fact.place, f"inbox/{fact.data['set']['inbox']}")


@asynccontextmanager
async def running(app: FastAPI, own: Engines, extra: Extra) -> AsyncIterator[None]:
    """From the first listener to the last commit."""
    log.forgive_clients()
    loop = asyncio.get_running_loop()
    own.bus.attach(loop)
    own.db.listeners.append(own.bus.publish_all)
    crowds = crowds_of(own)
    await crowds.start()
    live = live_of(own, crowds)
    live.page = app.state.page
    await live.feed.start()
    worker = Worker(own.db, {**handlers(own), **email.notifying(own, crowds.looks_at), **extra.handlers(own)})
    pulse = Pulse(live, own.config.data_dir / "position.json")
    own.bus.listen("facts", live.feed.wake)
    own.bus.listen("jobs", worker.wake)
    own.bus.listen("passing", live.streams.pass_on)
    own.bus.listen("lock", crowds.lock_changed)
    own.bus.listen(TOPIC, crowds.told)
    own.bus.listen("rights", rights_changed(live, pulse))
    own.bus.listen("sessions_ended", pulse.sessions_ended)
    app.state.live, app.state.worker = live, worker
    pulse.start()
    wire = asyncio.create_task(_kept_up(own.bus.run))
    shared = (crowds.tell, crowds.look, crowds.beat)
    runs = (live.feed.run, crowds.run, worker.run, partial(_tidy, own), *shared)
    tasks = [asyncio.create_task(_kept_up(run)) for run in runs]
    gc.collect()
    gc.freeze()
    try:
        async with _all(own, [email.service, *extra.services]):
            app.state.ready = True
            yield
    finally:
        app.state.ready = False
        live.send_away()
        await pulse.stop()
        await _ended(tasks)
        for stop in (crowds.stop, worker.stop):
            await _told(stop)
        await own.bus.drain()
        await _ended([wire])
        journal.note_position(own.config.data_dir / "position.json", live.feed.cursor)


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _told(stop: Callable[[], Awaitable[None]]) -> None:
    """The store may be the reason why the desk ends."""
    try:
        await stop()
    except Exception as failed:  # noqa: BLE001  the others find out by its silence
        logger.warning("the store was not told of the end", error=str(failed))


async def _kept_up(run: Callable[[], Awaitable[None]]) -> None:
    """What must go on as long as the desk does: a failure is told, and it begins anew."""
    while True:
        try:
            return await run()
        except Exception:
            logger.exception("a part of the desk failed; it begins anew")
            await asyncio.sleep(AGAIN_AFTER)


@asynccontextmanager
async def _all(own: Engines, services: list[Service]) -> AsyncIterator[None]:
    if not services:
        yield
        return
    async with services[0](own), _all(own, services[1:]):
        yield


async def _tidy(own: Engines) -> None:
    while True:
        await asyncio.sleep(3600)
        with suppress(CommitFailed):
            await own.db.write(commands.forget_old)
            await own.db.write(tidy.forget_old)


def desk(config: Config, *, clock: Clock | None = None, extra: Extra | None = None) -> ASGIApp:
    """The whole application. On SQLite it holds the data folder for itself while it runs."""
    extra = extra or Extra()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with only_server(config.database, config.data_dir):
            own = engines(config, clock)
            app.state.engines = own
            try:
                async with running(app, own, extra):
                    yield
            finally:
                own.db.close()

    return Doors(bare(extra, lifespan), config)


def bare(extra: Extra, lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None) -> FastAPI:
    """The HTTP application with its routes and description, not yet running."""
    app = FastAPI(
        title="Elbowroom", version=__version__, openapi_url="/api/openapi.json", docs_url=None, redoc_url=None,
        lifespan=lifespan,
    )  # fmt: skip
    app.state.demo, app.state.ready = extra.demo, False
    answer_problems(app)
    routers = (people_routes.router, ticket_routes.router, conversation_routes.router, overview_routes.router)
    for router in (*routers, email.router, notify_routes.router, *extra.routers, health.router):
        app.router.routes.extend(router.routes)  # as they stand: include_router builds each anew for this application
    pages.mount(app)
    protocol.describe(app)
    return app


class Doors:
    """Outermost: the live socket beside HTTP. The socket stands outside of every middleware, near its transport."""

    def __init__(self, app: FastAPI, config: Config) -> None:
        self.app = app
        self.http = Guarded(app, config.is_https)
        self.live = Endpoint(lambda: app.state.live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            door: Callable[..., Awaitable[None]] = self.live if scope["path"] == "/api/live" else _closed
            await door(scope, receive, send)
        else:
            await self.http(scope, receive, send)


async def _closed(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close", "code": 4404})
