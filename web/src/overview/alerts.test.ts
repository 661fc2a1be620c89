import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { nextTick } from "vue";
import { applyFacts, forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Doing, Presence } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { shownFor, useAlerts } from "./alerts";

const place = "ticket/42";
const hanna = { id: 2, name: "Hanna" };
const who = (person: number, doing: Doing): Presence => ({ person, name: `P${person}`, hue: person, doing, since: "2026-11-22T10:00:00.000Z" });
let wire: FakeWire;
let n: number;

beforeEach(() => {
  vi.useFakeTimers();
  forgetAll();
  setActivePinia(createPinia());
  useSession().$patch({ me: { id: 1, alerts: "all" } as never });
  wire = new FakeWire();
  useAlerts();
  const connection = useConnection();
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
  n = 1;
  wire.hears({ type: "snapshot", place, n, version: 1, state: {} as never, crowds: [], settling: false });
});
afterEach(() => {
  useConnection().stop();
  vi.useRealTimers();
});
async function crowd(...people: Presence[]): Promise<void> {
  wire.hears({ type: "crowd", place, n: (n += 1), crowds: [{ place, people, more: 0, lock: null }] });
  await nextTick();
}
const shown = (): string[] => useAlerts().of(place).map(({ person, what }) => `${person} ${what}`);

test("who comes, writes and goes is told, one line a person; idle is not", async () => {
  useAlerts().open(place);
  await crowd(who(2, "viewing"));
  expect(shown()).toEqual(["2 views"]);
  await crowd(who(2, "writing_reply"), who(3, "writing_note"));
  expect(shown()).toEqual(["2 drafts", "3 notes"]);
  await crowd(who(2, "idle"), who(3, "left"));
  expect(shown()).toEqual(["2 drafts", "3 leaves"]);
});

test("who is here already when I open it is no news", async () => {
  await crowd(who(2, "viewing"));
  useAlerts().open(place);
  await crowd(who(2, "viewing"), who(3, "viewing"));
  expect(shown()).toEqual(["3 views"]);
});

test("replies and notes of others are told, mine are not", () => {
  useAlerts().open(place);
  const at = "2026-11-22T10:00:00.000Z";
  applyFacts([
    { place, version: 2, position: 2, kind: "reply_submitted", by: hanna, at, data: {} },
    { place, version: 3, position: 3, kind: "note_added", by: { id: 1, name: "Bianca" }, at, data: {} },
  ]);
  expect(shown()).toEqual(["2 replies"]);
});

test("each goes after some seconds", async () => {
  useAlerts().open(place);
  await crowd(who(2, "viewing"));
  vi.advanceTimersByTime(shownFor);
  expect(shown()).toEqual([]);
});

test.each([
  ["work", ["2 drafts"]],
  ["none", []],
] as const)("whoever wants %s is told no more", async (alerts, wanted) => {
  useSession().$patch({ me: { alerts } });
  useAlerts().open(place);
  await crowd(who(2, "writing_reply"), who(3, "viewing"));
  expect(shown()).toEqual(wanted);
});
