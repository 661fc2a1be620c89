import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Crowd, Doing, Me, Presence } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { useCrowds } from "./crowds";

const since = "2026-11-22T02:00:00.000Z";
const one = (person: number, doing: Doing): Presence => ({ person, name: `P${person}`, hue: person, doing, since });
const crowd = (place: string, ...people: Presence[]): Crowd => ({ place, people, more: 0, lock: null });
let wire: FakeWire;
let n: number;

beforeEach(() => {
  vi.useFakeTimers();
  forgetAll();
  setActivePinia(createPinia());
  useSession().enter({ id: 7, name: "Hanna" } as Me);
  wire = new FakeWire();
  useCrowds();
  const connection = useConnection();
  connection.start({ tab: "t", open: () => wire });
  connection.watch("inbox/3");
  wire.opens();
  wire.hears(welcome());
});
afterEach(() => {
  useConnection().stop();
  vi.useRealTimers();
});
const snapshot = (crowds: Crowd[], settling = false) => {
  n = 1;
  wire.hears({ type: "snapshot", place: "inbox/3", n, version: 1, state: { inbox: {}, counts: null } as never, crowds, settling });
};
const frame = (...crowds: Crowd[]) => {
  n += 1;
  wire.hears({ type: "crowd", place: "inbox/3", n, crowds });
};

test("others are shown, the busiest first, each once; I am not", () => {
  snapshot([crowd("ticket/1", one(7, "writing_reply"), one(8, "idle"), one(8, "viewing"), one(9, "writing_note"))]);
  expect(useCrowds().on("ticket/1").map(({ person, doing }) => [person, doing])).toEqual([
    [9, "writing_note"],
    [8, "viewing"],
  ]);
});

test("a frame holds the whole crowd of its place", () => {
  snapshot([crowd("ticket/1", one(8, "viewing")), crowd("ticket/2", one(9, "viewing"))]);
  frame(crowd("ticket/1"));
  expect(useCrowds().on("ticket/1")).toEqual([]);
  expect(useCrowds().on("ticket/2")).toHaveLength(1);
});

test("after a new beginning, who is not named is not there", () => {
  snapshot([crowd("ticket/1", one(8, "viewing"))]);
  snapshot([]);
  expect(useCrowds().on("ticket/1")).toEqual([]);
});

test("while the server collects after a start, the picture stays, but not for ever", () => {
  snapshot([crowd("ticket/1", one(8, "viewing")), crowd("ticket/2", one(9, "viewing"))]);
  snapshot([], true);
  expect(useCrowds().on("ticket/1")).toHaveLength(1);
  frame(crowd("ticket/2", one(9, "idle")));
  vi.advanceTimersByTime(6_500);
  expect(useCrowds().on("ticket/1")).toEqual([]);
  expect(useCrowds().on("ticket/2")).toHaveLength(1);
});

test("nobody is gone before a started server has heard of all who are there", () => {
  snapshot([crowd("ticket/1", one(8, "viewing"), one(9, "viewing"))]);
  wire.hears(welcome({ settling: true }));
  snapshot([], true);
  frame(crowd("ticket/1", one(7, "viewing"), one(9, "writing_reply")));
  expect(useCrowds().on("ticket/1").map(({ person, doing }) => [person, doing])).toEqual([[9, "writing_reply"], [8, "viewing"]]);
  vi.advanceTimersByTime(6_500);
  expect(useCrowds().on("ticket/1").map(({ person }) => person)).toEqual([9]);
});

test("a colleague is where she does the most", () => {
  snapshot([crowd("inbox/3", one(8, "viewing")), crowd("ticket/2", one(8, "viewing")), crowd("ticket/4", one(9, "left"))]);
  expect(useCrowds().colleagues().get(8)?.place).toBe("ticket/2");
  expect(useCrowds().colleagues().get(9)?.doing).toBe("left");
});

test("a row that moved takes its crowd along, a deleted one stays where it is", () => {
  snapshot([crowd("ticket/1", one(8, "viewing")), crowd("ticket/2", one(9, "viewing"))]);
  n += 1;
  wire.hears({ type: "rows", place: "inbox/3", n, rows: [], gone: [
    { id: 1, version: 4, by: null, why: "moved" },
    { id: 2, version: 4, by: null, why: "deleted" },
  ], counts: null });
  expect(useCrowds().colleagues().has(8)).toBe(false);
  expect(useCrowds().on("ticket/2")).toHaveLength(1);
});
