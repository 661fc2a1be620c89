// What colleagues did to the ticket that I am in, as far as it still is so: told once, beside the box, which works on.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact, TicketState, Who } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { useTickets } from "./tickets";

export type Happened = { what: "moved" | "filed" | "archived" | "resolved"; by: Who; version: number; to: number | null };

export const useHappened = defineStore("happened", () => {
  const tickets = useTickets();
  const session = useSession();
  const connection = useConnection();
  const happened = reactive(new Map<number, Happened>());
  /** Tickets that I am in, and the newest version of each that was told and dismissed. */
  const inside = new Map<number, number>();
  const movers = new Map<number, Who>();

  /** From now on what others do is told. */
  function enter(id: number): void {
    inside.set(id, tickets.ticket(id)?.version ?? 0);
    happened.delete(id);
  }
  function leave(id: number): void {
    inside.delete(id);
    happened.delete(id);
    movers.delete(id);
  }
  function dismiss(id: number): void {
    inside.set(id, Math.max(inside.get(id) ?? 0, happened.get(id)?.version ?? 0));
    happened.delete(id);
  }

  /** Null where it is so no more: a later change undid it. */
  function of(id: number): Happened | null {
    const [one, now] = [happened.get(id), tickets.ticket(id)];
    if (!one || !now) return null;
    const holds = {
      moved: now.inbox === one.to,
      filed: now.folder === one.to,
      archived: now.archived,
      resolved: now.queue === "resolved",
    };
    return holds[one.what] ? one : null;
  }

  const isOther = (by: Who | null | undefined): by is Who => Boolean(by) && by?.id !== session.me?.id;

  applies("*", (fact) => {
    const [kind, text] = fact.place.split("/");
    const id = Number(text);
    if (kind !== "ticket" || !inside.has(id) || fact.version <= (inside.get(id) ?? 0)) return;
    const said = told(fact);
    if (said && isOther(fact.by)) happened.set(id, { ...said, by: fact.by, version: fact.version });
  });
  // Into another department of mine: its facts go on elsewhere, so the new snapshot says where it lies.
  connection.onMessage("behind", ({ place, by }) => {
    const id = Number(place.split("/")[1]);
    if (place.startsWith("ticket/") && inside.has(id) && isOther(by)) movers.set(id, by);
  });
  connection.onMessage("snapshot", ({ place, state, version }) => {
    const id = Number(place.split("/")[1]);
    const by = place.startsWith("ticket/") ? movers.get(id) : undefined;
    if (!by || !inside.has(id)) return;
    movers.delete(id);
    happened.set(id, { what: "moved", by, version, to: (state as TicketState).ticket.inbox });
  });
  onPersonGone(() => {
    for (const map of [happened, inside, movers]) map.clear();
  });

  return { enter, leave, dismiss, of };
});

function told({ kind, data }: Fact): Pick<Happened, "what" | "to"> | null {
  const set = data.set ?? {};
  if (kind === "ticket_moved") return { what: "moved", to: set["inbox"] as number };
  if (kind === "ticket_archived") return { what: "archived", to: null };
  if (kind !== "field_changed") return null;
  if (data.field === "folder") return { what: "filed", to: (set["folder"] ?? null) as number | null };
  return data.field === "status" && set["queue"] === "resolved" ? { what: "resolved", to: null } : null;
}
