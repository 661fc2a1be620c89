// Replies that were held back: the text is with the server, nothing was sent, its author chooses.
import { defineStore } from "pinia";
import { computed, reactive, shallowRef, watch } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Held, PersonState, TicketState } from "@/live/types";
import { useDrafts } from "./drafts";
import { useRecipients } from "./recipients";
import { useUploads } from "./uploads";

export const useHeld = defineStore("held", () => {
  const connection = useConnection();
  const drafts = useDrafts();
  const [recipients, uploads] = [useRecipients(), useUploads()];
  const entries = reactive(new Map<number, Held>());
  /** The held entry that each ticket's box now holds for editing. */
  const editing = reactive(new Map<number, number>());

  /** The newest that the stream told of and this page did not know. */
  const latest = shallowRef<Held | null>(null);

  const held = computed(() => [...entries.values()].toSorted((a, b) => b.at.localeCompare(a.at)));
  const count = computed(() => entries.size);
  const of = (ticket: number) => held.value.filter((one) => one.ticket === ticket);
  const one = (id: number) => entries.get(id) ?? null;
  const edited = (ticket: number) => entries.get(editing.get(ticket) ?? 0) ?? null;

  const upsert = (entry: Held) => void entries.set(entry.id, entry);

  function settle(id: number): void {
    const settled = entries.get(id);
    entries.delete(id);
    if (settled && editing.get(settled.ticket) === id) editing.delete(settled.ticket);
  }

  async function load(): Promise<void> {
    install((await get<{ held: Held[] }>("/api/held")).held, () => true);
  }

  /** One entry by its address. Throws Problem: 404 where it is not mine, 410 where I have decided. */
  async function loadOne(id: number): Promise<void> {
    upsert((await get<{ held: Held }>(`/api/held/${id}`)).held);
  }

  /** `covers` tells which known entries the new list speaks of: those it does not name are settled. */
  function install(found: Held[], covers: (one: Held) => boolean): void {
    const named = new Set(found.map((entry) => entry.id));
    for (const known of held.value) if (covers(known) && !named.has(known.id)) settle(known.id);
    for (const entry of found) upsert(entry);
  }

  /** The text goes back into the box; the entry stays until what grows from it is sent or let go. */
  function edit(entry: Held): void {
    giveBack(entry);
    editing.set(entry.ticket, entry.id);
  }
  function giveBack({ ticket, body, recipients: to, attachments }: Held): void {
    drafts.give(ticket, "reply", body);
    recipients.bring(ticket, to);
    const there = new Set(uploads.of(ticket).map((file) => file.id));
    uploads.bringBack(ticket, attachments.filter((file) => !there.has(file.id)));
  }

  /** The server closed the draft where it was that very text; whatever else stands in the box stays. */
  async function keepAsNote({ id, ticket, body }: Held): Promise<void> {
    await send("POST", `/api/held/${id}/note`);
    settle(id);
    if (drafts.box(ticket, "reply").body.trim() === body.trim()) drafts.sent(ticket, "reply");
  }

  async function discard({ id }: Held): Promise<void> {
    await send("DELETE", `/api/held/${id}`);
    settle(id);
  }

  function forgetAll(): void {
    entries.clear();
    editing.clear();
    latest.value = null;
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (place.startsWith("person/")) install((state as PersonState).held, () => true);
    if (!place.startsWith("ticket/")) return;
    const { ticket, held: found } = state as TicketState;
    install(found, (known) => known.ticket === ticket.id);
  });
  applies("reply_held", ({ data }) => {
    if (!data.entry) return;
    if (!entries.has(data.entry.id)) latest.value = data.entry;
    upsert(data.entry);
  });
  applies("held_settled", ({ data }) => settle(data.held ?? 0));
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return {
    held, count, latest, of, one, edited, upsert, settle, load, loadOne, install, edit, giveBack, keepAsNote, discard,
    forgetAll,
  };
});
