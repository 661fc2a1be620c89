"""What becomes of a mail that can be read: a message, a report on one of ours, or nothing, and then visibly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from elbowroom.channels.email import answering, ours
from elbowroom.channels.email.answering import Answered
from elbowroom.channels.email.threading import Bound, bound, named_message
from elbowroom.conversations.replying import delivery
from elbowroom.kit.db import Tx, folded
from elbowroom.kit.mail.parsed import Bounce, ParsedMail
from elbowroom.kit.vault import Vault

Became = Literal["message", "reply", "held", "bounce", "quarantine", "dropped", "known"]


@dataclass(frozen=True)
class Verdict:
    became: Became
    reason: str = ""
    bound: Bound | None = None
    answered: Answered | None = None  # an agent's answer to a notice


DROPPED, BOUNCED = Verdict("dropped"), Verdict("bounce")


def judge(tx: Tx, vault: Vault, mail: ParsedMail, recipients: Iterable[str], server: str) -> Verdict:
    """Carries a delivery report to its message at once; all else is for the caller to carry out.

    `server`: the authserv-id that vouches for agents, "" for none.
    """
    if mail.message_id and (mine := ours.signed(vault, [mail.message_id])):
        is_trial = mine[0].startswith(ours.TRIAL)
        return DROPPED if is_trial else Verdict("quarantine", "it is a mail of this desk that came back: a loop")
    if mail.bounce is not None:
        return _reported(tx, vault, mail, mail.bounce, recipients)
    if not mail.sender.email:
        return Verdict("quarantine", "it does not say who wrote it")
    if folded(mail.sender.email) in ours.addresses(tx):
        return Verdict("quarantine", "it claims to come from one of this desk's own addresses")
    if answering.names_notice(mail, recipients):
        return _answered(tx, vault, mail, recipients, server)
    found = bound(tx, vault, mail, recipients)
    if found is None and mail.auto == "report":
        return Verdict("quarantine", "it reports on a mail that no ticket sent")
    return Verdict("message", bound=found)


def _answered(tx: Tx, vault: Vault, mail: ParsedMail, recipients: Iterable[str], server: str) -> Verdict:
    try:
        return Verdict("reply", answered=answering.judge(tx, vault, mail, recipients, server))
    except answering.Machine:
        return DROPPED
    except answering.NoReply as no:
        return Verdict("quarantine", str(no))


def _reported(tx: Tx, vault: Vault, mail: ParsedMail, bounce: Bounce, recipients: Iterable[str]) -> Verdict:
    if answering.reports_on_notice(tx, vault, mail, bounce):
        return Verdict("quarantine", f"a notice to an agent came back ({_words(bounce)})")
    message = named_message(tx, vault, mail, recipients)
    if message is None or message["kind"] not in delivery.SENT:
        return Verdict("quarantine", f"it reports on a mail that no ticket sent ({_words(bounce)})")
    if bounce.action != "failed":
        return DROPPED  # delayed or delivered: nothing for anyone to do
    delivery.bounced(tx, message["id"], _words(bounce))
    return BOUNCED


def _words(bounce: Bounce) -> str:
    said = bounce.diagnostic or bounce.status or bounce.action
    return f"{bounce.recipient}: {said}" if bounce.recipient else said
