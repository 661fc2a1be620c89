import { mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { i18n } from "@/app/i18n";
import * as api from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Held } from "@/live/types";
import { useDrafts } from "./drafts";
import { useHeld } from "./held";
import HeldPanel from "./HeldPanel.vue";
import { useMessages } from "./messages";
import { message } from "./messages.testing";

const came = message(2, {
  kind: "reply", text: "We send a new lamp.", author: { id: 2, name: "Hanna", email: "hanna@example.org" },
  at: new Date().toISOString(), state: "waiting",
});
const entry: Held = {
  id: 9, ticket: 42, subject: "Lamp", conversation: 1, body: "Please send it back.", reason: "unseen", seen: 1,
  at: new Date().toISOString(), unseen: [came],
};

let pinia = createPinia();
beforeEach(() => {
  localStorage.clear();
  pinia = createPinia();
  setActivePinia(pinia);
  useConnection().$patch({ state: "live" });
  useHeld().upsert(entry);
});

const panel = (more: { closed?: boolean } = {}) =>
  mount(HeldPanel, { props: { entry, ...more }, global: { plugins: [pinia, i18n] }, attachTo: document.body });
const press = async (on: ReturnType<typeof panel>, words: string) =>
  on.findAll("button").find((button) => button.text() === words)?.trigger("click");
const server = () => vi.spyOn(api, "send").mockResolvedValue({ message: { ...came, number: 3 } });

test("shows what came above my own text, and four ways on", () => {
  const shown = panel();
  const text = shown.text();
  expect(text).toContain("Hanna replied");
  expect(text.indexOf(came.text)).toBeLessThan(text.indexOf(entry.body));
  expect(shown.findAll("button").map((button) => button.text())).toEqual([
    "Edit", "Send all the same", "Keep as note", "Discard",
  ]);
});

test("edit puts the text into the box and keeps the entry", async () => {
  const shown = panel();
  await press(shown, "Edit");
  expect(useDrafts().box(42, "reply").body).toBe(entry.body);
  expect(useHeld().count).toBe(1);
  expect(shown.emitted("edit")).toHaveLength(1);
});

test("keep as note and discard settle it with the server", async () => {
  const send = server();
  await press(panel(), "Keep as note");
  await vi.waitFor(() => expect(useHeld().count).toBe(0));
  expect(send).toHaveBeenCalledWith("POST", "/api/held/9/note");
  useHeld().upsert(entry);
  await press(panel(), "Discard");
  await vi.waitFor(() => expect(useHeld().count).toBe(0));
  expect(send).toHaveBeenCalledWith("DELETE", "/api/held/9");
});

test("send all the same vouches for what the panel shows", async () => {
  const send = server();
  await press(panel(), "Send all the same");
  expect(send.mock.calls[0]?.[2]).toMatchObject({ body: entry.body, seen: 2, held: 9 });
});

test("without a connection it keeps the text and offers only to edit it", () => {
  useConnection().$patch({ state: "offline" });
  const open = panel().findAll("button").filter((button) => button.attributes("disabled") === undefined);
  expect(open.map((button) => button.text())).toEqual(["Edit"]);
});

test("tells when what held it was taken back", async () => {
  const shown = panel();
  useMessages().upsert({ ...came, state: "withdrawn" }, 5);
  await shown.vm.$nextTick();
  expect(shown.text()).toContain("Hanna took the reply back");
});

test("of a ticket that is closed to me the text can be copied", () => {
  expect(panel({ closed: true }).findAll("button").map((button) => button.text())).toEqual(["Copy my text", "Discard"]);
});
