import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Answer, Mailbox as Known, MailboxAsked, Trial } from "@/live/types";

/** What the form fills in, and what the desk tells of it: passwords come back never. */
export type Mailbox = MailboxAsked;
export type KnownMailbox = Known;
export type Incoming = Mailbox["incoming"];
export type Outgoing = Mailbox["outgoing"];
export type Security = Outgoing["security"];
export type { Trial };
type Written = Answer<KnownMailbox>;

export const useMailboxes = defineStore("mailboxes", () => {
  const all = ref<KnownMailbox[] | null>(null);

  async function load() {
    all.value = (await get<{ mailboxes: KnownMailbox[] }>("/api/mailboxes")).mailboxes;
  }

  /** Sends a mail and looks into the box for real; stores nothing. An `id` lets the desk use the password it keeps. */
  const attempt = (mailbox: Mailbox, id?: number) =>
    send<Trial>("POST", "/api/mailboxes/try", id === undefined ? mailbox : { ...mailbox, id });

  async function add(mailbox: Mailbox): Promise<KnownMailbox> {
    return take(await send<Written>("POST", "/api/mailboxes", mailbox));
  }

  async function change(id: number, from_version: number, changes: object): Promise<KnownMailbox> {
    return take(await send<Written>("PATCH", `/api/mailboxes/${id}`, { from_version, ...changes }));
  }

  const pause = (id: number, from_version: number, paused: boolean) => change(id, from_version, { paused });

  async function remove(id: number) {
    await send("DELETE", `/api/mailboxes/${id}`);
    all.value = (all.value ?? []).filter((one) => one.id !== id);
  }

  function take(answer: Written): KnownMailbox {
    const { facts: _, ...mailbox } = answer;
    const rest = (all.value ?? []).filter((one) => one.id !== mailbox.id);
    all.value = [...rest, mailbox].toSorted((a, b) => a.id - b.id);
    return mailbox;
  }

  return { all, load, attempt, add, change, pause, remove };
});
