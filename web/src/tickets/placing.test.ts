import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import type { Inbox, Ticket } from "@/live/types";
import { usePeople } from "@/people/people";
import { useFolders } from "./folders";
import { useInboxes } from "./inboxes";
import { usePlacing } from "./placing";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const inbox = (id: number, name: string, department: number) => ({ id, name, department, version: 1 }) as Inbox;
const ticket = { ...aRow(42, { version: 10, inbox: 1, department: 1, owner: 3, folder: 5 }), versions: {} } as unknown as Ticket;
const named = (key: string) => usePlacing().targets.find((one) => one.key === key) ?? expect.fail(key);

beforeEach(() => {
  setActivePinia(createPinia());
  useInboxes().learn({ inboxes: [inbox(1, "Support", 1), inbox(4, "Advice", 1), inbox(2, "Billing", 2)] });
  useFolders().learn([{ id: 5, inbox: 1, name: "Returns", version: 1 }, { id: 6, inbox: 4, name: "Trade fair", version: 1 }]);
  usePeople().learnDepartments([{ id: 1, name: "Help", version: 1 }, { id: 2, name: "Money", version: 1 }]);
  usePeople().learn([{ id: 3, name: "Omid", departments: [1], version: 1 } as never]);
  useTickets().upsertTicket({ ...ticket });
  usePlacing().begin(42);
});

test("every inbox and folder is found by any of its words", () => {
  const placing = usePlacing();
  expect(placing.found.map(({ name }) => name)).toEqual(["Support", "Returns", "Billing", "Advice", "Trade fair"]);
  placing.text = "adv fair";
  expect(placing.found.map(({ name }) => name)).toEqual(["Trade fair"]);
  placing.text = "money";
  expect(placing.found.map(({ name }) => name)).toEqual(["Billing"]);
});

test.each([
  ["4/6", { inbox: { to: 4, from_version: 10 }, folder: { to: 6, from_version: 10 } }],
  ["4/", { inbox: { to: 4, from_version: 10 } }],
  ["1/", { folder: { to: null, from_version: 10 } }],
])("only what changes is sent (%s)", async (key, body) => {
  const send = vi.spyOn(api, "send").mockResolvedValue({ id: 42, left: true } as never);
  expect(await usePlacing().choose(named(key))).toBe(true);
  expect(send.mock.calls.at(-1)?.[2]).toEqual(body);
});

test("over a department's wall nothing is sent before she has read what stays behind", async () => {
  const send = vi.spyOn(api, "send").mockResolvedValue({ id: 42, left: true } as never);
  send.mockClear();
  const placing = usePlacing();
  expect(await placing.choose(named("2/"))).toBe(false);
  expect(send).not.toHaveBeenCalled();
  expect(placing.loss).toEqual({ owner: "Omid", folder: "Returns", department: "Help" });
  expect(await placing.go(named("2/"))).toBe(true);
});

test("where someone was quicker it is said, and the next choice counts from there", async () => {
  const fields = { folder: { value: null, version: 12, by: null, at: "" } };
  const send = vi.spyOn(api, "send").mockRejectedValueOnce(new api.Problem("stale", "", "Look again.", 409, { fields }));
  const placing = usePlacing();
  expect(await placing.choose(named("4/6"))).toBe(false);
  expect(placing.refusal).toBe("Look again.");
  send.mockResolvedValue({ id: 42, left: true } as never);
  await placing.choose(named("1/"));
  expect(send.mock.calls.at(-1)?.[2]).toEqual({ folder: { to: null, from_version: 12 } });
});
