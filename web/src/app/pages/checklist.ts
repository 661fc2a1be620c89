// What is still to do in the first hour, for the administrator.
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { get, send } from "@/live/api";
import type { Checklist } from "@/live/types";
import { useSession } from "@/people/session";

type Item = Checklist["items"][number];
export type Task = Item["key"];

export const useChecklist = defineStore("checklist", () => {
  const items = ref<Item[]>([]);
  const dismissed = ref(true);
  const session = useSession();
  const done = computed(() => items.value.filter((item) => item.done).length);
  const shown = computed(
    () => session.me?.role === "administrator" && !dismissed.value && done.value < items.value.length,
  );

  async function load() {
    if (session.me?.role !== "administrator") return;
    const answer = await get<Checklist>("/api/checklist");
    items.value = answer.items;
    dismissed.value = answer.dismissed;
  }

  async function dismiss() {
    dismissed.value = true;
    await send("DELETE", "/api/checklist").catch(() => (dismissed.value = false));
  }

  return { items, dismissed, done, shown, load, dismiss };
});
