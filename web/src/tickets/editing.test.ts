import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import * as api from "@/live/api";
import { applyFacts, forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact, Ticket } from "@/live/types";
import { useSession } from "@/people/session";
import { useChanges } from "./changes";
import { useEditing } from "./editing";
import { useTickets } from "./tickets";

const hanna = { id: 2, name: "Hanna" };
const at = "2026-11-22T14:02:00.000Z";
let send: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  forgetAll();
  setActivePinia(createPinia());
  useConnection().$patch({ state: "live" });
  useSession().$patch({ me: { id: 1, name: "Bianca" } as never });
  useTickets().upsertTicket({ id: 42, version: 10, subject: "Broken lamp", labels: [], label_ids: [], versions: { subject: 2 } } as unknown as Ticket);
  send = vi.spyOn(api, "send").mockResolvedValue({ id: 42, version: 12, labels: [], label_ids: [], versions: {} });
});

function hannaChanges(subject: string, version = 11): void {
  applyFacts([{ place: "ticket/42", version, position: version, kind: "field_changed", by: hanna, at, data: { field: "subject", set: { subject } } } as Fact]);
}
function typing(text: string) {
  const editing = useEditing(() => 42, "subject");
  editing.begin();
  editing.text.value = text;
  return editing;
}
const sent = () => send.mock.calls.map((call: unknown[]) => call[2]);

test("what is typed stays, and what it was changed to is told while she types", () => {
  const editing = typing("Lamp bro");
  expect(editing.meanwhile.value).toBeNull();
  hannaChanges("Lamp, urgent");
  expect(editing.text.value).toBe("Lamp bro");
  expect(editing.meanwhile.value).toEqual({ value: "Lamp, urgent", by: hanna, at });
});

test("keep mine: it goes over hers with the version at which hers was shown", async () => {
  const editing = typing("Lamp broken");
  hannaChanges("Lamp, urgent");
  editing.keepMine();
  expect(editing.meanwhile.value).toBeNull();
  editing.finish(true);
  await vi.waitFor(() => expect(sent()).toEqual([{ subject: { to: "Lamp broken", from_version: 11 } }]));
});

test("take hers: her words are in the field, and unless touched nothing is sent", () => {
  const editing = typing("Lamp broken");
  hannaChanges("Lamp, urgent");
  editing.takeTheirs();
  expect(editing.text.value).toBe("Lamp, urgent");
  editing.finish(true);
  expect(send).not.toHaveBeenCalled();
});

test("saved without an answer to the question, both values stand side by side and nothing is sent", () => {
  const editing = typing("Lamp broken");
  hannaChanges("Lamp, urgent");
  editing.finish(true);
  expect(send).not.toHaveBeenCalled();
  expect(useChanges().conflict(42, "subject")).toMatchObject({ mine: "Lamp broken", theirs: "Lamp, urgent", by: hanna });
});

test("a field that was opened and left untouched sends nothing and asks nothing", () => {
  const editing = useEditing(() => 42, "subject");
  editing.begin();
  hannaChanges("Lamp, urgent");
  editing.finish(true);
  expect(send).not.toHaveBeenCalled();
  expect(useChanges().conflict(42, "subject")).toBeNull();
});
