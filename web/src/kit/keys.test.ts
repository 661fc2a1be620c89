import { afterEach, expect, test, vi } from "vitest";
import { bind, hushWhile, listen } from "./keys";

const undo = listen(window);
afterEach(() => {
  hushWhile(() => false);
  document.body.replaceChildren();
});
const press = (key: string, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, code: `Key${key.toUpperCase()}`, bubbles: true, cancelable: true }));

test("a letter does what it is bound to, but not while a text is edited", () => {
  const resolve = vi.fn<() => void>();
  const off = bind({ e: { label: "resolve", run: resolve } }, "test");
  press("e");
  expect(resolve).toHaveBeenCalledTimes(1);
  const field = document.body.appendChild(document.createElement("input"));
  press("e", field);
  expect(resolve).toHaveBeenCalledTimes(1);
  off();
});

test("letters typed while the palette opens do not resolve the ticket under it", () => {
  const resolve = vi.fn<() => void>();
  const send = vi.fn<() => void>();
  const off = bind({ e: { label: "resolve", run: resolve }, x: { label: "send", run: send, inText: true } }, "test");
  hushWhile(() => true);
  press("e");
  press("x");
  expect(resolve).not.toHaveBeenCalled();
  expect(send).toHaveBeenCalledTimes(1);
  off();
  undo();
});
