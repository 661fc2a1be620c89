"""The promises that the store itself must have kept, whatever the wires did. Each check names its invariant."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from tests.engines import Look

if TYPE_CHECKING:
    from tests.converge.world import Asked, World


def check(world: "World", store: Look) -> None:
    _replies_had_seen_everything(store)
    _texts_are_kept(world, store)
    _drafts_are_kept(world, store)
    _facts_were_committed(world, store)
    _fences_hold(world)
    _changes_had_seen_what_they_changed(world, store)
    _labels_are_their_facts(store)
    _versions_have_no_holes(world, store)
    _lena_heard_nothing(world, store)
    _nothing_failed(world)
    world.checked = len(world.asked)


def promise(kept: Any, *words: Any) -> None:
    if not kept:
        from tests.converge.world import Diverged

        raise Diverged(" ".join(map(str, words)))


def _replies_had_seen_everything(store: Look) -> None:
    """I1: below an accepted reply there is nothing that could hold it and that its author had not seen."""
    blind = store.rows(
        "SELECT r.ticket, r.number, r.seen, m.number AS missed FROM messages r JOIN messages m"
        " ON m.conversation = r.conversation AND m.number < r.number AND m.number > r.seen"
        " WHERE r.kind = 'reply' AND m.kind IN ('customer', 'reply')"
    )
    promise(not blind, "I1 blind replies:", [dict(row) for row in blind])
    newest = "SELECT ticket, max(number) AS head FROM messages WHERE kind IN ('customer', 'reply') GROUP BY 1"
    for row in store.rows(newest):
        stored = store.row("SELECT head FROM tickets WHERE id = ?", (row["ticket"],)) or {}
        promise(stored.get("head") == row["head"], "head of", dict(row), dict(stored))


def _texts_are_kept(world: "World", store: Look) -> None:
    """I4, I5: each text is accepted once, or held, or was given back with a refusal."""
    said: dict[str, int] = defaultdict(int)
    stands: dict[str, int] = defaultdict(int)  # a tombstone's text went back to its author, who may send it again
    replied = set[str]()
    for row in store.rows("SELECT text, state, kind FROM messages WHERE kind IN ('reply', 'note')"):
        is_back = row["state"] in ("withdrawn", "paused")
        said[row["text"]] += 1
        replied |= {row["text"]} if row["kind"] == "reply" and not is_back else set()
        stands[row["text"]] += not is_back
    held = {row["body"]: dict(row) for row in store.rows("SELECT * FROM held")}
    sent = [one for one in world.asked if one.path.endswith(("/replies", "/notes")) and one.method == "POST"]
    times = Counter(one.body["body"] for one in sent)
    for row in store.rows("SELECT text FROM messages WHERE state = 'paused'"):
        promise(row["text"] in held, "I5 paused and not given back:", dict(row))
    promise(not world.never & (said.keys() | held.keys()), "I4 a used id did something:", world.never)
    for asked in sent:
        text = asked.body["body"]
        promise(stands[text] <= 1, "I4 twice:", text, asked)
        if asked.status == 201:
            promise(said[text], "I5, I16 accepted and gone:", asked)
        elif "held" in asked.answer:
            promise(text in held or said[text], "I5 held and gone:", asked)
            promise(times[text] > 1 or text not in replied, "I4 held and sent:", asked)
        elif asked.path.endswith("/replies"):  # signed out: her page has it still; used: it stands already
            promise(
                asked.status == 401 or asked.answer["type"].endswith("already-sent"), "I5 refused, not kept:", asked
            )
        if asked.status == 409 and asked.answer.get("reason") == "unseen":
            promise(asked.answer["head"] > asked.body["seen"], "held for nothing:", asked)
            promise(asked.answer["unseen"] or _was_withdrawn(store, asked), "held, nothing shown:", asked)


def _drafts_are_kept(world: "World", store: Look) -> None:
    """I5, I16: what was saved last stands there until it is sent; what came late, or was taken back, was given back."""
    stored = {(row["person"], row["ticket"]): row for row in store.rows("SELECT * FROM drafts WHERE kind = 'reply'")}
    for asked in world.asked[world.checked :]:
        ticket = asked.path.split("/")[2] if asked.path.startswith("/tickets/") else ""
        if asked.method == "PUT" and asked.path.endswith("/draft") and asked.status == 200:
            draft, row = asked.answer["draft"], stored[world.number(asked.person), int(ticket)]
            promise(draft["body"] == asked.body["body"], "I5 another draft:", asked)
            promise(row["number"] >= draft["number"], "I16 a draft went back:", dict(row), asked)
            is_last = row["number"] == draft["number"]
            promise(not is_last or row["body"] == draft["body"], "I5 a draft is gone:", dict(row), asked)
        elif (
            asked.method == "PUT"
            and asked.path.endswith("/draft")
            and asked.status == 409
            and asked.answer.get("newer")
        ):
            promise(asked.body["body"] in str(asked.answer["sibling"]), "I5 a late draft is not beside it:", asked)
        elif asked.method == "DELETE" and "/replies/" in asked.path and asked.status == 200:
            promise(asked.answer["body"], "I5 taken back and not given back:", asked)


def _was_withdrawn(store: Look, asked: "Asked") -> bool:
    """The journal knows it also when the message went to another ticket since."""
    gone = "SELECT data FROM facts WHERE place = ? AND kind IN ('reply_withdrawn', 'reply_paused')"
    rows = store.rows(gone, (f"ticket/{asked.path.split('/')[2]}",))
    return any(row["data"]["message"]["number"] > asked.body["seen"] for row in rows)


def _facts_were_committed(world: "World", store: Look) -> None:
    """I3, I16: what anybody heard stands in the journal, also after a kill."""
    for position, place, version, kind in world.heard:
        row = store.row("SELECT place, version, kind FROM facts JOIN feed ON fact = id WHERE position = ?", (position,))
        there = row is not None and tuple(row.values()) == (place, version, kind)
        promise(there, "I3 heard and not there:", place, version, kind)


def _fences_hold(world: "World") -> None:
    """I8, I9: no guarded reply goes under a fence that was known to have passed, and fences never fall."""
    last: dict[str, int] = defaultdict(int)
    for asked in world.asked:
        if asked.status == 201 and asked.path.endswith("/replies") and asked.body.get("fence"):
            promise(asked.body["fence"] >= asked.fence_known, "I9 under an old fence:", asked)
            last[asked.path] = asked.body["fence"]


def _changes_had_seen_what_they_changed(world: "World", store: Look) -> None:
    """I10: an owner or a field was what its changer had seen."""
    for asked in world.asked[world.checked :]:
        if asked.status != 200 or not asked.path.startswith("/tickets/"):
            continue
        for fact in asked.answer.get("facts", []):
            if fact["kind"] == "owner_changed" and asked.method == "PUT" and asked.path.endswith("/owner"):
                promise(fact["data"]["was"] == asked.body["instead_of"], "I10 owner:", asked)
            if fact["kind"] == "field_changed" and asked.method == "PATCH":
                name = fact["data"]["field"]
                before = _changed_before(store, fact["place"], name, fact["version"])
                promise(before <= asked.body[name]["from_version"], "I10 field:", before, asked)


def _changed_before(store: Look, place: str, name: str, version: int) -> int:
    rows = store.rows("SELECT version, data, personal FROM facts WHERE place = ? AND version < ?", (place, version))
    found = 1
    for row in rows:
        changed = {**row["data"].get("set", {}), **(row["personal"] or {}).get("set", {})}
        if name in changed:
            found = max(found, row["version"])
    return found


def _labels_are_their_facts(store: Look) -> None:
    """I11: the labels of a ticket are the fold of what was added and removed, and of what became of the labels."""
    folded: dict[int, set[int]] = defaultdict(set)
    for row in store.rows("SELECT * FROM facts ORDER BY id"):
        ticket, label = int(row["place"].partition("/")[2]), row["data"].get("label", {}).get("id")
        if row["kind"] == "label_added":
            folded[ticket].add(label)
        elif row["kind"] == "label_removed":
            folded[ticket].discard(label)
        elif row["kind"] in ("label_merged", "label_deleted"):
            for wearer in (one for one in folded.values() if label in one):
                wearer.discard(label)
                wearer |= {row["data"]["label"]["into"]} if row["kind"] == "label_merged" else set()
        elif row["kind"] == "ticket_moved" and "label_ids" in row["data"]["set"]:
            folded[ticket] = set(row["data"]["set"]["label_ids"])
    worn: dict[int, set[int]] = defaultdict(set)
    for row in store.rows("SELECT ticket, label FROM ticket_labels"):
        worn[row["ticket"]].add(row["label"])
    for ticket in folded.keys() | worn.keys():
        promise(folded[ticket] == worn[ticket], "I11 labels of", ticket, folded[ticket], worn[ticket])


def _versions_have_no_holes(world: "World", store: Look) -> None:
    """I6: since its last snapshot a page heard each version that she may hear, up to the newest that it heard."""
    for client in world.clients:
        for name, place in client.page.places.items():
            if not place.heard:
                continue
            me = client.page.me
            audiences = [*(f"department:{one}" for one in me["departments"]), f"person:{me['id']}"]
            asked = f"SELECT version FROM facts WHERE place = ? AND version > ? AND version <= ? AND audience IN ({','.join('?' * len(audiences))})"  # noqa: E501
            told = {row["version"] for row in store.rows(asked, (name, place.since, place.heard[-1], *audiences))}
            promise(told <= set(place.heard), "I6", client.person, name, sorted(told - set(place.heard)))


def _lena_heard_nothing(world: "World", store: Look) -> None:
    """I19: every fact, row, state and crowd that came to Lena is Billing's."""
    hers = {"department:2", f"person:{world.number('lena')}"}
    for message in world.by_lena:
        for fact in message.get("facts", []):
            row = store.row("SELECT audience FROM facts JOIN feed ON fact = id WHERE position = ?", (fact["position"],))
            promise(row is not None and row["audience"] in hers, "I19 Lena heard", fact)
        for told in message.get("rows", []):
            promise(told["department"] == 2, "I19 Lena saw a row", told)
        state = message.get("state", {})
        promise(state.get("ticket", {"department": 2})["department"] == 2, "I19 Lena saw", state)
        for crowd in message.get("crowds", []):
            names = {one["name"] for one in crowd["people"]}
            promise(not names & {"Bianca", "Hanna"}, "I19 Lena saw who is on", crowd)
    for asked in world.asked:
        if asked.person == "lena" and asked.status < 300 and asked.path.startswith("/tickets/"):
            shown = asked.answer.get("ticket") or (asked.answer if "department" in asked.answer else None)
            promise(shown is None or shown["department"] == 2, "I19 Lena changed", asked)


def _nothing_failed(world: "World") -> None:
    for desk in world.desks:
        words = desk.words()
        promise("[error" not in words and "Traceback" not in words, "the server's log:", words[-3000:])
