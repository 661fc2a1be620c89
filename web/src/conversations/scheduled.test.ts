import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Awaiting, Fact, Scheduled } from "@/live/types";
import { useAwaiting } from "./awaiting";
import { useDrafts } from "./drafts";
import { useRecipients } from "./recipients";
import { useReplies } from "./replies";
import { useScheduled } from "./scheduled";
import { useUploads } from "./uploads";

const file = { id: 5, name: "lamp.png", size: 3, type: "image/png", image: true };
const waits: Scheduled = {
  id: 7, ticket: 42, author: { id: 1, name: "Bianca" }, body: "Change the fuse.", attachments: [file],
  recipients: { to: ["eve@example.org"], cc: [], bcc: [] }, seen: 1, at: "2026-11-25T14:00:00Z", leaves_at: "2026-11-26T08:00:00Z",
};
const fact = (kind: string, version: number, data: Fact["data"], place = "ticket/42"): Fact =>
  ({ kind, place, version, position: version, by: null, at: "2026-11-25T14:00:00Z", data });

beforeEach(() => {
  localStorage.clear();
  forgetAll();
  setActivePinia(createPinia());
});

test("comes by the stream, the soonest first, and goes with its hour", () => {
  const scheduled = useScheduled();
  applyFacts([fact("reply_scheduled", 1, { scheduled: 7, waits })]);
  applyFacts([fact("reply_scheduled", 2, { scheduled: 8, waits: { ...waits, id: 8, leaves_at: "2026-11-26T07:00:00Z" } })]);
  expect(scheduled.of(42).map(({ id }) => id)).toEqual([8, 7]);
  expect(scheduled.of(43)).toEqual([]);
  applyFacts([fact("reply_unscheduled", 3, { scheduled: 8, waits: null })]);
  expect(scheduled.of(42).map(({ id }) => id)).toEqual([7]);
});

test("taken back, text and files are in the box again", async () => {
  const send = vi.spyOn(api, "send").mockResolvedValue({});
  const scheduled = useScheduled();
  scheduled.install(42, [waits]);
  await scheduled.takeBack(waits);
  expect(send.mock.calls[0]?.[1]).toBe("/api/tickets/42/scheduled/7?edit=true");
  expect(useDrafts().box(42, "reply").body).toBe("Change the fuse.");
  expect(useUploads().ready(42).map(({ id }) => id)).toEqual([5]);
  expect(scheduled.of(42)).toEqual([]);
});

test("taken back, it is for whom it was for, whatever was chosen in the box meanwhile", async () => {
  vi.spyOn(api, "send").mockResolvedValue({});
  const [scheduled, recipients] = [useScheduled(), useRecipients()];
  await scheduled.takeBack(waits);
  expect(recipients.asked(42)?.to).toEqual(["eve@example.org"]);
  await scheduled.takeBack({ ...waits, recipients: null });
  expect(recipients.asked(42)).toBeUndefined();
});

test("the box goes to its hour by the same way as it would be sent, and is empty", async () => {
  const send = vi.spyOn(api, "send").mockResolvedValue({ scheduled: waits });
  vi.spyOn(useConnection(), "isCurrent").mockReturnValue(true);
  useConnection().$patch({ state: "live" });
  useDrafts().write(42, "reply", "Change the fuse.");
  expect(await useReplies().reply(42, "2026-11-26T08:00:00Z")).toBe("sent");
  expect(send.mock.calls[0]?.slice(0, 2)).toEqual(["POST", "/api/tickets/42/scheduled"]);
  expect(send.mock.calls[0]?.[2]).toMatchObject({ body: "Change the fuse.", at: "2026-11-26T08:00:00Z", seen: 0 });
  expect(useDrafts().box(42, "reply").body).toBe("");
});

test("managers follow what waits in their department, until they are managers no more", () => {
  const one: Awaiting = {
    id: 9, ticket: 42, subject: "Lamp", department: 1, author: { id: 2, name: "Hanna" }, reason: "unseen",
    body: "And the bulb.", at: "2026-11-25T14:00:00Z",
  };
  const awaiting = useAwaiting();
  applyFacts([fact("held_changed", 1, { held: 9, awaiting: one }, "managers/1")]);
  applyFacts([fact("held_changed", 1, { held: 9, awaiting: null }, "managers/2")]);
  expect(awaiting.waiting.map(({ id }) => id)).toEqual([9]);
  applyFacts([fact("held_changed", 2, { held: 9, awaiting: null }, "managers/1")]);
  expect(awaiting.count).toBe(0);
});
