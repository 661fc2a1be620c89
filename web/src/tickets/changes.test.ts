import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Ticket } from "@/live/types";
import { useSession } from "@/people/session";
import { useChanges } from "./changes";
import { useTickets } from "./tickets";

const [bianca, hanna] = [{ id: 1, name: "Bianca" }, { id: 2, name: "Hanna" }];
const ticket = {
  id: 42, version: 10, inbox: 1, department: 1, subject: "Broken lamp", status: "open", queue: "new",
  priority: "normal", owner: null, labels: ["lamp"], label_ids: [1], versions: { subject: 2, status: 2 },
} as unknown as Ticket;

beforeEach(() => {
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live" });
  useSession().$patch({ me: { ...bianca } as never });
  useTickets().upsertTicket({ ...ticket, labels: [...ticket.labels], versions: { ...ticket.versions } });
});

function once(answer: object | api.Problem) {
  return vi.spyOn(api, "send").mockImplementation((async () => {
    if (answer instanceof api.Problem) throw answer;
    return answer;
  }) as typeof api.send);
}

test("a change is shown at once and sent with the version it was based on", async () => {
  const send = once({ ...ticket, version: 11, status: "on_hold" });
  const changes = useChanges();
  const going = changes.change(42, "status", "on_hold", 10);
  expect(changes.shown(42, "status")).toBe("on_hold");
  await going;
  expect(send.mock.calls[0]?.[2]).toEqual({ status: { to: "on_hold", from_version: 10 } });
  expect(changes.shown(42, "status")).toBe("on_hold");
});

test("a stale change shows hers and who set it; mine goes over it only when I say so", async () => {
  const at = "2026-11-22T14:02:00.000Z";
  const fields = { subject: { value: "Lamp, urgent", version: 12, by: hanna, at } };
  const send = once(new api.Problem("stale", "", "", 409, { fields }));
  const changes = useChanges();
  await changes.change(42, "subject", "Lamp broken", 10);
  expect(changes.conflict(42, "subject")).toMatchObject({ mine: "Lamp broken", theirs: "Lamp, urgent", by: hanna, at });
  send.mockResolvedValue({ ...ticket, version: 13, subject: "Lamp broken" });
  await changes.keepMine(42, "subject");
  expect(send.mock.calls.at(-1)?.[2]).toEqual({ subject: { to: "Lamp broken", from_version: 12 } });
  expect(changes.conflict(42, "subject")).toBeNull();
});

test("a field that changed while she was editing it is not sent blindly", async () => {
  const send = once({});
  const changes = useChanges();
  await changes.change(42, "subject", "Lamp broken", 1);
  expect(send).not.toHaveBeenCalled();
  expect(changes.conflict(42, "subject")?.theirs).toBe("Broken lamp");
});

test("taking what someone just took is refused and names her", async () => {
  const at = "2026-11-22T14:02:00.000Z";
  once(new api.Problem("owner-taken", "", "", 409, { owner: hanna, by: hanna, at }));
  const changes = useChanges();
  await changes.give(42, 1);
  expect(changes.conflict(42, "owner")).toMatchObject({ mine: 1, theirs: 2, by: hanna });
  expect(changes.shown(42, "owner")).toBeNull();
});

test("labels are shown at once and taken back when refused", async () => {
  once(new api.Problem("forbidden", "Not yours", "", 403));
  const changes = useChanges();
  const going = changes.setLabel(42, "urgent", true);
  expect(changes.labels(42)).toEqual(["lamp", "urgent"]);
  await going;
  expect(changes.labels(42)).toEqual(["lamp"]);
  expect(changes.refusal(42)).toBe("Not yours");
});

test("offline a change waits with what it was based on, and a second thought replaces it", async () => {
  const send = once({ ...ticket, version: 11, status: "closed" });
  useConnection().$patch({ state: "offline" });
  const changes = useChanges();
  expect(await changes.change(42, "status", "on_hold", 10)).toEqual({ is: "waits" });
  expect(await changes.change(42, "status", "closed", 11)).toEqual({ is: "waits" });
  expect([changes.shown(42, "status"), changes.isPending(42, "status")]).toEqual(["closed", true]);
  useConnection().$patch({ state: "live" });
  await vi.waitFor(() => expect(changes.isPending(42, "status")).toBe(false));
  expect(send.mock.calls.map((call) => call[2])).toEqual([{ status: { to: "closed", from_version: 10 } }]);
});

test("a change on top of mine that is on its way is based on that one", async () => {
  const send = once({ ...ticket, version: 11 });
  const changes = useChanges();
  await Promise.all([changes.change(42, "priority", "high"), changes.change(42, "priority", "urgent")]);
  const asked = send.mock.calls.map((call) => (call[2] as Record<string, { from_version: number }>)["priority"]?.from_version);
  expect(asked).toEqual([10, 11]);
});

test("what was refused while she was offline is asked about as ever", async () => {
  const at = "2026-11-22T14:02:00.000Z";
  once(new api.Problem("stale", "", "", 409, { fields: { subject: { value: "Lamp, urgent", version: 12, by: hanna, at } } }));
  useConnection().$patch({ state: "offline" });
  const changes = useChanges();
  await changes.change(42, "subject", "Lamp broken", 10);
  useConnection().$patch({ state: "live" });
  await vi.waitFor(() => expect(changes.conflict(42, "subject")).toMatchObject({ mine: "Lamp broken", by: hanna }));
});
