"""Who comes late sees all at once: everyone, what each does, the lock; whenever, by whichever server, in a burst."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.cast import INBOXES, Person, Tab, doings, holder_of
from tests.served import house

pytestmark = pytest.mark.faults
MOMENTS = (0.5, 2.0, 4.0, 7.0, 12.0)  # seconds after the others came
TYPES_EVERY = 1.0
BURST = 50  # at least, on a busy machine
THERE = {"Ada": "viewing", "Bianca": "writing_reply", "Omid": "idle"}


def types(tab: Tab, ticket: int, over: threading.Event) -> None:
    """As the page of someone who writes says it, again and again."""
    while not over.wait(TYPES_EVERY):
        tab.writes(ticket)


def changes(person: Person, ticket: int, over: threading.Event) -> int:
    """One after the other, as fast as they are taken; returns how many."""
    done = 0
    while not over.is_set():
        change = person.unlabels if done % 2 else person.labels
        change(ticket, "burst").ok()
        done += 1
    return done


def comes(person: Person, ticket: int) -> tuple[Tab, list[dict[str, Any]]]:
    """Her tab, and the ticket's crowd in the first word of the ticket and of the list around it."""
    tab = person.tab()
    around = tab.watches(f"inbox/{INBOXES['VIP']}")
    own = tab.watches(f"ticket/{ticket}")
    return tab, [crowd for told in (own, around) for crowd in told["crowds"] if crowd["place"] == f"ticket/{ticket}"]


def missed(tab: Tab, ticket: int, newest: int) -> list[int]:
    """Versions between the state that she got and the newest of which she was not told."""
    place = f"ticket/{ticket}"
    (version,) = [one["version"] for one in tab.heard if one["type"] == "snapshot" and one["place"] == place]
    if version < newest:
        tab.hears("facts", lambda one: newest in [fact["version"] for fact in one["facts"]], place=place)
    told = [fact["version"] for one in tab.heard if one["type"] == "facts" for fact in one["facts"]]
    return [one for one in range(version + 1, newest + 1) if one not in told]


def tried(template: Path, folder: Path, nodes: int) -> None:
    with house(template, folder, nodes) as desks:
        here, there = desks[0], desks[-1]
        omid, ada, bianca = there.person("omid"), there.person("ada"), here.person("bianca")
        body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken.", "inbox": INBOXES["VIP"]}
        ticket = omid.send("POST", "/tickets", body).ok()["id"]
        late = [(moment, number, desk.person("hanna")) for moment in MOMENTS for number, desk in enumerate(desks)]
        over = threading.Event()
        omid.opens(ticket, "idle")
        ada.opens(ticket)
        hers = bianca.opens(ticket, "writing_reply")
        bianca.locks(ticket).ok()
        began, seen, tabs = time.monotonic(), [], []
        with ThreadPoolExecutor(2) as hands:
            typing = hands.submit(types, hers, ticket, over)
            burst = hands.submit(changes, here.person("omid"), ticket, over)
            try:
                for moment, number, hanna in late:
                    over.wait(max(0.0, began + moment - time.monotonic()))
                    tab, crowds = comes(hanna, ticket)
                    tabs.append(tab)
                    seen.append((moment, number, [(doings(one), holder_of(one)) for one in crowds]))
            finally:
                over.set()
            typing.result()
            done = burst.result()
        newest = omid.sees(ticket)["version"]
        assert [missed(tab, ticket, newest) for tab in tabs] == [[]] * len(tabs)
        for desk in desks:
            desk.nobody_stays()
    print(f"\ncame late {len(seen)} times on {nodes} servers, during {done} changes: saw all in the first word")
    assert done >= BURST
    assert [one for one in seen if one[2] != [(THERE, "Bianca")] * 2] == []


@pytest.mark.sqlite
def test_who_comes_late_sees_all_on_one_server(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 1)


@pytest.mark.postgres
def test_who_comes_late_sees_all_between_two_servers(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 2)
