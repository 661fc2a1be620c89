"""Whether a machine wrote the mail: nobody answers a machine automatically (RFC 3834)."""

from email.message import Message

from elbowroom.kit.mail.parsed import Auto
from elbowroom.kit.mail.reading import headers

_PRECEDENCE: dict[str, Auto] = {"list": "list", "bulk": "bulk", "junk": "bulk", "auto_reply": "auto-replied"}


def kind(mail: "Message[str, str]") -> Auto | None:
    """The strongest sign: delivery report, RFC 3834's own header, vendors' headers, mailing list, bulk."""
    said = _word(mail, "auto-submitted")
    precedence = _PRECEDENCE.get(_word(mail, "precedence"))
    if mail.get_content_type() == "multipart/report" or _from_the_mail_system(mail):
        return "report"
    if said == "auto-replied" or precedence == "auto-replied" or _any(mail, "x-autoreply", "x-autorespond"):
        return "auto-replied"
    if (said and said != "no") or _asks_for_silence(mail) or _no_return(mail):
        return "auto-generated"
    if precedence == "list" or _any(mail, "list-id", "list-post", "mailing-list"):
        return "list"
    return "bulk" if precedence or _any(mail, "list-unsubscribe", "feedback-id", "x-campaign") else None


def _word(mail: "Message[str, str]", name: str) -> str:
    return headers.first(mail, name).lower().partition(";")[0].partition("(")[0].strip()


def _any(mail: "Message[str, str]", *names: str) -> bool:
    return any(headers.first(mail, name) for name in names)


def _no_return(mail: "Message[str, str]") -> bool:
    return "".join(headers.first(mail, "return-path").split()) == "<>"


def _from_the_mail_system(mail: "Message[str, str]") -> bool:
    sender = headers.first(mail, "from").lower()
    return "mailer-daemon@" in sender or (_no_return(mail) and "postmaster@" in sender)


def _asks_for_silence(mail: "Message[str, str]") -> bool:
    """MS-OXCMAIL 2.2.3.2.14; "DR" and the like speak of receipts, not of answers."""
    said = headers.first(mail, "x-auto-response-suppress").lower().replace(" ", "").split(",")
    return any(word in ("all", "oof", "autoreply") for word in said)
