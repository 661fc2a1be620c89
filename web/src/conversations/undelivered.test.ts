import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, Undelivered } from "@/live/types";
import { useUndelivered } from "./undelivered";

const one: Undelivered = {
  message: 9, ticket: 7, number: 2, subject: "Lamp", kind: "reply", state: "refused", words: "550 no such user",
  preview: "Dear Nora", to: ["nora@example.org"], at: "2026-11-22T02:00:00.000Z",
};
const fact = (kind: string, version: number, data: Fact["data"]): Fact => ({ place: "person/2", kind, version, position: null, by: null, at: "", data });
beforeEach(() => {
  setActivePinia(createPinia());
  forgetAll();
});

test("what fails is told once and stays until it is settled", () => {
  const undelivered = useUndelivered();
  const told = vi.fn<(one: Undelivered) => void>();
  undelivered.onNews(told);
  applyFacts([fact("delivery_failed", 1, { undelivered: 9, failed: one })]);
  expect([undelivered.count, told.mock.calls.length]).toEqual([1, 1]);
  applyFacts([fact("delivery_settled", 2, { undelivered: 9 })]);
  expect(undelivered.count).toBe(0);
});

test("it goes and comes with its ticket, and is no news then", () => {
  const undelivered = useUndelivered();
  undelivered.install([one]);
  const told = vi.fn<(one: Undelivered) => void>();
  undelivered.onNews(told);
  applyFacts([fact("delivery_changed", 1, { undelivered: 9 })]);
  expect(undelivered.count).toBe(0);
  applyFacts([fact("delivery_changed", 2, { undelivered: 9, failed: { ...one, ticket: 8, number: 3 } })]);
  expect(undelivered.all.map(({ ticket, number }) => [ticket, number])).toEqual([[8, 3]]);
  expect(told).not.toHaveBeenCalled();
});

test("what cannot be let go stays on the list", async () => {
  const undelivered = useUndelivered();
  undelivered.install([one]);
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("offline", "No connection", "", 0));
  await expect(undelivered.letGo(one)).rejects.toThrow("No connection");
  expect(undelivered.has(9)).toBe(true);
});
