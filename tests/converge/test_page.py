"""The page's own rules, with messages made by hand: gaps, order, what is known already."""

from typing import Any

import pytest

from tests.converge.page import OutOfOrder, Page

PLACE = "ticket/1"
WELCOME = {"type": "welcome", "me": {}, "epoch": "e", "position": 9, "mark": 5, "resumed": False}


@pytest.fixture
def page() -> Page:
    """It watches a ticket and has its snapshot, as of version 3 and frame 7."""
    page = Page()
    page.watch(PLACE)
    assert page.hear(WELCOME) == [{"type": "watch", "place": PLACE, "known": False}]
    ticket = {
        "version": 3,
        "subject": "Lamp",
        "labels": [],
        "label_ids": [],
        "versions": {"subject": 1},
        "head": 1,
        "changed_at": "",
    }
    state = {"ticket": ticket, "messages": [], "drafts": [], "held": []}
    page.hear({"type": "snapshot", "place": PLACE, "n": 7, "version": 3, "state": state, "crowds": []})
    return page


def fact(version: int, subject: str) -> dict[str, Any]:
    data = {"field": "subject", "set": {"subject": subject}}
    return {"place": PLACE, "version": version, "position": version, "kind": "field_changed", "at": "", "data": data}


def facts(n: int, *told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "facts", "place": PLACE, "n": n, "facts": list(told)}


def subject(page: Page) -> str:
    return str(page.shows(PLACE)["ticket"]["subject"])


def test_the_next_frame_is_applied(page: Page) -> None:
    assert page.hear(facts(8, fact(4, "Bulb"))) == []
    assert (subject(page), page.is_live) == ("Bulb", True)


def test_a_missing_frame_asks_for_a_snapshot_and_shows_nothing_of_what_came_after(page: Page) -> None:
    assert page.hear(facts(9, fact(5, "Fuse"))) == [{"type": "watch", "place": PLACE, "known": False}]
    assert (subject(page), page.is_live) == ("Lamp", False)
    assert page.hear(facts(10, fact(6, "Plug"))) == []
    assert subject(page) == "Lamp"


def test_a_frame_heard_before_is_ignored(page: Page) -> None:
    page.hear(facts(8, fact(4, "Bulb")))
    assert page.hear(facts(8, fact(5, "Fuse"))) == []
    assert subject(page) == "Bulb"


def test_a_fact_that_the_snapshot_knew_changes_nothing(page: Page) -> None:
    page.hear(facts(8, fact(3, "Old"), fact(4, "Bulb")))
    assert subject(page) == "Bulb"


def test_a_stream_never_goes_back(page: Page) -> None:
    page.hear(facts(8, fact(4, "Bulb")))
    with pytest.raises(OutOfOrder):
        page.hear(facts(9, fact(4, "Bulb")))


def test_an_answer_shows_at_once_and_gives_way_to_nothing_older(page: Page) -> None:
    page.answered([fact(6, "Mine")])
    assert subject(page) == "Mine"
    page.hear(facts(8, fact(4, "Bulb"), fact(5, "Fuse")))
    assert subject(page) == "Mine"
    page.hear(facts(9, fact(6, "Mine"), fact(7, "Plug")))
    assert subject(page) == "Plug"


def test_a_cursor_moves_only_while_nothing_is_owed(page: Page) -> None:
    beat = {"type": "heartbeat", "epoch": "e", "position": 12, "mark": 6}
    page.hear(facts(9, fact(5, "Fuse")))
    page.hear(beat)
    assert page.position == 9
    page.streams.clear()
    page.owed.clear()
    page.hear(beat)
    assert (page.position, page.mark) == (12, 6)


def test_after_a_cut_it_resumes_what_it_knows(page: Page) -> None:
    page.cut()
    assert page.hello("tab", "nonce")["resume"] == {"epoch": "e", "position": 9, "mark": 5}
    assert page.hear({**WELCOME, "resumed": True}) == [{"type": "watch", "place": PLACE, "known": True}]
    page.hear({"type": "resumed", "place": PLACE, "n": 0, "version": 4, "facts": [fact(4, "Bulb")], "rows": [],
               "gone": [], "crowds": []})  # fmt: skip
    assert (subject(page), page.is_live) == ("Bulb", True)


def test_another_epoch_forgets_everything(page: Page) -> None:
    page.cut()
    assert page.hear({**WELCOME, "epoch": "f"}) == [{"type": "watch", "place": PLACE, "known": False}]
    assert page.places == {}


def test_rows_are_applied_by_version_whether_they_come_or_go() -> None:
    page = Page()
    page.watch("inbox/1")
    page.hear(WELCOME)
    state: dict[str, Any] = {"inbox": {}, "counts": []}
    page.hear({"type": "snapshot", "place": "inbox/1", "n": 0, "version": 0, "state": state, "crowds": []})
    before = page.is_live
    assert before is False  # its list is not read yet

    def told(n: int, rows: list[Any], gone: list[Any]) -> None:
        page.hear({"type": "rows", "place": "inbox/1", "n": n, "rows": rows, "gone": gone, "counts": None})

    told(1, [{"id": 1, "version": 5}], [{"id": 2, "version": 7, "why": "deleted"}])
    page.listed("inbox/1", [{"id": 1, "version": 4}, {"id": 2, "version": 6}, {"id": 3, "version": 1}])
    assert page.is_live
    assert {row["id"]: row["version"] for row in page.places["inbox/1"].rows.values()} == {1: 5, 3: 1}
    told(2, [{"id": 2, "version": 8}], [{"id": 3, "version": 2, "why": "moved"}])
    assert set(page.places["inbox/1"].rows) == {1, 2}
