import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, it } from "vitest";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, Notice } from "@/live/types";
import { useNotices } from "./notices";

const notice = (id: number, ticket = 7): Notice => ({
  id, kind: "mention", ticket, subject: "A lamp", number: 2, words: "@Hanna?", by: { id: 2, name: "Bianca" }, at: "2026-07-01T09:00:00Z",
});
const told = (version: number, kind: string, data: Fact["data"]): Fact => ({
  place: "person/3", version, position: version, kind, by: null, at: "2026-07-01T09:00:00Z", data,
});

describe("notices", () => {
  beforeEach(() => {
    setActivePinia(createPinia());
    forgetAll();
  });

  it("come by themselves, the newest first, and are said once", () => {
    const notices = useNotices();
    applyFacts([told(1, "notice_made", { notice: 1, told: notice(1) }), told(2, "notice_made", { notice: 2, told: notice(2, 8) })]);
    expect(notices.notices.map(({ id }) => id)).toEqual([2, 1]);
    expect(notices.came?.id).toBe(2);
    expect(notices.of(7).map(({ id }) => id)).toEqual([1]);
  });

  it("go when another device of mine read them", () => {
    const notices = useNotices();
    notices.install([notice(1), notice(2)]);
    applyFacts([told(1, "notice_read", { notices: [1] })]);
    expect(notices.notices.map(({ id }) => id)).toEqual([2]);
    expect(notices.came).toBeNull();
  });

  it("of a ticket that I may not see any more bear no words and are kept until dismissed", () => {
    const notices = useNotices();
    applyFacts([told(1, "notice_made", { notice: 1, told: { ...notice(1), subject: "", words: "" } })]);
    expect(notices.count).toBe(1);
  });
});
