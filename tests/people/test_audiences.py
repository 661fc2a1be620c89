"""Who gets to hear it: the audience is the place's own, whatever happened there."""

from elbowroom.kit import journal

from .conftest import BILLING, SUPPORT, Browser, Desk


def test_every_fact_is_for_its_own_place_alone(desk: Desk, ada: Browser, bianca: Browser) -> None:
    version = bianca.get("/me").json()["version"]
    values = {"name": "Bianca R.", "role": "manager", "departments": [SUPPORT, BILLING]}
    ada.send("PATCH", f"/people/{bianca.id}", {"from_version": version, **values})
    ada.send("PATCH", f"/departments/{BILLING}", {"from_version": 1, "name": "Money"})
    bianca.send("PATCH", "/me", {"theme": "dark", "name": "Bianca"})
    bianca.send("POST", "/tokens", {"name": "script", "scopes": ["read"]})
    facts = desk.read(lambda read: journal.after(read, 0))
    assert {fact.kind for fact in facts} > {"person_joined", "person_changed", "account_changed", "department_changed"}
    for fact in facts:
        assert fact.audience == fact.place.replace("/", ":"), fact


def test_whoever_changes_someone_does_not_hear_what_is_hers_alone(ada: Browser, bianca: Browser) -> None:
    version = bianca.get("/me").json()["version"]
    answer = ada.send("PATCH", f"/people/{bianca.id}", {"from_version": version, "role": "manager"})
    assert [fact["place"] for fact in answer.json()["facts"]] == [f"department/{SUPPORT}"]
    own = bianca.send("PATCH", "/me", {"name": "Bianca R."})
    assert [fact["place"] for fact in own.json()["facts"]] == [f"person/{bianca.id}", f"department/{SUPPORT}"]
