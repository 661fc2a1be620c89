import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Draft } from "@/live/types";
import { copies } from "./copies";
import { useDrafts } from "./drafts";

const start = Date.parse("2026-11-22T14:00:00.000Z");
const draft = (body: string, number: number, more: Partial<Draft> = {}): Draft => ({
  ticket: 42, kind: "reply", body, number, device: "elsewhere",
  at: new Date(start).toISOString(), sibling: null, ...more,
});
const bodies = (send: { mock: { calls: unknown[][] } }) => send.mock.calls.map((call) => call[2]);

let number = 0;
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  localStorage.clear();
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live" });
  number = 0;
});
afterEach(() => vi.useRealTimers());

function server() {
  return vi.spyOn(api, "send").mockImplementation((async (_method: string, _path: string, body: { body: string }) => {
    number += 1;
    return { draft: draft(body?.body ?? "", number) };
  }) as typeof api.send);
}

test("a key is in the browser at once and on the server within two seconds", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear Nora");
  expect(copies.read(0, "42:reply")?.body).toBe("Dear Nora");
  expect(drafts.keeping(42, "reply")).toBe("browser");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(bodies(send)).toEqual([{ body: "Dear Nora", from: 0, device: copies.tab(), kind: "reply" }]);
  expect(drafts.keeping(42, "reply")).toBe("kept");
});

test("typing on is saved from the number before", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear");
  await vi.advanceTimersByTimeAsync(1_500);
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(1_500);
  expect(bodies(send)).toMatchObject([{ from: 0 }, { from: 1, body: "Dear Nora" }]);
});

test("offline it waits in the browser and goes when the desk is live again", async () => {
  const send = server();
  const connection = useConnection();
  const drafts = useDrafts();
  connection.$patch({ state: "offline" });
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(send).not.toHaveBeenCalled();
  connection.$patch({ state: "live" });
  await nextTick();
  await vi.advanceTimersByTimeAsync(0);
  expect(bodies(send)).toMatchObject([{ body: "Dear Nora" }]);
});

test("a reload finds the text again", () => {
  server();
  useDrafts().write(42, "reply", "Dear Nora");
  setActivePinia(createPinia());
  expect(useDrafts().box(42, "reply").body).toBe("Dear Nora");
});

test("what a crashed window left is taken over, never what a living one is writing", () => {
  server();
  const left = { body: "from the crash", number: 0, saved: false, older: [] };
  localStorage.setItem("elbowroom.draft:0:42:reply:dead", JSON.stringify({ ...left, at: start - 60_000 }));
  localStorage.setItem("elbowroom.draft:0:42:note:alive", JSON.stringify({ ...left, at: start - 500 }));
  const drafts = useDrafts();
  expect(drafts.box(42, "reply").body).toBe("from the crash");
  expect(drafts.box(42, "note").body).toBe("");
});

test("written elsewhere meanwhile: the newer is shown, the older one click away, and both go on living", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "mine, just typed");
  const newer = draft("hers, a minute ago", 5, { at: new Date(start - 60_000).toISOString() });
  send.mockRejectedValueOnce(new api.Problem("draft-stale", "", "", 409, { newer, sibling: null }));
  await vi.advanceTimersByTimeAsync(1_100);
  expect(drafts.box(42, "reply").body).toBe("mine, just typed");
  expect(drafts.box(42, "reply").older[0]?.body).toBe("hers, a minute ago");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(bodies(send).at(-1)).toMatchObject({ body: "mine, just typed", from: 5 });
  drafts.swap(42, "reply");
  expect(drafts.box(42, "reply").body).toBe("hers, a minute ago");
  expect(drafts.box(42, "reply").older[0]?.body).toBe("mine, just typed");
});

test("what was typed long ago without a connection steps back behind the newer", async () => {
  server();
  const drafts = useDrafts();
  useConnection().$patch({ state: "offline" });
  drafts.write(42, "reply", "old, offline");
  drafts.install(42, [draft("written on the phone since", 5, { at: new Date(start + 60_000).toISOString() })]);
  expect(drafts.box(42, "reply").body).toBe("written on the phone since");
  expect(drafts.box(42, "reply").older[0]?.body).toBe("old, offline");
});

test("after sending, an autosave under way changes nothing", async () => {
  const send = server();
  const drafts = useDrafts();
  const answers: ((answer: unknown) => void)[] = [];
  const coming = new Promise((done) => answers.push(done));
  send.mockImplementationOnce((() => coming) as typeof api.send);
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(1_100);
  drafts.sent(42, "reply");
  answers[0]?.({ draft: draft("Dear Nora", 1) });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(drafts.box(42, "reply")).toMatchObject({ body: "", number: 0, saved: true });
  expect(send).toHaveBeenCalledTimes(1);
});

test("text that comes back does not push out what was begun meanwhile", () => {
  server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "a new thought");
  drafts.give(42, "reply", "the reply taken back");
  expect(drafts.box(42, "reply").body).toBe("the reply taken back");
  expect(drafts.box(42, "reply").older[0]?.body).toBe("a new thought");
});

test("a text put aside that is typed again is not offered beside itself", () => {
  server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "one");
  drafts.give(42, "reply", "two");
  drafts.write(42, "reply", "one");
  expect(drafts.other(42, "reply")).toBeNull();
  drafts.write(42, "reply", "one and more");
  expect(drafts.other(42, "reply")).toBeNull();
  drafts.write(42, "reply", "on");
  expect(drafts.other(42, "reply")?.body).toBe("one");
  drafts.drop(42, "reply");
  expect(drafts.other(42, "reply")).toBeNull();
});
