// Two tickets become one, and two again.
import { defineStore } from "pinia";
import { computed, reactive } from "vue";
import { send } from "@/live/api";
import { applies } from "@/live/apply";
import type { Answer, Merged, Row, Ticket, Who } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useFound } from "./found";
import { useTickets } from "./tickets";

const most = 6;

export const useMerging = defineStore("merging", () => {
  const tickets = useTickets();
  const found = useFound();
  /** Who merged a ticket, as far as this page heard. */
  const mergers = reactive(new Map<number, Who | null>());

  /** Before anything is typed: what the same customer wrote as well. */
  const likely = (id: number): Row[] => {
    const requester = (tickets.ticket(id) ?? tickets.row(id))?.requester.id;
    return tickets.all.filter((row) => row.requester.id === requester && offers(id, row)).slice(0, most);
  };
  const hits = computed(() => found.tickets);
  const offers = (id: number, row: Row): boolean => row.id !== id && !row.deleted && row.merged_into === null;
  const choices = (id: number, text: string): Row[] =>
    text.trim() ? hits.value.filter((row) => offers(id, row)) : likely(id);

  async function merge(id: number, into: number): Promise<void> {
    const { ticket, target } = await send<Answer<Merged>>("POST", `/api/tickets/${id}/merge`, { into });
    for (const one of [ticket, target]) tickets.learn(one);
  }
  async function undo(id: number): Promise<void> {
    tickets.learn(await send<Answer<Ticket>>("DELETE", `/api/tickets/${id}/merge`));
  }

  const mergedBy = (id: number): Who | null => mergers.get(id) ?? null;
  applies("ticket_merged", ({ place, by, data }) => {
    if (data.into !== undefined) mergers.set(Number(place.split("/")[1]), by);
  });
  onPersonGone(() => mergers.clear());

  return { choices, search: found.search, merge, undo, mergedBy };
});
