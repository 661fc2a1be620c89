import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, Label } from "@/live/types";
import { useInboxes } from "./inboxes";
import { useLabelSettings } from "./labelsettings";
import { useLists } from "./lists";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const label = (id: number, name: string, more: Partial<Label> = {}): Label => ({
  id, name, colour: id, department: 1, version: 1, into: null, removed: false, ...more,
});
const told = (version: number, kind: string, data: Fact["data"]): Fact => ({
  place: "department/1", version, position: version, kind, by: null, at: "2026-11-22T02:40:00.000Z", data,
});

beforeEach(() => {
  setActivePinia(createPinia());
  forgetAll();
  useInboxes().learn({ labels: [label(1, "lamp"), label(2, "light")] });
  useTickets().upsertRow(aRow(7, { labels: ["lamp", "light"], label_ids: [1, 2] }));
});
const worn = () => useTickets().row(7)?.labels;

test("a rename shows on rows, in pickers and in the filter that is on", () => {
  const lists = useLists();
  void lists.show({ kind: "search", text: "" }, { owner: "any", status: null, priority: null, label: "lamp" });
  applyFacts([told(1, "label_renamed", { label: label(1, "bulb", { version: 2 }), labels: [label(3, "lamp", { into: 1 })] })]);
  expect(worn()).toEqual(["bulb", "light"]);
  expect(useInboxes().labelsOf(1).map(({ name }) => name)).toEqual(["bulb", "light"]);
  expect(lists.filters.label).toBe("bulb");
});

test("a row that wore both wears one, and a late row with the old name too", () => {
  applyFacts([told(1, "label_merged", { label: label(1, "lamp", { version: 2, into: 2 }) })]);
  expect(worn()).toEqual(["light"]);
  useTickets().upsertRow(aRow(7, { version: 2, labels: ["lamp"], label_ids: [1] }));
  expect(worn()).toEqual(["light"]);
});

test("a deleted one is off, and an older word about it does not bring it back", () => {
  applyFacts([told(1, "label_deleted", { label: label(1, "lamp", { version: 2, removed: true }) })]);
  useInboxes().learn({ labels: [label(1, "lamp")] });
  expect(worn()).toEqual(["light"]);
});

test("who was slower learns what it is called now", async () => {
  const newer = label(1, "bulb", { version: 2 });
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("stale", "changed", "", 409, { label: newer }));
  await expect(useLabelSettings().rename(label(1, "lamp"), "glow")).rejects.toThrow("changed");
  expect(worn()).toEqual(["bulb", "light"]);
});
