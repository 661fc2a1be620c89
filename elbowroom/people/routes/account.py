"""What is mine: settings, password, sessions, tokens."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people import agents, bodies, facts, passwords, sessions
from elbowroom.people.caller import SignedIn
from elbowroom.people.colleagues import me, row_of
from elbowroom.people.guessing import PAIR, guessing_of
from elbowroom.people.rights import Viewer
from elbowroom.people.routes.entrance import without_session, wrong_password
from elbowroom.people.shapes import Me, Session, Token

router = APIRouter()
OWN = frozenset({"theme", "hidden", "alerts", "mails"})


@router.get("/me", response_model=Me)
async def read_me(caller: SignedIn) -> Response:
    return await caller.answer(me)


@router.patch("/me", response_model=Me)
async def change_me(caller: SignedIn, body: bodies.MyChanges) -> Response:
    given = body.model_dump(exclude_unset=True)
    values = {name: value for name, value in given.items() if name == "language" or (name in OWN and value is not None)}

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        if body.name is not None:
            agents.rename(tx, viewer.by, body.name)
        agents.set_up(tx, viewer.by, values)
        return Answer({**me(tx, viewer)})

    return await caller.command(verb, scope="admin")


@router.put("/me/password", response_model=dict[str, list[dict[str, object]]])
async def change_password(caller: SignedIn, request: Request, body: bodies.NewPassword) -> Response:
    """Signs her out everywhere else. Both hashes are made before the verb: none is made inside."""
    row = await caller.ask(lambda read, viewer: row_of(read, viewer.id))
    tries = ("password", row["id"])
    guessing_of(request).spend(tries, PAIR)
    fits = await passwords.fits(row["password"], body.current)
    fresh = await passwords.hash_password(body.new) if fits else ""
    printed = await passwords.stretched(await request.body(), caller.engines.vault.key("printed"))

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        current = caller.session(tx)
        if not fits or row_of(tx, viewer.id)["password"] != row["password"]:
            raise wrong_password()
        passwords.check_rules(body.new, row["email"], "new")
        agents.set_password(tx, viewer.id, fresh, viewer.by)
        sessions.end_sessions(tx, viewer.id, but=current)
        return Answer({})

    answer = await caller.command(verb, scope="admin", printed=printed)
    guessing_of(request).forgive(tries)
    return answer


@router.delete("/session")
async def sign_out(caller: SignedIn) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        sessions.end_session(tx, viewer.id, caller.session(tx))
        return Answer({})

    return without_session(await caller.command(verb), caller.engines.config)


@router.get("/sessions", response_model=list[Session])
async def read_sessions(caller: SignedIn) -> Response:
    def question(read: Read, viewer: Viewer) -> object:
        return sessions.sessions_of(read, viewer, caller.session(read))

    return await caller.answer(question)


@router.delete("/sessions/{id}")
async def end_session(caller: SignedIn, id: int) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        caller.session(tx)
        sessions.end_session(tx, viewer.id, id)
        return Answer({})

    return await caller.command(verb)


@router.delete("/sessions")
async def end_other_sessions(caller: SignedIn) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        sessions.end_sessions(tx, viewer.id, but=caller.session(tx))
        return Answer({})

    return await caller.command(verb)


@router.get("/tokens", response_model=dict[str, list[Token]])
async def read_tokens(caller: SignedIn) -> Response:
    def question(read: Read, viewer: Viewer) -> object:
        caller.session(read)
        return {"tokens": sessions.tokens_of(read, viewer.id)}

    return await caller.answer(question)


@router.post("/tokens", status_code=201)
async def make_token(caller: SignedIn, body: bodies.NewToken) -> Response:
    """The token's text is in this answer alone."""
    vault = caller.engines.vault

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        caller.session(tx)
        secret = sessions.make_token(tx, viewer.id, body.name, body.scopes, tx.now + body.days * 86_400)
        made = sessions.tokens_of(tx, viewer.id)[-1]
        facts.token_made(tx, viewer.id, viewer.by, made["id"], made["scopes"])
        return Answer({**made, "token": vault.seal(secret)}, 201)

    return await caller.command(verb, sealed=("token",))


@router.delete("/tokens/{id}")
async def end_token(caller: SignedIn, id: int) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        caller.session(tx)
        sessions.end_token(tx, viewer.id, id)
        facts.token_ended(tx, viewer.id, viewer.by, id)
        return Answer({})

    return await caller.command(verb)
