// A note of mine that I edit: what I have typed stays in this browser until it is saved or let go.
import { defineStore } from "pinia";
import { reactive, watch } from "vue";
import { get, Problem, send } from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Former, Message } from "@/live/types";
import { usePeople } from "@/people/people";
import { onPersonGone, useSession } from "@/people/session";
import { useTickets } from "@/tickets/tickets";
import { named } from "./mentions";

/** `edits`: of which state of the note this grew; `newer`: what another tab of mine made of it meanwhile. */
export type Editing = { body: string; edits: number; newer: string | null; words: string; busy: boolean };
type Kept = Pick<Editing, "body" | "edits">;

export const useNotes = defineStore("notes", () => {
  const [connection, people, session, tickets] = [useConnection(), usePeople(), useSession(), useTickets()];
  const open = reactive(new Map<number, Editing>());

  const of = (message: Message): Editing | null => open.get(message.id) ?? null;
  const nameOf = (id: number) => `elbowroom.note:${session.me?.id ?? 0}:${id}`;
  const hasBegun = (message: Message): boolean => read(nameOf(message.id)) !== null;

  function begin(message: Message): void {
    const kept = read(nameOf(message.id)) ?? { body: message.text, edits: message.edits };
    open.set(message.id, { ...kept, newer: null, words: "", busy: false });
  }
  function write(message: Message, body: string): void {
    const now = open.get(message.id);
    if (!now || now.busy) return; // what is being saved is what stands there
    now.body = body;
    keep(nameOf(message.id), body === message.text ? null : { body, edits: now.edits });
  }
  function letGo(message: Message): void {
    open.delete(message.id);
    keep(nameOf(message.id), null);
  }

  /** Those who may see the ticket, by the names in the text. */
  function mentions(ticket: number, body: string): number[] {
    const department = tickets.ticket(ticket)?.department;
    return department === undefined ? [] : named(body, people.inDepartment(department));
  }

  async function save(message: Message): Promise<void> {
    const now = open.get(message.id);
    if (!now || now.busy || !now.body.trim()) return;
    const { body, edits } = now;
    Object.assign(now, { busy: true, words: "" });
    try {
      const asked = { body, edits, mentions: mentions(message.ticket, body) };
      await send("PUT", `/api/tickets/${message.ticket}/notes/${message.number}`, asked);
      letGo(message);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const newer = problem.extra.newer as { body: string; edits: number } | undefined;
      if (newer) Object.assign(now, { newer: newer.body, edits: newer.edits });
      now.words = newer ? "" : problem.detail || problem.title;
    } finally {
      now.busy = false;
    }
  }

  async function former(message: Message): Promise<Former[]> {
    return (await get<{ former: Former[] }>(`/api/messages/${message.id}/former`)).former;
  }

  watch(() => connection.history, (_, before) => before && open.clear(), { flush: "sync" });
  onPersonGone(() => open.clear());

  return { of, hasBegun, begin, write, letGo, mentions, save, former };
});

function read(name: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}
function keep(name: string, value: Kept | null): void {
  try {
    if (value) localStorage.setItem(name, JSON.stringify(value));
    else localStorage.removeItem(name);
  } catch {
    // A private window may refuse; then the text lives as long as the page.
  }
}
