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
  at: new Date(start).toISOString(), siblings: [], ...more,
});
const bodies = (send: { mock: { calls: unknown[][] } }) => send.mock.calls.map((call) => call[2]);

let number = 0;
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  localStorage.clear();
  copies.reopen();
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live" });
  number = 0;
});
afterEach(() => vi.useRealTimers());

function server() {
  return vi.spyOn(api, "send").mockImplementation((async (_method: string, _path: string, body: { body: string; aside?: string[] }) => {
    number += 1;
    const siblings = (body?.aside ?? []).map((text, at) => sibling(100 + at, text));
    return { draft: draft(body?.body ?? "", number, { siblings }) };
  }) as typeof api.send);
}

const kept = async (key = "42:reply") => (await copies.find(0, key, Date.now())).own?.body;
const sibling = (id: number, body: string) => ({ id, body, device: "phone", at: new Date(start - 60_000).toISOString() });

test("a key is in the browser at once and on the server within two seconds", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(0);
  expect(await kept()).toBe("Dear Nora");
  expect(drafts.keeping(42, "reply")).toBe("browser");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(bodies(send)).toEqual([{ body: "Dear Nora", from: 0, device: copies.tab(), kind: "reply", aside: [] }]);
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

test("a reload finds the text again", async () => {
  server();
  useDrafts().write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(0);
  setActivePinia(createPinia());
  useDrafts().box(42, "reply");
  await vi.advanceTimersByTimeAsync(0);
  expect(useDrafts().box(42, "reply").body).toBe("Dear Nora");
});

test("to whom it goes is kept in this browser with the text, and goes with it", async () => {
  server();
  const chosen = { to: ["repair@lamps.example"], cc: [], bcc: [] };
  useDrafts().write(42, "reply", "Dear Nora");
  useDrafts().address(42, chosen);
  await vi.advanceTimersByTimeAsync(3_000);
  setActivePinia(createPinia());
  await useDrafts().install(42, [draft("Dear Nora", 1)]);
  expect(useDrafts().box(42, "reply")).toMatchObject({ body: "Dear Nora", recipients: chosen });
  useDrafts().sent(42, "reply");
  await vi.advanceTimersByTimeAsync(0);
  setActivePinia(createPinia());
  await useDrafts().install(42, []);
  expect(useDrafts().box(42, "reply").recipients).toBeNull();
});

test("what a crashed window left goes to those whom it was for", async () => {
  server();
  const recipients = { to: ["repair@lamps.example"], cc: [], bcc: [] };
  const left = { body: "from the crash", number: 0, saved: false, older: [], recipients, at: start - 60_000 };
  localStorage.setItem("elbowroom.draft:0:42:reply:dead", JSON.stringify(left));
  useDrafts().box(42, "reply");
  await vi.advanceTimersByTimeAsync(0);
  expect(useDrafts().box(42, "reply")).toMatchObject({ body: "from the crash", recipients });
});

test("what a crashed window left is taken over, never what a living one is writing", async () => {
  server();
  const left = { body: "from the crash", number: 0, saved: false, older: [] };
  localStorage.setItem("elbowroom.draft:0:42:reply:dead", JSON.stringify({ ...left, at: start - 60_000 }));
  localStorage.setItem("elbowroom.draft:0:42:note:alive", JSON.stringify({ ...left, at: start - 500 }));
  const drafts = useDrafts();
  for (const kind of ["reply", "note"] as const) drafts.box(42, kind);
  await vi.advanceTimersByTimeAsync(0);
  expect(drafts.box(42, "reply").body).toBe("from the crash");
  expect(drafts.box(42, "note").body).toBe("");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(drafts.box(42, "note").body).toBe("from the crash");
});

test("written elsewhere meanwhile: the newer is shown, the older one click away, and both go on living", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "mine, just typed");
  const newer = draft("hers, a minute ago", 5, { at: new Date(start - 60_000).toISOString() });
  send.mockRejectedValueOnce(new api.Problem("draft-stale", "", "", 409, { newer, sibling: sibling(7, "mine, just typed") }));
  await vi.advanceTimersByTimeAsync(1_100);
  expect(drafts.box(42, "reply").body).toBe("mine, just typed");
  expect(drafts.others(42, "reply").map((one) => one.body)).toEqual(["hers, a minute ago"]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(bodies(send).at(-1)).toMatchObject({ body: "mine, just typed", from: 5, aside: ["hers, a minute ago"] });
  drafts.swap(42, "reply", drafts.others(42, "reply")[0]!);
  expect(drafts.box(42, "reply").body).toBe("hers, a minute ago");
  expect(drafts.box(42, "reply").older[0]?.body).toBe("mine, just typed");
});

test("what was typed long ago without a connection steps back behind the newer", async () => {
  server();
  const drafts = useDrafts();
  useConnection().$patch({ state: "offline" });
  drafts.write(42, "reply", "old, offline");
  await drafts.install(42, [draft("written on the phone since", 5, { at: new Date(start + 60_000).toISOString() })]);
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
  const others = () => drafts.others(42, "reply").map(({ body }) => body);
  drafts.write(42, "reply", "one");
  drafts.give(42, "reply", "two");
  drafts.write(42, "reply", "one");
  expect(others()).toEqual([]);
  drafts.write(42, "reply", "one and more");
  expect(others()).toEqual([]);
  drafts.write(42, "reply", "on");
  expect(others()).toEqual(["one"]);
  drafts.drop(42, "reply", drafts.others(42, "reply")[0]!);
  expect(others()).toEqual([]);
});

test("who types without a pause is saved all the same, each second", async () => {
  const send = server();
  const drafts = useDrafts();
  for (let keys = 1; keys <= 100; keys += 1) {
    drafts.write(42, "reply", "x".repeat(keys));
    await vi.advanceTimersByTimeAsync(100);
    const saved = (bodies(send).at(-1) as { body: string } | undefined)?.body.length ?? 0;
    expect(keys - saved).toBeLessThan(20);
  }
});

test("all that the server has aside is shown, and what is dropped here goes there", async () => {
  const send = server();
  const drafts = useDrafts();
  await drafts.install(42, [draft("in front", 5, { siblings: [sibling(1, "from the phone"), sibling(2, "from the tablet")] })]);
  expect(drafts.others(42, "reply").map(({ body }) => body)).toEqual(["from the phone", "from the tablet"]);
  drafts.drop(42, "reply", drafts.others(42, "reply")[0]!);
  expect(send).toHaveBeenCalledWith("DELETE", "/api/tickets/42/draft/aside/1");
  await drafts.install(42, [draft("in front", 5, { siblings: [sibling(1, "from the phone"), sibling(2, "from the tablet")] })]);
  expect(drafts.others(42, "reply").map(({ body }) => body)).toEqual(["from the tablet"]);
});

test("a text put aside here is told to the server with the next save, once", async () => {
  const send = server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "a new thought");
  drafts.give(42, "reply", "the reply taken back");
  await vi.advanceTimersByTimeAsync(1_100);
  expect(bodies(send).at(-1)).toMatchObject({ body: "the reply taken back", aside: ["a new thought"] });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(send).toHaveBeenCalledTimes(1);
});

test("sending takes along what its text begins with, and leaves the rest", async () => {
  server();
  const drafts = useDrafts();
  await drafts.install(42, [draft("Dear Nora, yes.", 5, { siblings: [sibling(1, "Dear Nora"), sibling(2, "Hello")] })]);
  drafts.sent(42, "reply");
  expect(drafts.box(42, "reply")).toMatchObject({ body: "", number: 0 });
  expect(drafts.others(42, "reply").map(({ body }) => body)).toEqual(["Hello"]);
});

test("what grew from the server's text goes on in front, whatever the clocks say", async () => {
  server();
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear Nora, we");
  await drafts.install(42, [draft("Dear Nora", 5, { at: new Date(start + 60_000).toISOString() })]);
  expect(drafts.box(42, "reply").body).toBe("Dear Nora, we");
  expect(drafts.others(42, "reply")).toEqual([]);
});

test("what a reload left unsaved is offered though nobody opens its ticket again", async () => {
  const send = server();
  useConnection().$patch({ state: "offline" });
  useDrafts().write(42, "note", "Call her");
  await vi.advanceTimersByTimeAsync(100);
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live" });
  await useDrafts().saveLeft();
  expect(bodies(send)).toMatchObject([{ body: "Call her", kind: "note" }]);
  await useDrafts().saveLeft();
  expect(send).toHaveBeenCalledOnce();
});

test("what no server took before its ticket went out of sight is shown from this browser, and tried again when it is back", async () => {
  const send = server();
  send.mockRejectedValueOnce(new api.Problem("not-found", "", "", 404));
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(send).toHaveBeenCalledOnce();
  expect(drafts.hereAlone).toMatchObject([{ ticket: 42, kind: "reply", body: "Dear Nora" }]);
  await drafts.install(42, []);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(bodies(send).at(-1)).toMatchObject({ body: "Dear Nora" });
  expect(drafts.hereAlone).toEqual([]);
});

test("where the browser stores nothing it says so", async () => {
  const setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  vi.stubGlobal("localStorage", { setItem });
  copies.reopen();
  useConnection().$patch({ state: "offline" });
  const drafts = useDrafts();
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(0);
  expect(drafts.keeping(42, "reply")).toBe("nowhere");
});
