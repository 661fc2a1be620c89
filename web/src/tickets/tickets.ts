// Every ticket this page knows: rows of lists, and whole tickets that are open.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Answer, Row, Ticket, TicketState, Who } from "@/live/types";
import { useSession } from "@/people/session";
import { useInboxes } from "./inboxes";
import { Known } from "./known";

export type Changed = { by: Who | null; at: string };
export type Field = "subject" | "status" | "priority" | "inbox" | "folder";

const markFor = 2_000;
const keep = 20;

export const useTickets = defineStore("tickets", () => {
  const connection = useConnection();
  const session = useSession();
  const inboxes = useInboxes();
  const rows = reactive(new Map<number, Row>());
  const tickets = reactive(new Map<number, Ticket>());
  /** Of open tickets, why they were taken from my view. */
  const left = reactive(new Map<number, { why: "moved" | "erased" | "rights"; by: Who | null }>());
  const knownRows = new Map<number, Known<Row>>();
  const knownTickets = new Map<number, Known<Ticket>>();
  const marks = reactive(new Map<string, Changed>());
  const authors = reactive(new Map<string, Changed>());
  /** The newest version of each ticket that I made myself. */
  const mine = reactive(new Map<number, number>());
  const opened: number[] = [];

  const row = (id: number): Row | null => rows.get(id) ?? null;
  const ticket = (id: number): Ticket | null => tickets.get(id) ?? null;
  const all = computed(() => [...rows.values()]);

  /** A row's whole state; an older one than is known changes nothing. */
  function upsertRow(found: Row): void {
    const known = knownRows.get(found.id) ?? new Known<Row>(inboxes.named);
    knownRows.set(found.id, known);
    if (!known.value) return void rows.set(found.id, known.begin(reactive({ ...found })));
    const before = looks(known.value);
    known.merge(found);
    const by = found.changed_by ?? null;
    if (by && by.id !== session.me?.id && looks(known.value) !== before) mark(found.id, "row", { by, at: found.changed_at });
  }

  function upsertTicket(found: Ticket): void {
    const known = knownTickets.get(found.id) ?? new Known<Ticket>(inboxes.named);
    knownTickets.set(found.id, known);
    if (known.value) known.merge(found);
    else tickets.set(found.id, known.begin(reactive({ ...found })));
  }

  watch(
    () => inboxes.labels,
    () => {
      for (const known of [...knownRows.values(), ...knownTickets.values()]) known.relabel();
    },
    { flush: "sync" },
  );

  function dropRow(id: number): void {
    rows.delete(id);
    knownRows.delete(id);
  }

  /** Watches the ticket; its state comes as a snapshot. Closed again by `close`. */
  function open(id: number): void {
    left.delete(id);
    connection.watch(`ticket/${id}`);
    const at = opened.indexOf(id);
    if (at >= 0) opened.splice(at, 1);
    opened.push(id);
    for (const old of opened.splice(0, Math.max(0, opened.length - keep))) {
      tickets.delete(old);
      knownTickets.delete(old);
    }
  }
  const close = (id: number): void => connection.unwatch(`ticket/${id}`);

  /** A whole ticket as an answer brought it. */
  function learn(answer: Answer<Ticket>): void {
    const { facts: _, ...found } = answer;
    if ("left" in found) return; // moved out of my sight: nothing more is told of it
    if (knownTickets.has(found.id)) upsertTicket(found);
    knownRows.get(found.id)?.merge(rowOf(found));
  }
  /** As it is shown: open, or as a row. */
  const shown = (id: number): Row | null => tickets.get(id) ?? rows.get(id) ?? null;
  /** Any version at which the screen showed a value; the ticket's own is one of them. */
  const shownVersion = (id: number): number => shown(id)?.version ?? 0;

  /** Another inbox, another folder, or both at once. Refused with Problem "stale" where someone was quicker. */
  async function place(id: number, to: { inbox?: number; folder?: number | null }, fromVersion: number): Promise<Ticket> {
    const changes = Object.entries(to).map(([field, value]) => [field, { to: value, from_version: fromVersion }]);
    const found = await send<Answer<Ticket>>("PATCH", `/api/tickets/${id}`, Object.fromEntries(changes));
    learn(found);
    return found;
  }
  async function archive(id: number): Promise<void> {
    await send("POST", `/api/tickets/${id}/archive`);
  }
  async function unarchive(id: number): Promise<void> {
    await send("DELETE", `/api/tickets/${id}/archive`);
  }
  async function restore(id: number): Promise<void> {
    await send("POST", `/api/tickets/${id}/restore`);
  }
  /** Ends a colleague's hold; whoever opens the ticket next has it. */
  async function freeLock(id: number): Promise<void> {
    await send("DELETE", `/api/tickets/${id}/lock?force=true`);
  }
  async function fetchTicket(id: number): Promise<Ticket> {
    const found = await get<Ticket>(`/api/tickets/${id}`);
    if (knownTickets.has(id)) upsertTicket(found);
    return found;
  }

  /** Who changed this field last, as far as this page heard. */
  const author = (id: number, field: string): Changed | null => authors.get(`${id}:${field}`) ?? null;
  /** Who changed this field (or, as "row", what a row shows of it) within the last 2 s, if it was not me. */
  const changedBy = (id: number, field: string): Changed | null => marks.get(`${id}:${field}`) ?? null;

  function mark(id: number, field: string, { by, at }: Changed): void {
    const key = `${id}:${field}`;
    const changed = { by, at };
    marks.set(key, changed);
    setTimeout(() => {
      if (marks.get(key)?.at === changed.at) marks.delete(key);
    }, markFor);
  }

  applies("*", (fact) => {
    const [kind, text] = fact.place.split("/");
    if (kind !== "ticket") return;
    const id = Number(text);
    const isMine = fact.by !== null && fact.by.id === session.me?.id;
    if (isMine) mine.set(id, Math.max(mine.get(id) ?? 0, fact.version));
    const ofRow = knownRows.get(id)?.apply(fact) ?? [];
    if (!isMine && ofRow.some(isLook)) mark(id, "row", fact);
    const changed = knownTickets.get(id)?.apply(fact) ?? [];
    for (const field of changed) authors.set(`${id}:${field}`, { by: fact.by, at: fact.at });
    if (!isMine) for (const field of changed) mark(id, field, fact);
    if (fact.kind === "ticket_restored") left.delete(id);
  });

  connection.onMessage("snapshot", (message) => {
    if (!message.place.startsWith("ticket/")) return;
    const found = (message.state as TicketState).ticket;
    left.delete(found.id);
    knownTickets.delete(found.id);
    const known = tickets.get(found.id);
    const fresh = new Known<Ticket>(inboxes.named);
    knownTickets.set(found.id, fresh);
    if (known) fresh.begin(Object.assign(known, found));
    else tickets.set(found.id, fresh.begin(reactive({ ...found })));
    knownRows.get(found.id)?.merge(rowOf(found));
  });
  connection.onMessage("gone", (message) => {
    const [kind, id] = message.place.split("/");
    if (kind === "ticket") left.set(Number(id), { why: message.why, by: message.by });
  });

  function forgetAll(): void {
    for (const map of [rows, tickets, left, knownRows, knownTickets, marks, authors, mine]) map.clear();
    opened.length = 0;
  }

  return {
    rows, tickets, left, mine, all, row, ticket, upsertRow, upsertTicket, dropRow, open, close, fetchTicket,
    learn, shown, shownVersion, place, archive, unarchive, restore, freeLock, author, changedBy, forgetAll,
  };
});

const rowKeys = [
  "id", "version", "inbox", "department", "subject", "status", "queue", "priority", "owner", "labels", "label_ids",
  "requester", "preview", "preview_by", "messages", "head", "created_at", "changed_at", "last_message_at",
  "folder", "archived", "deleted", "merged_into",
] as const;

/** What people set; messages come and go without a mark of their own. */
const lookKeys = ["subject", "status", "priority", "owner", "inbox", "folder", "labels"] as const;
const isLook = (field: string): boolean => (lookKeys as readonly string[]).includes(field);
const looks = (row: Row): string => JSON.stringify(lookKeys.map((key) => row[key]));

function rowOf(ticket: Ticket): Row {
  return Object.fromEntries(rowKeys.map((key) => [key, ticket[key]])) as Row;
}
