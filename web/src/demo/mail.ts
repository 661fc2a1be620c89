// The mailbox of a customer of the demo. What is written and not sent stays, by thread, through a reload.
import { defineStore } from "pinia";
import { computed, reactive, ref, watch } from "vue";
import { get, send } from "@/live/api";
import { addressOf, isFrom, markOf, threads, type Mail, type Thread } from "./threads";

export type Letter = {
  to: string;
  subject: string;
  body: string;
};

const room = "elbowroom.demo.mail";

export const useMail = defineStore("demo-mail", () => {
  const address = ref("");
  const mails = ref<Mail[] | null>(null);
  const letters = reactive<Record<string, Letter>>({});
  const read = ref<Set<string>>(new Set());
  let asked = 0;
  let isFirst = false;

  const all = computed(() => threads(mails.value ?? [], address.value));
  const thread = (key: string): Thread | null => all.value.find((one) => one.key === key) ?? null;
  const isUnread = (one: Thread) => one.mails.some((mail) => !isFrom(mail, address.value) && !read.value.has(markOf(mail)));
  const unread = computed(() => all.value.filter(isUnread).length);

  async function open(next: string) {
    if (next === address.value && mails.value) return load();
    address.value = next;
    mails.value = null;
    restore();
    await load();
  }

  /** Asks again; an answer for an address that was left meanwhile is dropped. */
  async function load() {
    const turn = (asked += 1);
    const answer = await get<{ mails: Mail[] }>("/api/demo/mail", { address: address.value });
    if (turn !== asked) return;
    // What lay there when the mailbox was first opened is history, not news.
    if (isFirst) read.value = new Set(answer.mails.map(markOf));
    if (isFirst) keep();
    isFirst = false;
    mails.value = answer.mails;
  }

  function readThread(key: string) {
    const found = thread(key);
    if (!found || !isUnread(found)) return;
    read.value = new Set([...read.value, ...found.mails.map(markOf)]);
    keep();
  }

  function letter(key: string): Letter {
    letters[key] ??= { to: "", subject: "", body: "" };
    return letters[key];
  }

  const hasBegun = (key: string): boolean => Boolean(letters[key]?.body.trim());

  async function post(key: string, values: Letter, answers?: Mail) {
    const body = { from: address.value, to: addressOf(values.to), subject: values.subject, body: values.body };
    await send("POST", "/api/demo/mail", answers ? { ...body, in_reply_to: answers.id } : body);
    // What was typed while it was on its way stays.
    const mine = letters[key];
    if (mine?.body === values.body) Object.assign(mine, { to: "", subject: "", body: "" });
    await load();
  }

  function restore() {
    const text = localStorage.getItem(`${room}.${address.value}`);
    isFirst = text === null;
    const kept = JSON.parse(text ?? "{}") as {
      letters?: Record<string, Letter>;
      read?: string[];
    };
    for (const key of Object.keys(letters)) delete letters[key];
    Object.assign(letters, kept.letters);
    read.value = new Set(kept.read);
    keep();
  }

  function keep() {
    if (!address.value) return;
    const kept = { letters, read: [...read.value].slice(-500) };
    localStorage.setItem(`${room}.${address.value}`, JSON.stringify(kept));
  }

  watch(letters, keep, { deep: true, flush: "sync" });

  return { address, mails, all, unread, open, load, thread, isUnread, readThread, letter, hasBegun, post };
});

