// Replies that wait on a ticket for their hour: everyone on it reads them, their author takes them back.
import { defineStore } from "pinia";
import { reactive, watch } from "vue";
import { send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact, Scheduled, TicketState, Unscheduled } from "@/live/types";
import { useDrafts } from "./drafts";
import { useRecipients } from "./recipients";
import { useUploads } from "./uploads";

export const useScheduled = defineStore("scheduled", () => {
  const connection = useConnection();
  const drafts = useDrafts();
  const [recipients, uploads] = [useRecipients(), useUploads()];
  const entries = reactive(new Map<number, Scheduled>());

  /** The soonest first. */
  const of = (ticket: number): Scheduled[] =>
    [...entries.values()]
      .filter((one) => one.ticket === ticket)
      .toSorted((a, b) => a.leaves_at.localeCompare(b.leaves_at));

  const ask = ({ ticket, id }: Scheduled, edit: string) =>
    send<Unscheduled>("DELETE", `/api/tickets/${ticket}/scheduled/${id}${edit}`);

  /** Its text, its files and whom it was for stand in the box again. */
  async function takeBack(entry: Scheduled): Promise<void> {
    await ask(entry, "?edit=true");
    giveBack(entry);
  }

  async function remove(entry: Scheduled): Promise<void> {
    await ask(entry, "");
    entries.delete(entry.id);
  }

  function giveBack({ id, ticket, body, recipients: to, attachments }: Scheduled): void {
    entries.delete(id);
    drafts.give(ticket, "reply", body);
    recipients.bring(ticket, to);
    uploads.bringBack(ticket, attachments);
  }

  function install(ticket: number, found: Scheduled[]): void {
    for (const known of of(ticket)) entries.delete(known.id);
    for (const one of found) entries.set(one.id, one);
  }

  const forgetAll = (): void => entries.clear();

  function apply({ data }: Fact): void {
    if (data.waits) entries.set(data.waits.id, data.waits);
    else entries.delete(data.scheduled ?? 0);
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (!place.startsWith("ticket/")) return;
    const { ticket, scheduled } = state as TicketState;
    install(ticket.id, scheduled);
  });
  applies("reply_scheduled", apply);
  applies("reply_unscheduled", apply);
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return { of, install, takeBack, remove, giveBack, forgetAll };
});
