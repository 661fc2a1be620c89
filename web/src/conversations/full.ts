// The quoted rest of a message, fetched when someone asks for it.
import { ref, watch } from "vue";
import { get, Problem } from "@/live/api";
import type { Message } from "@/live/types";

export function useFull(message: () => Message) {
  const full = ref<string | null>(null);
  const isLoading = ref(false);
  watch(() => message().id, () => (full.value = null));

  async function load(): Promise<void> {
    isLoading.value = true;
    try {
      full.value = (await get<{ text: string }>(`/api/messages/${message().id}/full`)).text;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    } finally {
      isLoading.value = false;
    }
  }
  return { full, isLoading, load };
}
