// Changing a ticket's values: shown at once, kept by the server, and where someone was quicker both values stand
// side by side until I choose.
import { defineStore } from "pinia";
import { reactive } from "vue";
import type { Problem } from "@/live/api";
import { applies } from "@/live/apply";
import { type Asked, type Outcome, useQueue, type Waiting } from "@/live/queue";
import type { Answer, Ticket, Who } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { type Field, useTickets } from "./tickets";

export type Changeable = Field | "owner";
export type Conflict = {
  field: Changeable;
  mine: unknown;
  theirs: unknown;
  by: Who | null;
  at: string | null;
  /** At which their value stands; mine over it states this one. */
  version: number;
};
type Stale = { value: unknown; version: number; by: Who | null; at: string };

/** What the outcome of a waiting change needs to know of it. */
export type FieldNote = { ticket: number; field: Changeable; to: unknown };
export type LabelNote = { ticket: number; label: string; has: boolean };
type OwnerNote = FieldNote & { from: number | null };
type Body = Record<string, { to: unknown; from_version: number }>;

export const useChanges = defineStore("changes", () => {
  const [tickets, queue] = [useTickets(), useQueue()];
  const conflicts = reactive(new Map<string, Conflict>());
  const refusals = reactive(new Map<number, string>());
  const deletions = reactive(new Map<number, Who | null>());
  const keyOf = (id: number, field: string) => `${id}:${field}`;
  const slotOf = (id: number, field: string) => `ticket/${id} ${field}`;
  const onItsWay = (id: number, field: string) => queue.inSlot(slotOf(id, field));

  /** The value as the screen shows it: mine while it is on its way, or waits for the connection. */
  function shown<T>(id: number, field: Changeable): T | null {
    const mine = onItsWay(id, field);
    if (mine) return (mine.note as FieldNote).to as T;
    return (tickets.ticket(id)?.[field] ?? null) as T | null;
  }
  const isPending = (id: number, field: string) => onItsWay(id, field) !== null;
  const conflict = (id: number, field: Changeable) => conflicts.get(keyOf(id, field)) ?? null;
  const conflictsOf = (id: number) => [...conflicts].flatMap(([key, one]) => (key.startsWith(`${id}:`) ? [one] : []));
  /** The server's words on the last change that it refused. */
  const refusal = (id: number) => refusals.get(id) ?? null;
  const forgetRefusal = (id: number) => void refusals.delete(id);

  /** `from`: the version at which she was shown the value that she changes. */
  async function change(id: number, field: Field, to: unknown, from?: number): Promise<Outcome> {
    const now = tickets.shown(id);
    const mine = onItsWay(id, field);
    if (!now || (!mine && now[field] === to)) return { is: "back" };
    if (from !== undefined && (tickets.ticket(id)?.versions[field] ?? 0) > from) return cross(id, field, to);
    return set(id, field, to, from ?? tickets.shownVersion(id));
  }

  function set(id: number, field: Field, to: unknown, from: number): Promise<Outcome> {
    const before = onItsWay(id, field);
    // Over a change of mine that never left stands what that one was based on.
    const base = before && !before.tries ? ((before.body as Body)[field]?.from_version ?? from) : from;
    const body: Body = { [field]: { to, from_version: base } };
    return ask(id, field, to, { method: "PATCH", path: `/api/tickets/${id}`, body });
  }

  /** Someone changed it while she was at it: no need to ask the server. */
  function cross(id: number, field: Field, mine: unknown): Outcome {
    const now = tickets.ticket(id);
    if (now) {
      const { by, at } = tickets.author(id, field) ?? { by: null, at: null };
      const version = now.versions[field] ?? now.version;
      conflicts.set(keyOf(id, field), { field, mine, theirs: now[field], by, at, version });
    }
    return { is: "back" };
  }

  /** `to` null: nobody's. */
  function give(id: number, to: number | null, insteadOf?: number | null): Promise<Outcome> {
    const before = onItsWay(id, "owner");
    const seen = insteadOf === undefined ? (tickets.shown(id)?.owner ?? null) : insteadOf;
    const mine = before?.note as OwnerNote | undefined;
    const from = mine ? (before?.tries ? (mine.to as number | null) : mine.from) : seen;
    const path = `/api/tickets/${id}/owner`;
    if (to !== null) return ask(id, "owner", to, { method: "PUT", path, body: { agent: to, instead_of: from } }, from);
    return ask(id, "owner", to, { method: "DELETE", path: from === null ? path : `${path}?instead_of=${from}` }, from);
  }

  function ask(
    id: number, field: Changeable, to: unknown, how: Pick<Asked, "method" | "path" | "body">, from?: number | null,
  ): Promise<Outcome> {
    conflicts.delete(keyOf(id, field));
    refusals.delete(id);
    const note = { ticket: id, field, to, from };
    return queue.submit({ ...how, kind: "field", place: `ticket/${id}`, slot: slotOf(id, field), note });
  }

  queue.takes("field", {
    done({ note, slot }, answer) {
      const { field } = note as FieldNote;
      const found = (field === "owner" ? (answer as { ticket: Ticket }).ticket : answer) as Answer<Ticket>;
      tickets.learn(found);
      if (slot) queue.amend(slot, (later) => renew(later, field, found.version));
    },
    refused: ({ note }, problem) => refused(note as FieldNote, problem),
  });

  function refused({ ticket: id, field, to: mine }: FieldNote, problem: Problem): void {
    const extra = problem.extra as { fields?: Record<string, Stale>; owner?: Who | null; by?: Who; at?: string };
    const stale = extra.fields?.[field];
    const key = keyOf(id, field);
    if (stale) {
      const { value, version, by, at } = stale;
      conflicts.set(key, { field, mine, theirs: value, by, at, version });
    } else if (problem.type === "owner-taken") {
      const { owner = null, by = null, at = null } = extra;
      conflicts.set(key, { field, mine, theirs: owner?.id ?? null, by, at, version: 0 });
    } else refusals.set(id, problem.detail || problem.title);
  }

  async function keepMine(id: number, field: Changeable): Promise<void> {
    const one = conflict(id, field);
    if (!one) return;
    conflicts.delete(keyOf(id, field));
    if (one.field === "owner") await give(id, one.mine as number | null, one.theirs as number | null);
    else await set(id, one.field, one.mine, one.version);
  }
  const takeTheirs = (id: number, field: Changeable) => void conflicts.delete(keyOf(id, field));

  /** Who put it into the bin, as far as this page heard. */
  const deletedBy = (id: number) => deletions.get(id) ?? null;
  applies("ticket_deleted", ({ place, by }) => void deletions.set(Number(place.split("/")[1]), by));

  /** Labels as shown: the server's, with mine that are on their way. */
  function labels(id: number): string[] {
    const names = new Set(tickets.ticket(id)?.labels);
    for (const { kind, note } of queue.of(`ticket/${id}`)) {
      if (kind !== "label") continue;
      const { label, has } = note as LabelNote;
      if (has) names.add(label);
      else names.delete(label);
    }
    return [...names].toSorted((a, b) => a.localeCompare(b));
  }

  function setLabel(id: number, name: string, has: boolean): Promise<Outcome> {
    refusals.delete(id);
    const path = `/api/tickets/${id}/labels/${encodeURIComponent(name)}`;
    const note: LabelNote = { ticket: id, label: name, has };
    const slot = slotOf(id, `label:${name}`);
    return queue.submit({ kind: "label", place: `ticket/${id}`, method: has ? "PUT" : "DELETE", path, slot, note });
  }
  queue.takes("label", { done: () => undefined, refused: say });

  const remove = (id: number): Promise<Outcome> =>
    queue.submit({ kind: "delete", place: `ticket/${id}`, method: "DELETE", path: `/api/tickets/${id}`, note: { ticket: id } });
  queue.takes("delete", { done: () => undefined, refused: say });

  function say({ note }: Waiting, problem: Problem): void {
    refusals.set((note as { ticket: number }).ticket, problem.detail || problem.title);
  }

  onPersonGone(() => {
    for (const map of [conflicts, refusals, deletions]) map.clear();
  });

  return {
    shown, isPending, conflict, conflictsOf, refusal, forgetRefusal,
    change, cross, give, keepMine, takeTheirs, deletedBy, labels, setLabel, remove,
  };
});

/** A change of mine on top of one of mine that just came through is based on that one. */
function renew(later: Waiting, field: Changeable, version: number): void {
  if (field === "owner") return;
  const asked = (later.body as Body)[field];
  if (asked) asked.from_version = Math.max(asked.from_version, version);
}
