// Changing a ticket's values: shown at once, kept by the server, and where someone was quicker both values stand
// side by side until I choose.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { Problem } from "@/live/api";
import { applies } from "@/live/apply";
import type { Who } from "@/live/types";
import { useSession } from "@/people/session";
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

export const useChanges = defineStore("changes", () => {
  const tickets = useTickets();
  const session = useSession();
  const pending = reactive(new Map<string, unknown>());
  const conflicts = reactive(new Map<string, Conflict>());
  const refusals = reactive(new Map<number, string>());
  const deletions = reactive(new Map<number, Who | null>());
  const keyOf = (id: number, field: string) => `${id}:${field}`;

  /** The value as the screen shows it: mine while it is on its way. */
  function shown<T>(id: number, field: Changeable): T | null {
    const key = keyOf(id, field);
    if (pending.has(key)) return pending.get(key) as T;
    return (tickets.ticket(id)?.[field] ?? null) as T | null;
  }
  const isPending = (id: number, field: string) => pending.has(keyOf(id, field));
  const conflict = (id: number, field: Changeable) => conflicts.get(keyOf(id, field)) ?? null;
  const conflictsOf = (id: number) => [...conflicts].flatMap(([key, one]) => (key.startsWith(`${id}:`) ? [one] : []));
  /** The server's words on the last change that it refused. */
  const refusal = (id: number) => refusals.get(id) ?? null;
  const forgetRefusal = (id: number) => void refusals.delete(id);

  /** `from`: the version at which she was shown the value that she changes. */
  async function change(id: number, field: Field, to: unknown, from?: number): Promise<void> {
    const now = tickets.ticket(id);
    if (!now || now[field] === to) return;
    if (from !== undefined && (now.versions[field] ?? 0) > from) return cross(id, field, to);
    await attempt(id, field, to, () => tickets.patch(id, field, to, from));
  }

  /** Someone changed it while she was at it: no need to ask the server. */
  function cross(id: number, field: Field, mine: unknown): void {
    const now = tickets.ticket(id);
    if (!now) return;
    const { by, at } = tickets.changedBy(id, field) ?? { by: null, at: null };
    const version = now.versions[field] ?? now.version;
    conflicts.set(keyOf(id, field), { field, mine, theirs: now[field], by, at, version });
  }

  /** `to` null: nobody's. */
  async function give(id: number, to: number | null, insteadOf?: number | null): Promise<void> {
    await attempt(id, "owner", to, () => {
      if (to === null) return tickets.letGo(id);
      return to === session.me?.id ? tickets.take(id, insteadOf) : tickets.give(id, to, insteadOf);
    });
  }

  async function attempt(id: number, field: Changeable, to: unknown, go: () => Promise<unknown>): Promise<void> {
    const key = keyOf(id, field);
    conflicts.delete(key);
    refusals.delete(id);
    pending.set(key, to);
    try {
      await go();
    } catch (problem) {
      refused(id, field, to, problem);
    } finally {
      pending.delete(key);
    }
  }

  function refused(id: number, field: Changeable, mine: unknown, problem: unknown): void {
    if (!(problem instanceof Problem)) throw problem;
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
    if (one.field === "owner") return give(id, one.mine as number | null, one.theirs as number | null);
    const target = one.field;
    await attempt(id, target, one.mine, () => tickets.patch(id, target, one.mine, one.version));
  }
  const takeTheirs = (id: number, field: Changeable) => void conflicts.delete(keyOf(id, field));

  /** Who put it into the bin, as far as this page heard. */
  const deletedBy = (id: number) => deletions.get(id) ?? null;
  applies("ticket_deleted", ({ place, by }) => void deletions.set(Number(place.split("/")[1]), by));

  /** Labels as shown: the server's, with mine that are on their way. */
  function labels(id: number): string[] {
    const names = new Set(tickets.ticket(id)?.labels);
    for (const [key, has] of pending) {
      const name = labelIn(key, id);
      if (name !== null && has) names.add(name);
      else if (name !== null) names.delete(name);
    }
    return [...names].toSorted((a, b) => a.localeCompare(b));
  }

  async function setLabel(id: number, name: string, has: boolean): Promise<void> {
    const key = keyOf(id, `label:${name}`);
    refusals.delete(id);
    pending.set(key, has);
    try {
      await (has ? tickets.addLabel(id, name) : tickets.removeLabel(id, name));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refusals.set(id, problem.detail || problem.title);
    } finally {
      pending.delete(key);
    }
  }

  return {
    shown, isPending, conflict, conflictsOf, refusal, forgetRefusal,
    change, cross, give, keepMine, takeTheirs, deletedBy, labels, setLabel,
  };
});

function labelIn(key: string, id: number): string | null {
  const start = `${id}:label:`;
  return key.startsWith(start) ? key.slice(start.length) : null;
}
