import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test } from "vitest";
import { applyFacts, forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact, Ticket, Who } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { useHappened } from "./happened";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const [bianca, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
const ticket = { ...aRow(42, { version: 10, inbox: 1 }), versions: {} } as unknown as Ticket;
let version: number;

beforeEach(() => {
  forgetAll();
  setActivePinia(createPinia());
  useSession().$patch({ me: { ...bianca } as never });
  useHappened();
  useTickets().upsertTicket({ ...ticket });
  useHappened().enter(42);
  version = 10;
});

function hears(kind: string, data: Fact["data"], by: Who | null = hanna): void {
  version += 1;
  applyFacts([{ place: "ticket/42", version, position: version, kind, by, at: "2026-11-22T14:02:00.000Z", data }]);
}

test("what a colleague did is told until it is dismissed, or is so no more", () => {
  const happened = useHappened();
  hears("ticket_archived", { set: { archived: true } });
  expect(happened.of(42)).toMatchObject({ what: "archived", by: hanna });
  hears("ticket_unarchived", { set: { archived: false } });
  expect(happened.of(42)).toBeNull();
  hears("field_changed", { field: "folder", set: { folder: 5 } });
  expect(happened.of(42)).toMatchObject({ what: "filed", to: 5 });
  happened.dismiss(42);
  expect(happened.of(42)).toBeNull();
  hears("ticket_moved", { set: { inbox: 4, folder: null } });
  expect(happened.of(42)).toMatchObject({ what: "moved", to: 4 });
  hears("field_changed", { field: "status", set: { status: "closed", queue: "resolved" } });
  expect(happened.of(42)).toMatchObject({ what: "resolved" });
});

test("what I did myself, what nobody did and what I am not in is not told", () => {
  const happened = useHappened();
  hears("ticket_archived", { set: { archived: true } }, bianca);
  hears("field_changed", { field: "status", set: { status: "closed", queue: "resolved" } }, null);
  expect(happened.of(42)).toBeNull();
  happened.leave(42);
  hears("ticket_moved", { set: { inbox: 4 } });
  expect(happened.of(42)).toBeNull();
});

test("over a department's wall it is told by whom and where it lies, once it is read there", () => {
  const [connection, wire] = [useConnection(), new FakeWire()];
  connection.start({ tab: "t", open: () => wire });
  connection.watch("ticket/42");
  wire.opens();
  wire.hears(welcome());
  wire.hears({ type: "behind", place: "ticket/42", by: hanna });
  expect(useHappened().of(42)).toBeNull();
  const state = { ticket: { ...ticket, inbox: 2, department: 2, version: 12 }, messages: [], drafts: [], colleagues: [], held: [], scheduled: [] };
  wire.hears({ type: "snapshot", place: "ticket/42", n: 1, version: 12, crowds: [], settling: false, state });
  expect(useHappened().of(42)).toMatchObject({ what: "moved", by: hanna, to: 2 });
  connection.stop();
});
