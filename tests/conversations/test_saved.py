"""Saved replies: a department's, kept by its managers, and each agent's own."""

from typing import Any

from tests.cast import BILLING, SUPPORT, Answer, Person


def saves(who: Person, name: str = "Thanks", department: int | None = None, body: str = "Thank you.") -> Answer:
    return who.send("POST", "/saved-replies", {"name": name, "body": body, "department": department})


def names(who: Person) -> list[str]:
    return [one["name"] for one in who.get("/saved-replies").ok()["saved"]]


def changes(who: Person, saved: Any, from_version: int | None = None, **values: str) -> Answer:
    version = saved["version"] if from_version is None else from_version
    return who.send("PATCH", f"/saved-replies/{saved['id']}", {"from_version": version, **values})


def test_what_she_saves_for_herself_nobody_else_has(bianca: Person, hanna: Person) -> None:
    made = saves(bianca, "Mine alone").ok()
    assert "Mine alone" in names(bianca)
    assert "Mine alone" not in names(hanna)
    assert changes(hanna, made, name="Hers").status == 404
    assert hanna.send("DELETE", f"/saved-replies/{made['id']}").status == 404


def test_a_departments_are_everyones_there_and_its_managers_to_change(
    omid: Person, bianca: Person, lena: Person
) -> None:
    tab = bianca.watches(f"department/{SUPPORT}")
    made = saves(omid, "For all", SUPPORT).ok()
    assert tab.hears_fact("saved_reply_changed")["data"]["saved"]["name"] == "For all"
    assert "For all" in names(bianca)
    assert "For all" not in names(lena)
    assert saves(bianca, "Not so", SUPPORT).problem == "forbidden"
    assert changes(bianca, made, body="Other").problem == "forbidden"
    assert changes(lena, made, body="Other").status == 404
    assert saves(omid, "Not there", BILLING).status == 404


def test_who_saw_an_older_one_is_shown_the_newer(omid: Person, ada: Person) -> None:
    made = saves(omid, "Stale", SUPPORT).ok()
    newer = changes(ada, made, body="Thank you very much.").ok()
    refused = changes(omid, made, body="Thanks a lot.")
    assert (refused.status, refused.problem) == (409, "stale")
    field = refused["fields"]["body"]
    assert (field["value"], field["by"]["name"]) == ("Thank you very much.", "Ada")
    assert changes(omid, made, from_version=newer["version"], body="Thanks a lot.").ok()["body"] == "Thanks a lot."


def test_what_is_deleted_is_gone(omid: Person, bianca: Person) -> None:
    made = saves(omid, "Short-lived", SUPPORT).ok()
    omid.send("DELETE", f"/saved-replies/{made['id']}").ok()
    assert "Short-lived" not in names(bianca)
    assert changes(omid, made, body="Back").status == 404


def test_it_has_a_name_and_a_text(bianca: Person) -> None:
    assert saves(bianca, "  ")["errors"][0]["field"] == "name"
    assert saves(bianca, body="\n\n")["errors"][0]["field"] == "body"
    assert saves(bianca, "x" * 81)["errors"][0]["field"] == "name"
