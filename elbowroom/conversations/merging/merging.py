"""Two tickets become one. The messages of the one go to the other; it stays as the way there, and the way back."""

from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.held import holding
from elbowroom.conversations.merging import renumbering
from elbowroom.conversations.replying import release, scheduling
from elbowroom.conversations.tables import conversations, messages
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import Fact
from elbowroom.kit.problems import Refused, bad_request
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import customers
from elbowroom.tickets import bin, labels, merges
from elbowroom.tickets.access import access_ticket, place_of, stored_ticket
from elbowroom.tickets.addresses import own
from elbowroom.tickets.facts import say
from elbowroom.tickets.fields import set_field
from elbowroom.tickets.followers import addresses
from elbowroom.tickets.holding import let_in
from elbowroom.tickets.moving import move
from elbowroom.tickets.statuses import REOPENED
from elbowroom.tickets.tables import followers, inboxes, ticket_labels, tickets
from elbowroom.tickets.tables import labels as label_table
from elbowroom.together import locks


def merge(tx: Tx, viewer: Viewer, ticket: int, into: int) -> None:
    """The result lies where the target lies. Raises Refused: 404, 410, 409 merged by whom and when, 423, 422."""
    source, target = access_ticket(tx, viewer, ticket), access_ticket(tx, viewer, into)
    if ticket == into:
        raise bad_request("into", "Choose another ticket.")
    for one in (source, target):
        let_in(tx, viewer, one)
    came = source["inbox"] if source["department"] != target["department"] else None
    if came is not None:  # those who may not see the target lose sight of what goes there
        move(tx, viewer, source, target["inbox"])
    _stop_waiting(tx, ticket)
    _address_leaving(tx, source)
    moving = renumbering.messages_of(tx, ticket)
    renumbering.append(tx, moving, source, target)
    kept = {
        "messages": [[row["id"], row["number"], row["seen"]] for row in moving],
        "conversations": _bring_conversations(tx, source, target),
        "followers": _join_followers(tx, source, target),
        "unverified": _join_unverified(tx, source, target),
        "labels": _join_labels(tx, viewer, ticket, into),
        "inbox": came,
    }
    merges.keep(tx, viewer, ticket, into, kept)
    _bring_texts(tx, ticket, stored_ticket(tx, into))
    locks.free_whoever(tx, place_of(ticket))
    taken = [row["number"] for row in moving]
    shown = {"merged_into": into, "messages": 0}
    _say(tx, viewer, ticket, "ticket_merged", {"into": into, "taken": taken, "set": shown}, shown)
    _say_arrived(tx, viewer, into, "ticket_merged", {"source": ticket}, [row["id"] for row in moving])
    if source["queue"] == "new" and target["queue"] != "new":  # its customer waits for an answer
        set_field(tx, stored_ticket(tx, into), "status", REOPENED, viewer.by)


def undo(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """What came over goes back under its former numbers; what came since stays.

    Raises Refused: 409 not-merged, too-late, or merged where the target itself was merged since.
    """
    source = access_ticket(tx, viewer, ticket, deleted=True)
    row = merges.newest(tx, ticket)
    if source["merged_into"] is None or row is None:
        raise Refused(409, "not-merged", "The ticket is not merged", "Someone has undone it already.")
    if tx.now > row["at"] + bin.days(tx) * bin.DAY:
        raise Refused(409, "too-late", "That merge is too old to be undone", "Split off what belongs elsewhere.")
    target = access_ticket(tx, viewer, row["target"])
    let_in(tx, viewer, target)
    former = {id: (number, seen) for id, number, seen in row["moved"]["messages"]}
    going = [one for one in renumbering.messages_of(tx, target["id"]) if one["id"] in former]
    _send_back(tx, going, former, source, target, row["moved"]["conversations"])
    _part(tx, viewer, target, row["moved"])
    merges.undone(tx, row["id"])
    tx.run(update(tickets).where(tickets.c.id == ticket).values(merged_into=None))
    data = {"into": target["id"]}
    _say_arrived(tx, viewer, ticket, "ticket_unmerged", data, [one["id"] for one in going], merged_into=None)
    gone = {"source": ticket, "taken": [one["number"] for one in going]}
    _say(tx, viewer, target["id"], "ticket_unmerged", {**gone, "set": renumbering.settle(tx, target["id"])}, None)
    came = row["moved"]["inbox"]
    if came is not None and viewer.may_see(_department(tx, came)):
        move(tx, viewer, stored_ticket(tx, ticket), came)


def _stop_waiting(tx: Tx, ticket: int) -> None:
    """It was meant for the one ticket alone: its author decides whether it is right in the other."""
    waiting = (messages.c.ticket == ticket) & (messages.c.state == "waiting") & messages.c.leaves_at.is_not(None)
    for row in tx.rows(select(messages).where(waiting).order_by(messages.c.number)):
        release.pause(tx, row)


def _address_leaving(tx: Tx, source: RowMapping) -> None:
    """What is on its way, or may be tried again, goes to whom it was written and to nobody else.

    Of a requester to whom no mail can be sent nothing is on its way.
    """
    to = tx.value(select(customers.c.email).where(customers.c.id == source["requester"]))
    if not to or folded(to) in own(tx):
        return
    cc = [row["email"] for row in addresses(tx, source["id"])]
    mine = (messages.c.ticket == source["id"]) & messages.c.state.in_(("waiting", "refused", "bounced"))
    unsaid = messages.c.recipients.is_(None)
    tx.run(update(messages).where(mine, unsaid).values(recipients={"to": [to], "cc": cc, "bcc": []}))


def _bring_conversations(tx: Tx, source: RowMapping, target: RowMapping) -> list[int]:
    others = (conversations.c.ticket == source["id"]) & (conversations.c.id != source["conversation"])
    return list(
        tx.run(update(conversations).where(others).values(ticket=target["id"]).returning(conversations.c.id)).scalars()
    )


def _join_followers(tx: Tx, source: RowMapping, target: RowMapping) -> list[int]:
    """Who was answered on the one is answered on the other. Returns those who were not yet."""
    accepted = select(followers.c.customer).where(followers.c.ticket == source["id"], followers.c.accepted)
    there = select(followers.c.customer).where(followers.c.ticket == target["id"], followers.c.accepted)
    known = {target["requester"], *tx.run(there).scalars()}
    fresh = sorted({source["requester"], *tx.run(accepted).scalars()} - known)
    for customer in fresh:
        row = tx.insert(followers).values(ticket=target["id"], customer=customer, accepted=True)
        tx.run(row.on_conflict_do_update(index_elements=["ticket", "customer"], set_={"accepted": True}))
    return fresh


def _join_unverified(tx: Tx, source: RowMapping, target: RowMapping) -> list[int]:
    """Who only spoke up on the one gets nothing on the other either, until somebody accepts her. Returns the new."""
    spoke_up = select(followers.c.customer).where(followers.c.ticket == source["id"], followers.c.accepted.is_(False))
    there = select(followers.c.customer).where(followers.c.ticket == target["id"])
    fresh = sorted({*tx.run(spoke_up).scalars()} - {target["requester"], *tx.run(there).scalars()})
    for customer in fresh:
        tx.run(insert(followers).values(ticket=target["id"], customer=customer, accepted=False))
    return fresh


def _join_labels(tx: Tx, viewer: Viewer, source: int, target: int) -> list[int]:
    worn = tx.run(select(ticket_labels.c.label).where(ticket_labels.c.ticket == source)).scalars().all()
    return [label for label in worn if labels.put_on(tx, viewer, stored_ticket(tx, target), label)]


def _bring_texts(tx: Tx, source: int, target: RowMapping) -> None:
    drafts.carry(tx, source, target["id"])
    holding.bring_over(tx, source, target)
    scheduling.bring_over(tx, stored_ticket(tx, source), target)


def _send_back(
    tx: Tx, going: list[RowMapping], former: dict[int, tuple[int, int | None]], source: RowMapping,
    target: RowMapping, others: list[int],
) -> None:  # fmt: skip
    tx.run(update(conversations).where(conversations.c.id.in_(others)).values(ticket=source["id"]))
    for one in going:
        number, seen = former[one["id"]]
        values = {"ticket": source["id"], "number": number, "seen": seen}
        if one["conversation"] == target["conversation"]:
            values["conversation"] = source["conversation"]
        tx.run(update(messages).where(messages.c.id == one["id"]).values(**values))


def _part(tx: Tx, viewer: Viewer, target: RowMapping, moved: dict[str, Any]) -> None:
    """Who and what came along goes along again."""
    came = (followers.c.ticket == target["id"]) & followers.c.customer.in_(moved["followers"])
    tx.run(delete(followers).where(came))
    spoke_up = (followers.c.ticket == target["id"]) & followers.c.customer.in_(moved.get("unverified", []))
    tx.run(delete(followers).where(spoke_up, followers.c.accepted.is_(False)))  # whom somebody accepted since, stays
    now = select(label_table.c.id, label_table.c.alias_of).where(label_table.c.id.in_(moved["labels"]))
    for row in tx.rows(now):
        labels.take_off(tx, viewer, stored_ticket(tx, target["id"]), row["alias_of"] or row["id"])


def _say_arrived(
    tx: Tx, viewer: Viewer, ticket: int, kind: str, data: dict[str, Any], ids: list[int],
    **change: Any,
) -> None:  # fmt: skip
    shown = {**renumbering.settle(tx, ticket), **change}
    _say(tx, viewer, ticket, kind, {**data, "arrived": ids, "set": shown}, None)


def _say(
    tx: Tx, viewer: Viewer, ticket: int, kind: str, data: dict[str, Any], change: dict[str, Any] | None
) -> Fact:  # fmt: skip
    stored = stored_ticket(tx, ticket)
    return say(tx, ticket, stored["department"], kind, viewer.by, data=data, change=change)


def _department(read: Read, inbox: int) -> int:
    return int(read.value(select(inboxes.c.department).where(inboxes.c.id == inbox)) or 0)
