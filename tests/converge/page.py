"""A page as the protocol wants it, without a browser: snapshots, facts, rows and crowds in, state out.

Each place is a base that the stream brought, in order, and the facts beyond it that came in answers to commands.
What is shown is the base with those put on top, so no order of arrival matters.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Place:
    """`version`: everything she may hear up to it is in `state`."""

    state: Json
    version: int
    beyond: dict[int, Json] = field(default_factory=dict)
    rows: dict[int, Json] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)
    crowds: dict[str, Json] = field(default_factory=dict)
    heard: list[int] = field(default_factory=list)  # versions since the snapshot, as the stream brought them
    since: int = 0  # the snapshot's version


class OutOfOrder(AssertionError):
    """The stream of a place went back, or told a version twice."""


@dataclass
class Page:
    """`hear` returns what the page says in answer."""

    checks_gaps: bool = True
    me: Json = field(default_factory=dict)
    epoch: str | None = None
    position: int = 0
    mark: int | None = None
    watched: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    is_welcome: bool = False
    resets: int = 0  # snapshots that a gap or the server asked for
    lists: set[str] = field(default_factory=set)  # inboxes whose list must be read anew
    here: Json | None = None
    labels: dict[int, Json] = field(default_factory=dict)  # of all departments, former ones included

    @property
    def is_live(self) -> bool:
        return self.is_welcome and not self.owed and not self.lists

    # saying
    def hello(self, tab: str, nonce: str) -> Json:
        resume = None
        if self.epoch and self.mark is not None:
            resume = {"epoch": self.epoch, "position": self.position, "mark": self.mark}
        return {"type": "hello", "tab": tab, "nonce": nonce, "resume": resume}

    def watch(self, place: str) -> list[Json]:
        self.watched.add(place)
        if not self.is_welcome:
            return []
        self.owed.add(place)
        return [{"type": "watch", "place": place, "known": False}]

    def unwatch(self, place: str) -> list[Json]:
        self.watched.discard(place)
        self._drop(place)
        return [{"type": "unwatch", "place": place}] if self.is_welcome else []

    def stand(self, place: str | None, doing: str = "viewing") -> list[Json]:
        self.here = {"type": "here", "place": place, "doing": doing}
        return [self.here] if self.is_welcome else []

    def cut(self) -> None:
        self.is_welcome = False

    # hearing
    def hear(self, message: Json) -> list[Json]:
        told = getattr(self, f"_{message['type']}", None)
        return told(message) if told else []

    def answered(self, facts: list[Json]) -> None:
        """A command's answer carries its facts."""
        for fact in facts:
            self._learn(fact["data"])
            place = self.places.get(fact["place"])
            if place is not None and fact["version"] > place.version:
                place.beyond[fact["version"]] = fact

    def _welcome(self, message: Json) -> list[Json]:
        self.is_welcome = True
        self.me = message["me"]
        resumes = message["resumed"] and self.epoch == message["epoch"]
        if not resumes:
            if self.epoch not in (None, message["epoch"]):
                self.places.clear()
            self.position, self.mark = message["position"], message["mark"]
        self.epoch = message["epoch"]
        known = set(self.streams) if resumes else set()
        self.streams.clear()
        self.owed = set(self.watched)
        said = [{"type": "watch", "place": place, "known": place in known} for place in sorted(self.watched)]
        return [*said, *([self.here] if self.here else [])]

    def _ping(self, message: Json) -> list[Json]:
        return [{"type": "pong", "n": message["n"]}]

    def _heartbeat(self, message: Json) -> list[Json]:
        self.epoch = message["epoch"]
        if not self.owed:
            self.position, self.mark = message["position"], message["mark"]
        return []

    def _snapshot(self, message: Json) -> list[Json]:
        name = message["place"]
        if name not in self.watched:
            return []
        before = self.places.get(name)
        beyond = before.beyond if before else {}
        for label in message["state"].get("labels", []):
            self._learn({"label": label})
        place = Place(deepcopy(message["state"]), message["version"], since=message["version"])
        place.beyond = {version: fact for version, fact in beyond.items() if version > place.version}
        self.places[name] = place
        if name.startswith("inbox/"):
            self.lists.add(name)
        return self._begun(message, place)

    def _resumed(self, message: Json) -> list[Json]:
        place = self.places.get(message["place"])
        if place is None or message["place"] not in self.watched:
            return self._again(message["place"])
        for fact in message["facts"]:
            self._learn(fact["data"])
        self._apply(place, message["facts"], again=True)
        self._apply_rows(place, message)
        return self._begun(message, place)

    def _begun(self, message: Json, place: Place) -> list[Json]:
        self.streams[message["place"]] = message["n"]
        self.owed.discard(message["place"])
        place.crowds = {crowd["place"]: crowd for crowd in message["crowds"]}
        place.heard, place.since = [], place.version
        return []

    def _facts(self, message: Json) -> list[Json]:
        for fact in message["facts"]:
            self._learn(fact["data"])
        place = self._next(message)
        if place is None:
            return self._gap(message)
        self._apply(place, message["facts"])
        return []

    def _rows(self, message: Json) -> list[Json]:
        place = self._next(message)
        if place is None:
            return self._gap(message)
        self._apply_rows(place, message)
        return []

    def _crowd(self, message: Json) -> list[Json]:
        place = self._next(message)
        if place is None:
            return self._gap(message)
        place.crowds.update({crowd["place"]: crowd for crowd in message["crowds"]})
        return []

    def _passing(self, message: Json) -> list[Json]:
        """No state hangs on it, but its number counts."""
        return [] if self._next(message) is not None else self._gap(message)

    def _gone(self, message: Json) -> list[Json]:
        self._drop(message["place"])
        self.watched.discard(message["place"])
        return []

    def _behind(self, message: Json) -> list[Json]:
        return self._again(message["place"])

    def _error(self, message: Json) -> list[Json]:
        if place := message.get("place"):
            self._drop(place)
            self.watched.discard(place)
        return []

    def _rights(self, message: Json) -> list[Json]:
        self.me = message["me"]
        return []

    # streams
    def _next(self, message: Json) -> Place | None:
        """The place, where this is its next frame; older ones are ignored, a missing one is a gap."""
        last = self.streams.get(message["place"])
        if last is None or message["n"] <= last:
            return None
        if self.checks_gaps and message["n"] > last + 1:
            return None
        self.streams[message["place"]] = message["n"]
        return self.places.get(message["place"])

    def _gap(self, message: Json) -> list[Json]:
        last = self.streams.get(message["place"])
        if last is None or message["n"] <= last or not self.checks_gaps:
            return []
        return self._again(message["place"])

    def _again(self, place: str) -> list[Json]:
        if place not in self.watched:
            return []
        self.resets += 1
        self.streams.pop(place, None)
        self.owed.add(place)
        return [{"type": "watch", "place": place, "known": False}]

    def _drop(self, place: str) -> None:
        self.owed.discard(place)
        self.lists.discard(place)
        self.streams.pop(place, None)
        self.places.pop(place, None)

    def _apply(self, place: Place, facts: list[Json], again: bool = False) -> None:
        for fact in facts:
            version = fact["version"]
            if not again and place.heard and version <= place.heard[-1]:
                raise OutOfOrder(f"{fact['place']}: {version} after {place.heard[-1]}")
            if not again:
                place.heard.append(version)
            if version > place.version:
                put(place.state, fact)
                place.version = version
        place.beyond = {version: fact for version, fact in place.beyond.items() if version > place.version}

    @staticmethod
    def _apply_rows(place: Place, message: Json) -> None:
        for told in message["rows"]:
            row = {name: value for name, value in told.items() if name != "changed_by"}  # of the change, not the row
            newest = max(place.lost.get(row["id"], 0), place.rows.get(row["id"], {"version": 0})["version"])
            if row["version"] > newest:
                place.rows[row["id"]] = row
        for gone in message["gone"]:
            if gone["why"] == "moved":
                place.crowds.pop(f"ticket/{gone['id']}", None)
            place.lost[gone["id"]] = max(gone["version"], place.lost.get(gone["id"], 0))
            if place.rows.get(gone["id"], {"version": gone["version"] + 1})["version"] <= gone["version"]:
                del place.rows[gone["id"]]
        if message.get("counts"):
            place.state["counts"] = message["counts"]

    def listed(self, name: str, rows: list[Json]) -> None:
        """The list of an inbox was read over HTTP, after the snapshot came."""
        if (place := self.places.get(name)) is not None:
            self._apply_rows(place, {"rows": rows, "gone": []})
            self.lists.discard(name)

    def _learn(self, data: Json) -> None:
        """What a label is called now, and what became of it, is known to rows and tickets of any version."""
        for label in (data.get("label"), *data.get("labels", [])):
            if label and label.get("version", 0) > self.labels.get(label["id"], {"version": 0})["version"]:
                self.labels[label["id"]] = label

    def _worn(self, shown: Json) -> Json:
        names: dict[int, str] = {}
        for id, name in zip(shown["label_ids"], shown["labels"], strict=True):
            while (label := self.labels.get(id)) is not None and label["into"] is not None:
                id = label["into"]
            if label is None or not label["removed"]:
                names[id] = label["name"] if label else name
        order = sorted(names, key=lambda one: names[one].casefold())
        return {**shown, "labels": [names[one] for one in order], "label_ids": order}

    # what is shown
    def rows(self, name: str) -> dict[int, Json]:
        return {id: self._worn(row) for id, row in self.places[name].rows.items()}

    def shows(self, name: str) -> Json:
        """The state of a place as the page would draw it now."""
        place = self.places[name]
        state = deepcopy(place.state)
        for version in sorted(place.beyond):
            put(state, place.beyond[version])
        if "ticket" in state:
            state["ticket"] = self._worn(state["ticket"])
        return state

    def shows_part(self, name: str, part: str) -> Any:
        """One part of it, without drawing the rest."""
        place = self.places[name]
        if place.beyond:
            return self.shows(name)[part]
        kept = deepcopy(place.state[part])
        return self._worn(kept) if part == "ticket" else kept

    def crowds(self, name: str) -> dict[str, Any]:
        return crowds_of(list(self.places[name].crowds.values()))

    def draws(self, name: str, crowds: dict[str, Any]) -> dict[str, Any]:
        """Of these crowds those that have a place on the page: a list shows them on its rows."""
        if not name.startswith("inbox/"):
            return crowds
        rows = {f"ticket/{row}" for row in self.places[name].rows} | {name}
        return {place: crowd for place, crowd in crowds.items() if place in rows}

    def head(self, ticket: int) -> int:
        """The newest number that could hold a reply, as far as the page knows."""
        return int(self.shows_part(f"ticket/{ticket}", "ticket")["head"])


def put(state: Json, fact: Json) -> None:
    """Applies one fact to the state of its place."""
    kind = fact["place"].partition("/")[0]
    by_kind = {
        "ticket": _put_ticket, "department": _put_department, "person": _put_person, "managers": _put_managers
    }  # fmt: skip
    by_kind[kind](state, fact)


def _put_ticket(state: Json, fact: Json) -> None:
    ticket, data = state["ticket"], fact["data"]
    for name, value in data.get("set", {}).items():
        ticket[name] = value
        if name in ticket["versions"]:
            ticket["versions"][name] = fact["version"]
    ticket["version"], ticket["changed_at"] = fact["version"], fact["at"]
    if data.get("message"):
        numbered = {one["number"]: one for one in state["messages"]}
        numbered[data["message"]["number"]] = data["message"]
        state["messages"] = [numbered[number] for number in sorted(numbered)]
    if fact["kind"] in ("reply_scheduled", "reply_unscheduled"):
        _put_entry(state["scheduled"], data["scheduled"], data["waits"])
    if data.get("taken") or data.get("messages"):
        stays = {one["number"]: one for one in state["messages"] if one["number"] not in data.get("taken", [])}
        stays |= {one["number"]: one for one in data.get("messages", [])}
        state["messages"] = [stays[number] for number in sorted(stays)]
    if fact["kind"] in ("label_added", "label_removed"):
        worn = dict(zip(ticket["label_ids"], ticket["labels"], strict=True))
        for id in data.get("ids", [data["label"]["id"]]):
            worn.pop(id, None)
        if fact["kind"] == "label_added":
            worn[data["label"]["id"]] = data["label"]["name"]
        ticket["label_ids"], ticket["labels"] = list(worn), list(worn.values())
    if fact["kind"] == "follower_added":
        _put_person_of(ticket, data["customer"]["id"])
        into = "followers" if data["accepted"] else "unverified"
        ticket[into] = sorted([*ticket[into], data["customer"]], key=lambda one: one["id"])
    if fact["kind"] == "follower_removed":
        _put_person_of(ticket, data["follower"])


def _put_person_of(ticket: Json, customer: int) -> None:
    for part in ("followers", "unverified"):
        ticket[part] = [one for one in ticket[part] if one["id"] != customer]


def _put_department(state: Json, fact: Json) -> None:
    data = fact["data"]
    if fact["kind"] in ("department_made", "department_changed"):
        state["department"].update(data["set"], version=fact["version"])
    if data.get("person"):
        people = {one["id"]: one for one in state["people"]}
        people[data["person"]["id"]] = {**people.get(data["person"]["id"], {}), **data["person"]}
        state["people"] = list(people.values())
    if fact["kind"] == "folder_removed":
        state["folders"] = [one for one in state["folders"] if one["id"] != data["id"]]
    if fact["kind"] == "person_left":
        state["people"] = [one for one in state["people"] if one["id"] != data["id"]]
    changed = [("inboxes", data.get("inbox")), ("labels", data.get("label")), ("folders", data.get("folder"))]
    for many, value in (*changed, *(("labels", one) for one in data.get("labels", []))):
        if isinstance(value, dict):
            state[many] = [one for one in state[many] if one["id"] != value["id"]] + [value]
    _put_saved(state, fact)


def _put_managers(state: Json, fact: Json) -> None:
    _put_entry(state["waiting"], fact["data"]["held"], fact["data"]["awaiting"])


def _put_entry(entries: list[Json], id: int, entry: Json | None) -> None:
    entries[:] = [one for one in entries if one["id"] != id] + ([entry] if entry else [])


def _put_person(state: Json, fact: Json) -> None:
    data = fact["data"]
    state["me"].update(data.get("set", {}))
    if fact["kind"] in ("notice_made", "notice_read"):
        gone = {data.get("notice"), *data.get("notices", ())}
        told = [data["told"]] if "told" in data else []
        state["notices"] = told + [one for one in state["notices"] if one["id"] not in gone]
    if fact["kind"] in ("reply_held", "held_settled"):
        state["held"] = [one for one in state["held"] if one["id"] != data["held"]]
        if data.get("entry"):
            state["held"].append(data["entry"])
    if fact["kind"] in ("delivery_failed", "delivery_changed", "delivery_settled"):
        others = [one for one in state["undelivered"] if one["message"] != data["undelivered"]]
        state["undelivered"] = [*others, *([data["failed"]] if data.get("failed") else [])]
    _put_saved(state, fact)


def _put_saved(state: Json, fact: Json) -> None:
    if fact["kind"] in ("saved_reply_changed", "saved_reply_removed"):
        others = [one for one in state["saved"] if one["id"] != fact["data"]["id"]]
        state["saved"] = [*others, *([fact["data"]["saved"]] if "saved" in fact["data"] else [])]


def same_form(name: str, state: Json) -> Json:
    """What two states of a place must agree in.

    Drafts are each device's own, and no facts; nor are words in passing. What a held text had not
    seen is told by its ticket's facts.
    """
    kind, fresh = name.partition("/")[0], deepcopy(state)
    fresh.pop("drafts", None)
    fresh.pop("colleagues", None)
    if "held" in fresh:
        fresh["held"] = {one["id"]: (one["ticket"], one["body"], one["reason"], one["seen"]) for one in fresh["held"]}
    if kind == "ticket":
        fresh.pop("held")  # heard on her own place
        fresh["scheduled"].sort(key=lambda one: one["id"])
    if kind == "managers":
        fresh["waiting"].sort(key=lambda one: one["id"])
    if kind == "inbox":
        fresh.pop("inbox")  # heard on its department
    if kind == "department":
        people = [{**one, "departments": None} for one in fresh["people"]]
        fresh["people"] = sorted(people, key=lambda one: one["id"])
        for many in ("inboxes", "labels", "folders", "saved"):
            fresh[many] = sorted(fresh[many], key=lambda one: one["id"])
    return fresh


def crowds_of(crowds: list[Json]) -> dict[str, Any]:
    """Who does what where, and who holds it; empty places are as good as none."""
    shown = {}
    for crowd in crowds:
        people = {one["name"]: one["doing"] for one in crowd["people"]}
        held = crowd["lock"]
        lock = (held["holder"]["name"], held["fence"], held.get("asked")) if held else None
        if people or lock:
            shown[crowd["place"]] = {"people": people, "lock": lock}
    return shown
