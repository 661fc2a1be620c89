import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test } from "vitest";
import { i18n } from "@/app/i18n";
import type { Fact } from "@/live/types";
import { isTold, sentence, type Translate } from "./telling";

const t = (i18n.global as unknown as { t: Translate }).t;
const eve = { id: 4, name: "Eve", email: "eve@example.org", phone: null };
const fact = (kind: string, data: Fact["data"] = {}, by: Fact["by"] = { id: 2, name: "Hanna" }): Fact =>
  ({ place: "ticket/42", version: 5, position: 5, kind, by, at: "2026-11-22T10:00:00.000Z", data });

beforeEach(() => setActivePinia(createPinia()));

test.each([
  ["reply_resent", {}, "Hanna sent a message again"],
  ["forward_submitted", {}, "Hanna forwarded a message"],
  ["reply_scheduled", { scheduled: 7 }, "Hanna scheduled a reply"],
  ["reply_unscheduled", { scheduled: 7 }, "Hanna took a scheduled reply back"],
  ["follower_added", { accepted: true, customer: eve }, "Hanna added Eve as a follower"],
  ["follower_removed", { follower: 4 }, "Hanna removed a follower"],
  ["requester_changed", { set: { requester: eve } }, "Hanna added the customer’s address eve@example.org"],
  ["ticket_merged", { source: 8 }, "Hanna merged #8 into this"],
  ["ticket_split", { into: 9 }, "Hanna split messages off into #9"],
])("%s is said as people say it", (kind, data, words) => {
  expect(isTold(fact(kind, data))).toBe(true);
  expect(sentence(fact(kind, data), t)).toBe(words);
});

test("what the desk did by itself is no person's deed", () => {
  expect(isTold(fact("reply_unscheduled", { scheduled: 7 }, null))).toBe(false);
  expect(isTold(fact("follower_added", { accepted: false, customer: eve }, null))).toBe(false);
});
