"""Replies, the feed and coming back as one small model: every order in which things can happen to them.

Bianca has two tabs and Hanna one; each of the three presses Send once, with what her page shows. A customer writes,
undo times end or are used, the server dies, wires are cut or lose a frame, the bus loses its word, answers do not
arrive. Each step names the code that it mirrors; test_reply_model.py holds both together.

What is left out because it adds no other outcome:
- A repeated word of the bus finds nothing new, and a command's late copy gets the stored answer.
- A word that the bus lost, and a frame that no page has heard yet, are the same delay as long as somebody looks at the
  journal's head; so is a crash before COMMIT and a command that never arrived. `Rules` without those apart have steps
  of their own for them.
- A page that will press no more hears at once: one that has not pressed yet shows all that lagging can do.
- Tabs are alike, whoever sits there, but for a rule that overlooks one's own replies. One of each set of mirror images
  is walked through.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")

AUTHORS = ("bianca", "bianca", "hanna")  # of the tabs, and of the one text that each sends
CUSTOMER = -1
NONE = (0, 0)
ATTEMPTS = len(NONE)  # pressed Send, then once *send all the same*
FIRST = 1  # Nora's, which each page shows from the beginning

ADDED, LEFT, WITHDRAWN, PAUSED = "added", "left", "withdrawn", "paused"
UNWRITTEN, SENDING, HELD, SENT = range(4)
ACCEPTED = -1


class Rules(NamedTuple):
    """Of the desk; without any one of them some order of events breaks a promise."""

    checks_head: bool = True
    checks_as_it_writes: bool = True
    own_replies_count: bool = True
    knows_commands: bool = True
    knows_them_first: bool = True
    tells_after_commit: bool = True
    checks_gaps: bool = True
    looks_at_the_head: bool = True
    vouches_for_what_was_heard: bool = True
    keeps_held_texts: bool = True


class Bounds(NamedTuple):
    """How often each may happen; there is no end to the states without them."""

    customers: int = 1
    ends: int = 1
    crashes: int = 1
    cuts: int = 1
    losses: int = 1
    beats: int = 1


class Fact(NamedTuple):
    """Its version is its place in the journal. Only what was added raises the head."""

    kind: str
    number: int
    text: int
    stops: int = 0  # bits of the numbers that waited and stopped in the same transaction


class Tab(NamedTuple):
    """`heard`: all versions up to this one came but for the `holes`; `beyond` came with answers (both: bits)."""

    heard: int = 1
    holes: int = 0
    beyond: int = 0
    vouched: int = 0  # "you have all up to here", said the last heartbeat
    is_on: bool = True
    has_lost: bool = False  # the frame that comes next never will
    stage: int = UNWRITTEN
    attempt: int = 0
    seen: int = 0
    knows: int = 0  # bits: the numbers that were before her eyes when she pressed Send


class Kept(NamedTuple):
    """Of a text, in the store. `answers`: by attempt, as they were given first: accepted, or the head; 0: none."""

    answers: tuple[int, ...] = NONE
    is_held: bool = False
    is_draft: bool = False


class Judged(NamedTuple):
    """A command in its transaction, before the COMMIT."""

    tab: int
    attempt: int
    seen: int
    knows: int
    is_admitted: bool


class State(NamedTuple):
    journal: tuple[Fact, ...] = (Fact(ADDED, FIRST, CUSTOMER),)
    kept: tuple[Kept, ...] = (Kept(),) * len(AUTHORS)
    tabs: tuple[Tab, ...] = (Tab(),) * len(AUTHORS)
    told: int = 1  # the feed handed over all versions up to this one
    judged: tuple[Judged, ...] = ()
    may: Bounds = Bounds()


class Broken(Exception):
    """A promise was not kept; the way to it."""


Step = tuple[str, State]


# what stands in the store
def numbers(state: State) -> list[int]:
    return [fact.number for fact in state.journal if fact.kind == ADDED]


def head(state: State) -> int:
    return max(numbers(state))


def ended(state: State) -> dict[int, str]:
    """Number → what became of it, where something did."""
    stopped = {number: PAUSED for fact in state.journal for number in range(fact.number) if fact.stops >> number & 1}
    return {**stopped, **{fact.number: fact.kind for fact in state.journal if fact.kind != ADDED}}


def reply_of(state: State, text: int) -> int:
    """The number under which it stands, and has not been taken back or paused; 0: none."""
    ends = ended(state)
    mine = [fact.number for fact in state.journal if fact.kind == ADDED and fact.text == text]
    return next((one for one in mine if ends.get(one) not in (WITHDRAWN, PAUSED)), 0)


def is_waiting(state: State, number: int) -> bool:
    return number not in ended(state)


# what a page shows
def shown(state: State, tab: Tab) -> int:
    """Bits of the versions."""
    return ((1 << (tab.heard + 1)) - 2) & ~tab.holes | tab.beyond


def eyes(state: State, tab: Tab) -> int:
    """Bits of the numbers that are before her eyes."""
    versions, found = shown(state, tab), 0
    for version, fact in enumerate(state.journal, 1):
        if fact.kind == ADDED and versions >> version & 1:
            found |= 1 << fact.number
    return found


# steps
def steps(state: State, rules: Rules) -> Iterator[Step]:
    yield from own_steps(state, rules)
    yield from _the_world(state, rules)


def own_steps(state: State, rules: Rules) -> Iterator[Step]:
    """What goes on by itself until the desk is at rest."""
    for one in range(len(state.tabs)):
        yield from _arrive(state, rules, one)
        yield from _page(state, rules, one)
    for judged in state.judged:
        yield from _commit(state, rules, judged)


def _the_world(state: State, rules: Rules) -> Iterator[Step]:
    may = state.may
    for one, tab in enumerate(state.tabs):
        yield from _press(state, one, tab)
        if is_done(tab):
            continue
        if tab.is_on and may.cuts:
            yield f"cut {one}", _tab(_spend(state, "cuts"), one, tab._replace(is_on=False, has_lost=False))
        if tab.is_on and not tab.has_lost and may.losses and tab.heard + 2 <= state.told:
            yield f"lose {one}", _tab(_spend(state, "losses"), one, tab._replace(has_lost=True))
        if tab.is_on and not tab.has_lost and may.beats:
            yield f"beat {one}", _beat(state, rules, one, tab)
    if not rules.looks_at_the_head:
        yield from _tell(state)  # the bus may lose its word: nobody can count on this step
    if not rules.tells_after_commit and state.judged and state.told == len(state.journal):
        yield "tell early", state._replace(told=state.told + 1)
    if may.crashes:
        yield "crash", _crash(_spend(state, "crashes"))
    if not state.judged or not rules.checks_as_it_writes:
        yield from _other_writes(state)


def _press(state: State, one: int, tab: Tab) -> Iterator[Step]:
    """web/src/conversations: `seen` is the newest number in view; a held reply showed what it had not seen."""
    is_first, may_confirm = tab.stage == UNWRITTEN, tab.stage == HELD and tab.attempt + 1 < ATTEMPTS
    if is_first or may_confirm:
        knows = tab.knows | eyes(state, tab)
        attempt = 0 if is_first else tab.attempt + 1
        pressed = tab._replace(stage=SENDING, attempt=attempt, seen=knows.bit_length() - 1, knows=knows)
        yield f"{'send' if is_first else 'confirm'} {one}", _tab(state, one, pressed)


def _arrive(state: State, rules: Rules, one: int) -> Iterator[Step]:
    """kit/commands.py, once: a page that has no answer asks again, so a copy arrives as often as it likes."""
    tab = state.tabs[one]
    if tab.stage != SENDING or any(judged.tab == one for judged in state.judged):
        return
    known = state.kept[one].answers[tab.attempt]
    is_admitted = admits(state, rules, one, tab.seen)
    if known and rules.knows_commands and (rules.knows_them_first or is_admitted):
        yield f"answer {one}", answered(state, one, known)
        return
    judged = Judged(one, tab.attempt, tab.seen, tab.knows, is_admitted)
    if rules.checks_as_it_writes and rules.tells_after_commit:
        yield from _commit(state, rules, judged)
    elif not state.judged or not rules.checks_as_it_writes:
        yield f"arrive {one}", state._replace(judged=(*state.judged, judged))


def admits(state: State, rules: Rules, one: int, seen: int) -> bool:
    """conversations/messages.py, raise_head: the one UPDATE that decides."""
    if not rules.own_replies_count:
        mine = [fact.number for fact in state.journal if fact.kind == ADDED and _by(fact) == AUTHORS[one]]
        seen = max([seen, *mine])
    return head(state) <= seen or not rules.checks_head


def _commit(state: State, rules: Rules, judged: Judged) -> Iterator[Step]:
    """kit/db.py, _write_group: COMMIT, then those who listen, then the answer, which may be lost on its way."""
    rest = state._replace(judged=tuple(one for one in state.judged if one != judged))
    after = admitted(rest, rules, judged) if judged.is_admitted else held(rest, rules, judged)
    answer = ACCEPTED if judged.is_admitted else head(rest)
    what = "accept" if judged.is_admitted else "hold"
    yield f"{what} {judged.tab}", answered(after, judged.tab, answer)
    yield f"{what} {judged.tab} unheard", after


def admitted(state: State, rules: Rules, judged: Judged) -> State:
    """conversations/replying/replies.py, _admit."""
    before, kept = numbers(state), state.kept[judged.tab]
    if blind := [one for one in before if not judged.knows >> one & 1]:
        raise Broken(f"I1: {judged.tab}'s reply was accepted, and she had not seen {blind}")
    if reply_of(state, judged.tab):
        raise Broken(f"I4: {judged.tab}'s text goes out twice")
    number = max(before) + 1
    after = landed(state._replace(journal=(*state.journal, Fact(ADDED, number, judged.tab))), AUTHORS[judged.tab])
    return _keep(after, judged, kept._replace(is_held=False, is_draft=False), ACCEPTED)


def held(state: State, rules: Rules, judged: Judged) -> State:
    """conversations/held/holding.py, hold."""
    if head(state) <= judged.seen:
        raise Broken(f"I21: {judged.tab}'s text was held, and nothing newer had come")
    return _keep(state, judged, state.kept[judged.tab]._replace(is_held=rules.keeps_held_texts), head(state))


def answered(state: State, one: int, answer: int) -> State:
    """Accepted: with the facts that it made (I7). Held: with what she had not seen."""
    tab = state.tabs[one]
    if answer == ACCEPTED:
        made = next(v for v, fact in enumerate(state.journal, 1) if fact.kind == ADDED and fact.text == one)
        return _tab(state, one, _tidy(tab._replace(stage=SENT, beyond=tab.beyond | 1 << made)))
    seen = sum(1 << number for number in numbers(state) if number <= answer)
    return _tab(state, one, tab._replace(stage=HELD, seen=0, knows=tab.knows | seen))


def _page(state: State, rules: Rules, one: int) -> Iterator[Step]:
    """web/src/live/connection.ts, hearStream and resume; live/watching.py, _state."""
    tab = state.tabs[one]
    if not tab.is_on:
        yield f"back {one}", _tab(state, one, resumed(state, tab))
    elif tab.heard < state.told:
        lost, version = tab.has_lost, tab.heard + 1 + tab.has_lost
        heard = tab._replace(heard=version, has_lost=False)
        if lost and rules.checks_gaps:
            yield f"snapshot {one}", _tab(state, one, afresh(state, tab))
        else:
            holes = tab.holes | (lost << version - 1)
            yield f"hear {one}", _tab(state, one, _tidy(heard._replace(holes=holes)))


def resumed(state: State, tab: Tab) -> Tab:
    """All after what the heartbeat vouched for, whatever of it she has."""
    now, from_here = len(state.journal), tab.vouched
    missed = sum(1 << version for version in range(tab.heard + 1, from_here + 1))
    holes = (tab.holes | missed) & ((1 << from_here + 1) - 1)
    return _tidy(tab._replace(is_on=True, heard=now, holes=holes))


def afresh(state: State, tab: Tab) -> Tab:
    return _tidy(tab._replace(heard=len(state.journal), holes=0, has_lost=False))


def _beat(state: State, rules: Rules, one: int, tab: Tab) -> State:
    """live/pulse.py, _heartbeat: after all frames that went before it on the same wire."""
    vouched = tab.heard if rules.vouches_for_what_was_heard else state.told
    return _tab(_spend(state, "beats"), one, tab._replace(vouched=vouched))


def _tell(state: State) -> Iterator[Step]:
    """live/feed.py, step: woken by the bus, or by pulse.py's own look at the journal's head (_look)."""
    if state.told < len(state.journal):
        yield "tell", state._replace(told=len(state.journal))


def _crash(state: State) -> State:
    """What was not committed is gone; the feed begins at the journal's head, and every page must come back."""
    tabs = tuple(tab._replace(is_on=False, has_lost=False) for tab in state.tabs)
    return state._replace(judged=(), tabs=tabs, told=len(state.journal))


def _other_writes(state: State) -> Iterator[Step]:
    if state.may.customers:
        message = Fact(ADDED, head(state) + 1, CUSTOMER)
        yield "customer", landed(_spend(state, "customers")._replace(journal=(*state.journal, message)))
    if state.may.ends:
        for one, tab in enumerate(state.tabs):
            if (number := reply_of(state, one)) and is_waiting(state, number):
                yield f"leave {one}", released(state, one, number)
                if tab.stage == SENT:
                    yield f"undo {one}", withdrawn(state, one, number)


def landed(state: State, author: str = "") -> State:
    """replying/release.py, landed: what waits stops at once, but for replies of who wrote knowing of them."""
    stops, texts = 0, list(state.kept)
    for text in range(len(AUTHORS)):
        number = reply_of(state, text)
        if number and number < head(state) and is_waiting(state, number) and AUTHORS[text] != author:
            stops |= 1 << number
            texts[text] = texts[text]._replace(is_held=True)
    *before, newest = state.journal
    return state._replace(journal=(*before, newest._replace(stops=stops)), kept=tuple(texts))


def released(state: State, text: int, number: int) -> State:
    """conversations/replying/release.py, release: it leaves only where the head is still its own number."""
    may_leave = head(state) == number
    fact = Fact(LEFT if may_leave else PAUSED, number, text)
    kept = state.kept[text]._replace(is_held=not may_leave)
    return _spend(state, "ends")._replace(journal=(*state.journal, fact), kept=_put(state.kept, text, kept))


def withdrawn(state: State, text: int, number: int) -> State:
    """conversations/replying/release.py, withdraw: the text is a draft again, the number stays taken."""
    fact, kept = Fact(WITHDRAWN, number, text), state.kept[text]._replace(is_draft=True)
    return _spend(state, "ends")._replace(journal=(*state.journal, fact), kept=_put(state.kept, text, kept))


# promises
def check(state: State, rules: Rules) -> bool:
    """Whether the desk is at rest. Raises Broken."""
    now = len(state.journal)
    for one, (tab, kept) in enumerate(zip(state.tabs, state.kept, strict=True)):
        if shown(state, tab) >> now + 1:
            raise Broken(f"I3: {one} is shown what is not committed")
        if tab.stage in (SENT, HELD) and not (kept.is_held or kept.is_draft or reply_of(state, one)):
            raise Broken(f"I5: {one}'s text was answered, and is nowhere")
    is_at_rest = next(own_steps(state, rules), None) is None
    if is_at_rest:
        _check_at_rest(state)
    return is_at_rest


def _check_at_rest(state: State) -> None:
    everything = (1 << len(state.journal) + 1) - 2
    for one, tab in enumerate(state.tabs):
        if shown(state, tab) != everything:
            raise Broken(f"I2, I6: at rest {one} shows {shown(state, tab):b} of {everything:b}")


# walking
class Explored(NamedTuple):
    states: int
    steps: int
    rests: int


def explore(rules: Rules, bounds: Bounds, most: int = 10_000_000) -> Explored:
    """Every state within the bounds, nearest first. Raises Broken with the shortest way there."""
    first = State(may=bounds)
    came: dict[State, tuple[State, str] | None] = {first: None}
    border, walked, rests = [first], 0, 0
    while border:
        further: list[State] = []
        for state in border:
            name = ""
            try:
                for name, after in steps(state, rules):
                    walked += 1
                    same = mirrored(settled(after, rules), rules)
                    if same not in came:
                        came[same] = state, name
                        further.append(same)
                        rests += check(same, rules)
                    name = ""
            except Broken as broken:
                steps_there = [*way(came, state), *([name] if name else [])]
                raise Broken(f"{broken}; after: {', '.join(steps_there)}") from None
        assert len(came) <= most, "more states than were reckoned with"
        border = further
    return Explored(len(came), walked, rests)


def way(came: dict[State, tuple[State, str] | None], state: State) -> list[str]:
    found: list[str] = []
    while (before := came[state]) is not None:
        state, name = before
        found.append(name)
    return found[::-1]


def settled(state: State, rules: Rules) -> State:
    """What may go on at once, since nobody could tell the difference."""
    if rules.looks_at_the_head and state.told < len(state.journal):
        state = state._replace(told=len(state.journal))
    tabs = tuple(_done(state, tab) if is_done(tab) else tab for tab in state.tabs)
    kept = tuple(
        kept._replace(answers=NONE) if is_done(tab) else kept for tab, kept in zip(tabs, state.kept, strict=True)
    )
    return state._replace(tabs=tabs, kept=kept)


def _done(state: State, tab: Tab) -> Tab:
    """It is asked no more what it knew then."""
    if not tab.is_on:
        tab = resumed(state, tab)
    if not tab.holes and tab.heard < state.told:
        tab = _tidy(tab._replace(heard=state.told))
    return tab._replace(has_lost=False, attempt=ATTEMPTS - 1, seen=0, knows=0, vouched=0)


def is_done(tab: Tab) -> bool:
    return tab.stage == SENT or (tab.stage == HELD and tab.attempt + 1 == ATTEMPTS)


def mirrored(state: State, rules: Rules) -> State:
    alike = len(state.tabs) if rules.own_replies_count else 2
    order = sorted(range(alike), key=lambda one: (state.tabs[one], state.kept[one]))
    if order == list(range(alike)):
        return state
    order += range(alike, len(state.tabs))
    to = {was: now for now, was in enumerate(order)} | {CUSTOMER: CUSTOMER}
    return state._replace(
        journal=tuple(fact._replace(text=to[fact.text]) for fact in state.journal),
        judged=tuple(sorted(one._replace(tab=to[one.tab]) for one in state.judged)),
        tabs=tuple(state.tabs[one] for one in order),
        kept=tuple(state.kept[one] for one in order),
    )


# small changes
def _by(fact: Fact) -> str:
    return "nora" if fact.text == CUSTOMER else AUTHORS[fact.text]


def _put(many: tuple[T, ...], at: int, one: T) -> tuple[T, ...]:
    return (*many[:at], one, *many[at + 1 :])


def _tab(state: State, one: int, tab: Tab) -> State:
    return state._replace(tabs=_put(state.tabs, one, tab))


def _keep(state: State, judged: Judged, kept: Kept, answer: int) -> State:
    answers = _put(kept.answers, judged.attempt, kept.answers[judged.attempt] or answer)
    return state._replace(kept=_put(state.kept, judged.tab, kept._replace(answers=answers)))


def _spend(state: State, what: str) -> State:
    return state._replace(may=state.may._replace(**{what: getattr(state.may, what) - 1}))


def _tidy(tab: Tab) -> Tab:
    """What came with an answer and was heard since is no longer beyond."""
    return tab._replace(beyond=tab.beyond & ~((1 << tab.heard + 1) - 1))
