"""The first hour's list."""

from collections.abc import Callable

from tests.cast import Person

from .conftest import Mailbox, nora


def test_it_is_ticked_off_and_put_away(ada: Person, connect: Callable[..., Mailbox]) -> None:
    def done() -> set[str]:
        return {one["key"] for one in ada.get("/checklist").ok()["items"] if one["done"]}

    assert done() == {"department", "inbox", "agents"}
    connect().takes(nora())
    assert done() == {"department", "inbox", "mailbox", "agents", "first_ticket"}
    assert ada.get("/checklist")["dismissed"] is False
    ada.send("DELETE", "/checklist").ok()
    assert ada.get("/checklist")["dismissed"] is True
