import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Held, Message } from "@/live/types";
import { useSession } from "@/people/session";
import { useDrafts } from "./drafts";
import { useHeld } from "./held";
import { useMessages } from "./messages";
import { message as plain } from "./messages.testing";
import { useReplies } from "./replies";

const bianca = { id: 1, name: "Bianca", email: "bianca@example.org" };
const hanna = { id: 2, name: "Hanna", email: "hanna@example.org" };

const message = (number: number, more: Partial<Message> = {}): Message =>
  plain(number, { kind: "reply", text: "Dear Nora", author: bianca, state: "waiting", leaves_at: "2026-11-22T10:00:10.000Z", ...more });
const nora = { id: null, name: "Nora", email: "nora@example.org" };

beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
  const connection = useConnection();
  connection.$patch({ state: "live" });
  useSession().$patch({ me: { ...bianca, role: "agent", hue: 1, departments: [1], disabled: false, version: 1 } as never });
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1, { kind: "customer", author: nora, state: null })], 3);
  connection.isCurrent = () => connection.state === "live";
  useDrafts().write(42, "reply", "Dear Nora");
});

const posts = (send: { mock: { calls: unknown[][] } }) =>
  send.mock.calls.filter(([method, path]) => method === "POST" && String(path).endsWith("/replies"));
const box = () => useDrafts().box(42, "reply").body;

function answers(...replies: (object | api.Problem)[]) {
  return vi.spyOn(api, "send").mockImplementation((async (_method: string, path: string) => {
    if (path.endsWith("/draft")) return { draft: { number: 1 } };
    const next = replies.shift();
    if (next instanceof api.Problem) throw next;
    return next ?? {};
  }) as typeof api.send);
}
const unseen = [message(2, { author: hanna, text: "Hanna was quicker" })];
const heldBack = () => new api.Problem("reply-held", "", "", 409, { held: 9, reason: "unseen", unseen });

test("a sent reply vouches for what was seen, empties the box and counts as seen here", async () => {
  const send = answers({ message: message(2) });
  expect(await useReplies().reply(42)).toBe("sent");
  expect(posts(send)[0]?.[2]).toMatchObject({ body: "Dear Nora", seen: 1 });
  expect(box()).toBe("");
  expect(useMessages().seen(42)).toBe(2);
});

test("a double click sends once", async () => {
  const send = answers({ message: message(2) });
  const replies = useReplies();
  await Promise.all([replies.reply(42), replies.reply(42)]);
  expect(posts(send)).toHaveLength(1);
});

test("behind or offline it waits as it stands in the box, and goes with what was seen when it was pressed", async () => {
  const send = answers({ message: message(3) });
  const [connection, replies] = [useConnection(), useReplies()];
  connection.$patch({ state: "catching-up" });
  expect(await replies.reply(42)).toBe("waits");
  expect(send).not.toHaveBeenCalled();
  expect([box(), replies.unsent(42, "reply")?.tries]).toEqual(["Dear Nora", 0]);
  useMessages().upsert(message(2, { author: hanna }), 4);
  useMessages().see(42, 2);
  connection.$patch({ state: "live" });
  await vi.waitFor(() => expect(box()).toBe(""));
  expect(posts(send)[0]?.[2]).toMatchObject({ body: "Dear Nora", seen: 1 });
  expect(replies.unsent(42, "reply")).toBeNull();
});

test("what waits and is held when it goes stands in the panel", async () => {
  answers(heldBack());
  useConnection().$patch({ state: "offline" });
  await useReplies().reply(42);
  useConnection().$patch({ state: "live" });
  await vi.waitFor(() => expect(useHeld().of(42)).toMatchObject([{ id: 9, body: "Dear Nora" }]));
  expect(box()).toBe("");
});

test("what waits can be taken back, and then never goes", async () => {
  const send = answers();
  const replies = useReplies();
  useConnection().$patch({ state: "offline" });
  await replies.reply(42);
  expect(await replies.takeBack(42, "reply")).toBe(true);
  expect([box(), replies.unsent(42, "reply")]).toEqual(["Dear Nora", null]);
  useConnection().$patch({ state: "live" });
  await nextTick();
  expect(posts(send)).toEqual([]);
});

test("held: the text moves into the panel with what came", async () => {
  answers(heldBack());
  expect(await useReplies().reply(42)).toBe("held");
  expect(useHeld().of(42)).toMatchObject([{ id: 9, body: "Dear Nora", reason: "unseen", unseen }]);
  expect(box()).toBe("");
});

test("held: what the server says of the entry stands, not what the page would have guessed", async () => {
  const entry: Held = {
    id: 9, ticket: 42, subject: "Lamp", conversation: 1, body: "Dear Nora", reason: "unseen", sendable: true, seen: 1, at: "2026-11-22T20:00:00.000Z", unseen,
    recipients: null, changed: [{ field: "status", to: "on_hold", by: hanna, at: "2026-11-22T20:00:00.000Z" }], attachments: [],
  };
  const facts = [{ place: "person/1", version: 2, kind: "reply_held", position: null, by: null, at: entry.at, data: { held: 9, entry } }];
  answers(new api.Problem("reply-held", "", "", 409, { held: 9, reason: "unseen", unseen, facts }));
  await useReplies().reply(42);
  expect(useHeld().one(9)).toEqual(entry);
});

test("send all the same names the held reply and what the panel showed", async () => {
  const send = answers(heldBack(), { message: message(3) });
  const replies = useReplies();
  await replies.reply(42);
  const [held] = useHeld().of(42);
  if (!held) throw new Error("not held");
  expect(await replies.sendAllTheSame(held)).toBe("sent");
  expect(posts(send).at(-1)?.[2]).toMatchObject({ body: "Dear Nora", seen: 2, held: 9 });
  expect(useHeld().of(42)).toEqual([]);
});

test("edit puts the text back; sending it settles the held reply", async () => {
  const send = answers(heldBack());
  const replies = useReplies();
  const held = useHeld();
  await replies.reply(42);
  const [entry] = held.of(42);
  if (!entry) throw new Error("not held");
  held.edit(entry);
  expect(box()).toBe("Dear Nora");
  useDrafts().write(42, "reply", "Dear Nora, as Hanna says");
  send.mockResolvedValue({ message: message(3) });
  await replies.reply(42);
  expect(posts(send).at(-1)?.[2]).toMatchObject({ body: "Dear Nora, as Hanna says", seen: 2, held: 9 });
  expect(held.of(42)).toEqual([]);
});

test("send all the same leaves alone what stands in the box", async () => {
  answers(heldBack(), { message: message(3) });
  const replies = useReplies();
  await replies.reply(42);
  useDrafts().write(42, "reply", "the next thought");
  const [held] = useHeld().of(42);
  if (held) await replies.sendAllTheSame(held);
  expect(box()).toBe("the next thought");
});

test("without an answer the same words go again under the same key", async () => {
  const send = answers(new api.Problem("offline", "No connection", "", 0), { message: message(2) });
  const replies = useReplies();
  expect(await replies.reply(42)).toBe("waits");
  expect(box()).toBe("Dear Nora");
  expect(await replies.takeBack(42, "reply")).toBe(false); // it may have arrived
  useConnection().$patch({ state: "offline" });
  await nextTick();
  useConnection().$patch({ state: "live" });
  await vi.waitFor(() => expect(box()).toBe(""));
  const [first, second] = posts(send);
  expect(second?.[2]).toEqual(first?.[2]);
  expect(second?.[3]).toEqual(first?.[3]);
});

test("a refusal without a held text keeps it in the box and says why", async () => {
  answers(new api.Problem("resync", "The desk was restored", "", 409));
  const replies = useReplies();
  expect(await replies.reply(42)).toBe("kept");
  expect(box()).toBe("Dear Nora");
  expect(replies.trouble(42)).toEqual({ type: "resync", words: "The desk was restored" });
});

test("undo gives the text back", async () => {
  const replies = useReplies();
  answers({ message: message(2) }, { message: message(2, { state: "withdrawn" }), body: "Dear Nora" });
  await replies.reply(42);
  await replies.undo(42, 2);
  expect(box()).toBe("Dear Nora");
});

const keys = (send: { mock: { calls: unknown[][] } }) =>
  send.mock.calls.filter(([, path]) => String(path).endsWith("/notes")).map(([, , , how]) => how);

test("what is typed while a note goes out stays in its box", async () => {
  const drafts = useDrafts();
  drafts.write(42, "note", "Called her.");
  answers();
  const going = useReplies().note(42);
  drafts.write(42, "note", "Called her. And again");
  expect(await going).toBe("sent");
  expect(drafts.box(42, "note").body).toBe("And again");
});

test("a note without an answer goes again under the same key, another one under its own", async () => {
  const send = answers(new api.Problem("offline", "No connection", "", 0));
  const [drafts, replies] = [useDrafts(), useReplies()];
  drafts.write(42, "note", "Called her.");
  expect(await replies.note(42)).toBe("waits");
  expect(await replies.note(42)).toBe("kept");
  useConnection().$patch({ state: "offline" });
  await nextTick();
  useConnection().$patch({ state: "live" });
  await vi.waitFor(() => expect(drafts.box(42, "note").body).toBe(""));
  drafts.write(42, "note", "Called her.");
  await replies.note(42);
  const [first, again, another] = keys(send);
  expect(again).toEqual(first);
  expect(another).not.toEqual(first);
});
