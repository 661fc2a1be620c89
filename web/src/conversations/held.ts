// Replies that were held back: the text is with the server, nothing was sent, its author chooses.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Held, PersonState, TicketState } from "@/live/types";
import { useDrafts } from "./drafts";

export const useHeld = defineStore("held", () => {
  const connection = useConnection();
  const drafts = useDrafts();
  const entries = reactive(new Map<number, Held>());
  /** The held entry that each ticket's box now holds for editing. */
  const editing = reactive(new Map<number, number>());

  const held = computed(() => [...entries.values()].toSorted((a, b) => b.at.localeCompare(a.at)));
  const count = computed(() => entries.size);
  const of = (ticket: number) => held.value.filter((one) => one.ticket === ticket);
  const edited = (ticket: number) => entries.get(editing.get(ticket) ?? 0) ?? null;

  const upsert = (one: Held) => void entries.set(one.id, one);

  function settle(id: number): void {
    const settled = entries.get(id);
    entries.delete(id);
    if (settled && editing.get(settled.ticket) === id) editing.delete(settled.ticket);
  }

  async function load(): Promise<void> {
    install((await get<{ held: Held[] }>("/api/held")).held, () => true);
  }

  /** `covers` tells which known entries the new list speaks of: those it does not name are settled. */
  function install(found: Held[], covers: (one: Held) => boolean): void {
    const named = new Set(found.map((one) => one.id));
    for (const one of held.value) if (covers(one) && !named.has(one.id)) settle(one.id);
    for (const one of found) upsert(one);
  }

  /** The text goes back into the box; the entry stays until what grows from it is sent or let go. */
  function edit(one: Held): void {
    drafts.give(one.ticket, "reply", one.body);
    editing.set(one.ticket, one.id);
  }

  async function keepAsNote({ id }: Held): Promise<void> {
    await send("POST", `/api/held/${id}/note`);
    settle(id);
  }

  async function discard({ id }: Held): Promise<void> {
    await send("DELETE", `/api/held/${id}`);
    settle(id);
  }

  function forgetAll(): void {
    entries.clear();
    editing.clear();
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (place.startsWith("person/")) install((state as PersonState).held, () => true);
    if (!place.startsWith("ticket/")) return;
    const { ticket, held: found } = state as TicketState;
    install(found, (known) => known.ticket === ticket.id);
  });
  applies("reply_held", ({ data }) => {
    if (data.entry) upsert(data.entry);
  });
  applies("held_settled", ({ data }) => settle(data.held ?? 0));
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return { held, count, of, edited, upsert, settle, load, install, edit, keepAsNote, discard, forgetAll };
});
