"""Rights that change while a place is being watched: what was not delivered meanwhile is asked for anew."""

import asyncio
from types import SimpleNamespace
from typing import Any

from elbowroom.live.watching import Watching


class Stream:
    def __init__(self) -> None:
        self.left: list[Any] = []

    def leave(self, connection: Any) -> None:
        self.left.append(connection)


def test_a_place_watched_while_her_rights_are_read_is_watched_anew() -> None:
    before, meanwhile, kept = Stream(), Stream(), list[str]()
    her = SimpleNamespace(id=1, scopes=frozenset(), rights=5, is_hidden=False)
    her.narrowed = lambda _scopes: her
    said: list[dict[str, Any]] = []
    connection: Any = SimpleNamespace(
        viewer=her, rights=4, watched={"inbox/1": before}, standing={}, is_authorizing=True, say=said.append, key="k"
    )

    async def ask(_question: Any) -> tuple[Any, Any]:
        connection.watched["department/1"] = meanwhile  # its facts are held back until she is known again
        return her, {}

    live: Any = SimpleNamespace(
        turns=SimpleNamespace(ask=ask), rights={}, rights_are=lambda _rights: None,
        crowds=SimpleNamespace(hides=lambda _person, _hidden: None),
    )  # fmt: skip

    class Noted(Watching):
        async def keep_or_lose(self, place: str, why: str, by: dict[str, Any] | None) -> None:
            kept.append(place)

    asyncio.run(Noted(live, connection).authorize_again())
    assert kept == ["inbox/1", "department/1"]
    assert (before.left, meanwhile.left, connection.watched) == ([connection], [connection], {})
    assert (connection.rights, connection.is_authorizing, said) == (5, False, [{"type": "rights", "me": {}}])
