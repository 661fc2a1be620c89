// A message on its way to somebody outside, while it is being written.
import { reactive, ref } from "vue";
import { Problem, send } from "@/live/api";
import type { Message, Recipients } from "@/live/types";

/** What stands in the dialog of one message; a try without an answer is the same try again. */
export function useForward(message: Message) {
  const form = reactive({
    to: [] as string[], cc: [] as string[], body: "", keeps: message.attachments.map(({ id }) => id),
  });
  const busy = ref(false);
  const words = ref("");
  let tried = { key: crypto.randomUUID(), asked: "" };

  /** True where it went. */
  async function go(): Promise<boolean> {
    if (busy.value || form.to.length === 0) return false;
    busy.value = true;
    words.value = "";
    const recipients: Recipients = { to: form.to, cc: form.cc, bcc: [] };
    const asked = { number: message.number, body: form.body, keeps: form.keeps, recipients };
    const written = JSON.stringify(asked);
    if (written !== tried.asked) tried = { key: crypto.randomUUID(), asked: written };
    try {
      await send("POST", `/api/tickets/${message.ticket}/forwards`, asked, { key: tried.key });
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      words.value = problem.detail || problem.title;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { form, busy, words, go };
}
