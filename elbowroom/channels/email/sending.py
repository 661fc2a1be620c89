"""Carrying a reply out: at least once, every copy under one Message-ID, and what became of it is said."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import update

from elbowroom.channels.email import hosts
from elbowroom.channels.email.letters import Letter, NoWay, letter
from elbowroom.channels.email.tables import mailboxes
from elbowroom.conversations.replying import delivery
from elbowroom.conversations.replying.release import TRIED_FOR, stored_message
from elbowroom.kit import failpoints, jobs
from elbowroom.kit.db import Tx
from elbowroom.kit.jobs import Again, Job, backoff
from elbowroom.kit.mail import errors, smtp
from elbowroom.kit.mail.build import build
from elbowroom.kit.mail.smtp import Sent
from elbowroom.kit.web import Engines

PAUSED_FOR = 30.0


@dataclass(frozen=True)
class Outcome:
    """`sent`, or the words why not: for good, or only now (`is_over` False)."""

    sent: Sent | None = None
    words: str = ""
    is_over: bool = False
    ails: str | None = None  # what the settings page shows of the mailbox


async def deliver(own: Engines, job: Job) -> None:
    """The job "deliver" {message, only?}: `only` are addresses that a server put off while it took the others."""
    try:
        found = await own.db.write(lambda tx: _letter(tx, own, job))
        if found is None:
            return
        outcome = await _tried(own, found, job.data.get("only"))
    except (NoWay, ValueError) as no:  # a header or an address that no mail can hold counts as well
        found, outcome = None, Outcome(words=str(no), is_over=True)
    again = None if outcome.sent or outcome.is_over else _again(own, job)
    await own.db.write(lambda tx: _settle(tx, job, found, outcome, again))
    if again is not None:
        raise Again(again, outcome.words)


def _letter(tx: Tx, own: Engines, job: Job) -> Letter | None:
    """None where there is nothing to send (any more). Raises NoWay, ValueError, Again."""
    row = stored_message(tx, job.data["message"])
    if row["kind"] not in delivery.SENT or row["state"] not in (
        ("left", "bounced") if "only" in job.data else ("waiting",)
    ):
        return None
    found = letter(tx, own.vault, row)
    if found.mailbox["paused_at"] is not None and _again(own, job) is not None:
        raise Again(PAUSED_FOR, "the mailbox is paused")
    return found


async def _tried(own: Engines, found: Letter, only: list[str] | None) -> Outcome:
    if found.mailbox["paused_at"] is not None:
        return Outcome(words="The mailbox is paused.")
    try:
        raw = await asyncio.to_thread(lambda: build(found.whole(own.files)))
        server = await asyncio.to_thread(hosts.stored, own.config, own.vault, found.mailbox, "out")
        sent = await smtp.send(server, found.mailbox["address"], only or found.mail.recipients, raw)
        failpoints.reach("mailed")
    except FileNotFoundError:
        return Outcome(words="A file of this reply is no longer there.", is_over=True)
    except errors.Refused as refused:
        return Outcome(words=_said(refused), is_over=refused.permanent)
    except errors.MailError as error:
        return Outcome(words=error.words, ails=error.words)
    return Outcome(sent)


def _again(own: Engines, job: Job) -> float | None:
    """Seconds until the next try; None where it has been tried long enough."""
    after = backoff(job.tries)
    return None if job.give_up_at is not None and own.clock.now() + after > job.give_up_at else after


def _settle(tx: Tx, job: Job, found: Letter | None, outcome: Outcome, again: float | None) -> None:
    message: int = job.data["message"]
    if found is not None:
        _ail(tx, found.mailbox["id"], outcome.ails)
    if outcome.sent is not None:
        if "only" not in job.data:
            delivery.left(tx, message)
        _put_off(tx, job, outcome.sent)
    elif again is None:
        words = outcome.words if outcome.is_over else f"{outcome.words} (given up after 48 hours)"
        (delivery.bounced if "only" in job.data else delivery.refused)(tx, message, words)


def _put_off(tx: Tx, job: Job, sent: Sent) -> None:
    """Addresses that were not taken with the others: tried again, or told as come back."""
    never = {address: no for address, no in sent.refused.items() if no.permanent}
    later = [address for address in sent.refused if address not in never]
    if never:
        words = "; ".join(f"{address}: {_said(no)}" for address, no in never.items())
        delivery.bounced(tx, job.data["message"], words)
    if later:
        data = {"message": job.data["message"], "only": later}
        give_up_for = TRIED_FOR if job.give_up_at is None else job.give_up_at - tx.now
        jobs.enqueue(tx, "deliver", data, due_at=tx.now + backoff(1), give_up_for=give_up_for)


def _ail(tx: Tx, mailbox: int, words: str | None) -> None:
    changed = (mailboxes.c.id == mailbox) & mailboxes.c.send_words.is_distinct_from(words)
    tx.run(update(mailboxes).where(changed).values(send_words=words))


def _said(refused: errors.Refused) -> str:
    return refused.words if refused.words.startswith(str(refused.code)) else f"{refused.code} {refused.words}"
