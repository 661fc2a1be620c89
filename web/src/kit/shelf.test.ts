import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { browserShelf } from "./shelf";
import { storeOpensWithin } from "./within";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("where the browser's store never answers, the page's memory does", async () => {
  const open = vi.fn<() => object>(() => ({}));
  vi.stubGlobal("indexedDB", { open });
  const shelf = browserShelf<{ key: string; text: string }>("things");
  let kept = false;
  void shelf.put({ key: "a", text: "Dear Nora" }).then(() => (kept = true));
  await vi.advanceTimersByTimeAsync(storeOpensWithin);
  expect(kept).toBe(true);
  // Waited for once, and no more.
  expect(await shelf.all()).toEqual([{ key: "a", text: "Dear Nora" }]);
  expect(await shelf.has("a")).toBe(true);
  await shelf.drop("a");
  expect(await shelf.all()).toEqual([]);
  expect(open).toHaveBeenCalledOnce();
});
