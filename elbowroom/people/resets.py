"""A forgotten password: a link by mail, once, within an hour; who asks learns nothing of who exists."""

import structlog
from sqlalchemy import RowMapping, func, insert, select

from elbowroom.kit.clock import token
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, not_found
from elbowroom.kit.vault import hashed
from elbowroom.people import agents, links, post
from elbowroom.people.colleagues import found_by_address, row_of
from elbowroom.people.sessions import end_sessions
from elbowroom.people.tables import resets

log = structlog.get_logger("people")
LASTS_FOR = 3600.0
AT_ONCE = 5


def ask(tx: Tx, config: Config, email: str) -> None:
    """Queues the mail where there is someone to get it. Older links hold on: a stranger must not void them."""
    row = found_by_address(tx, email)
    if row is None or row["disabled_at"] is not None or row["kind"] != "agent" or _open_count(tx, row["id"]) >= AT_ONCE:
        return
    address = links.desk_address(tx, config)
    if not address:
        log.warning("no reset mail: set ELBOWROOM_URL to the address that people open")
        return
    secret = token()
    kept = {"person": row["id"], "token": hashed(secret), "expires_at": tx.now + LASTS_FOR}
    tx.run(insert(resets).values(**kept))
    values = {"name": row["name"], "desk": address, "link": links.link(address, "reset", secret)}
    post.queue(tx, row["email"], post.RESET, row["language"], give_up_for=LASTS_FOR, **values)


def owner(read: Read, secret: str) -> RowMapping:
    """The person whose password the link may set. Raises Refused: 404, or 410 for one that is too old."""
    row = read.first(select(resets).where(resets.c.token == hashed(secret))) if secret else None
    if row is None:
        raise not_found("link")
    person = row_of(read, row["person"])
    if row["expires_at"] <= read.now or person["disabled_at"] is not None:
        detail = "It was used, or is older than an hour. Ask for a new one."
        raise Refused(410, "gone", "That link is over", detail)
    return person


def settle(tx: Tx, secret: str, password_hash: str) -> None:
    """Sets the password; whoever was signed in as this person is signed in no more."""
    person = owner(tx, secret)["id"]
    agents.set_password(tx, person, password_hash, None)
    end_sessions(tx, person)


def _open_count(read: Read, person: int) -> int:
    asked = select(func.count()).where(resets.c.person == person, resets.c.expires_at > read.now)
    return read.value(asked) or 0
