"""What the server says of who is where, heard on a bare socket and stamped on arrival."""

import time

from tests.cast import Person, Tab, doings, eventually


class Lookout:
    """Watches a ticket without being on it."""

    def __init__(self, person: Person, ticket: int) -> None:
        self.place = f"ticket/{ticket}"
        self.tab: Tab = person.watches(self.place)

    def crowds(self) -> list[dict[str, str]]:
        """Each that was told so far as {name: doing}; whoever has left is not in it."""
        told = [crowd for message in list(self.tab.heard) for crowd in message.get("crowds", [])]
        return [
            {name: doing for name, doing in doings(crowd).items() if doing != "left"}
            for crowd in told
            if crowd["place"] == self.place
        ]

    def crowd(self) -> dict[str, str]:
        return (self.crowds() or [{}])[-1]

    def waits_for(self, name: str) -> None:
        eventually(lambda: name in self.crowd(), f"{name} is on {self.place}")

    def never_missed(self, name: str) -> bool:
        """Since she came she was there all the time."""
        there = [name in crowd for crowd in self.crowds()]
        return all(there[there.index(True) :])

    def hears_pings(self, count: int) -> None:
        """So many more from now on: four seconds each."""
        self.tab.since()
        for _ in range(count):
            self.tab.hears("ping")

    def gone_after(self, name: str, within: float) -> float:
        """Seconds from now until the server says that she is gone."""
        begin = time.monotonic()
        eventually(lambda: name not in self.crowd(), f"{name} is gone from {self.place}", within)
        return time.monotonic() - begin
