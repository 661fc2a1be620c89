"""Who is calling: cookie sessions for browsers, bearer tokens for programs."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, insert, select, update

from elbowroom.kit.clock import maybe_moment, moment, token
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.kit.vault import hashed
from elbowroom.people.rights import SCOPES, Viewer, load_viewer
from elbowroom.people.shapes import Token
from elbowroom.people.tables import sessions, tokens

_session = select(sessions).where(sessions.c.token == bindparam("secret"))
_token = select(tokens).where(tokens.c.token == bindparam("secret"))
LASTS_FOR = 14 * 86_400.0
TOUCHED_EACH = 3600.0
NAMED = 500  # of those that are asked for


@dataclass(frozen=True)
class Credentials:
    """What a request showed: a cookie's secret or a bearer token, never both."""

    secret: str
    is_cookie: bool


@dataclass(frozen=True)
class Entry:
    """A caller that was let in. `session` is the row behind a cookie, `token` the row behind a bearer token."""

    viewer: Viewer
    session: int | None
    token: int | None
    expires_at: float | None
    seen_at: float | None = None


def signed_out(detail: str = "Sign in again; what you typed stays on the page.") -> Refused:
    return Refused(401, "signed-out", "You are signed out", detail)


def enter(read: Read, shown: Credentials | None) -> Entry:
    """Raises Refused (401) where nobody is behind the credentials, or no longer."""
    if shown is None:
        raise signed_out("Sign in, or send an API token as 'Authorization: Bearer …'.")
    row = next(iter(read.same(_session if shown.is_cookie else _token, {"secret": hashed(shown.secret)})), None)
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= read.now):
        raise signed_out()
    viewer = load_viewer(read, row["person"])
    if viewer is None:
        raise signed_out("This account may not enter any more. Ask an administrator.")
    if shown.is_cookie:
        return Entry(viewer, row["id"], None, row["expires_at"], row["seen_at"])
    return Entry(viewer.narrowed(frozenset(row["scopes"])), None, row["id"], row["expires_at"])


def is_known(read: Read, shown: Credentials | None) -> bool:
    """Whether `enter` would let them in."""
    try:
        enter(read, shown)
    except Refused:
        return False
    return True


def open_session(tx: Tx, person: int, device: str) -> str:
    """A new session id at each sign-in; returns the cookie's secret, which is stored only as its hash."""
    secret = token()
    row = {"person": person, "token": hashed(secret), "device": device[:200], "made_at": tx.now, "seen_at": tx.now}
    tx.run(insert(sessions).values(**row, expires_at=tx.now + LASTS_FOR))
    return secret


def wants_touch(entry: Entry, now: float) -> bool:
    """Once an hour is enough: a write each time would cost more than it tells."""
    return entry.seen_at is not None and entry.seen_at < now - TOUCHED_EACH


def touch(tx: Tx, session: int) -> None:
    """Lengthens a session in use."""
    values = {"seen_at": tx.now, "expires_at": tx.now + LASTS_FOR}
    tx.run(
        update(sessions).where(sessions.c.id == session, sessions.c.seen_at < tx.now - TOUCHED_EACH).values(**values)
    )


def sessions_of(read: Read, viewer: Viewer, current: int | None) -> list[dict[str, Any]]:
    asked = select(sessions).where(sessions.c.person == viewer.id, sessions.c.expires_at > read.now)
    return [
        {
            "id": row["id"],
            "current": row["id"] == current,
            "device": row["device"],
            "made_at": moment(row["made_at"]),
            "seen_at": moment(row["seen_at"]),
        }
        for row in read.rows(asked.order_by(sessions.c.seen_at.desc()))
    ]


def end_session(tx: Tx, person: int, session: int) -> None:
    """Raises Refused (404) for a session that is not this person's."""
    ended = tx.run(delete(sessions).where(sessions.c.id == session, sessions.c.person == person))
    if not ended.rowcount:
        raise not_found("session")
    tx.tell("sessions_ended", [session])


def end_sessions(tx: Tx, person: int, but: int | None = None) -> None:
    """Logs the person out everywhere, or everywhere else."""
    gone = delete(sessions).where(sessions.c.person == person)
    if but is not None:
        gone = gone.where(sessions.c.id != but)
    ended = list(tx.run(gone.returning(sessions.c.id)).scalars())
    if ended:
        tx.tell("sessions_ended", ended)


def end_shown(tx: Tx, shown: Credentials | None) -> None:
    """Ends the session that a browser still showed while someone signed in on it."""
    if shown is None or not shown.is_cookie:
        return
    gone = delete(sessions).where(sessions.c.token == hashed(shown.secret)).returning(sessions.c.id)
    if ended := list(tx.run(gone).scalars()):
        tx.tell("sessions_ended", ended)


def end_everything(tx: Tx, person: int) -> None:
    """No browser and no program is this person any more."""
    end_sessions(tx, person)
    ended = list(tx.run(delete(tokens).where(tokens.c.person == person).returning(tokens.c.id)).scalars())
    if ended:
        tx.tell("tokens_ended", ended)


def living(read: Read, ids: Collection[int]) -> set[int]:
    """Which of these sessions still hold; asked for the open sockets, since the bus may lose a word."""
    return _among(read, ids, sessions, select(sessions.c.id).where(sessions.c.expires_at > read.now))


def make_token(tx: Tx, person: int, name: str, scopes: list[str], expires_at: float | None) -> str:
    """An API token; its text is shown this once."""
    if unknown := sorted(set(scopes) - SCOPES):
        raise bad_request("scopes", f"There is no scope {unknown[0]!r}; choose of {', '.join(sorted(SCOPES))}.")
    secret = f"er_{token()}"
    row = {"person": person, "name": name, "token": hashed(secret), "scopes": sorted(set(scopes))}
    tx.run(insert(tokens).values(**row, made_at=tx.now, expires_at=expires_at))
    return secret


def tokens_of(read: Read, person: int) -> list[Token]:
    asked = select(tokens).where(tokens.c.person == person).order_by(tokens.c.id)
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "scopes": row["scopes"],
            "made_at": moment(row["made_at"]),
            "expires_at": maybe_moment(row["expires_at"]),
        }
        for row in read.rows(asked)
    ]


def end_token(tx: Tx, person: int, id: int) -> None:
    """Raises Refused (404) for a token that is not this person's."""
    if not tx.run(delete(tokens).where(tokens.c.id == id, tokens.c.person == person)).rowcount:
        raise not_found("token")
    tx.tell("tokens_ended", [id])


def living_tokens(read: Read, ids: Collection[int]) -> set[int]:
    """Which of these API tokens still hold."""
    holds = tokens.c.expires_at.is_(None) | (tokens.c.expires_at > read.now)
    return _among(read, ids, tokens, select(tokens.c.id).where(holds))


def _among(read: Read, ids: Collection[int], table: Table, asked: Select[Any]) -> set[int]:
    # Named one by one, thousands cost six times as much as all there are, and SQLite takes no more than 32,766.
    if len(ids) > NAMED:
        return set(read.run(asked).scalars()).intersection(ids)
    return set(read.run(asked.where(table.c.id.in_(list(ids)))).scalars())
