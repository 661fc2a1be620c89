// The guided set-up. A reload comes back to the same step; the token and the password are never written down.
import { defineStore } from "pinia";
import { computed, reactive, ref, watch } from "vue";
import { addInbox } from "@/channels/inboxes";
import type { Language } from "@/live/types";
import { useDepartments } from "@/people/departments";
import { setUp } from "@/people/doors";
import { useSession } from "@/people/session";

export const steps = ["you", "desk", "mailbox", "invite", "done"] as const;
export type Step = (typeof steps)[number];

const room = "elbowroom.setup";

type Kept = {
  step: Step;
  department: number | null;
  inbox: number | null;
  /** The address that was connected; empty where that was left for later. */
  mailbox: string;
};

export const useSetup = defineStore("setup", () => {
  const you = reactive({ name: "", email: "", password: "" });
  const desk = reactive({ department: "", inbox: "" });
  const kept = reactive<Kept>({ step: "you", department: null, inbox: null, mailbox: "" });
  const token = ref("");
  const at = computed(() => steps.indexOf(kept.step));

  /** `fresh`: the desk has nobody yet, so what this browser remembers is of another one. */
  function begin(given: string, fresh: boolean) {
    token.value = given;
    const before = sessionStorage.getItem(room);
    if (before && !fresh) Object.assign(kept, JSON.parse(before));
  }

  async function makeMe(language: Language) {
    const answer = await setUp({ token: token.value, ...you, language });
    you.password = "";
    useSession().enter(answer.me);
    kept.step = "desk";
  }

  /** Each half is made once: when the inbox fails, a second try does not make a second department. */
  async function makeDesk() {
    kept.department ??= (await useDepartments().add(desk.department.trim())).id;
    kept.inbox ??= (await addInbox({ department: kept.department, name: desk.inbox.trim() })).id;
    kept.step = "mailbox";
  }

  function mailboxDone(address: string) {
    kept.mailbox = address;
    kept.step = "invite";
  }

  function invitesDone() {
    kept.step = "done";
  }

  function forget() {
    sessionStorage.removeItem(room);
  }

  watch(kept, () => sessionStorage.setItem(room, JSON.stringify(kept)), { deep: true, flush: "sync" });

  return { you, desk, kept, token, at, begin, makeMe, makeDesk, mailboxDone, invitesDone, forget };
});
