import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { useActivity } from "./activity";

const place = "ticket/42";
const [me, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
const fact = (version: number, by = hanna, kind = "note_added"): Fact => ({
  place, version, position: version, kind, by, at: "2026-11-22T10:00:00.000Z", data: {},
});
let wire: FakeWire;

beforeEach(() => {
  forgetAll();
  setActivePinia(createPinia());
  useSession().$patch({ me: me as never });
  wire = new FakeWire();
  useActivity();
  const connection = useConnection();
  connection.start({ tab: "t", open: () => wire });
  connection.watch(place);
  wire.opens();
  wire.hears(welcome());
});
afterEach(() => {
  useConnection().stop();
  vi.restoreAllMocks();
});
const snapshot = (version: number) =>
  wire.hears({ type: "snapshot", place, n: 1, version, state: {} as never, crowds: [], settling: false });

test("it keeps what others did since I opened it, the newest first, each once", () => {
  const activity = useActivity();
  activity.open(place);
  applyFacts([fact(5), fact(6, me), fact(7)]);
  applyFacts([fact(7)]);
  expect(activity.of(place).map((one) => one.fact.version)).toEqual([7, 5]);
  expect(activity.unread(place)).toBe(2);
});

test("what is read stays, what comes then is new, and leaving forgets it all", () => {
  const activity = useActivity();
  activity.open(place);
  applyFacts([fact(5)]);
  activity.read(place);
  applyFacts([fact(6)]);
  expect(activity.of(place).map((one) => one.isRead)).toEqual([false, true]);
  activity.leave(place);
  activity.open(place);
  expect(activity.of(place)).toEqual([]);
});

test("before it was opened, and of what nobody did, nothing is told", () => {
  const activity = useActivity();
  applyFacts([fact(5)]);
  activity.open(place);
  applyFacts([{ ...fact(6, hanna, "reply_left"), by: null }, fact(7, hanna, "ticket_opened")]);
  expect(activity.of(place)).toEqual([]);
});

test("a second state tells what was missed before it", async () => {
  const asked = vi.spyOn(api, "get").mockResolvedValue({ facts: [fact(11), fact(12), fact(14)] });
  const activity = useActivity();
  activity.open(place);
  snapshot(10);
  expect(asked).not.toHaveBeenCalled();
  snapshot(12);
  await vi.waitFor(() => expect(activity.of(place).map((one) => one.fact.version)).toEqual([12, 11]));
  expect(asked).toHaveBeenCalledWith("/api/tickets/42/facts?after=10");
});
