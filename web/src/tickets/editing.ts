// A text field while someone types in it: what she types stays; what it was changed to meanwhile is told beside it,
// and nothing is sent that she did not touch.
import { computed, ref } from "vue";
import type { Who } from "@/live/types";
import { useChanges } from "./changes";
import { type Field, useTickets } from "./tickets";

export type Meanwhile = { value: string; by: Who | null; at: string | null };

export function useEditing(ticket: () => number, field: Field) {
  const [changes, tickets] = [useChanges(), useTickets()];
  /** Null: nobody types. */
  const text = ref<string | null>(null);
  /** The newest version whose value she was shown beside her own words, and chose against. */
  const from = ref(0);
  let began = "";
  let edited = 0;

  const versionNow = () => tickets.ticket(edited)?.versions[field] ?? 0;
  const valueNow = () => String(tickets.ticket(edited)?.[field] ?? "");

  function begin(): void {
    edited = ticket();
    from.value = tickets.ticket(edited)?.version ?? 0;
    began = changes.shown<string>(edited, field) ?? "";
    text.value = began;
  }

  const meanwhile = computed<Meanwhile | null>(() => {
    if (text.value === null || versionNow() <= from.value) return null;
    const value = valueNow();
    if (value === text.value.trim()) return null;
    return { value, ...(tickets.author(edited, field) ?? { by: null, at: null }) };
  });

  /** What I type goes over what it was changed to. */
  const keepMine = (): void => void (from.value = versionNow());
  function takeTheirs(): void {
    text.value = began = valueNow();
    from.value = versionNow();
  }

  /** The end of the typing; what was not touched is not sent. */
  function finish(keep: boolean): void {
    const to = text.value?.trim();
    if (text.value === null) return;
    const isTouched = to !== began.trim();
    text.value = null;
    if (keep && to && isTouched) void changes.change(edited, field, to, from.value);
  }

  return { text, meanwhile, begin, keepMine, takeTheirs, finish };
}
