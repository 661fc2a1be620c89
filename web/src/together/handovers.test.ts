import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, FactData } from "@/live/types";
import { useSession } from "@/people/session";
import { type Outcome, useHandovers } from "./handovers";
import { useLocks } from "./locks";

const place = "ticket/42";
const [bianca, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
const fact = (version: number, kind: string, data: FactData): Fact => ({
  place, version, position: version, kind, by: bianca, at: "2026-11-22T10:00:00.000Z", data,
});
const handed = (why: string, draft = false): Fact => fact(5, "lock_handed", { former: bianca, to: hanna, fence: 8, why, draft });
let told: Outcome[];

beforeEach(() => {
  forgetAll();
  setActivePinia(createPinia());
  told = [];
  vi.spyOn(api, "send").mockResolvedValue({ holder: bianca, fence: 7 });
});
function be(me: { id: number; name: string }): void {
  useSession().$patch({ me: me as never });
  useHandovers().onOutcome((outcome) => told.push(outcome));
}

test("given, it is mine under the new fence", async () => {
  be(hanna);
  await useHandovers().ask(place);
  applyFacts([handed("given", true)]);
  expect(useLocks().isMine(place)).toBe(true);
  expect(useLocks().fence(place)).toBe(8);
  expect(told).toEqual([{ place, what: "given", by: bianca, isMine: true, draft: true }]);
});

test("another window of mine that did not ask takes nothing", () => {
  be(hanna);
  applyFacts([handed("given")]);
  expect(useLocks().isMine(place)).toBe(false);
  expect(told).toEqual([]);
});

test("refused, I am told once", async () => {
  be(hanna);
  await useHandovers().ask(place);
  applyFacts([fact(5, "lock_refused", { to: hanna }), fact(6, "lock_refused", { to: hanna })]);
  expect(told).toMatchObject([{ what: "refused", by: bianca, isMine: true }]);
});

test("what I give I no longer hold; what ran out was taken from me, and I am told by whom", async () => {
  be(bianca);
  await useLocks().take(place);
  applyFacts([handed("given")]);
  expect(useLocks().lost(place)).toBeNull();
  await useLocks().take(place);
  applyFacts([fact(9, "lock_handed", { former: bianca, to: hanna, fence: 10, why: "lapsed", draft: false })]);
  expect(useLocks().lost(place)?.by).toEqual(hanna);
  expect(told.map(({ what, isMine }) => [what, isMine])).toEqual([["given", false], ["lapsed", false]]);
});

test("a request that was refused by the desk waits for nothing", async () => {
  be(hanna);
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("not-held", "", "", 409, {}));
  await expect(useHandovers().ask(place)).rejects.toBeInstanceOf(api.Problem);
  applyFacts([handed("given")]);
  expect(useLocks().isMine(place)).toBe(false);
});
