from typing import Any

from elbowroom.people import agents, colleagues

from .conftest import BILLING, SUPPORT, Browser, Desk


def version(ada: Browser, person: int) -> Any:
    return next(one["version"] for one in ada.get("/people").json()["people"] if one["id"] == person)


def change(ada: Browser, person: Browser, **values: object):
    return ada.send("PATCH", f"/people/{person.id}", {"from_version": version(ada, person.id), **values})


def rights(desk: Desk, person: int) -> int:
    return desk.viewer(person).rights


def test_a_new_role_is_felt_at_once(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = rights(desk, bianca.id)
    desk.told.clear()
    answer = change(ada, bianca, role="manager")
    assert answer.json()["role"] == "manager"
    assert bianca.get("/me").json()["role"] == "manager"
    assert rights(desk, bianca.id) == before + 1
    assert ("rights", bianca.id) in desk.told


def test_a_new_name_alone_changes_no_right(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = rights(desk, bianca.id)
    assert change(ada, bianca, name="Bianca R.").json()["name"] == "Bianca R."
    assert rights(desk, bianca.id) == before


def test_only_administrators_change_people(ada: Browser, omid: Browser, bianca: Browser) -> None:
    body = {"from_version": version(ada, bianca.id), "role": "administrator"}
    for someone in (omid, bianca):
        assert someone.send("PATCH", f"/people/{bianca.id}", body).status_code == 403
        assert someone.get("/people").status_code == 403
    assert bianca.get("/me").json()["role"] == "agent"


def test_a_stale_form_shows_the_newer_values_and_who_set_them(ada: Browser, bianca: Browser) -> None:
    old = version(ada, bianca.id)
    change(ada, bianca, name="Bianca R.")
    answer = ada.send("PATCH", f"/people/{bianca.id}", {"from_version": old, "name": "B.", "role": "manager"})
    assert answer.status_code == 409
    stale = answer.json()
    assert stale["type"] == "/problems/stale"
    assert stale["fields"]["name"]["value"] == "Bianca R."
    assert stale["fields"]["name"]["by"] == {"id": ada.id, "name": "Ada"}
    assert stale["fields"]["role"]["value"] == "agent"
    assert stale["fields"]["name"]["version"] == version(ada, bianca.id)
    assert bianca.get("/me").json()["role"] == "agent"  # all or nothing


def test_a_version_of_the_future_is_stale_too(ada: Browser, bianca: Browser) -> None:
    body = {"from_version": 999, "name": "B."}
    assert ada.send("PATCH", f"/people/{bianca.id}", body).status_code == 409


def test_her_own_settings_make_no_form_stale(ada: Browser, bianca: Browser) -> None:
    old = version(ada, bianca.id)
    bianca.send("PATCH", "/me", {"theme": "dark", "language": "de"})
    assert ada.send("PATCH", f"/people/{bianca.id}", {"from_version": old, "name": "B."}).status_code == 200


def test_the_same_value_again_is_no_change(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = len(desk.facts(f"person/{bianca.id}"))
    answer = ada.send("PATCH", f"/people/{bianca.id}", {"from_version": 0, "role": "agent"})
    assert answer.status_code == 200
    assert answer.json()["facts"] == []
    assert len(desk.facts(f"person/{bianca.id}")) == before


def test_the_last_administrator_stays_one(ada: Browser, bianca: Browser) -> None:
    for values in ({"role": "agent"}, {"disabled": True}):
        answer = change(ada, ada, **values)
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/last-administrator"
    assert ada.get("/people").status_code == 200
    change(ada, bianca, role="administrator")
    assert change(ada, ada, role="agent").status_code == 200
    assert ada.get("/people").status_code == 403


def test_neither_a_bot_nor_a_disabled_one_counts_as_an_administrator(desk: Desk, ada: Browser, bianca: Browser) -> None:
    desk.write(lambda tx: agents.make(tx, "bot@desk.example", "Bot", "administrator", kind="bot"))
    change(ada, bianca, role="administrator")
    change(ada, bianca, disabled=True)
    assert change(ada, ada, role="agent").status_code == 409


def test_a_disabled_person_is_out_at_once_and_nothing_old_comes_back(desk: Desk, ada: Browser, bianca: Browser) -> None:
    token = bianca.send("POST", "/tokens", {"name": "script", "scopes": ["read"]}).json()["token"]
    assert change(ada, bianca, disabled=True).json()["disabled"] is True
    assert bianca.get("/me").status_code == 401
    assert desk.browser().sign_in("bianca@desk.example").json()["type"] == "/problems/wrong-password"
    assert change(ada, bianca, disabled=False).status_code == 200
    assert bianca.get("/me").status_code == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert desk.browser().client.get("/api/me", headers=bearer).status_code == 401
    assert desk.browser().sign_in("bianca@desk.example").status_code == 200


def test_colleagues_hear_what_changed_and_outsiders_do_not(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = len(desk.facts(f"department/{BILLING}"))
    change(ada, bianca, name="Bianca R.")
    heard = desk.facts(f"department/{SUPPORT}")[-1]
    assert heard["kind"] == "person_changed"
    assert heard["data"]["person"]["name"] == "Bianca R."
    assert len(desk.facts(f"department/{BILLING}")) == before


def test_a_department_hears_who_joined_and_left_and_not_where_else_she_is(
    desk: Desk, ada: Browser, bianca: Browser
) -> None:
    change(ada, bianca, departments=[BILLING])
    left = desk.facts(f"department/{SUPPORT}")[-1]
    joined = desk.facts(f"department/{BILLING}")[-1]
    assert (left["kind"], left["data"]) == ("person_left", {"id": bianca.id})
    assert joined["kind"] == "person_joined"
    assert "departments" not in joined["data"]["person"]
    assert bianca.get("/me").json()["departments"] == [BILLING]


def test_a_replayed_fact_tells_nothing_new_of_someone_who_left(desk: Desk, ada: Browser, bianca: Browser) -> None:
    change(ada, bianca, name="Bianca R.")
    change(ada, bianca, departments=[BILLING])
    change(ada, bianca, name="Secret name")
    assert "Secret name" not in str(desk.facts(f"department/{SUPPORT}"))


def test_her_own_page_hears_her_new_rights(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = bianca.get("/me").json()
    change(ada, bianca, role="manager", departments=[SUPPORT, BILLING])
    told = desk.facts(f"person/{bianca.id}")[-1]
    assert {**before, **told["data"]["set"]} == bianca.get("/me").json()
    assert told["version"] == bianca.get("/me").json()["version"]


def test_an_administrator_belongs_to_every_department(desk: Desk, ada: Browser, bianca: Browser) -> None:
    change(ada, bianca, role="administrator")
    assert bianca.get("/me").json()["departments"] == [SUPPORT, BILLING]
    assert desk.facts(f"department/{BILLING}")[-1]["kind"] == "person_joined"
    change(ada, bianca, role="agent")
    assert bianca.get("/me").json()["departments"] == [SUPPORT]
    assert desk.facts(f"department/{BILLING}")[-1]["kind"] == "person_left"


def test_an_unknown_department_is_refused(ada: Browser, bianca: Browser) -> None:
    answer = change(ada, bianca, departments=[SUPPORT, 77])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "departments"


def test_a_name_with_a_line_break_never_gets_near_a_mail_header(ada: Browser, bianca: Browser) -> None:
    assert change(ada, bianca, name="Bianca\r\nBcc: evil@example.org").status_code == 422
    assert change(ada, bianca, name="Bianca").status_code == 200


def test_a_person_who_does_not_exist_is_not_found(ada: Browser) -> None:
    assert ada.send("PATCH", "/people/999", {"from_version": 1, "name": "Nobody"}).status_code == 404


def test_whom_she_sees(desk: Desk, lena: Browser, bianca: Browser, ada: Browser) -> None:
    def names(person: int) -> list[str]:
        viewer = desk.viewer(person)
        return [one["name"] for one in desk.read(lambda read: colleagues.colleagues(read, viewer))]

    assert names(lena.id) == ["Ada", "Lena"]
    assert names(bianca.id) == ["Ada", "Bianca", "Hanna", "Omid"]
    assert names(ada.id) == ["Ada", "Bianca", "Hanna", "Omid", "Lena"]


def test_she_sees_of_a_colleague_only_the_departments_that_are_hers(desk: Desk, ada: Browser, bianca: Browser) -> None:
    hanna = next(one for one in ada.get("/people").json()["people"] if one["name"] == "Hanna")
    body = {"from_version": hanna["version"], "departments": [SUPPORT, BILLING]}
    ada.send("PATCH", f"/people/{hanna['id']}", body)
    viewer = desk.viewer(bianca.id)
    seen = desk.read(lambda read: colleagues.colleagues(read, viewer))
    assert {one["name"]: one["departments"] for one in seen} == {
        name: [SUPPORT] for name in ("Ada", "Bianca", "Hanna", "Omid")
    }
