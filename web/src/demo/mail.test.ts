import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test, vi } from "vitest";
import { useMail } from "./mail";
import type { Mail } from "./threads";

const nora = "nora@customer.example";
const desk = "Support <support@desk.example>";
const sent: { path: string; body: unknown }[] = [];
let box: Mail[] = [];

vi.mock("@/live/api", () => ({
  get: async () => ({ mails: box }),
  send: async (_: string, path: string, body: unknown) => void sent.push({ path, body }),
}));

beforeEach(() => {
  localStorage.clear();
  setActivePinia(createPinia());
  sent.length = 0;
  box = [
    { id: 1, from: nora, to: desk, subject: "My lamp", text: "dark", at: "2026-11-22T08:00:00.000Z", message_id: "<1@x>", in_reply_to: null },
    { id: 2, from: desk, to: nora, subject: "Re: My lamp", text: "hi", at: "2026-11-22T08:01:00.000Z", message_id: "<2@x>", in_reply_to: "<1@x>" },
  ];
});

test("an answer of the desk is unread until its thread is opened, also after a reload", async () => {
  const [first, answer] = box;
  box = [first!];
  await useMail().open(nora);
  box = [first!, answer!];
  await useMail().load();
  expect(useMail().unread).toBe(1);
  useMail().readThread("<1@x>");
  expect(useMail().unread).toBe(0);
  setActivePinia(createPinia());
  await useMail().open(nora);
  expect(useMail().unread).toBe(0);
});

test("what was begun stands there again after a reload and is gone once sent", async () => {
  await useMail().open(nora);
  useMail().letter("<1@x>").body = "It is still dark";
  setActivePinia(createPinia());
  await useMail().open(nora);
  expect(useMail().letter("<1@x>").body).toBe("It is still dark");
  await useMail().post("<1@x>", { to: desk, subject: "Re: My lamp", body: "It is still dark" }, box[1]);
  expect(sent).toEqual([
    {
      path: "/api/demo/mail",
      body: { from: nora, to: "support@desk.example", subject: "Re: My lamp", body: "It is still dark", in_reply_to: 2 },
    },
  ]);
  expect(useMail().letter("<1@x>").body).toBe("");
});

test("what lay there before is not new", async () => {
  await useMail().open(nora);
  expect(useMail().unread).toBe(0);
});

test("a letter of one customer does not show up at another", async () => {
  await useMail().open(nora);
  useMail().letter("new").body = "mine";
  await useMail().open("tom@example.com");
  expect(useMail().letter("new").body).toBe("");
  await useMail().open(nora);
  expect(useMail().letter("new").body).toBe("mine");
});
