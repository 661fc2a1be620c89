// The ticket that is being opened: a first mail, or what a customer said. Closing the dialog keeps it; only opening it
// empties it.
import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";
import { kept } from "@/kit/kept";
import { Problem, send } from "@/live/api";
import type { Answer, Customer, Ticket } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useInboxes } from "@/tickets/inboxes";
import { useTickets } from "@/tickets/tickets";
import { tries } from "./tries";
import { useUploads } from "./uploads";

export const kinds = ["mail", "phone", "customer"] as const;
export type Kind = (typeof kinds)[number];
/** Its files stand where no ticket's do. */
export const filesOf = 0;

const empty = () => ({
  email: "", phone: "", name: "", subject: "", body: "", cc: [] as string[], bcc: [] as string[], inbox: 0,
});
type Wrong = Partial<Record<keyof ReturnType<typeof empty> | "files", string>>;

export const useNewTicket = defineStore("newTicket", () => {
  const [inboxes, tickets, uploads] = [useInboxes(), useTickets(), useUploads()];
  const kind = kept<Kind>("newTicketKind", "mail");
  const form = reactive(empty());
  const isBusy = ref(false);
  const refusal = ref("");
  const wrong = ref<Wrong>({});
  const isMail = computed(() => kind.value === "mail");
  /** A mail needs a mailbox to leave by. */
  const hasNoMailbox = computed(() => isMail.value && !inboxes.inbox(form.inbox)?.address);
  const isKnown = computed(() => form.email.trim() !== "" || (kind.value === "phone" && form.phone.trim() !== ""));
  const isFull = computed(() =>
    isKnown.value && form.subject.trim() !== "" && form.body.trim() !== "" && uploads.isWhole(filesOf) && !hasNoMailbox.value);
  const { keyOf, settle } = tries();

  function begin(): void {
    if (!inboxes.inbox(form.inbox)) form.inbox = inboxes.all[0]?.id ?? 0;
  }
  function choose({ email, phone, name }: Customer): void {
    Object.assign(form, { email, phone: phone ?? "", name });
  }

  function asked() {
    const { email, phone, name, subject, body, inbox, cc, bcc } = form;
    const requester = { email: email.trim(), name, ...(kind.value === "phone" ? { phone } : {}) };
    const attachments = uploads.ready(filesOf).map(({ id }) => id);
    return { kind: kind.value, subject, body, inbox, requester, attachments, ...(isMail.value ? { cc, bcc } : {}) };
  }

  /** The new ticket's number; null where it was refused. */
  async function make(): Promise<number | null> {
    if (!isFull.value || isBusy.value) return null;
    isBusy.value = true;
    refusal.value = "";
    wrong.value = {};
    const request = asked();
    try {
      const { facts: _, ...made } = await send<Answer<Ticket>>("POST", "/api/tickets", request, { key: keyOf(request) });
      Object.assign(form, empty(), { inbox: form.inbox });
      settle();
      uploads.clear(filesOf);
      tickets.upsertRow(made);
      return made.id;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refuse(problem);
      return null;
    } finally {
      isBusy.value = false;
    }
  }

  function refuse(problem: Problem): void {
    if (problem.type !== "offline") settle();
    const found = (problem.extra["errors"] ?? []) as { field: string; message: string }[];
    for (const { field, message } of found) wrong.value[nameOf(field)] = message;
    if (found.length === 0) refusal.value = problem.detail || problem.title;
  }
  onPersonGone(() => {
    Object.assign(form, empty());
    [wrong.value, refusal.value] = [{}, ""];
    settle();
  });

  return { kind, form, isBusy, isMail, isFull, hasNoMailbox, refusal, wrong, begin, choose, make };
});

function nameOf(field: string): keyof Wrong {
  if (field.endsWith("phone")) return "phone";
  if (field.startsWith("requester")) return "email";
  if (field === "recipients") return "cc";
  return (field === "attachments" ? "files" : field) as keyof Wrong;
}
