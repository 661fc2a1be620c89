// Every field that people set: a colleague's change is shown in the ticket and in the list, and says who it was.
// A field that is added later gets its line here, in tests/tickets/test_live_fields.py and in the story of the fields.
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { applyFacts, forgetAll } from "@/live/apply";
import type { Fact, Ticket } from "@/live/types";
import { useSession } from "@/people/session";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const hanna = { id: 2, name: "Hanna" };
const at = "2026-11-22T14:02:00.000Z";
const set = (kind: string, values: object) => ({ kind, data: { set: values } });
const nora = { id: 5, name: "Nora", email: "nora@example.org" };

/** The field, what is announced, what the ticket shows then, and whether rows show it too. */
const fields: [string, { kind: string; data: object }, unknown, boolean][] = [
  ["subject", set("field_changed", { subject: "Lamp flickers" }), "Lamp flickers", true],
  ["status", set("field_changed", { status: "on_hold", queue: "pending" }), "on_hold", true],
  ["priority", set("field_changed", { priority: "urgent" }), "urgent", true],
  ["owner", set("owner_changed", { owner: 2 }), 2, true],
  ["inbox", set("ticket_moved", { inbox: 4 }), 4, true],
  ["folder", set("field_changed", { folder: 3 }), 3, true],
  ["labels", { kind: "label_added", data: { label: { id: 1, name: "warranty" } } }, ["warranty"], true],
  ["followers", set("follower_added", { followers: [nora] }), [nora], false],
];

beforeEach(() => {
  vi.useFakeTimers();
  forgetAll();
  setActivePinia(createPinia());
  useSession().$patch({ me: { id: 1, name: "Bianca" } as never });
});

describe.each(fields)("%s", (field, told, value, inRows) => {
  const fact = (by = hanna) => ({ place: "ticket/42", version: 2, position: 2, by, at, ...told }) as Fact;
  const ticket = () => useTickets().ticket(42) as unknown as Record<string, unknown>;
  const row = () => useTickets().row(42) as unknown as Record<string, unknown>;
  const mark = (of: string) => useTickets().changedBy(42, of);
  beforeEach(() => {
    useTickets().upsertRow(aRow(42));
    useTickets().upsertTicket({ ...aRow(42), versions: { [field]: 1 }, followers: [], unverified: [] } as unknown as Ticket);
  });

  test("is changed on the screen of whoever has the ticket open, and says by whom for a moment", () => {
    applyFacts([fact()]);
    expect([ticket()[field], mark(field)?.by]).toEqual([value, hanna]);
    expect([row()[field], mark("row")?.by]).toEqual(inRows ? [value, hanna] : [undefined, undefined]);
    vi.advanceTimersByTime(2_000);
    expect([mark(field), mark("row")]).toEqual([null, null]);
  });

  test("is not marked where it is my own change", () => {
    applyFacts([fact({ id: 1, name: "Bianca" })]);
    expect([ticket()[field], mark(field), mark("row")]).toEqual([value, null, null]);
  });

  test.runIf(inRows)("is changed in the list of whoever sees only that", () => {
    useTickets().upsertRow({ ...aRow(42), [field]: value, ...(field === "labels" ? { label_ids: [1] } : {}), version: 2, changed_by: hanna });
    expect([row()[field], mark("row")?.by]).toEqual([value, hanna]);
  });
});

test("a message that came changes the row without a mark", () => {
  useTickets().upsertRow(aRow(42));
  useTickets().upsertRow({ ...aRow(42), preview: "Thank you", version: 2, changed_by: hanna });
  expect(useTickets().changedBy(42, "row")).toBeNull();
});
