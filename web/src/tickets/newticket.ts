// The ticket that is being written down. Closing the dialog keeps it; only making it empties it.
import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";
import { Problem, send } from "@/live/api";
import type { Answer, Ticket } from "@/live/types";
import { useInboxes } from "./inboxes";
import { useTickets } from "./tickets";

const empty = () => ({ email: "", name: "", subject: "", body: "", inbox: 0 });
type Wrong = Partial<Record<keyof ReturnType<typeof empty>, string>>;

export const useNewTicket = defineStore("newTicket", () => {
  const inboxes = useInboxes();
  const tickets = useTickets();
  const form = reactive(empty());
  const isBusy = ref(false);
  const refusal = ref("");
  const wrong = ref<Wrong>({});
  const isFull = computed(() => [form.email, form.subject, form.body].every((one) => one.trim()));
  let key = crypto.randomUUID();

  function begin(): void {
    if (!inboxes.inbox(form.inbox)) form.inbox = inboxes.all[0]?.id ?? 0;
  }

  /** The new ticket's number; null where it was refused. */
  async function make(): Promise<number | null> {
    if (!isFull.value || isBusy.value) return null;
    isBusy.value = true;
    refusal.value = "";
    wrong.value = {};
    const { email, name, subject, body, inbox } = form;
    const asked = { subject, body, inbox, requester: name.trim() ? { email, name } : email };
    try {
      const { facts: _, ...made } = await send<Answer<Ticket>>("POST", "/api/tickets", asked, { key });
      key = crypto.randomUUID();
      Object.assign(form, empty(), { inbox });
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
    // Without an answer it may have been made: the same words again are the same ticket.
    if (problem.type !== "offline") key = crypto.randomUUID();
    const found = (problem.extra["errors"] ?? []) as { field: string; message: string }[];
    for (const { field, message } of found) wrong.value[nameOf(field)] = message;
    if (found.length === 0) refusal.value = problem.detail || problem.title;
  }

  return { form, isBusy, isFull, refusal, wrong, begin, make };
});

const nameOf = (field: string) => (field.startsWith("requester") ? "email" : field) as keyof Wrong;
