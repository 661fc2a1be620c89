import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { effectScope, nextTick } from "vue";
import { type LiveState, useConnection } from "./connection";
import { blinkFor, useSteadyState } from "./steady";

beforeEach(() => {
  vi.useFakeTimers();
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live", everLive: true });
});
afterEach(() => void vi.useRealTimers());

test("a blink of the network is not shown, what lasts is, and its end at once", async () => {
  const scope = effectScope();
  const state = scope.run(useSteadyState);
  const shown: (LiveState | undefined)[] = [];
  for (const [now, ms] of [["offline", 300], ["live", 0], ["offline", 300], ["offline", blinkFor], ["live", 0]] as const) {
    useConnection().$patch({ state: now });
    await nextTick();
    await vi.advanceTimersByTimeAsync(ms);
    shown.push(state?.value);
  }
  expect(shown).toEqual(["live", "live", "live", "offline", "live"]);
  scope.stop();
});
