"""The rules of presence as plain values: a board, moments, and what the others see."""

from collections.abc import Callable
from typing import Any

import pytest

from elbowroom.together.presence import Board

BIANCA, HANNA = 2, 3
T = "ticket/1"
Put = Callable[..., Any]


@pytest.fixture
def board() -> Board:
    board = Board(started=-100.0)
    for key, person, name in (("b1", BIANCA, "Bianca"), ("b2", BIANCA, "Bianca"), ("h", HANNA, "Hanna")):
        board.join(key, person, name, 0.0)
    return board


def seen(board: Board, now: float, place: str = T) -> dict[str, str]:
    return {one["name"]: one["doing"] for one in board.crowd(place, now)["people"]}


def alive(board: Board, now: float) -> None:
    for key in board.entries:
        board.heard(key, now)


def test_a_closed_socket_keeps_its_place_for_five_seconds(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.close("h", 1.0)
    assert board.tick(5.9, 5.9) == []
    assert seen(board, 5.9) == {"Hanna": "viewing"}
    assert [(one.place, one.left) for one in board.tick(6.0, 6.0)] == [(T, HANNA)]
    assert seen(board, 6.0) == {"Hanna": "left"}


def test_a_reload_never_flickers(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.close("h", 1.0)
    board.join("h-reloaded", HANNA, "Hanna", 2.0)
    board.here("h-reloaded", T, "viewing", 3.0, 3.0)
    changes = board.tick(6.5, 6.5)
    assert all(change.left is None for change in changes)
    assert seen(board, 6.5) == {"Hanna": "viewing"}


def test_the_ghost_of_the_same_load_is_replaced_in_its_place(board: Board) -> None:
    board.here("h", T, "writing_reply", 0.0, 0.0)
    board.close("h", 1.0)
    assert board.join("h", HANNA, "Hanna", 4.0) == []
    board.tick(8.0, 8.0)
    assert seen(board, 8.0) == {"Hanna": "writing_reply"}


def test_a_silent_cut_is_noticed_after_twelve_seconds(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.heard("h", 4.0)
    board.tick(15.9, 15.9)
    assert seen(board, 15.9) == {"Hanna": "viewing"}
    board.tick(16.0, 16.0)
    assert seen(board, 16.0) == {"Hanna": "left"}


@pytest.mark.parametrize("doing", ["viewing", "writing_reply", "writing_note"])
def test_a_page_that_is_stuck_is_idle_while_its_browser_answers(board: Board, doing: Any) -> None:
    board.here("h", T, doing, 0.0, 0.0)
    for moment in (8.0, 11.9):
        board.lives("h", moment)
    board.tick(11.9, 11.9)
    assert seen(board, 11.9) == {"Hanna": "viewing"}
    assert [(one.place, one.left) for one in board.tick(12.0, 12.0)] == [(T, None)]
    assert seen(board, 12.0) == {"Hanna": "idle"}
    board.lives("h", 500.0)
    board.tick(500.0, 500.0)
    assert seen(board, 500.0) == {"Hanna": "idle"}
    board.tick(512.0, 512.0)
    assert seen(board, 512.0) == {"Hanna": "left"}


def test_a_page_that_goes_on_does_what_it_did(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.lives("h", 12.0)
    board.tick(12.0, 12.0)
    assert seen(board, 12.0) == {"Hanna": "idle"}
    board.heard("h", 13.0)
    assert [one.place for one in board.tick(13.0, 13.0)] == [T]
    assert seen(board, 13.0) == {"Hanna": "viewing"}


@pytest.mark.parametrize("doing", ["writing_reply", "writing_note"])
def test_writing_lapses_ten_seconds_after_the_last_key(board: Board, doing: Any) -> None:
    board.here("h", T, doing, 0.0, 0.0)
    board.here("h", T, doing, 5.0, 5.0)
    alive(board, 14.0)
    assert seen(board, 14.9) == {"Hanna": doing}
    assert [change.place for change in board.tick(15.0, 15.0)] == [T]
    assert seen(board, 15.0) == {"Hanna": "viewing"}


def test_nobody_at_the_keyboard_for_five_minutes_is_idle(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    alive(board, 299.0)
    board.tick(299.9, 299.9)
    assert seen(board, 299.9) == {"Hanna": "viewing"}
    assert [change.place for change in board.tick(300.0, 300.0)] == [T]
    assert seen(board, 300.0) == {"Hanna": "idle"}
    assert [change.place for change in board.at_keyboard("h", 301.0, 301.0)] == [T]
    assert seen(board, 301.0) == {"Hanna": "viewing"}


def test_a_message_without_a_hand_on_the_keyboard_wakes_nobody(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    alive(board, 299.0)
    board.here("h", T, "viewing", 299.0, 299.0, input=False)
    assert seen(board, 301.0) == {"Hanna": "idle"}
    board.here("h", T, "viewing", 302.0, 302.0)
    assert seen(board, 302.0) == {"Hanna": "viewing"}


def test_a_hidden_tab_is_idle_and_not_gone(board: Board) -> None:
    board.here("h", T, "idle", 0.0, 0.0)
    assert seen(board, 1.0) == {"Hanna": "idle"}


def test_left_is_kept_for_fifteen_minutes(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.leave("h", 10.0, 10.0)
    board.tick(909.9, 909.9)
    assert seen(board, 909.9) == {"Hanna": "left"}
    assert [change.place for change in board.tick(910.0, 910.0)] == [T]
    assert seen(board, 910.0) == {}
    assert T not in board.gone
    assert T not in board.on


def test_who_comes_back_has_not_left(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    board.here("h", "ticket/2", "viewing", 1.0, 1.0)
    assert seen(board, 1.0) == {"Hanna": "left"}
    board.here("h", T, "viewing", 2.0, 2.0)
    assert seen(board, 2.0) == {"Hanna": "viewing"}
    assert seen(board, 2.0, "ticket/2") == {"Hanna": "left"}


def test_the_strongest_of_her_tabs_is_shown(board: Board) -> None:
    ladder: list[Any] = ["idle", "viewing", "writing_note", "writing_reply"]
    board.here("b1", T, "idle", 0.0, 0.0)
    for doing in ladder:
        board.here("b2", T, doing, 1.0, 1.0)
        assert seen(board, 1.0) == {"Bianca": doing}
    board.here("b2", T, "idle", 2.0, 2.0)
    board.here("b1", T, "viewing", 2.0, 2.0)
    assert seen(board, 2.0) == {"Bianca": "viewing"}


def test_a_person_leaves_with_her_last_tab(board: Board) -> None:
    board.here("b1", T, "viewing", 0.0, 0.0)
    board.here("b2", T, "viewing", 0.0, 0.0)
    assert [change.left for change in board.leave("b1", 1.0, 1.0)] == [None]
    assert board.is_on(BIANCA, T)
    assert [change.left for change in board.leave("b2", 1.0, 1.0)] == [BIANCA]
    assert not board.is_on(BIANCA, T)


def test_above_twenty_people_names_give_way_to_a_number(board: Board) -> None:
    for one in range(100, 122):
        board.join(str(one), one, f"Agent {one}", 0.0)
        board.here(str(one), T, "writing_reply" if one == 121 else "viewing", 0.0, float(one))
    crowd = board.crowd(T, 1.0)
    assert (len(crowd["people"]), crowd["more"]) == (20, 2)
    assert crowd["people"][0]["name"] == "Agent 121"


def test_a_board_settles_for_five_seconds() -> None:
    board = Board(started=50.0)
    assert board.is_settling(54.9)
    assert not board.is_settling(55.0)


def test_places_lie_within_places_and_move(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0, within="inbox/1")
    assert list(board.places_within("inbox/1")) == [T]
    board.move(T, "inbox/2")
    assert list(board.places_within("inbox/1")) == []
    assert board.around(T) == "inbox/2"


def test_a_place_where_all_have_left_moves_with_its_traces(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0, within="inbox/1")
    board.leave("h", 1.0, 1.0)
    assert [change.around for change in board.move(T, "inbox/2")] == ["inbox/2"]
    assert list(board.places_within("inbox/2")) == [T]
    assert list(board.places_within("inbox/1")) == []


def test_an_empty_place_that_moves_is_told_as_empty_where_it_lies_now(board: Board) -> None:
    assert [change.around for change in board.move(T, "inbox/2")] == ["inbox/2"]
    assert list(board.places_within("inbox/2")) == []


def test_those_around_hear_of_the_last_trace_that_goes(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0, within="inbox/1")
    board.leave("h", 10.0, 10.0)
    assert [(change.place, change.around) for change in board.tick(910.0, 910.0)] == [(T, "inbox/1")]
    assert board.around(T) is None


def test_whoever_may_not_be_there_leaves_no_trace(board: Board) -> None:
    board.here("h", T, "viewing", 0.0, 0.0)
    assert [change.left for change in board.step_off("h", 1.0)] == [HANNA]
    assert seen(board, 1.0) == {}


def test_a_place_that_others_look_at_now_is_cleared_of_all(board: Board) -> None:
    board.here("h", T, "writing_reply", 0.0, 0.0)
    board.here("b1", T, "viewing", 0.0, 0.0)
    board.leave("b1", 1.0, 1.0)
    assert board.clear(T, 2.0) == {"h": "writing_reply"}
    assert seen(board, 2.0) == {}
    assert not board.is_on(HANNA, T)


def test_whoever_is_unknown_changes_nothing(board: Board) -> None:
    assert board.here("nobody", T, "viewing", 0.0, 0.0) == []
    assert board.leave("nobody", 0.0, 0.0) == []
    assert board.at_keyboard("nobody", 0.0, 0.0) == []
    board.close("nobody", 0.0)
    board.heard("nobody", 0.0)
    assert seen(board, 0.0) == {}


def test_whoever_hid_elsewhere_leaves_no_trace_where_she_comes_back(board: Board) -> None:
    board.join("b", 2, "Bianca", 0)
    board.here("b", T, "viewing", 0, 0)
    board.leave("b", 1, 1)
    assert seen(board, 1) == {"Bianca": "left"}
    assert [change.place for change in board.join("c", 2, "Bianca", 2, hidden=True)] == [T]
    assert seen(board, 2) == {}
