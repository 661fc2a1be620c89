"""Who may stand before a door, and what is to happen there."""

import uuid
from dataclasses import dataclass, field

import httpx2 as httpx
from sqlalchemy import delete, update

from elbowroom.people import agents
from elbowroom.people.sessions import make_token, open_session
from elbowroom.people.tables import people, sessions
from tests.cast import SUPPORT, WHO, Answer, Desk, _read
from tests.rights.doors import Call, Door

ALL = frozenset({"read", "draft", "reply", "admin"})


@dataclass(frozen=True)
class Principal:
    """`scopes` are a program's; `over` says why nobody is behind the credentials any more."""

    name: str
    who: str = ""
    scopes: frozenset[str] = ALL
    is_program: bool = False
    over: str = ""
    origin: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def is_administrator(self) -> bool:
        return WHO.get(self.who) == "administrator"


def program(who: str, *scopes: str) -> Principal:
    return Principal(f"{who}'s program ({', '.join(scopes)})", who, frozenset(scopes), is_program=True)


PRINCIPALS = (
    Principal("a stranger", over="never was in"),
    Principal("Bianca", "bianca"),
    Principal("Hanna", "hanna"),
    Principal("Omid, manager", "omid"),
    Principal("Ada, administrator", "ada"),
    Principal("Lena of Billing", "lena"),
    Principal("someone disabled", "gone", over="disabled"),
    Principal("Bianca, signed out", "bianca", over="signed out"),
    Principal("Bianca, too late", "bianca", over="expired"),
    Principal("Ada, signed out", "ada", over="signed out"),
    program("bianca", "read"),
    program("bianca", "draft"),
    program("bianca", "reply"),
    program("bianca", *sorted(ALL)),
    program("lena", *sorted(ALL)),
    program("ada", "read"),
    program("ada", "read", "draft", "reply"),
    program("ada", "admin", "read"),
    Principal("a foreign page with Bianca's cookie", "bianca", origin="https://evil.example"),
    Principal("a foreign page with Ada's cookie", "ada", origin="https://evil.example"),
    Principal("a framed page with Ada's cookie", "ada", origin="null"),
)


def expected(door: Door, method: str, principal: Principal) -> int:
    """What the policy says, written down a second time."""
    is_write = method != "GET"
    if is_write and principal.origin:
        return 403
    if door.whose == "open":
        return door.status
    if principal.over:
        return 401
    if not door.scopes <= principal.scopes or (door.no_program and principal.is_program):
        return 403
    if door.whose == "admin" and not (principal.is_administrator and "admin" in principal.scopes):
        return 403
    if door.whose in ("ticket", "holder", "managers") and principal.who == "lena":
        return 404
    if door.whose == "managers" and WHO[principal.who] == "agent":
        return 403
    if door.whose == "holder" and principal.who != "bianca":
        return 409
    if door.whose == "author" and principal.who != "bianca":
        return 404
    return door.status


def comes(desk: Desk, principal: Principal) -> dict[str, str]:
    """Headers with credentials made for this one call."""
    headers = {"Origin": principal.origin} if principal.origin else {}
    if not principal.who:
        return headers
    if principal.who == "gone":
        return {"Cookie": f"elbowroom={_disabled(desk)}"}
    number = list(WHO).index(principal.who) + 1
    if principal.is_program:
        secret = desk.write(lambda tx: make_token(tx, number, "program", sorted(principal.scopes), None))
        return {"Authorization": f"Bearer {secret}"}
    secret = desk.write(lambda tx: open_session(tx, number, "a browser"))
    newest = sessions.c.id == desk.read(lambda read: read.value(sessions.select().order_by(sessions.c.id.desc())))
    if principal.over == "signed out":
        desk.write(lambda tx: tx.run(delete(sessions).where(newest)))
    if principal.over == "expired":
        desk.write(lambda tx: tx.run(update(sessions).where(newest).values(expires_at=tx.now - 1)))
    return {"Cookie": f"elbowroom={secret}", **headers}


def _disabled(desk: Desk) -> str:
    """A session that outlived its person's being let in, as no verb would leave it."""

    def verb(tx: object) -> str:
        person = agents.make(tx, f"{uuid.uuid4()}@gone.example", "Gone", "agent", within=[SUPPORT])  # type: ignore[arg-type]
        secret = open_session(tx, person, "a browser")  # type: ignore[arg-type]
        tx.run(update(people).where(people.c.id == person).values(disabled_at=tx.now))  # type: ignore[attr-defined]
        return secret

    secret: str = desk.write(verb)
    return secret


def calls(client: httpx.Client, method: str, call: Call, headers: dict[str, str]) -> Answer:
    path, body = call
    sent = {**headers, "Idempotency-Key": str(uuid.uuid4())}
    if isinstance(body, bytes):
        return _read(client.request(method, path, headers=sent, files={"file": ("lamp.png", body, "image/png")}))
    more = {} if body is None else {"json": body}
    return _read(client.request(method, path, headers=sent, **more))
