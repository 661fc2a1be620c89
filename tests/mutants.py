#!/usr/bin/env python3
"""Breaks the code in small ways, one at a time and in a copy, and sees that a test notices.

`python3 dev.py mutants [-- NAME …]`; with `-- walk` each of those that the random walk should find is also given to it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WALK = "tests/converge/test_walk.py::test_two_thousand_steps"
DEATH = "tests/faults/test_crash_points.py::test_a_desk_that_dies_there_loses_and_doubles_nothing"
REPLY, LOCKS = "tests/conversations/test_reply.py", "tests/together/test_locks.py"
HELD = (
    "tests/together/test_crowds_model.py::test_a_lock_is_never_taken_from_who_is_there_and_never_stays_with_who_is_not"
)
LOSSY = f"{HELD}[a lossy wire]"


@dataclass(frozen=True)
class Mutant:
    """`edits`: (file, what stands there once, what stands there then); `found_by`: the quick test that must fail."""

    name: str
    found_by: str
    edits: tuple[tuple[str, str, str], ...]
    walked: bool = False  # the random walk finds it too


MUTANTS = (
    Mutant(
        "no-head-check", f"{REPLY}::test_of_two_replies_the_second_is_held_with_the_first_shown",
        (("elbowroom/conversations/messages.py", "risen = risen.where(conversations.c.head <= seen)", "pass"),),
        walked=True,
    ),
    Mutant(
        "check-then-act", "tests/faults/test_raced_replies.py::test_ten_pairs",
        (
            (
                "elbowroom/conversations/routes/replies.py",
                "    return await caller.command(lambda tx, viewer: replies.reply(tx, viewer, asked.sending(ticket)))",
                "    from dataclasses import replace\n"
                "    from elbowroom.tickets.access import access_ticket\n"
                "    sending = asked.sending(ticket)\n"
                "    head = await caller.ask(lambda read, viewer: access_ticket(read, viewer, ticket)['head'])\n"
                "    sending = replace(sending, seen=-1) if head <= sending.seen else sending\n"
                "    return await caller.command(lambda tx, viewer: replies.reply(tx, viewer, sending))",
            ),
            (
                "elbowroom/conversations/replying/replies.py",
                'messages.raise_head(tx, stored["conversation"], number, sending.seen)',
                'messages.raise_head(tx, stored["conversation"], number, None if sending.seen < 0 else sending.seen)',
            ),
        ),
        walked=True,
    ),
    Mutant(
        "own-replies-ignored", f"{REPLY}::test_her_own_reply_from_another_tab_counts_as_unseen",
        (
            (
                "elbowroom/conversations/replying/replies.py",
                'messages.raise_head(tx, stored["conversation"], number, sending.seen)',
                'messages.raise_head(tx, stored["conversation"], number, max(sending.seen, tx.value(select('
                'table.c.number).where(table.c.ticket == stored["id"], table.c.agent == viewer.id, table.c.kind == '
                '"reply").order_by(table.c.number.desc())) or 0))',
            ),
        ),
        walked=True,
    ),
    Mutant(
        "id-looked-up-after-admission",
        "tests/conversations/test_retry.py::test_a_retried_reply_gets_its_answer_though_others_wrote_since",
        (
            ("elbowroom/kit/commands.py", "    if key is not None:\n        row = tx.first(",
             "    tx.command = key\n    answer = verb(tx)\n    if key is not None:\n        row = tx.first("),
            ("elbowroom/kit/commands.py", "    tx.command = key\n    answer = verb(tx)\n    content", "    content"),
        ),
        walked=True,
    ),
    Mutant(
        "publish-before-commit", "tests/kit/test_write.py::test_what_was_told_goes_out_after_the_commit",
        (
            ("elbowroom/kit/db.py", "            self.store.require_transaction(connection)\n",
             "            self.store.require_transaction(connection)\n"
             "        for listener in self.listeners if told else ():\n            listener(told)\n        told = []\n"),
        ),
    ),
    Mutant(
        "no-gap-check-in-the-client",
        "tests/converge/test_page.py::test_a_missing_frame_asks_for_a_snapshot_and_shows_nothing_of_what_came_after",
        (
            ("tests/converge/page.py", "    checks_gaps: bool = True", "    checks_gaps: bool = False"),
            ("tests/converge/world.py", "    checks_gaps: bool = True", "    checks_gaps: bool = False"),
            ("tests/converge/walk.py", "checks_gaps: bool = True", "checks_gaps: bool = False"),
        ),
        walked=True,
    ),
    Mutant(
        "heartbeat-without-position", "tests/live/test_heartbeat.py",
        (("elbowroom/live/pulse.py", '{"type": "heartbeat", **cursor.body(), "now": now}',
          '{"type": "heartbeat", **cursor.body(), "position": 0, "mark": 0, "now": now}'),),
    ),
    Mutant(
        "held-text-dropped", f"{REPLY}::test_a_ticket_in_the_bin_takes_no_reply_and_loses_none",
        (("elbowroom/conversations/replying/replies.py", "    entry = holding.hold(tx, viewer, None, sending, reason)", "    entry = 0"),),
        walked=True,
    ),
    Mutant(
        "held-texts-dropped-at-a-start", f"{DEATH}[committed]",
        (
            (
                "elbowroom/app.py", "    await live.feed.start()\n",
                "    await live.feed.start()\n"
                "    from elbowroom.conversations.tables import held as texts\n"
                "    await own.db.write(lambda tx: tx.run(texts.delete()))\n",
            ),
        ),
        walked=True,
    ),
    Mutant(
        "command-id-stored-after-the-commit", f"{DEATH}[committed]",
        (
            ("elbowroom/kit/commands.py", "KEPT_FOR = 30 * 86_400.0\n", "KEPT_FOR = 30 * 86_400.0\nlate: dict[str, Any] = {}\n"),
            (
                "elbowroom/kit/commands.py", "        tx.run(insert(commands).values(answer=content.decode(), **row_values))",
                '        late[sign] = {"answer": content.decode(), **row_values}',
            ),
            (
                "elbowroom/people/caller.py", "        done = await self.engines.db.write(carried_out)\n",
                "        done = await self.engines.db.write(carried_out)\n"
                "        if (row := commands.late.pop(sign, None)) is not None:\n"
                "            await self.engines.db.write(lambda tx: tx.run(commands.commands.insert().values(**row)))\n",
            ),
        ),
        walked=True,
    ),
    Mutant(
        "labels-saved-as-a-list", "tests/converge/test_facts.py::test_state_and_facts_are_a_fresh_fetch[label_added]",
        (("elbowroom/tickets/labels.py", "    added = tx.insert(ticket_labels)",
          "    tx.run(delete(ticket_labels).where(ticket_labels.c.ticket == ticket))\n"
          "    added = tx.insert(ticket_labels)"),),
        walked=True,
    ),
    Mutant(
        "no-version-check", "tests/tickets/test_change_field.py",
        (("elbowroom/tickets/fields.py", "    return bool(stored[f\"{name}_version\"] > change.from_version",
          "    return bool(False"),),
        walked=True,
    ),
    Mutant(
        "fence-not-raised", f"{LOCKS}::test_forcing_raises_the_fence_and_tells_by_whom",
        (("elbowroom/together/locks.py", '{"person": None, "fence": locks.c.fence + 1,', '{"person": None, "fence": locks.c.fence,'),),
    ),
    Mutant(
        "all-nodes-always-known", LOSSY,
        (("elbowroom/together/crowds.py", "        return not is_young and self.neighbours.are_all_heard()", "        return True"),),
    ),
    Mutant(
        "only-own-tabs-hold", LOSSY,
        (("elbowroom/together/presence.py", "return any(self.entries[key].person == person for key in self.on.get(place, ()))",
          "return self.is_here(person, place)"),),
    ),
    Mutant(
        "a-young-board-frees", LOSSY,
        (
            ("elbowroom/together/crowds.py", "        return not is_young and self.neighbours.are_all_heard()", "        return self.neighbours.are_all_heard()"),
            ("elbowroom/together/crowds.py", "        if now - self.board.started < UNKNOWN_FOR:\n            return\n", ""),
        ),
    ),
    Mutant(
        "claims-unread", LOSSY,
        (("elbowroom/together/crowds.py", " and not self.neighbours.beats.is_claimed(held.place)", ""),),
    ),
    Mutant(
        "a-dead-nodes-people-hold-for-ever", LOSSY,
        (("elbowroom/together/beats.py", "if self.own - one.at < DEAD_AFTER]", "]"),),
    ),
    Mutant(
        "a-leases-new-end-unseen",
        "tests/together/test_nodes.py::test_a_lease_that_became_a_tabs_lock_unheard_is_found_by_looking",
        (
            ("elbowroom/together/locks.py", '(row["fence"], row["until"], row["asked_until"]) for row', '(row["fence"], None, row["asked_until"]) for row'),
            ("elbowroom/together/crowds.py", "(held.fence, held.until, held.asked_until)", "(held.fence, None, held.asked_until)"),
        ),
    ),
    Mutant(
        "rights-not-compared-at-delivery",
        "tests/faults/test_deaf_bus.py::test_new_rights_and_a_log_out_are_felt_without_the_bus",
        (("elbowroom/live/hub.py", "self.rights.get(viewer.id) == connection.rights", "True"),),
    ),
    Mutant(
        "released-unlooked",
        "tests/conversations/test_undo.py::test_what_was_overlooked_as_it_landed_is_seen_as_it_leaves",
        (("elbowroom/conversations/replying/release.py", "return not _is_overtaken(tx, stored, row)", "return True"),),
    ),
    Mutant(
        "a-new-audience-sees-who-was-there",
        "tests/together/test_presence.py::test_who_may_stay_on_a_moved_ticket_stays_and_the_others_are_never_shown",
        (("elbowroom/app.py", "        live.crowds.moved_away(fact.place)", "        pass"),),
        walked=True,
    ),
    Mutant(
        "closed-transports-written-to", "tests/live/test_slow_reader.py::test_a_wire_that_is_closing_ends_nobody_elses_sweep",
        (
            ("elbowroom/live/connection.py", "if self.wire.is_closing():", "if False:"),
            ("elbowroom/live/connection.py", "if not wire.is_closing():", "if True:"),
        ),
        walked=True,
    ),
    Mutant(
        "commits-not-synced", "tests/faults/test_power_cut.py::test_fifty_cuts",
        (("elbowroom/kit/stores/sqlite.py", '"synchronous=FULL"', '"synchronous=NORMAL"'),),
    ),
    Mutant(
        "answered-before-the-commit", f"{DEATH}[committing]",
        (
            (
                "elbowroom/kit/db.py",
                "        if told:\n            failpoints.reach(\"committing\")",
                "        if told:\n"
                "            for work in group:\n"
                "                (work.future.set_exception(work.error) if work.error else work.future.set_result(work.result))\n"
                "            time.sleep(0.3)\n"
                "            failpoints.reach(\"committing\")",
            ),
            (
                "elbowroom/kit/db.py",
                "        for work in group:\n            if work.error is not None:",
                "        for work in group:\n            if work.future.done():\n                continue\n"
                "            if work.error is not None:",
            ),
        ),
    ),
    Mutant(
        "left-before-it-left", f"{DEATH}[mailed]",
        (
            (
                "elbowroom/channels/email/sending.py", "        outcome = await _tried(own, found, job.data.get(\"only\"))",
                "        await own.db.write(lambda tx: delivery.left(tx, job.data[\"message\"]))\n"
                "        outcome = await _tried(own, found, job.data.get(\"only\"))",
            ),
        ),
    ),
    Mutant(
        "a-fresh-message-id-each-time", f"{DEATH}[mailed]",
        (
            ("elbowroom/channels/email/letters.py", "    if message[\"mail_id\"]:", "    if False:"),
            ("elbowroom/channels/email/letters.py", "ours.row_of(message), mailbox",
             "f\"{ours.row_of(message)}{round(tx.now * 1000):x}\", mailbox"),
        ),
    ),
)  # fmt: skip


def main(wanted: list[str]) -> int:
    walks = "walk" in wanted
    chosen = [one for one in MUTANTS if one.name in wanted or not set(wanted) - {"walk"}]
    if unknown := set(wanted) - {"walk"} - {one.name for one in MUTANTS}:
        print(f"No such mutant: {', '.join(sorted(unknown))}. There are {', '.join(one.name for one in MUTANTS)}.")
        return 2
    alive = [one.name for one in chosen if not found(one, one.found_by)]
    if walks:
        alive += [f"{one.name} (walk)" for one in chosen if one.walked and not found(one, WALK)]
    print(f"\n{len(chosen)} mutants, alive: {', '.join(alive) or 'none'}")
    return 1 if alive else 0


def found(mutant: Mutant, test: str) -> bool:
    """Whether the test passes on the code as it is and fails on the mutant."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for part in ("elbowroom", "tests", "docs"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "static"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        if test != WALK and (said := run(copy, test)).returncode:
            print(f"{mutant.name:36} {test} FAILS ON THE CODE AS IT IS\n{said.stdout[-3000:]}", flush=True)
            return False
        for file, there, then in mutant.edits:
            text = (copy / file).read_text()
            if text.count(there) != 1:
                print(f"{mutant.name:36} NO PLACE FOR IT in {file}: {there!r} stands there {text.count(there)} times")
                return False
            (copy / file).write_text(text.replace(there, then))
        said = run(copy, test)
    verdict = "found by" if said.returncode == 1 else "ALIVE after" if said.returncode == 0 else "BROKEN in"
    print(f"{mutant.name:36} {verdict} {test}  ({time.monotonic() - began:.0f} s)", flush=True)
    if said.returncode > 1:
        print(said.stdout[-3000:])
    return said.returncode == 1


def run(copy: Path, test: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-x", "-q", test]
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=copy, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
