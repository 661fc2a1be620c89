import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { i18n } from "@/app/i18n";
import * as api from "@/live/api";
import { usePeople } from "@/people/people";
import { useSession } from "@/people/session";
import { useTickets } from "@/tickets/tickets";
import { message } from "./messages.testing";
import NoteEdit from "./NoteEdit.vue";
import { useNotes } from "./notes";

const mine = message(3, { kind: "note", text: "She called.", author: { id: 1, name: "Bianca", email: null } });
const hanna = { id: 2, name: "Hanna", email: "hanna@example.org", role: "agent", hue: 2, departments: [1], disabled: false, version: 1 };

beforeEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
  setActivePinia(createPinia());
  useSession().$patch({ me: { ...hanna, id: 1, name: "Bianca" } as never });
  usePeople().learn([hanna as never]);
  vi.spyOn(useTickets(), "ticket").mockReturnValue({ department: 1 } as never);
});

test("an edit says which state it grew from and whom it names", async () => {
  const send = vi.spyOn(api, "send").mockResolvedValue({});
  const notes = useNotes();
  notes.begin(mine);
  notes.write(mine, "She called @Hanna.");
  await notes.save(mine);
  expect(send).toHaveBeenCalledWith("PUT", "/api/tickets/42/notes/3", { body: "She called @Hanna.", edits: 0, mentions: [2] });
  expect(notes.of(mine)).toBeNull();
  expect(notes.hasBegun(mine)).toBe(false);
});

test("what was typed survives the page", () => {
  useNotes().begin(mine);
  useNotes().write(mine, "She called twice.");
  setActivePinia(createPinia());
  useSession().$patch({ me: { ...hanna, id: 1 } as never });
  expect(useNotes().hasBegun(mine)).toBe(true);
  useNotes().begin(mine);
  expect(useNotes().of(mine)?.body).toBe("She called twice.");
});

test("where another tab was quicker both texts stand there, and saving again goes over it", async () => {
  const newer = { body: "She wrote.", edits: 4, edited_at: null };
  const send = vi.spyOn(api, "send").mockRejectedValueOnce(new api.Problem("stale", "Edited", "", 409, { newer })).mockResolvedValue({});
  const notes = useNotes();
  notes.begin(mine);
  notes.write(mine, "She called twice.");
  await notes.save(mine);
  expect(notes.of(mine)).toMatchObject({ body: "She called twice.", newer: "She wrote.", edits: 4, busy: false });
  await notes.save(mine);
  expect(send).toHaveBeenLastCalledWith("PUT", "/api/tickets/42/notes/3", { body: "She called twice.", edits: 4, mentions: [] });
});

test("a refusal keeps the text and says why", async () => {
  vi.spyOn(api, "send").mockRejectedValue(new api.Problem("gone", "Gone", "Restore it to go on with it.", 410));
  const notes = useNotes();
  notes.begin(mine);
  notes.write(mine, "She called twice.");
  await notes.save(mine);
  expect(notes.of(mine)).toMatchObject({ body: "She called twice.", words: "Restore it to go on with it." });
});

test("the list of names goes with the caret, and is the text's only while it is there", async () => {
  const notes = useNotes();
  notes.begin({ ...mine, text: "@Ha" });
  const shown = mount(NoteEdit, { props: { message: mine }, global: { plugins: [i18n] }, attachTo: document.body });
  const area = shown.get("textarea");
  const moves = async (to: number) => {
    area.element.setSelectionRange(to, to);
    await area.trigger("keyup");
  };
  await moves(3);
  expect(shown.findAll("[role=option]").map((one) => one.text())).toEqual(["Hanna"]);
  expect(area.attributes("aria-activedescendant")).toBe(shown.get("[role=option]").attributes("id"));
  await moves(0);
  expect(shown.findAll("[role=option]")).toEqual([]);
  expect(area.attributes("aria-activedescendant")).toBeUndefined();
  shown.unmount();
});

test("while it is being saved no key is taken that would be lost with it", async () => {
  const answer = Promise.withResolvers<object>();
  vi.spyOn(api, "send").mockReturnValue(answer.promise as never);
  const notes = useNotes();
  notes.begin(mine);
  const shown = mount(NoteEdit, { props: { message: mine }, global: { plugins: [i18n] } });
  notes.write(mine, "She called twice.");
  const saving = notes.save(mine);
  await shown.vm.$nextTick();
  expect(shown.get("textarea").element.readOnly).toBe(true);
  notes.write(mine, "She called twice, then");
  expect(notes.of(mine)?.body).toBe("She called twice.");
  answer.resolve({});
  await saving;
  expect(notes.hasBegun(mine)).toBe(false);
});
