import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { addressesIn, looksLikeAddress, useCompletion } from "./completing";

const nora = { id: 1, name: "Nora", email: "nora@example.org", phone: null };
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the arrows go round, past what is typed", async () => {
  vi.spyOn(api, "get").mockResolvedValue({ customers: [nora, { ...nora, id: 2 }] });
  const completion = useCompletion();
  completion.ask("no");
  await vi.runAllTimersAsync();
  const seen = [1, 1, 1, -1].map((by) => (completion.move(by), completion.marked()?.id ?? 0));
  expect(seen).toEqual([1, 2, 0, 2]);
});

test("an answer to what is no longer typed shows nothing", async () => {
  let late: (told: unknown) => void = () => undefined;
  vi.spyOn(api, "get").mockReturnValue(new Promise((done) => (late = done)));
  const completion = useCompletion();
  completion.ask("nor");
  await vi.advanceTimersByTimeAsync(200);
  completion.close();
  late({ customers: [nora] });
  await vi.runAllTimersAsync();
  expect(completion.found.value).toEqual([]);
});

test("pasted addresses are taken apart", () => {
  expect(addressesIn("Eve <eve@a.example>, carl@b.example;\n dora@c.example")).toEqual(["eve@a.example", "carl@b.example", "dora@c.example"]);
  expect([looksLikeAddress("eve@a.example"), looksLikeAddress("eve@a"), looksLikeAddress("eve")]).toEqual([true, false, false]);
});
