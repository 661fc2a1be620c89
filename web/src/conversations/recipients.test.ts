import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test } from "vitest";
import type { Ticket } from "@/live/types";
import { aRow } from "@/tickets/rows.testing";
import { useTickets } from "@/tickets/tickets";
import { useRecipients } from "./recipients";

const eve = { id: 2, name: "Eve", email: "eve@example.org", phone: null };
const aTicket = (more: Partial<Ticket> = {}): Ticket => ({
  ...aRow(7), place: "ticket/7", followers: [eve], unverified: [], archived_at: null, archived_by: null, deleted_at: null, deleted_by: null, conversation: 1, channel: null, versions: {}, last_number: 1, ...more,
});
beforeEach(() => {
  setActivePinia(createPinia());
  useTickets().upsertTicket(aTicket());
});

test("as always, nothing is asked for", () => {
  const recipients = useRecipients();
  expect(recipients.of(7)).toEqual({ to: ["nora@example.org"], cc: ["eve@example.org"], bcc: [] });
  expect(recipients.asked(7)).toBeUndefined();
});

test("a choice goes out, and taken back it is as always again", () => {
  const recipients = useRecipients();
  recipients.set(7, "cc", []);
  expect(recipients.asked(7)).toEqual({ to: ["nora@example.org"], cc: [], bcc: [] });
  recipients.set(7, "cc", ["eve@example.org"]);
  expect(recipients.asked(7)).toBeUndefined();
});

test("whom it goes to is said with the names that the ticket knows", () => {
  const told = { to: ["nora@example.org", "else@example.org"], cc: [], bcc: ["eve@example.org"] };
  const said = useRecipients().said(7, told, (key, { names }) => `${key.split(".").at(-1)} ${names}`);
  expect(said).toBe("to Nora, else@example.org · bcc Eve");
});

test("who only called can be written to once an address is named", () => {
  useTickets().upsertTicket({ ...aTicket({ requester: { id: 1, name: "Rosa", email: "", phone: "030 1234" }, followers: [] }), id: 8 });
  const recipients = useRecipients();
  expect(recipients.isNobody(8)).toBe(true);
  recipients.set(8, "to", ["rosa@example.org"]);
  expect(recipients.isNobody(8)).toBe(false);
});
