// Sending. One request is one key: pressed twice, retried or sent again after a cut, it leaves once. Whatever the
// answer is, the text is in the box, in a held reply, or with the customer. Pressed while the desk is out of reach it
// waits, as it stands in the box, and vouches for what was seen when it was pressed.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { type Problem, send } from "@/live/api";
import { useConnection } from "@/live/connection";
import { type Outcome as Answered, useQueue, type Waiting } from "@/live/queue";
import type { Attachment, DraftKind, Fact, Held, HeldReason, Message, Recipients, ReplyAsked, Submitted, Withdrawn } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { useInboxes } from "@/tickets/inboxes";
import { useTickets } from "@/tickets/tickets";
import { useLocks } from "@/together/locks";
import { useDrafts } from "./drafts";
import { useHeld } from "./held";
import { useMessages } from "./messages";
import { useNotes } from "./notes";
import { useRecipients } from "./recipients";
import { useUploads } from "./uploads";

export type Outcome = "sent" | "held" | "kept" | "waits";
/** Why the last try did not go; the text stayed where it was. */
export type Trouble = { type: string; words: string };
/** `at`: to leave at that moment instead of now. */
type Request = Pick<ReplyAsked, "body" | "seen"> & Partial<ReplyAsked> & { at?: string };
/** `boxed`: the text of the box, when that is what goes. */
type Going = { seen: number; from: Held | undefined; boxed: string | null; at?: string | undefined };
/** What the outcome of a waiting reply or note needs to know of it. */
type SendNote = { ticket: number; boxed: string | null; held: number | null; files: Sent[] };
type Sent = Pick<Attachment, "id" | "name" | "size">;

export const useReplies = defineStore("replies", () => {
  const [connection, session, tickets, locks] = [useConnection(), useSession(), useTickets(), useLocks()];
  const [messages, drafts, held, uploads] = [useMessages(), useDrafts(), useHeld(), useUploads()];
  const [inboxes, notes, queue, recipients] = [useInboxes(), useNotes(), useQueue(), useRecipients()];
  const troubles = reactive(new Map<number, Trouble>());

  const onItsWay = (ticket: number, kind: DraftKind): Waiting | null =>
    queue.of(`ticket/${ticket}`).find((one) => one.kind === kind) ?? null;
  const isSending = (ticket: number) => (["reply", "note"] as const).some((kind) => onItsWay(ticket, kind)?.waited === false);
  /** What was sent while the desk was out of reach; its text stays in the box until it has gone. */
  function unsent(ticket: number, kind: DraftKind): Waiting | null {
    const one = onItsWay(ticket, kind);
    return one?.waited ? one : null;
  }
  const trouble = (ticket: number) => troubles.get(ticket) ?? null;
  /** A ticket that is whole and moving on this screen. What is sent of another one waits. */
  const isCurrent = (ticket: number) => connection.isCurrent(`ticket/${ticket}`);

  /** My replies that can still be taken back, the newest first. */
  const waiting = (ticket: number): Message[] =>
    messages
      .of(ticket)
      .filter((one) => one.state === "waiting" && one.leaves_at && one.author.id === session.me?.id)
      .toReversed();

  /** Sends what stands in the box; after "edit" it settles the held reply that it grew from. */
  async function reply(ticket: number, at?: string): Promise<Outcome> {
    const from = held.edited(ticket);
    const seen = from ? pastThose(from) : messages.seen(ticket);
    const { body } = drafts.box(ticket, "reply");
    return submit(ticket, body, { seen, from: from ?? undefined, boxed: body, at });
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
    if (onItsWay(ticket, "reply") || !body.trim()) return "kept";
    troubles.delete(ticket);
    const request = requestOf(ticket, body, going);
    const files = going.boxed === null ? [] : uploads.ready(ticket);
    const kept: SendNote = { ticket, boxed: going.boxed, held: going.from?.id ?? null, files };
    const door = going.at ? "scheduled" : "replies";
    return inWords(await queue.submit({ ...asPost(ticket, door), kind: "reply", body: request, note: kept }));
  }
  const asPost = (ticket: number, door: "replies" | "scheduled" | "notes") =>
    ({ method: "POST", place: `ticket/${ticket}`, path: `/api/tickets/${ticket}/${door}` }) as const;
  function inWords(answered: Answered): Outcome {
    if (answered.is === "waits") return "waits";
    if (answered.is === "refused" && typeof answered.problem.extra["held"] === "number") return "held";
    return answered.is === "done" ? "sent" : "kept";
  }
  queue.takes("reply", {
    done: (item, answer) => arrived((answer as Partial<Submitted>).message, item.note as SendNote),
    refused: (item, problem) => refused(item, problem),
  });

  function requestOf(ticket: number, body: string, { seen, from, boxed, at }: Going): Request {
    const request: Request = { body, seen };
    if (at) request.at = at;
    const fence = isGuarded(ticket) ? locks.fence(`ticket/${ticket}`) : undefined;
    const conversation = from?.conversation ?? tickets.ticket(ticket)?.conversation;
    const files = (boxed === null ? (from?.attachments ?? []) : uploads.ready(ticket)).map((file) => file.id);
    if (conversation !== undefined) request.conversation = conversation;
    if (fence !== undefined) request.fence = fence;
    if (from) request.held = from.id;
    if (files.length > 0) request.attachments = files;
    const to = boxed === null ? from?.recipients : recipients.asked(ticket);
    if (to) request.recipients = to;
    return request;
  }

  /** A hold ends with the connection by itself: where it is no condition, what waits does not state it. */
  function isGuarded(ticket: number): boolean {
    return connection.state === "live" || modeOf(ticket) === "exclusive";
  }
  const modeOf = (ticket: number) =>
    inboxes.inbox((tickets.ticket(ticket) ?? tickets.row(ticket))?.inbox)?.lock_mode;

  function arrived(message: Message | undefined, { ticket, boxed, held: from }: SendNote): void {
    if (message) messages.see(ticket, message.number);
    if (from !== null) held.settle(from);
    empty(ticket, "reply", boxed);
    if (boxed !== null) {
      uploads.clear(ticket);
      recipients.clear(ticket);
    }
    void letGo(ticket);
  }

  /** A sent reply frees the ticket for the next; in an exclusive inbox it stays held as long as it is open. */
  async function letGo(ticket: number): Promise<void> {
    const place = `ticket/${ticket}`;
    const wasMine = locks.isMine(place);
    const stays = modeOf(ticket) === "exclusive";
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

  function refused({ note: kept, body }: Waiting, problem: Problem): void {
    const { ticket, boxed } = kept as SendNote;
    const id = problem.extra["held"];
    if (typeof id === "number") {
      held.upsert(entryIn(problem, id) ?? heldBy(ticket, id, body as Request, problem));
      empty(ticket, "reply", boxed);
      if (boxed !== null) {
        uploads.clear(ticket); // they are with the held text
        recipients.clear(ticket);
      }
    } else troubles.set(ticket, { type: problem.type, words: problem.detail || problem.title });
  }

  /** The server's own word; an answer without it leaves the page to put together what it knows. */
  function entryIn({ extra }: Problem, id: number): Held | undefined {
    return (extra["facts"] as Fact[] | undefined)?.map(({ data }) => data.entry).find((entry) => entry?.id === id);
  }
  function heldBy(ticket: number, id: number, asked: Request, problem: Problem): Held {
    const { reason, unseen, into } = problem.extra as { reason?: HeldReason; unseen?: Message[]; into?: number | null };
    return {
      id,
      ticket: into ?? ticket,
      subject: tickets.row(ticket)?.subject ?? "",
      conversation: asked.conversation ?? 0,
      body: asked.body,
      reason: reason ?? reasons[problem.status] ?? "unseen",
      sendable: !away.has(problem.status),
      seen: asked.seen,
      at: new Date(connection.serverNow()).toISOString(),
      recipients: asked.recipients ?? null,
      unseen: unseen ?? [],
      changed: held.one(id)?.changed ?? [],
      attachments: held.one(id)?.attachments ?? [],
    };
  }

  /** Takes a waiting reply back; its text and files are in the box again. */
  async function undo(ticket: number, number: number): Promise<void> {
    const files = messages.one(ticket, number)?.attachments ?? [];
    const path = `/api/tickets/${ticket}/replies/${number}`;
    const { body, recipients: to } = await send<Withdrawn>("DELETE", path);
    drafts.give(ticket, "reply", body);
    recipients.bring(ticket, to);
    uploads.bringBack(ticket, files);
  }

  /** `to`: others than the first time. */
  const resend = async (ticket: number, number: number, to?: Recipients): Promise<void> =>
    void (await send("POST", `/api/tickets/${ticket}/replies/${number}/resend`, to && { recipients: to }));

  async function note(ticket: number): Promise<Outcome> {
    const { body } = drafts.box(ticket, "note");
    if (onItsWay(ticket, "note") || !body.trim()) return "kept";
    troubles.delete(ticket);
    const files = uploads.ready(ticket);
    const asked = { body, attachments: files.map((file) => file.id), mentions: notes.mentions(ticket, body) };
    const kept: SendNote = { ticket, boxed: body, held: null, files };
    return inWords(await queue.submit({ ...asPost(ticket, "notes"), kind: "note", body: asked, note: kept }));
  }
  queue.takes("note", {
    done({ note: kept }) {
      const { ticket, boxed } = kept as SendNote;
      empty(ticket, "note", boxed);
      uploads.clear(ticket);
    },
    refused: (item, problem) => refused(item, problem),
  });

  /** Takes back what waits; its text is in the box, free again. False: it is on its way by now. */
  async function takeBack(ticket: number, kind: DraftKind): Promise<boolean> {
    const item = await queue.takeBack(unsent(ticket, kind)?.key ?? "");
    if (item) giveBack(item);
    return item !== null;
  }
  /** After a reload the text may stand only in what waited. */
  function giveBack({ kind, note: kept, body }: Waiting): void {
    const { ticket, boxed, files } = kept as SendNote;
    if (boxed === null) return;
    if (!drafts.box(ticket, kind as DraftKind).body.trim()) drafts.give(ticket, kind as DraftKind, (body as Request).body);
    if (uploads.of(ticket).length === 0) uploads.bringBack(ticket, files);
    if (kind === "reply") recipients.bring(ticket, (body as Request).recipients ?? null);
  }

  onPersonGone(() => troubles.clear());

  return {
    isCurrent, isSending, unsent, trouble, waiting, reply, sendAllTheSame, undo, resend, note, takeBack, giveBack,
  };
});

const away = new Set([403, 404, 410]);
const reasons: Record<number, HeldReason> = { 403: "no-access", 404: "gone", 410: "gone", 423: "locked" };
