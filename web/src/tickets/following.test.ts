import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useFollowing } from "./following";
import { useMerging } from "./merging";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const ticket = (id: number, more: object = {}) => ({ ...aRow(id, { version: 2 }), followers: [], unverified: [], versions: {}, ...more });
beforeEach(() => setActivePinia(createPinia()));

test("an address that was given stands in the list at once", async () => {
  const tickets = useTickets();
  tickets.upsertRow(aRow(42, { requester: { id: 1, name: "Rosa", email: "", phone: "030 1234" } }));
  const requester = { id: 1, name: "Rosa", email: "rosa@example.org", phone: "030 1234" };
  vi.spyOn(api, "send").mockResolvedValue(ticket(42, { requester, facts: [] }));
  await useFollowing().giveAddress(42, "rosa@example.org");
  expect(tickets.row(42)?.requester.email).toBe("rosa@example.org");
  expect(tickets.ticket(42)).toBeNull();
});

test("two tickets that were merged say so in the list at once, and when it was undone", async () => {
  const tickets = useTickets();
  for (const id of [42, 43]) tickets.upsertRow(aRow(id));
  vi.spyOn(api, "send")
    .mockResolvedValueOnce({ ticket: ticket(42, { merged_into: 43 }), target: ticket(43, { messages: 5 }), facts: [] })
    .mockResolvedValueOnce(ticket(42, { version: 3, facts: [] }));
  await useMerging().merge(42, 43);
  expect([tickets.row(42)?.merged_into, tickets.row(43)?.messages]).toEqual([43, 5]);
  await useMerging().undo(42);
  expect(tickets.row(42)?.merged_into).toBeNull();
});
