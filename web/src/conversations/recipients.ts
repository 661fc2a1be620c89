// Whom the next reply goes to: the ticket's own, unless the agent chose others for this one. The choice is kept with
// the reply's text, and goes with it.
import { defineStore } from "pinia";
import type { Recipients } from "@/live/types";
import { useTickets } from "@/tickets/tickets";
import { useDrafts } from "./drafts";

export const parts = ["to", "cc", "bcc"] as const;
export type Part = (typeof parts)[number];

export const useRecipients = defineStore("recipients", () => {
  const [tickets, drafts] = [useTickets(), useDrafts()];
  const chosen = (ticket: number): Recipients | null => drafts.box(ticket, "reply").recipients;

  /** The requester, and who follows. */
  function usual(ticket: number): Recipients {
    const now = tickets.ticket(ticket);
    const to = now?.requester.email ? [now.requester.email] : [];
    const cc = (now?.followers ?? []).map(({ email }) => email).filter((email) => email && !to.includes(email));
    return { to, cc, bcc: [] };
  }
  const of = (ticket: number): Recipients => chosen(ticket) ?? usual(ticket);
  const isOwn = (ticket: number): boolean => chosen(ticket) === null;
  /** Nobody can be written to: she is known by her telephone alone. */
  const isNobody = (ticket: number): boolean => tickets.ticket(ticket) !== null && of(ticket).to.length === 0;

  function set(ticket: number, part: Part, addresses: string[]): void {
    const next = { ...of(ticket), [part]: addresses };
    drafts.address(ticket, same(next, usual(ticket)) ? null : next);
  }
  /** What goes out with the reply: nothing where it is as always. */
  const asked = (ticket: number): Recipients | undefined => chosen(ticket) ?? undefined;
  /** A reply that came back brings its own along. */
  const bring = (ticket: number, recipients: Recipients | null | undefined): void => drafts.address(ticket, recipients ?? null);
  const clear = (ticket: number): void => drafts.address(ticket, null);

  /** Names of those that the ticket knows, by address. */
  function names(ticket: number): Record<string, string> {
    const now = tickets.ticket(ticket);
    const known = now ? [now.requester, ...now.followers, ...now.unverified] : [];
    return Object.fromEntries(known.filter((one) => one.email && one.name).map((one) => [one.email, one.name]));
  }
  /** In words, with names where the ticket knows them: "to Nora · cc Eve"; "" where there is nobody. */
  function said(ticket: number, told: Recipients, t: (key: string, values: { names: string }) => string): string {
    const known = names(ticket);
    return parts.filter((part) => told[part].length > 0)
      .map((part) => t(`conversations.recipients.line.${part}`, { names: told[part].map((one) => known[one] ?? one).join(", ") }))
      .join(" · ");
  }
  return { of, usual, said, isOwn, isNobody, set, asked, bring, clear, names };
});

export const same = (one: Recipients | null | undefined, other: Recipients | null | undefined): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
