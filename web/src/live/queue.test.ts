import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import { memoryShelf, type Shelf } from "@/kit/shelf";
import * as api from "./api";
import { useConnection } from "./connection";
import { type Asked, useQueue, type Waiting } from "./queue";

const asked = (more: Partial<Asked> = {}): Asked => ({
  kind: "thing", place: "place/1", method: "POST", path: "/api/things", note: {}, ...more,
});
/** What the page that was opened last heard. */
let heard: string[];
let shelf: Shelf<Waiting>;

/** A page of this person's, over what the browser keeps. */
async function page(person = 1) {
  setActivePinia(createPinia());
  const [connection, queue] = [useConnection(), useQueue()];
  const mine: string[] = (heard = []);
  connection.$patch({ state: "offline" });
  queue.takes("thing", {
    done: (item, answer) => mine.push(`${item.path}: ${String(answer)}`),
    refused: (item, problem) => void mine.push(`${item.path}: refused, ${problem.title}`),
  });
  await queue.open(person, shelf);
  return { connection, queue, heard: mine, live: () => connection.$patch({ state: "live" }) };
}
function server(...answers: unknown[]) {
  return vi.spyOn(api, "send").mockImplementation((async () => {
    const next = answers.shift();
    if (next instanceof api.Problem) throw next;
    return next ?? "done";
  }) as typeof api.send);
}
const offline = () => new api.Problem("offline", "", "", 0);
const settles = (...words: string[]) => vi.waitFor(() => expect(heard).toEqual(words));

beforeEach(() => void (shelf = memoryShelf()));

test("live, a command goes at once and nothing of it is kept", async () => {
  const send = server();
  const { queue, live } = await page();
  live();
  expect(await queue.submit(asked())).toEqual({ is: "done", answer: "done" });
  expect(send).toHaveBeenCalledOnce();
  expect([queue.items, queue.results, await shelf.all()]).toEqual([[], [], []]);
});

test("offline, commands wait; live again they go once, in order, and tell what became of them", async () => {
  const send = server("one", new api.Problem("stale", "Hanna was quicker", "", 409), "three");
  const { queue, live } = await page();
  for (const path of ["/1", "/2", "/3"]) expect(await queue.submit(asked({ path }))).toEqual({ is: "waits" });
  expect(queue.waiting.map(({ path }) => path)).toEqual(["/1", "/2", "/3"]);
  expect(send).not.toHaveBeenCalled();
  live();
  await settles("/1: one", "/2: refused, Hanna was quicker", "/3: three");
  expect(queue.results.map(({ is, words }) => [is, words])).toEqual([
    ["done", ""], ["refused", "Hanna was quicker"], ["done", ""],
  ]);
});

test("what waits outlives the page and goes under the key that it had", async () => {
  const send = server();
  const before = await page();
  await before.queue.submit(asked());
  const [{ key } = { key: "" }] = before.queue.waiting;
  const { live, queue } = await page();
  expect(queue.waiting).toMatchObject([{ key, path: "/api/things" }]);
  live();
  await settles("/api/things: done");
  expect(send.mock.calls.map((call) => call[3])).toEqual([{ key }]);
  expect(await shelf.all()).toEqual([]);
});

test("what was on its way when the page ended goes again under its key", async () => {
  const send = server(new Promise(() => undefined), "done");
  const { queue, live } = await page();
  live();
  void queue.submit(asked());
  await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
  const next = await page();
  next.live();
  await settles("/api/things: done");
  expect(send.mock.calls[1]?.[3]).toEqual(send.mock.calls[0]?.[3]);
});

test("another person's are left alone, and are there when she comes again", async () => {
  const send = server();
  await (await page(1)).queue.submit(asked());
  const other = await page(2);
  other.live();
  await nextTick();
  expect([other.queue.waiting, send.mock.calls]).toEqual([[], []]);
  expect((await page(1)).queue.waiting).toHaveLength(1);
});

test("an unanswered command keeps its place before the later ones", async () => {
  const send = server(offline(), "one", "two");
  const { connection, queue, live } = await page();
  live();
  expect(await queue.submit(asked({ path: "/1" }))).toEqual({ is: "waits" });
  connection.$patch({ state: "offline" });
  await queue.submit(asked({ path: "/2" }));
  live();
  await settles("/1: one", "/2: two");
  expect(send.mock.calls.map((call) => call[1])).toEqual(["/1", "/1", "/2"]);
});

test.each([0, 1, 2, 3, 4, 5, 6])("without the browser's locks a command %i steps after another's answer goes as well", async (steps) => {
  vi.stubGlobal("navigator", {});
  server("one", "two");
  const { queue, live } = await page();
  live();
  await nextTick();
  const follows = async () => {
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    void queue.submit(asked({ path: "/2", kind: "other" }));
  };
  queue.takes("other", { done: () => heard.push("/2"), refused: () => undefined });
  queue.takes("thing", { done: () => void follows(), refused: () => undefined });
  await queue.submit(asked({ path: "/1" }));
  await vi.waitFor(() => expect(heard).toEqual(["/2"]));
});

test("what breaks over one answer does not stop the next", async () => {
  const broken = vi.fn<(problem: unknown) => void>();
  vi.stubGlobal("reportError", broken);
  server("one", "two", "three");
  const { queue, live } = await page();
  const done = vi.fn<(item: Waiting) => void>(({ path }) => {
    if (path === "/1") throw new Error("no such thing");
  });
  queue.takes("thing", { done, refused: () => undefined });
  for (const path of ["/1", "/2"]) await queue.submit(asked({ path }));
  live();
  await vi.waitFor(() => expect(queue.items).toEqual([]));
  expect(await queue.submit(asked({ path: "/3" }))).toMatchObject({ is: "done" });
  expect(done.mock.calls.map(([{ path }]) => path)).toEqual(["/1", "/2", "/3"]);
  expect(broken).toHaveBeenCalledOnce();
  expect(queue.results.map(({ item }) => item.path)).toEqual(["/2", "/1"]);
});

test("what may have arrived before the page ended is not taken back by the next one", async () => {
  const send = server(new Promise(() => undefined));
  const { queue, live } = await page();
  live();
  void queue.submit(asked());
  await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
  const next = await page();
  const [left] = next.queue.waiting;
  expect(left).toMatchObject({ path: "/api/things", tries: 1 });
  expect(await next.queue.takeBack(left?.key ?? "")).toBeNull();
});

test("places do not wait for each other", async () => {
  server(new Promise(() => undefined), "two");
  const { queue, live } = await page();
  live();
  void queue.submit(asked({ path: "/1", place: "place/1" }));
  await queue.submit(asked({ path: "/2", place: "place/2" }));
  expect(heard).toEqual(["/2: two"]);
});

test("taken back, it never goes; what may have arrived is not taken back", async () => {
  const send = server(offline());
  const { connection, queue, live } = await page();
  await queue.submit(asked({ path: "/1" }));
  const [first] = queue.waiting;
  expect(await queue.takeBack(first?.key ?? "")).toMatchObject({ path: "/1" });
  live();
  await queue.submit(asked({ path: "/2" }));
  connection.$patch({ state: "offline" });
  const [second] = queue.waiting;
  expect(await queue.takeBack(second?.key ?? "")).toBeNull();
  expect(send.mock.calls.map((call) => call[1])).toEqual(["/2"]);
});

test("a later command of the slot stands for one that never left", async () => {
  const send = server();
  const { queue, live } = await page();
  await queue.submit(asked({ path: "/1", slot: "colour" }));
  await queue.submit(asked({ path: "/2", slot: "colour" }));
  live();
  await settles("/2: done");
  expect(send).toHaveBeenCalledOnce();
});

test("what was made for another history of the desk is refused, not sent", async () => {
  const send = server();
  const before = await page();
  before.connection.$patch({ epoch: "e1" });
  await before.queue.submit(asked());
  const { connection, live } = await page();
  connection.$patch({ epoch: "e2" });
  live();
  await settles("/api/things: refused, The desk has another history now");
  expect(send).not.toHaveBeenCalled();
});

test("two windows of one person: what one sent, the other does not send again", async () => {
  const send = server();
  const one = await page();
  await one.queue.submit(asked());
  const two = await page();
  two.live();
  await settles("/api/things: done");
  await vi.waitFor(() => expect(one.heard).toEqual(["/api/things: done"]));
  one.live();
  await nextTick();
  expect(one.queue.waiting).toEqual([]);
  expect(send).toHaveBeenCalledOnce();
});

test("signed out meanwhile, it waits until the same person is in again", async () => {
  server(new api.Problem("signed-out", "", "", 401), "done");
  const { connection, queue, live } = await page();
  live();
  expect(await queue.submit(asked())).toEqual({ is: "waits" });
  connection.$patch({ state: "offline" });
  await nextTick();
  live();
  await settles("/api/things: done");
});

test("a command at which the desk fails again and again does not bar the way of the next", async () => {
  const broken = () => new api.Problem("http-500", "Something broke", "", 500);
  vi.useFakeTimers();
  server(broken(), broken(), broken(), "two");
  const { queue, live } = await page();
  live();
  void queue.submit(asked({ path: "/1" }));
  void queue.submit(asked({ path: "/2" }));
  await vi.advanceTimersByTimeAsync(11_000);
  vi.useRealTimers();
  expect(heard).toEqual(["/1: refused, Something broke", "/2: two"]);
});
