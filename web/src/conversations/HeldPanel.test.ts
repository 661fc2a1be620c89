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
import { useUploads } from "./uploads";

const came = message(2, {
  kind: "reply", text: "We send a new lamp.", author: { id: 2, name: "Hanna", email: "hanna@example.org" },
  at: new Date().toISOString(), state: "waiting",
});
const entry: Held = {
  id: 9, ticket: 42, subject: "Lamp", conversation: 1, body: "Please send it back.", reason: "unseen", seen: 1, recipients: null,
  at: new Date().toISOString(), sendable: true, unseen: [came], changed: [], attachments: [],
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
/** What a button says, without its key. */
const said = ({ element }: { element: Element }) =>
  [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join("").trim();
const press = async (on: ReturnType<typeof panel>, words: string) =>
  on.findAll("button").find((button) => said(button) === words)?.trigger("click");
const server = () => vi.spyOn(api, "send").mockResolvedValue({ message: { ...came, number: 3 } });

test("shows what came above my own text, and four ways on", () => {
  const shown = panel();
  const text = shown.text();
  expect(text).toContain("Hanna replied");
  expect(text.indexOf(came.text)).toBeLessThan(text.indexOf(entry.body));
  expect(shown.findAll("button").map(said)).toEqual([
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

test("kept as a note it leaves the box where it stood there, and another text stays", async () => {
  server();
  useDrafts().write(42, "reply", entry.body);
  await useHeld().keepAsNote(entry);
  expect(useDrafts().box(42, "reply").body).toBe("");
  useDrafts().write(42, "reply", "Dear Nora, once more");
  await useHeld().keepAsNote(entry);
  expect(useDrafts().box(42, "reply").body).toBe("Dear Nora, once more");
});

test("send all the same vouches for what the panel shows", async () => {
  const send = server();
  await press(panel(), "Send all the same");
  expect(send.mock.calls[0]?.[2]).toMatchObject({ body: entry.body, seen: 2, held: 9 });
});

test("its four keys do the same while the focus is in it", async () => {
  const send = server();
  const shown = panel();
  await shown.vm.$nextTick();
  await shown.vm.$nextTick();
  expect(document.activeElement).toBe(shown.element);
  await shown.trigger("keydown", { key: "2", ctrlKey: true });
  expect(send).not.toHaveBeenCalled();
  await shown.trigger("keydown", { key: "2" });
  expect(send.mock.calls[0]?.[1]).toBe("/api/tickets/42/replies");
});

test("does not take the caret out of a text that is being written", async () => {
  const box = document.body.appendChild(document.createElement("textarea"));
  box.value = "Dear";
  box.focus();
  const shown = panel();
  await shown.vm.$nextTick();
  await shown.vm.$nextTick();
  expect(document.activeElement).toBe(box);
  box.remove();
});

test("marks what a colleague wrote in the same words, and tells what was changed", () => {
  useHeld().upsert({ ...entry, body: "We send a new lamp. Please wait." });
  const changed = { field: "subject", to: "New lamp", by: { id: 2, name: "Hanna" }, at: new Date().toISOString() } as const;
  const props = { entry: { ...entry, body: "We send a new lamp. Please wait.", changed: [changed] } };
  const shown = mount(HeldPanel, { props, global: { plugins: [pinia, i18n] } });
  expect(shown.findAll("mark").map((mark) => mark.text())).toEqual(["We send a new lamp"]);
  expect(shown.text()).toContain("Hanna wrote this too");
  expect(shown.text()).toContain("Subject: New lamp");
});

test("sends its files along, and gives them back with the text", async () => {
  const send = server();
  const file = { id: 5, name: "lamp.png", size: 3, type: "image/png", image: true };
  const shown = mount(HeldPanel, { props: { entry: { ...entry, attachments: [file] } }, global: { plugins: [pinia, i18n] } });
  expect(shown.text()).toContain("lamp.png");
  await press(shown, "Edit");
  expect(useUploads().ready(42).map(({ id }) => id)).toEqual([5]);
  useHeld().settle(9);
  useHeld().upsert(entry);
  await press(mount(HeldPanel, { props: { entry: { ...entry, attachments: [file] } }, global: { plugins: [pinia, i18n] } }), "Send all the same");
  expect(send.mock.calls[0]?.[2]).toMatchObject({ attachments: [5] });
});

test("without a connection it keeps the text and offers only to edit it", () => {
  useConnection().$patch({ state: "offline" });
  const open = panel().findAll("button").filter((button) => button.attributes("disabled") === undefined);
  expect(open.map(said)).toEqual(["Edit"]);
});

test("tells when what held it was taken back", async () => {
  const shown = panel();
  useMessages().upsert({ ...came, state: "withdrawn" }, 5);
  await shown.vm.$nextTick();
  expect(shown.text()).toContain("Hanna took the reply back");
});

test("of a ticket that is closed to me the text can be copied", () => {
  expect(panel({ closed: true }).findAll("button").map(said)).toEqual(["Copy my text", "Discard"]);
});
