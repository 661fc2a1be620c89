// A message on its way to somebody outside, while it is being written.
import { reactive, ref } from "vue";
import { Problem, send } from "@/live/api";
import type { Message, Recipients } from "@/live/types";
import { tries } from "./tries";
import { useUploads } from "./uploads";

/** What stands in the dialog of one message; a try without an answer is the same try again. */
export function useForward(message: Message) {
  const form = reactive({
    to: [] as string[], cc: [] as string[], body: "", keeps: message.attachments.map(({ id }) => id),
  });
  const busy = ref(false);
  const words = ref("");
  const { keyOf } = tries();
  const uploads = useUploads();
  /** Her own files stand where no ticket's do. */
  const filesOf = -message.id;
  uploads.clear(filesOf);

  /** True where it went. */
  async function go(): Promise<boolean> {
    if (busy.value || form.to.length === 0 || !uploads.isWhole(filesOf)) return false;
    busy.value = true;
    words.value = "";
    const recipients: Recipients = { to: form.to, cc: form.cc, bcc: [] };
    const attachments = uploads.ready(filesOf).map(({ id }) => id);
    const asked = { number: message.number, body: form.body, keeps: form.keeps, attachments, recipients };
    try {
      await send("POST", `/api/tickets/${message.ticket}/forwards`, asked, { key: keyOf(asked) });
      uploads.clear(filesOf);
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      words.value = problem.detail || problem.title;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { form, busy, words, filesOf, go };
}
