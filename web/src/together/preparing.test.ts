import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import type { Doing, Lock, Presence } from "@/live/types";
import { now } from "@/kit/time";
import { useCrowds } from "./crowds";
import { usePreparing } from "./preparing";

const place = "ticket/42";
const since = "2026-11-22T14:02:00.000Z";
const one = (person: number, name: string, doing: Doing): Presence => ({ person, name, hue: 1, doing, since });

function crowd(people: Presence[], lock: Lock | null = null) {
  const crowds = useCrowds();
  vi.spyOn(crowds, "on").mockReturnValue(people);
  vi.spyOn(crowds, "lock").mockReturnValue(lock);
}
beforeEach(() => setActivePinia(createPinia()));

test("who writes a reply is asked about; who looks or notes is not", () => {
  crowd([one(2, "Hanna", "writing_reply"), one(3, "Omid", "viewing"), one(4, "Anna", "writing_note")]);
  expect(usePreparing().others(place)).toEqual([{ id: 2, name: "Hanna", since }]);
});

test("who holds the ticket prepares a reply even while she thinks", () => {
  crowd([one(2, "Hanna", "idle")], { holder: { id: 2, name: "Hanna" }, fence: 3, since });
  expect(usePreparing().unasked(place)).toEqual({ id: 2, name: "Hanna", since });
});

test("after going on she is not asked again, but about a newcomer she is", () => {
  crowd([one(2, "Hanna", "writing_reply")]);
  const preparing = usePreparing();
  preparing.goOn(place);
  expect(preparing.unasked(place)).toBeNull();
  crowd([one(2, "Hanna", "writing_reply"), one(3, "Omid", "writing_reply")]);
  expect(preparing.unasked(place)).toEqual({ id: 3, name: "Omid", since });
});

const minutesAgo = (minutes: number) => new Date(now.value - minutes * 60_000).toISOString();
const begun = (at: number) => ({ person: 2, name: "Hanna", since: minutesAgo(30), at: minutesAgo(at) });

test("who is there, idle too, with a reply changed in the last ten minutes prepares it since it was begun", () => {
  crowd([one(2, "Hanna", "idle")]);
  const preparing = usePreparing();
  preparing.learn(place, [begun(9)]);
  expect(preparing.unasked(place)).toEqual({ id: 2, name: "Hanna", since: begun(9).since });
  preparing.learn(place, [begun(11)]);
  expect(preparing.unasked(place)).toBeNull();
});

test("she is asked once about a reply, also when she comes again, and anew about the next", () => {
  crowd([one(2, "Hanna", "viewing")]);
  const preparing = usePreparing();
  preparing.learn(place, [begun(1)]);
  preparing.goOn(place);
  preparing.learn(place, [begun(0)]);
  expect(preparing.unasked(place)).toBeNull();
  preparing.learn(place, []);
  preparing.learn(place, [begun(0)]);
  expect(preparing.unasked(place)?.name).toBe("Hanna");
});

test("a reply begun by someone who left is no preparation", () => {
  crowd([one(2, "Hanna", "left")]);
  usePreparing().learn(place, [begun(1)]);
  expect(usePreparing().unasked(place)).toBeNull();
});
