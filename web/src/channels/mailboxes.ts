import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Fact } from "@/live/types";

export type Security = "tls" | "starttls" | "none";

export type Incoming = {
  kind: "imap" | "smtp";
  host: string;
  port: number;
  security: Security;
  user: string;
  password: string;
};

export type Outgoing = Omit<Incoming, "kind">;

export type Mailbox = {
  inbox: number;
  address: string;
  name: string;
  incoming: Incoming;
  outgoing: Outgoing;
  start: "now" | "days" | "resolved";
  days?: number;
  undo_for: number;
  signature: string;
};

export type KnownMailbox = Mailbox & {
  id: number;
  version: number;
  state: "connecting" | "ok" | "failing" | "paused";
  words: string | null;
  checked_at: string | null;
};

export type Trial = {
  incoming: { ok: boolean; words: string; found: number };
  outgoing: { ok: boolean; words: string };
};

type Written = KnownMailbox & { facts?: Fact[] };

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
