"""kill -9 of one of two servers: its people go in time, and who comes back by the other was never away."""

import time
from pathlib import Path

import pytest

from tests.cast import Person, Tab, eventually
from tests.faults.test_valkey_dies import Watch, opened
from tests.served import ServedDesk, house

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
GONE_AFTER = 12.0
LOOK = 5.0  # the last word may be two seconds old; and a busy machine
CERTAIN_AFTER = 30.0  # three beats of five seconds, the 15 s for which nothing is freed that is new, and a busy machine


def comes_by(desk: ServedDesk, person: Person, tab: Tab) -> tuple[Person, Tab]:
    """Her page, with the session and the load that it had, by another server."""
    again = desk._came(Person(desk, person.name, person.id, person.headers))
    return again, again.tab(tab=tab.name, nonce=tab.nonce)


def test_who_stays_away_goes_in_time_and_who_comes_back_keeps_all(template: Path, tmp_path: Path) -> None:
    with house(template, tmp_path / "desk", 2) as (dying, other):
        bianca, hanna = dying.person("bianca"), dying.person("hanna")
        first, second = opened(bianca, "VIP"), opened(bianca, "VIP")
        inside = [Watch(other.person("omid"), ticket) for ticket in (first, second)]
        tabs = bianca.opens(first, "writing_reply"), hanna.opens(second, "writing_reply")
        fence = bianca.locks(first).ok()["fence"]
        hanna.locks(second).ok()
        bianca.drafts(first, "Dear Nora").ok()

        def are_shown() -> bool:
            named = zip(inside, ("Bianca", "Hanna"), strict=True)
            return all(watch.shows({name: "writing_reply"}, name) for watch, name in named)

        eventually(are_shown, "the other server shows both")
        since = [len(watch.told()) for watch in inside]
        dying.kill()
        killed = time.monotonic()
        again, tab = comes_by(other, bianca, tabs[0])
        tab.watches(f"ticket/{first}")
        tab.writes(first)
        assert again.locks(first).ok()["fence"] == fence
        eventually(lambda: "Hanna" not in inside[1].told()[-1][0], "Hanna is gone", GONE_AFTER + LOOK)
        gone = time.monotonic() - killed
        assert gone > GONE_AFTER - 2.5, "she might have come back"
        eventually(lambda: inside[1].told()[-1][1] is None, "her lock is free", CERTAIN_AFTER)
        free = time.monotonic() - killed
        while_shown = {holder for who, holder in inside[1].told()[since[1] :] if "Hanna" in who}
        assert while_shown <= {"Hanna"}, "it was free while she was still shown"
        _, back = comes_by(other, hanna, tabs[1])
        back.watches(f"ticket/{second}")
        back.is_here(f"ticket/{second}")
        eventually(lambda: inside[1].told()[-1] == ({"Hanna": "viewing"}, None), "Hanna is back")
        stayed = inside[0].told()[since[0] :]
        assert {who.get("Bianca") for who, _ in stayed} <= {"writing_reply", "viewing"}
        assert {holder for _, holder in stayed} <= {"Bianca"}
        assert again.locks(first).ok()["fence"] == fence
        assert [one["body"] for one in again.get(f"/tickets/{first}/drafts").ok()["drafts"]] == ["Dear Nora"]
        assert "left" not in {doing for who, _ in inside[1].told() for doing in who.values()}
        dying.nobody_stays()
        other.nobody_stays()
    print(f"\na server killed: gone by the other after {gone:.1f} s, the lock free after {free:.1f} s")
