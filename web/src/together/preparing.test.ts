import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import type { Doing, Lock, Presence } from "@/live/types";
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
  expect(usePreparing().others(place)).toEqual([{ id: 2, name: "Hanna" }]);
});

test("who holds the ticket prepares a reply even while she thinks", () => {
  crowd([one(2, "Hanna", "idle")], { holder: { id: 2, name: "Hanna" }, fence: 3, since });
  expect(usePreparing().unasked(place)).toEqual({ id: 2, name: "Hanna" });
});

test("after going on she is not asked again, but about a newcomer she is", () => {
  crowd([one(2, "Hanna", "writing_reply")]);
  const preparing = usePreparing();
  preparing.goOn(place);
  expect(preparing.unasked(place)).toBeNull();
  crowd([one(2, "Hanna", "writing_reply"), one(3, "Omid", "writing_reply")]);
  expect(preparing.unasked(place)).toEqual({ id: 3, name: "Omid" });
});
