// On a computer that several share, nobody finds in the page what another left there.
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { useDrafts } from "@/conversations/drafts";
import { useMessages } from "@/conversations/messages";
import { message } from "@/conversations/messages.testing";
import { useModes } from "@/conversations/modes";
import { useNewTicket } from "@/conversations/newticket";
import { useNotes } from "@/conversations/notes";
import { useRecipients } from "@/conversations/recipients";
import { useReplies } from "@/conversations/replies";
import { useUploads } from "@/conversations/uploads";
import * as api from "@/live/api";
import { applyFacts } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact } from "@/live/types";
import { useActivity } from "@/overview/activity";
import { useSession } from "@/people/session";
import { useBin } from "@/tickets/bin";
import { useChanges } from "@/tickets/changes";
import { useFound } from "@/tickets/found";
import { useHappened } from "@/tickets/happened";
import { useMerging } from "@/tickets/merging";
import { aRow } from "@/tickets/rows.testing";
import { useTickets } from "@/tickets/tickets";
import { useCrowds } from "@/together/crowds";
import { usePreparing } from "@/together/preparing";

const hanna = { id: 2, name: "Hanna" };
const her = (id: number) => ({ id, name: "Bianca", role: "agent", departments: [1], rights: 1, alerts: "all", email: "bianca@example.org" });
const draft = { person: 2, name: "Hanna", kind: "reply" as const, since: new Date().toISOString(), at: new Date().toISOString() };
let version = 1;
const fact = (kind: string, data: Fact["data"]): Fact =>
  ({ place: "ticket/42", kind, version: (version += 1), position: null, by: hanna, at: "2026-11-22T10:00:00.000Z", data });
const refused = (words: string) => new api.Problem("refused", words, "", 400);
const note = message(3, { kind: "note", text: "She called." });

/** What she leaves behind, and what of it the next one would see. */
const rooms: Record<string, { leaves: () => unknown; shows: () => unknown }> = {
  "texts in the boxes": { leaves: () => useDrafts().write(42, "reply", "Dear Nora"), shows: () => useDrafts().box(42, "reply").body },
  "chosen recipients": { leaves: () => useRecipients().set(42, "to", ["a@example.org"]), shows: () => useRecipients().asked(42)?.to },
  "which box is in front": { leaves: () => useModes().choose(42, "note"), shows: () => useModes().of(42) === "note" },
  "files": {
    leaves: () => useUploads().bringBack(42, [{ id: 7, name: "lamp.txt", size: 5 }]),
    shows: () => useUploads().of(42),
  },
  "the new ticket": { leaves: () => void (useNewTicket().form.body = "It is broken."), shows: () => useNewTicket().form.body },
  "messages": { leaves: () => useMessages().install(42, [note], 3), shows: () => useMessages().of(42) },
  "a note that she edits": { leaves: () => useNotes().begin(note), shows: () => useNotes().of(note) },
  "why a reply did not go": {
    async leaves() {
      vi.spyOn(api, "send").mockRejectedValue(refused("No."));
      useDrafts().write(42, "reply", "Dear Nora");
      await useReplies().reply(42);
    },
    shows: () => useReplies().trouble(42),
  },
  "values that two people set": { leaves: () => useChanges().cross(42, "subject", "Mine"), shows: () => useChanges().conflictsOf(42) },
  "a change that was refused": {
    async leaves() {
      vi.spyOn(api, "send").mockRejectedValue(refused("No."));
      await useChanges().setLabel(42, "lamp", true);
    },
    shows: () => useChanges().refusal(42),
  },
  "who threw a ticket away": {
    leaves: () => (useChanges(), applyFacts([fact("ticket_deleted", {})])),
    shows: () => useChanges().deletedBy(42),
  },
  "who merged it": {
    leaves: () => (useMerging(), applyFacts([fact("ticket_merged", { into: 43 })])),
    shows: () => useMerging().mergedBy(42),
  },
  "what happened to it": {
    leaves: () => (useHappened().enter(42), applyFacts([fact("ticket_archived", { set: { archived: true } })])),
    shows: () => useHappened().of(42),
  },
  "what colleagues did": {
    leaves: () => (useActivity().open("ticket/42"), applyFacts([fact("note_added", {})])),
    shows: () => useActivity().of("ticket/42"),
  },
  "replies that colleagues have begun": {
    leaves() {
      usePreparing().learn("ticket/42", [draft]);
      vi.spyOn(useCrowds(), "on").mockReturnValue([{ person: 2, name: "Hanna", doing: "viewing", since: draft.since } as never]);
    },
    shows: () => usePreparing().others("ticket/42"),
  },
  "the bin": {
    async leaves() {
      vi.spyOn(api, "get").mockResolvedValue({ tickets: [{ id: 9 }], next: "more", days: 30 });
      await useBin().load();
    },
    shows: () => [...useBin().rows, ...(useBin().next ?? "")],
  },
  "what she looked for": { leaves: () => useFound().$patch({ tickets: [aRow(42)] }), shows: () => useFound().tickets },
};
const isThere = (shown: unknown): boolean => (Array.isArray(shown) ? shown.length > 0 : Boolean(shown));

beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
  useSession().enter(her(1) as never);
  useConnection().$patch({ state: "live" });
  useTickets().upsertTicket({ ...aRow(42, { archived: true }), followers: [], unverified: [], versions: { subject: 1 } } as never);
});

test.each(Object.keys(rooms))("%s: gone with whom they belong to", async (name) => {
  const { leaves, shows } = rooms[name] as (typeof rooms)[string];
  expect(isThere(shows())).toBe(false);
  await leaves();
  expect(isThere(shows())).toBe(true);
  vi.spyOn(api, "send").mockResolvedValue(undefined as never);
  await useSession().signOut();
  useSession().enter(her(5) as never);
  expect(isThere(shows())).toBe(false);
});

test("a box that was still looked at while nobody was signed in is not taken for the next one's", async () => {
  const drafts = useDrafts();
  vi.spyOn(api, "send").mockResolvedValue(undefined as never);
  drafts.write(42, "reply", "Dear Nora");
  await useSession().signOut();
  const between = drafts.box(42, "reply");
  useSession().enter(her(5) as never);
  expect(drafts.box(42, "reply")).not.toBe(between);
});

test("where the ticket was merged for one, the next one's text is saved all the same", async () => {
  vi.useFakeTimers();
  const drafts = useDrafts();
  const saves = () => send.mock.calls.filter(([method]) => method === "PUT").length;
  const send = vi.spyOn(api, "send").mockRejectedValue(new api.Problem("merged", "", "", 409));
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(saves()).toBe(1);
  send.mockResolvedValue({ draft: null });
  await useSession().signOut();
  useSession().enter(her(5) as never);
  drafts.write(42, "reply", "Dear Nora");
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  expect(saves()).toBe(2);
});

test("the same person's are there as long as she is, whatever became of her rights", async () => {
  useUploads().bringBack(42, [{ id: 7, name: "lamp.txt", size: 5 }]);
  useDrafts().write(42, "reply", "Dear Nora");
  useSession().enter({ ...her(1), rights: 2 } as never);
  useSession().expire();
  useSession().enter(her(1) as never);
  expect([useUploads().of(42).length, useDrafts().box(42, "reply").body]).toEqual([1, "Dear Nora"]);
});
