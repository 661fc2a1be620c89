import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test } from "vitest";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, SavedReply } from "@/live/types";
import { filled, slashAt, useSaved } from "./saved";

const one = (id: number, name: string, more: Partial<SavedReply> = {}): SavedReply => ({ id, name, body: "Thank you.", department: 1, version: 1, ...more });
const fact = (kind: string, version: number, data: Fact["data"]): Fact => ({ place: "department/1", kind, version, position: null, by: null, at: "", data });
beforeEach(() => {
  setActivePinia(createPinia());
  forgetAll();
});

test("a slash opens the list at the beginning of a line alone", () => {
  expect(slashAt("/tha", 4)).toEqual({ from: 0, words: "tha" });
  expect(slashAt("Dear Nora\n/", 11)).toEqual({ from: 10, words: "" });
  for (const [text, caret] of [["and/or", 4], ["/tmp/x", 6], ["Hello", 5], ["/a\nb", 4], ["/a", -1], ["\n/a", 0]] as const) expect(slashAt(text, caret)).toBeNull();
});

test("the ticket's department and mine, those that begin so first", () => {
  const saved = useSaved();
  saved.install([one(1, "Many thanks"), one(2, "Thanks")], 1);
  saved.install([one(3, "Thanks elsewhere", { department: 2 })], 2);
  saved.install([one(4, "thank", { department: null })], null);
  expect(saved.fitting("thank", 1).map(({ id }) => id)).toEqual([4, 2, 1]);
});

test("an older word brings nothing back", () => {
  const saved = useSaved();
  saved.install([one(1, "Old")], 1);
  applyFacts([fact("saved_reply_removed", 3, { id: 1 }), fact("saved_reply_changed", 2, { id: 1, saved: one(1, "Older", { version: 2 }) })]);
  expect(saved.all).toEqual([]);
});

test("placeholders are filled, anything else in braces stays", () => {
  const values = { customer: "Nora", ticket: "#7", agent: "Bianca" };
  expect(filled("Dear {customer}, {ticket} {else}\n{agent}", values)).toBe("Dear Nora, #7 {else}\nBianca");
});
