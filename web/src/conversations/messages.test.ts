import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { useMessages } from "./messages";
import { message } from "./messages.testing";

const note = (number: number) => message(number, { kind: "note" });

beforeEach(() => setActivePinia(createPinia()));

test("what stands there at opening is seen", () => {
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1), message(2), note(3)], 7);
  expect(messages.seen(42)).toBe(2);
});

test("what comes later is not seen, not even with a new whole state", () => {
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1)], 7);
  messages.upsert(message(2), 8);
  messages.install(42, [message(1), message(2), message(3)], 9);
  expect(messages.seen(42)).toBe(1);
  expect(messages.unseen(42).map((one) => one.number)).toEqual([2, 3]);
});

test("a state that comes long after opening is not what she opened", () => {
  vi.useFakeTimers();
  const messages = useMessages();
  messages.open(42);
  vi.advanceTimersByTime(60_000);
  messages.install(42, [message(1)], 7);
  expect(messages.seen(42)).toBe(0);
  vi.useRealTimers();
});

test("seen rises by what was in view, and skips nothing", () => {
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1)], 7);
  for (const one of [message(2), note(3), message(4)]) messages.upsert(one, 7 + one.number);
  messages.view(42, 4);
  expect(messages.seen(42)).toBe(1);
  messages.view(42, 2);
  expect(messages.seen(42)).toBe(4);
});

test("a note in view vouches for nothing before it", () => {
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1)], 7);
  messages.upsert(note(3), 9);
  messages.view(42, 3);
  expect(messages.seen(42)).toBe(1);
});

test("an older state of a message never replaces a newer one", () => {
  const messages = useMessages();
  messages.upsert(message(1, { kind: "reply", state: "left" }), 9);
  messages.upsert(message(1, { kind: "reply", state: "waiting" }), 8);
  expect(messages.one(42, 1)?.state).toBe("left");
});

test("opening again counts what is shown already", () => {
  const messages = useMessages();
  messages.open(42);
  messages.install(42, [message(1)], 7);
  messages.leave(42);
  messages.upsert(message(2), 8);
  messages.open(42);
  expect(messages.seen(42)).toBe(2);
});
