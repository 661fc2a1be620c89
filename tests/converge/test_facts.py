"""For every kept fact: state + facts == a fresh fetch. A kind that the code can announce and nobody tries fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from elbowroom.conversations.replying import delivery
from elbowroom.people.customers import find_or_make, find_or_make_by_phone
from elbowroom.tickets import followers
from elbowroom.tickets.tables import tickets
from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually
from tests.converge.follow import Follower
from tests.converge.kinds import announced

BORN = {"ticket_opened", "account_made", "department_made"}  # the first fact of its place: nobody can watch it before
UNHEARD = {
    "ticket_left": "the last word to those who lose it; tested below",
    "ticket_erased": "the last word of all; tests/tickets/test_erase.py",
}


@dataclass
class Scene:
    desk: Desk
    ada: Person
    bianca: Person
    hanna: Person
    omid: Person
    nora: Nora
    ticket: int

    def waiting(self) -> int:
        return int(self.bianca.replies(self.ticket, "Change the fuse.")["message"]["number"])

    def sent(self) -> int:
        message = self.bianca.replies(self.ticket, "Change the fuse.")["message"]
        self.desk.travel(UNDO_FOR)
        eventually(lambda: self.bianca.messages(self.ticket)[-1]["state"] != "waiting", "it was carried")
        return int(message["id"])

    def mentions_hanna(self) -> None:
        self.bianca.notes(self.ticket, "@Hanna?", mentions=[self.hanna.id]).ok()

    def held(self) -> int:
        return int(self.hanna.replies(self.ticket, "And the bulb.", seen=0)["held"])

    def person(self, name: str) -> dict[str, Any]:
        people = self.ada.get("/people").ok()["people"]
        return next(one for one in people if one["name"] == name)

    def changes_bianca(self, **values: Any) -> None:
        bianca = next(one for one in self.ada.get("/people").ok()["people"] if one["id"] == self.bianca.id)
        self.ada.send("PATCH", f"/people/{bianca['id']}", {"from_version": bianca["version"], **values}).ok()

    def refuses(self) -> int:
        self.desk.postman.words = "550 no such user"
        self.sent()
        self.desk.postman.words = ""
        return int(self.bianca.messages(self.ticket)[-1]["number"])


def _labelled_and_not(scene: Scene) -> None:
    label = f"lamp {scene.ticket}"
    scene.bianca.labels(scene.ticket, label).ok()
    scene.bianca.labels(scene.ticket, f"Äpfel {scene.ticket}").ok()
    scene.bianca.unlabels(scene.ticket, label.upper()).ok()


def _worn_by_two(scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two labels that nobody else has; the ticket wears both, and one of them last."""
    for name in ("lamps", "lighting"):
        scene.bianca.labels(scene.ticket, f"{name} {scene.ticket}").ok()
    lighting, lamps = (_label(scene, f"{name} {scene.ticket}") for name in ("lighting", "lamps"))
    return lamps, lighting


def _label(scene: Scene, name: str) -> dict[str, Any]:
    return next(one for one in scene.ada.get("/departments/1/labels").body if one["name"] == name)


def _renamed_label(scene: Scene) -> None:
    lamps, _ = _worn_by_two(scene)
    asked = {"name": f"zz lamps {scene.ticket}", "from_version": lamps["version"]}
    scene.ada.send("PATCH", f"/labels/{lamps['id']}", asked).ok()


def _merged_label(scene: Scene) -> None:
    lamps, lighting = _worn_by_two(scene)
    asked = {"into": lighting["id"], "from_version": lamps["version"]}
    scene.ada.send("POST", f"/labels/{lamps['id']}/merge", asked).ok()


def _deleted_label(scene: Scene) -> None:
    lamps, _ = _worn_by_two(scene)
    scene.ada.send("DELETE", f"/labels/{lamps['id']}?from_version={lamps['version']}").ok()


def _other(scene: Scene) -> int:
    """Another ticket, of a customer of its own."""
    asked = {"subject": "The same lamp", "requester": "karl@customer.example", "body": "It is dark.", "inbox": 6}
    return int(scene.bianca.send("POST", "/tickets", asked).ok()["id"])


def _merged_there(scene: Scene) -> int:
    other = _other(scene)
    scene.bianca.labels(scene.ticket, f"lamp {scene.ticket}").ok()
    scene.waiting()
    scene.bianca.send("POST", f"/tickets/{scene.ticket}/merge", {"into": other}).ok()
    return other


def _merged_here(scene: Scene) -> int:
    other = _other(scene)
    scene.bianca.labels(other, f"lamp {scene.ticket}").ok()
    scene.desk.write(lambda tx: _spoke_up(tx, other, "eve@customer.example"))
    scene.bianca.send("POST", f"/tickets/{other}/merge", {"into": scene.ticket}).ok()
    return other


def _merged_and_parted(scene: Scene) -> None:
    other = _merged_here(scene)
    scene.nora.answers(other, "And the bulb.")
    scene.bianca.send("DELETE", f"/tickets/{other}/merge").ok()


def _split(scene: Scene) -> None:
    number = scene.nora.answers(scene.ticket, "And the bulb.")
    scene.bianca.send("POST", f"/tickets/{scene.ticket}/split", {"numbers": [number]}).ok()


def _paused(scene: Scene) -> None:
    scene.waiting()
    scene.nora.answers(scene.ticket, "It works again!")
    scene.desk.travel(UNDO_FOR)
    eventually(lambda: scene.bianca.held(scene.ticket), "it is held")


def _forced(scene: Scene) -> None:
    scene.bianca.locks(scene.ticket).ok()
    scene.desk.travel(5)
    scene.hanna.forces(scene.ticket).ok()


def _asked(scene: Scene) -> None:
    scene.bianca.locks(scene.ticket).ok()
    scene.ada.asks_for(scene.ticket).ok()


def _refused(scene: Scene) -> None:
    _asked(scene)
    scene.bianca.keeps(scene.ticket).ok()


def _handed(scene: Scene) -> None:
    scene.bianca.drafts(scene.ticket, "Half a word").ok()
    _asked(scene)
    scene.bianca.hands_over(scene.ticket, note="She wants a green one.", draft=True).ok()


def _bounced(scene: Scene) -> None:
    message = scene.sent()
    scene.desk.write(lambda tx: delivery.bounced(tx, message, "mailbox full"))


def _resent(scene: Scene) -> None:
    number = scene.refuses()
    scene.bianca.send("POST", f"/tickets/{scene.ticket}/replies/{number}/resend").ok()


def _restored(scene: Scene) -> None:
    scene.bianca.throws_away(scene.ticket).ok()
    scene.hanna.restores(scene.ticket).ok()


def _settled(scene: Scene) -> None:
    scene.hanna.send("DELETE", f"/held/{scene.held()}").ok()


def _sent_late(scene: Scene) -> None:
    scene.bianca.schedules(scene.ticket, "In an hour.", 3600).ok()
    taken = scene.bianca.schedules(scene.ticket, "In two hours.", 7200).ok()["scheduled"]["id"]
    scene.bianca.unschedules(scene.ticket, taken).ok()
    scene.desk.travel(3600)
    eventually(lambda: scene.bianca.messages(scene.ticket)[-1]["kind"] == "reply", "it left")


def _held_and_settled(scene: Scene) -> None:
    scene.held()
    _settled(scene)


def _followed(scene: Scene) -> None:
    """Carl spoke up and is accepted, Eve spoke up, Dora was added."""
    for who in ("carl", "eve"):
        scene.desk.write(lambda tx, who=who: _spoke_up(tx, scene.ticket, f"{who}@customer.example"))
    for who in ("dora", "carl"):
        scene.bianca.send("PUT", f"/tickets/{scene.ticket}/followers", {"email": f"{who}@customer.example"}).ok()


def _spoke_up(tx: Any, ticket: int, who: str) -> None:
    stored = tx.first(tickets.select().where(tickets.c.id == ticket))
    followers.propose(tx, stored, find_or_make(tx, who))


def _unfollowed(scene: Scene) -> None:
    _followed(scene)
    now = scene.bianca.sees(scene.ticket)
    for one in (now["followers"][0], now["unverified"][0]):
        scene.bianca.send("DELETE", f"/tickets/{scene.ticket}/followers/{one['id']}").ok()


def _addressed(scene: Scene) -> None:
    def verb(tx: Any) -> None:
        caller = find_or_make_by_phone(tx, "+49 30 123456", "Nora")
        tx.run(tickets.update().where(tickets.c.id == scene.ticket).values(requester=caller))

    scene.desk.write(verb)
    scene.bianca.send("PUT", f"/tickets/{scene.ticket}/requester", {"email": "nora@new.example"}).ok()


def _forwarded(scene: Scene) -> None:
    asked = {"number": 1, "recipients": {"to": ["repair@lamps.example"]}, "body": "Can you mend it?"}
    scene.bianca.send("POST", f"/tickets/{scene.ticket}/forwards", asked).ok()


def _refused_and_elsewhere(scene: Scene) -> None:
    scene.refuses()
    _restored(scene)
    scene.bianca.merges(scene.ticket, _other(scene)).ok()


def _let_go(scene: Scene) -> None:
    scene.refuses()
    message = scene.bianca.messages(scene.ticket)[-1]["id"]
    scene.bianca.send("DELETE", f"/undelivered/{message}").ok()


def _saved(scene: Scene, department: int | None = None) -> int:
    asked = {"name": "Thanks", "body": "Thank you.", "department": department}
    made = scene.ada.send("POST", "/saved-replies", asked).ok()
    change = {"from_version": made["version"], "body": "Thank you for your mail."}
    scene.ada.send("PATCH", f"/saved-replies/{made['id']}", change).ok()
    return int(made["id"])


def _unsaved(scene: Scene) -> None:
    scene.ada.send("DELETE", f"/saved-replies/{_saved(scene, 1)}").ok()


def _edited(scene: Scene) -> None:
    note = scene.bianca.notes(scene.ticket, "She called.").ok()["message"]["number"]
    scene.bianca.edits(scene.ticket, note, "She called twice.").ok()


def _read_notice(scene: Scene) -> None:
    scene.mentions_hanna()
    scene.mentions_hanna()
    notice = scene.hanna.get("/notices").ok()["notices"][0]["id"]
    scene.hanna.send("DELETE", f"/notices/{notice}").ok()


def _renamed_department(scene: Scene) -> None:
    now = scene.ada.get("/departments").ok()["departments"][0]
    scene.ada.send("PATCH", "/departments/1", {"from_version": now["version"], "name": "Help"}).ok()


def _joined(scene: Scene) -> None:
    scene.changes_bianca(departments=[2])
    scene.changes_bianca(departments=[1, 2])


def _token(scene: Scene) -> None:
    made = scene.bianca.send("POST", "/tokens", {"name": "script", "scopes": ["read"]}).ok()
    scene.bianca.send("DELETE", f"/tokens/{made['id']}").ok()


def _password(scene: Scene) -> None:
    words = {"current": "a quiet bicycle bell", "new": "another quiet bell"}
    scene.bianca.send("PUT", "/me/password", words).ok()


def _folder(scene: Scene, inbox: int = 6) -> int:
    asked = {"name": f"Folder {scene.ticket}"}
    return int(scene.ada.send("POST", f"/inboxes/{inbox}/folders", asked).ok()["id"])


def _filed(scene: Scene) -> int:
    folder = _folder(scene)
    scene.bianca.changes(scene.ticket, folder=folder).ok()
    return folder


def _filed_and_moved(scene: Scene) -> None:
    _filed(scene)
    scene.bianca.changes(scene.ticket, inbox=4).ok()


def _folder_removed(scene: Scene) -> None:
    folder = _filed(scene)
    scene.ada.send("DELETE", f"/folders/{folder}").ok()
    eventually(lambda: scene.bianca.sees(scene.ticket)["folder"] is None, "it is taken out")


def _unarchived(scene: Scene) -> None:
    scene.bianca.archives(scene.ticket).ok()
    scene.nora.answers(scene.ticket, "One thing more.")


Deed = Callable[[Scene], Any]
T, D = "ticket", "department/1"
CASES: dict[str, tuple[str, str, Deed]] = {
    # kind: (who looks, at which place, what happens)
    "message_added": ("hanna", T, lambda scene: scene.nora.answers(scene.ticket, "Hello?")),
    "auto_added": ("hanna", T, lambda scene: scene.nora.answers(scene.ticket, "Out of office.", is_auto=True)),
    "reply_submitted": ("hanna", T, lambda scene: scene.waiting()),
    "reply_left": ("hanna", T, lambda scene: scene.sent()),
    "reply_refused": ("hanna", T, lambda scene: scene.refuses()),
    "reply_resent": ("hanna", T, _resent),
    "reply_bounced": ("hanna", T, _bounced),
    "reply_withdrawn": ("hanna", T, lambda scene: scene.bianca.withdraws(scene.ticket, scene.waiting()).ok()),
    "reply_paused": ("hanna", T, _paused),
    "note_added": ("hanna", T, lambda scene: scene.bianca.notes(scene.ticket, "She called.").ok()),
    "note_edited": ("hanna", T, _edited),
    "notice_made": ("hanna", "person", lambda scene: scene.mentions_hanna()),
    "notice_read": ("hanna", "person", _read_notice),
    "field_changed": ("hanna", T, lambda scene: scene.bianca.changes(scene.ticket, subject="Lamp", status="closed", priority="high").ok()),  # noqa: E501
    "owner_changed": ("hanna", T, lambda scene: scene.bianca.takes(scene.ticket).ok()),
    "label_added": ("hanna", T, _labelled_and_not),
    "label_removed": ("hanna", T, _labelled_and_not),
    "follower_added": ("hanna", T, _followed),
    "follower_removed": ("hanna", T, _unfollowed),
    "requester_changed": ("hanna", T, _addressed),
    "forward_submitted": ("hanna", T, _forwarded),
    "lock_forced": ("hanna", T, _forced),
    "lock_asked": ("hanna", T, _asked),
    "lock_refused": ("hanna", T, _refused),
    "lock_handed": ("hanna", T, _handed),
    "ticket_merged": ("hanna", T, _merged_here),
    "ticket_unmerged": ("hanna", T, _merged_and_parted),
    "ticket_split": ("hanna", T, _split),
    "ticket_moved": ("hanna", T, _filed_and_moved),
    "ticket_archived": ("hanna", T, lambda scene: scene.bianca.archives(scene.ticket).ok()),
    "ticket_unarchived": ("hanna", T, _unarchived),
    "folder_changed": ("hanna", D, _folder),
    "folder_removed": ("hanna", D, _folder_removed),
    "bin_changed": ("hanna", D, lambda scene: scene.ada.send("PATCH", "/bin", {"days": 7}).ok()),
    "ticket_deleted": ("hanna", T, lambda scene: scene.bianca.throws_away(scene.ticket).ok()),
    "ticket_restored": ("hanna", T, _restored),
    "reply_held": ("hanna", "person", lambda scene: scene.held()),
    "held_settled": ("hanna", "person", _settled),
    "held_changed": ("omid", "managers/1", _held_and_settled),
    "reply_scheduled": ("hanna", T, lambda scene: scene.bianca.schedules(scene.ticket, "Tomorrow.", 86_400).ok()),
    "reply_unscheduled": ("hanna", T, _sent_late),
    "delivery_failed": ("bianca", "person", lambda scene: scene.refuses()),
    "delivery_settled": ("bianca", "person", _let_go),
    "delivery_changed": ("bianca", "person", _refused_and_elsewhere),
    "saved_reply_changed": ("hanna", D, lambda scene: _saved(scene, 1)),
    "saved_reply_removed": ("hanna", D, _unsaved),
    "label_made": ("hanna", D, _labelled_and_not),
    "label_renamed": ("hanna", D, _renamed_label),
    "label_merged": ("hanna", D, _merged_label),
    "label_deleted": ("hanna", D, _deleted_label),
    "inbox_changed": ("hanna", D, lambda scene: scene.ada.send("POST", "/inboxes", {"department": 1, "name": "New"}).ok()),  # noqa: E501
    "department_changed": ("hanna", D, _renamed_department),
    "person_changed": ("hanna", D, lambda scene: scene.changes_bianca(name="Bianca R.")),
    "person_left": ("hanna", D, lambda scene: scene.changes_bianca(departments=[2])),
    "person_joined": ("hanna", D, _joined),
    "account_changed": ("bianca", "person", lambda scene: scene.changes_bianca(name="Bianca R.")),
    "settings_changed": ("bianca", "person", lambda scene: scene.bianca.send("PATCH", "/me", {"theme": "dark"}).ok()),
    "password_changed": ("bianca", "person", _password),
    "token_made": ("bianca", "person", _token),
    "token_ended": ("bianca", "person", _token),
}  # fmt: skip


OF_TICKETS = {kind for kind, (_, place, _) in CASES.items() if place == T} | {
    "reply_held",
    "held_settled",
    "held_changed",
    "label_made",
    "notice_made",
    "notice_read",
    "label_renamed",
    "label_merged",
    "label_deleted",
    "folder_changed",
    "folder_removed",
}


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    """What changes people or departments gets a house of its own."""
    named = getattr(request.node, "callspec", None)
    shared = named is not None and named.params.get("kind", "message_added") in OF_TICKETS
    desk: Desk = request.getfixturevalue("desk" if shared else "own_desk")
    nora = Nora(desk)
    ada, bianca, hanna, omid = (desk.person(name) for name in ("ada", "bianca", "hanna", "omid"))
    return Scene(desk, ada, bianca, hanna, omid, nora, nora.writes(inbox="Post"))


def test_every_kind_that_the_code_announces_is_tried() -> None:
    assert announced() - CASES.keys() - BORN - UNHEARD.keys() == set()


@pytest.mark.parametrize("kind", CASES)
def test_state_and_facts_are_a_fresh_fetch(scene: Scene, kind: str) -> None:
    name, place, deed = CASES[kind]
    looks: Person = getattr(scene, name)
    place = {"ticket": f"ticket/{scene.ticket}", "person": f"person/{looks.id}"}.get(place, place)
    follower = Follower(looks, place, "inbox/6", "inbox/4")
    scene.desk.travel(1)  # so that a moment which is not told again shows
    deed(scene)
    eventually(lambda: follower.is_live() and kind in follower.heard(), f"{looks.name} hears {kind}")
    follower.agrees(place)
    follower.agrees("inbox/6")
    follower.agrees("inbox/4")


@pytest.mark.parametrize("kind", CASES)
def test_what_was_missed_is_made_up_for(scene: Scene, kind: str) -> None:
    """The same, but the fact falls into a gap between two connections and comes by resuming."""
    name, place, deed = CASES[kind]
    looks: Person = getattr(scene, name)
    place = {"ticket": f"ticket/{scene.ticket}", "person": f"person/{looks.id}"}.get(place, place)
    follower = Follower(looks, place, "inbox/6", "inbox/4")
    at = follower.tab.welcome
    follower.page.position, follower.page.mark = at["position"], at["mark"]
    follower.tab.closes()
    scene.desk.travel(1)
    deed(scene)
    follower.page.cut()
    follower.tab = looks.tab(resume={name: at[name] for name in ("epoch", "position", "mark")})
    follower.read = 0
    eventually(follower.is_live, "the page is live again")
    assert follower.tab.welcome["resumed"]
    for one in (place, "inbox/6", "inbox/4"):
        follower.agrees(one)


@pytest.mark.parametrize("deed", [_merged_there, lambda scene: _parted_again(scene)], ids=["merged", "parted"])
def test_who_looks_at_a_ticket_that_is_merged_sees_what_a_fresh_page_does(scene: Scene, deed: Deed) -> None:
    place = f"ticket/{scene.ticket}"
    follower = Follower(scene.hanna, place, "inbox/6")
    scene.desk.travel(1)
    deed(scene)
    eventually(lambda: follower.is_live() and "ticket_merged" in follower.heard(), "she hears it")
    follower.agrees(place)
    follower.agrees("inbox/6")


def _parted_again(scene: Scene) -> None:
    _merged_there(scene)
    scene.bianca.send("DELETE", f"/tickets/{scene.ticket}/merge").ok()


def test_the_first_fact_of_a_ticket_shows_in_its_list(scene: Scene) -> None:
    follower = Follower(scene.hanna, "inbox/1")
    ticket = scene.nora.writes("A new lamp")
    assert scene.desk.kinds(f"ticket/{ticket}")[0] == "ticket_opened"
    eventually(lambda: follower.is_live() and ticket in follower.page.places["inbox/1"].rows, "the row comes")
    follower.agrees("inbox/1")


def test_the_first_facts_of_departments_and_people_are_their_first(scene: Scene) -> None:
    assert scene.desk.kinds("department/1")[0] == "department_made"
    assert scene.desk.kinds("person/2")[0] == "account_made"


def test_who_belongs_to_both_departments_follows_a_move_between_them(scene: Scene) -> None:
    follower = Follower(scene.ada, f"ticket/{scene.ticket}", "inbox/6", "inbox/2")
    scene.ada.takes(scene.ticket).ok()
    scene.ada.labels(scene.ticket, "lamp").ok()
    scene.ada.changes(scene.ticket, inbox=2, subject="Bill").ok()
    eventually(lambda: follower.is_live() and scene.ticket in follower.page.places["inbox/2"].rows, "the row comes")
    for place in (f"ticket/{scene.ticket}", "inbox/6", "inbox/2"):
        follower.agrees(place)


def test_who_loses_a_ticket_hears_one_last_word_and_then_nothing(scene: Scene) -> None:
    place = f"ticket/{scene.ticket}"
    follower = Follower(scene.hanna, place, "inbox/6", "inbox/1")
    scene.ada.changes(scene.ticket, inbox=2).ok()
    word = follower.tab.hears("gone")
    assert word == {"type": "gone", "place": place, "why": "moved", "by": {"id": scene.ada.id, "name": "Ada"}}
    lost = follower.tab.hears("rows", place="inbox/6") if not _lost(follower, scene.ticket) else None
    assert lost is None or lost["gone"][0]["by"]["name"] == "Ada"
    scene.ada.notes(scene.ticket, "Between us.").ok()
    later = scene.nora.writes("A later one")
    follower.tab.hears("rows", lambda one: any(row["id"] == later for row in one["rows"]))
    assert "Between us." not in str(follower.tab.heard)
    follower.agrees("inbox/6")


def _lost(follower: Follower, ticket: int) -> bool:
    told = [one for one in follower.tab.heard if one["type"] == "rows"]
    return any(gone["id"] == ticket for one in told for gone in one["gone"])


def test_new_rights_bring_a_fresh_snapshot_of_every_place_that_stays_hers(scene: Scene) -> None:
    place = f"ticket/{scene.ticket}"
    follower = Follower(scene.bianca, place, "inbox/1", "department/1", f"person/{scene.bianca.id}")
    scene.changes_bianca(role="manager", departments=[1, 2])
    follower.tab.hears("rights")
    eventually(lambda: follower.is_live() and follower.page.me["role"] == "manager", "she is a manager")
    for one in (place, "inbox/1", "department/1", f"person/{scene.bianca.id}"):
        follower.agrees(one)


def test_what_happened_elsewhere_is_not_told_when_the_ticket_comes_back(scene: Scene) -> None:
    """Neither by resuming nor by the history: only that it left, and that it is there."""
    place = f"ticket/{scene.ticket}"
    follower = Follower(scene.hanna, place)
    at = follower.tab.welcome
    follower.tab.closes()
    scene.ada.changes(scene.ticket, inbox=2).ok()
    scene.ada.changes(scene.ticket, subject="Unpaid").ok()
    scene.ada.changes(scene.ticket, inbox=1).ok()
    again = scene.hanna.tab(resume={name: at[name] for name in ("epoch", "position", "mark")})
    assert again.watches(place, known=True)["type"] == "snapshot"
    facts = scene.hanna.get(f"/tickets/{scene.ticket}/facts").ok()["facts"]
    assert [fact["kind"] for fact in facts][-2:] == ["ticket_left", "ticket_moved"]
    assert "was" not in facts[-1]["data"]
    assert len(scene.ada.get(f"/tickets/{scene.ticket}/facts").ok()["facts"]) == len(facts) + 3
