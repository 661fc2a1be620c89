// Sending. One request is one key: pressed twice, retried or sent again after a cut, it leaves once. Whatever the
// answer is, the text is in the box, in a held reply, or with the customer.
import { defineStore } from "pinia";
import { reactive, watch } from "vue";
import { Problem, send } from "@/live/api";
import { useConnection } from "@/live/connection";
import type { DraftKind, Held, HeldReason, Message, ReplyAsked, Submitted, Withdrawn } from "@/live/types";
import { useSession } from "@/people/session";
import { useInboxes } from "@/tickets/inboxes";
import { useTickets } from "@/tickets/tickets";
import { useLocks } from "@/together/locks";
import { useDrafts } from "./drafts";
import { useHeld } from "./held";
import { useMessages } from "./messages";
import { useNotes } from "./notes";
import { useUploads } from "./uploads";

export type Outcome = "sent" | "held" | "kept";
/** Why the last try did not go; the text stayed where it was. */
export type Trouble = { type: string; words: string };
type Request = Pick<ReplyAsked, "body" | "seen"> & Partial<ReplyAsked>;
type Try = { key: string; request: Request };
/** `boxed`: the text of the box, when that is what goes. */
type Going = { seen: number; from: Held | undefined; boxed: string | null };

export const useReplies = defineStore("replies", () => {
  const [connection, session, tickets, locks] = [useConnection(), useSession(), useTickets(), useLocks()];
  const [messages, drafts, held, uploads] = [useMessages(), useDrafts(), useHeld(), useUploads()];
  const [inboxes, notes] = [useInboxes(), useNotes()];
  const sending = reactive(new Set<number>());
  const troubles = reactive(new Map<number, Trouble>());
  /** Tries whose answer never came: they may or may not have arrived. */
  const unanswered = reactive(new Map<number, Try>());
  const unansweredNotes = new Map<number, { key: string; body: string }>();

  const isSending = (ticket: number) => sending.has(ticket);
  const trouble = (ticket: number) => troubles.get(ticket) ?? null;
  /** Sending asks for a ticket that is whole and moving on this screen. */
  const maySend = (ticket: number) => connection.isCurrent(`ticket/${ticket}`);

  /** My replies that can still be taken back, the newest first. */
  const waiting = (ticket: number): Message[] =>
    messages
      .of(ticket)
      .filter((one) => one.state === "waiting" && one.leaves_at && one.author.id === session.me?.id)
      .toReversed();

  /** Sends what stands in the box; after "edit" it settles the held reply that it grew from. */
  async function reply(ticket: number): Promise<Outcome> {
    if (!maySend(ticket)) return "kept";
    const from = held.edited(ticket);
    const seen = from ? pastThose(from) : messages.seen(ticket);
    const { body } = drafts.box(ticket, "reply");
    return submit(ticket, body, { seen, from: from ?? undefined, boxed: body });
  }

  /** "Send all the same": she was shown what came since. */
  async function sendAllTheSame(from: Held): Promise<Outcome> {
    if (connection.state !== "live") return "kept";
    return submit(from.ticket, from.body, { seen: pastThose(from), from, boxed: null });
  }

  /** What the panel showed counts as seen. */
  const pastThose = (from: Held) =>
    Math.max(messages.seen(from.ticket), ...from.unseen.map((message) => message.number));

  async function submit(ticket: number, body: string, going: Going): Promise<Outcome> {
    if (sending.has(ticket) || !body.trim()) return "kept";
    sending.add(ticket);
    troubles.delete(ticket);
    const now = tryOf(ticket, requestOf(ticket, body, going));
    try {
      const path = `/api/tickets/${ticket}/replies`;
      const answer = await send<Submitted>("POST", path, now.request, { key: now.key });
      unanswered.delete(ticket);
      arrived(ticket, answer.message, going);
      return "sent";
    } catch (problem) {
      return refused(ticket, problem, now, going);
    } finally {
      sending.delete(ticket);
    }
  }

  function requestOf(ticket: number, body: string, { seen, from, boxed }: Going): Request {
    const request: Request = { body, seen };
    const fence = locks.fence(`ticket/${ticket}`);
    const conversation = from?.conversation ?? tickets.ticket(ticket)?.conversation;
    const files = boxed === null ? [] : uploads.ready(ticket).map((file) => file.id);
    if (conversation !== undefined) request.conversation = conversation;
    if (fence !== undefined) request.fence = fence;
    if (from) request.held = from.id;
    if (files.length > 0) request.attachments = files;
    return request;
  }

  /** The same words again after a try without an answer are the same try, as it was asked. */
  function tryOf(ticket: number, request: Request): Try {
    const before = unanswered.get(ticket);
    if (before && before.request.body === request.body && before.request.held === request.held) return before;
    return { key: crypto.randomUUID(), request };
  }

  function arrived(ticket: number, message: Message, { from, boxed }: Omit<Going, "seen">): void {
    messages.see(ticket, message.number);
    if (from) held.settle(from.id);
    empty(ticket, "reply", boxed);
    if (boxed !== null) uploads.clear(ticket);
    void letGo(ticket);
  }

  /** A sent reply frees the ticket for the next; in an exclusive inbox it stays held as long as it is open. */
  async function letGo(ticket: number): Promise<void> {
    const place = `ticket/${ticket}`;
    const wasMine = locks.isMine(place);
    const inbox = tickets.ticket(ticket)?.inbox ?? tickets.row(ticket)?.inbox;
    const stays = inboxes.inbox(inbox)?.lock_mode === "exclusive";
    await locks.release(place);
    if (stays && wasMine) await locks.take(place).catch(() => undefined);
  }

  /** The box is emptied of what was sent; what was typed meanwhile stays. */
  function empty(ticket: number, kind: DraftKind, boxed: string | null): void {
    if (boxed === null) return drafts.beginAnew(ticket, kind);
    const now = drafts.box(ticket, kind).body;
    drafts.sent(ticket, kind);
    const rest = now.startsWith(boxed) ? now.slice(boxed.length).trimStart() : now;
    if (rest) drafts.write(ticket, kind, rest);
  }

  function refused(ticket: number, problem: unknown, asked: Try, { boxed }: Going): Outcome {
    if (!(problem instanceof Problem)) throw problem;
    if (isUnanswered(problem)) unanswered.set(ticket, asked);
    else unanswered.delete(ticket);
    const id = problem.extra.held;
    if (typeof id === "number") {
      held.upsert(heldBy(ticket, id, asked.request, problem));
      empty(ticket, "reply", boxed);
      return "held";
    }
    troubles.set(ticket, { type: problem.type, words: problem.detail || problem.title });
    return "kept";
  }

  function heldBy(ticket: number, id: number, asked: Request, problem: Problem): Held {
    const { reason, unseen } = problem.extra as { reason?: HeldReason; unseen?: Message[] };
    return {
      id,
      ticket,
      subject: tickets.row(ticket)?.subject ?? "",
      conversation: asked.conversation ?? 0,
      body: asked.body,
      reason: reason ?? reasons[problem.status] ?? "unseen",
      seen: asked.seen,
      at: new Date(connection.serverNow()).toISOString(),
      unseen: unseen ?? [],
    };
  }

  /** Takes a waiting reply back; its text and files are in the box again. */
  async function undo(ticket: number, number: number): Promise<void> {
    const files = messages.one(ticket, number)?.attachments ?? [];
    const path = `/api/tickets/${ticket}/replies/${number}`;
    const { body } = await send<Withdrawn>("DELETE", path);
    drafts.give(ticket, "reply", body);
    uploads.bringBack(ticket, files);
  }

  const resend = async (ticket: number, number: number): Promise<void> =>
    void (await send("POST", `/api/tickets/${ticket}/replies/${number}/resend`));

  async function note(ticket: number): Promise<Outcome> {
    const { body } = drafts.box(ticket, "note");
    const attachments = uploads.ready(ticket).map((file) => file.id);
    if (!maySend(ticket) || sending.has(ticket) || !body.trim()) return "kept";
    sending.add(ticket);
    troubles.delete(ticket);
    const before = unansweredNotes.get(ticket);
    const key = before?.body === body ? before.key : crypto.randomUUID();
    unansweredNotes.delete(ticket);
    try {
      await send("POST", `/api/tickets/${ticket}/notes`, { body, attachments, mentions: notes.mentions(ticket, body) }, { key });
      empty(ticket, "note", body);
      uploads.clear(ticket);
      return "sent";
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (isUnanswered(problem)) unansweredNotes.set(ticket, { key, body });
      troubles.set(ticket, { type: problem.type, words: problem.detail || problem.title });
      return "kept";
    } finally {
      sending.delete(ticket);
    }
  }

  /** After a cut the stream tells whether an unanswered try had arrived: then it is no longer in the box. */
  function recognise(ticket: number): void {
    const asked = unanswered.get(ticket);
    if (!asked || sending.has(ticket)) return;
    const { held: id, body, seen } = asked.request;
    const mine = messages.of(ticket).find(
      (one) =>
        one.number > seen && one.kind === "reply" &&
        one.author.id === session.me?.id && one.text.trim() === body.trim(),
    );
    if (!mine) return;
    unanswered.delete(ticket);
    troubles.delete(ticket);
    const from = held.held.find((one) => one.id === id);
    arrived(ticket, mine, { from, boxed: drafts.box(ticket, "reply").body.startsWith(body) ? body : null });
  }
  watch(
    () => [...unanswered.keys()].map((ticket) => [ticket, messages.of(ticket)] as const),
    (tries) => {
      for (const [ticket] of tries) recognise(ticket);
    },
  );

  return {
    maySend, isSending, trouble, waiting, reply, sendAllTheSame, undo, resend, note,
  };
});

const isUnanswered = (problem: Problem) => problem.type === "offline" || problem.status >= 500;
const reasons: Record<number, HeldReason> = { 403: "no-access", 404: "gone", 410: "gone", 423: "locked" };
