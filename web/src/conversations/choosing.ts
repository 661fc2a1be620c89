// A list beside a text that asks for it: the text keeps the focus, arrows go through the list, Enter and Tab take, Escape
// waves it aside for as long as the same place of the text asks.
import { computed, ref, watch } from "vue";

/** Where she types; -1 while something is selected, for nothing is typed into that. */
export function caretIn(area: HTMLTextAreaElement | null): number {
  const { selectionStart: from = 0, selectionEnd: to = 0 } = area ?? {};
  return from === to ? from : -1;
}

/** `asked`: where in the text it is asked for; `find`: what answers that; `take`: one of them is chosen. */
export function useChoosing<T>(asked: () => { from: number } | null, find: () => readonly T[], take: (one: T) => void) {
  const at = ref(0);
  const refused = ref<number | null>(null);
  const found = computed<readonly T[]>(() => {
    const from = asked()?.from;
    return from === undefined || from === refused.value ? [] : find();
  });
  watch(() => asked()?.from, () => (refused.value = null));
  watch(found, () => (at.value = 0));

  /** True: the key was meant for the list. */
  function press(event: KeyboardEvent): boolean {
    const chosen = found.value[at.value];
    if (!chosen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) at.value = (at.value + step + found.value.length) % found.value.length;
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") refused.value = asked()?.from ?? null;
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  return { at, found, press };
}
