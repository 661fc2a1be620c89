// The messages of each ticket, and how far they were seen. `seen` is what a reply vouches for, so it rises only
// by what stood on a screen: the state at opening, then messages that were in view.
import { defineStore } from "pinia";
import { reactive, shallowReactive, watch } from "vue";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Message, TicketState } from "@/live/types";
import { onPersonGone } from "@/people/session";

/** A state that comes later than this after opening is no longer what she opened. */
const openingFor = 5_000;

/** `message` null: it went to another ticket. */
type Known = { version: number; message: Message | null };

/** Whether a message can hold a reply: one by a customer, or one that went to her. */
export const raisesHead = (message: Message) =>
  message.kind === "customer" || message.kind === "reply";

export const useMessages = defineStore("messages", () => {
  const connection = useConnection();
  const known = new Map<number, Map<number, Known>>();
  const lists = shallowReactive(new Map<number, readonly Message[]>());
  const seenUpTo = reactive(new Map<number, number>());
  const viewed = new Map<number, Set<number>>();
  const opening = new Map<number, number>();

  const of = (ticket: number): readonly Message[] => lists.get(ticket) ?? [];
  const isLoaded = (ticket: number) => lists.has(ticket);
  const seen = (ticket: number) => seenUpTo.get(ticket) ?? 0;
  const one = (ticket: number, number: number) => of(ticket).find((message) => message.number === number);
  const unseen = (ticket: number) =>
    of(ticket).filter((message) => raisesHead(message) && message.number > seen(ticket));

  /** `version` is the ticket's, at which the message was as given: an older state never replaces a newer one. */
  function upsert(message: Message, version: number): void {
    if (keep(message, version)) settle(message.ticket);
  }

  function install(ticket: number, messages: Message[], version: number): void {
    const here = new Set(messages.map(({ number }) => number));
    for (const [number, entry] of known.get(ticket) ?? [])
      if (!here.has(number) && entry.version <= version) known.get(ticket)?.delete(number);
    for (const message of messages) keep(message, version);
    settle(ticket);
    const openedAt = opening.get(ticket) ?? 0;
    opening.delete(ticket);
    if (Date.now() - openedAt < openingFor) see(ticket, head(ticket));
  }

  function keep(message: Message, version: number): boolean {
    const ticket = known.get(message.ticket) ?? new Map<number, Known>();
    known.set(message.ticket, ticket);
    if ((ticket.get(message.number)?.version ?? -1) > version) return false;
    ticket.set(message.number, { version, message });
    return true;
  }

  function settle(ticket: number): void {
    const messages = [...(known.get(ticket)?.values() ?? [])].map((entry) => entry.message);
    const here = messages.filter((message) => message !== null);
    lists.set(ticket, here.toSorted((a, b) => a.number - b.number));
  }

  /** Messages went from one ticket to another, and stand there under other numbers. */
  function move(ticket: number, taken: number[], arrived: Message[], version: number): void {
    const there = known.get(ticket) ?? new Map<number, Known>();
    known.set(ticket, there);
    for (const number of taken)
      if ((there.get(number)?.version ?? -1) < version) there.set(number, { version, message: null });
    for (const message of arrived) keep(message, version);
    if (lists.has(ticket)) settle(ticket);
  }

  function head(ticket: number): number {
    return of(ticket).findLast(raisesHead)?.number ?? 0;
  }

  /** She opens the ticket: what stands there is seen, and the state that is on its way to replace it. */
  function open(ticket: number): void {
    viewed.delete(ticket);
    see(ticket, head(ticket));
    if (!connection.isCurrent(`ticket/${ticket}`)) opening.set(ticket, Date.now());
  }
  function leave(ticket: number): void {
    opening.delete(ticket);
  }

  /** A message was in view long enough. Seen rises to it only when nothing before it was skipped. */
  function view(ticket: number, number: number): void {
    const those = viewed.get(ticket) ?? new Set<number>();
    viewed.set(ticket, those.add(number));
    let up = seen(ticket);
    for (const message of of(ticket)) {
      if (message.number <= up || !raisesHead(message)) continue;
      if (!those.has(message.number)) break;
      up = message.number;
    }
    see(ticket, up);
  }

  /** Everything up to `number` was shown and taken note of (her own reply, the bar, the held panel). */
  function see(ticket: number, number: number): void {
    if (number > seen(ticket)) seenUpTo.set(ticket, number);
  }

  function forgetAll(): void {
    for (const map of [known, lists, seenUpTo, viewed]) map.clear();
    opening.clear();
  }

  applies("*", (fact) => {
    if (fact.data.message) upsert(fact.data.message, fact.version);
    const { taken, messages } = fact.data;
    if (taken || messages) move(Number(fact.place.split("/")[1]), taken ?? [], messages ?? [], fact.version);
  });
  connection.onMessage("snapshot", (frame) => {
    if (!frame.place.startsWith("ticket/")) return;
    const state = frame.state as TicketState;
    install(state.ticket.id, state.messages, frame.version);
  });
  // Numbers and versions of another life of the desk mean nothing here.
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });
  onPersonGone(forgetAll);

  return { of, one, isLoaded, seen, unseen, upsert, install, open, leave, view, see, forgetAll };
});
