// What is still to do in the first hour, for the administrator.
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { get, send } from "@/live/api";
import { useSession } from "@/people/session";

export type Task = "department" | "inbox" | "mailbox" | "agents" | "first_ticket";
type Item = {
  key: Task;
  done: boolean;
};

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
    const answer = await get<{ items: Item[]; dismissed: boolean }>("/api/checklist");
    items.value = answer.items;
    dismissed.value = answer.dismissed;
  }

  async function dismiss() {
    dismissed.value = true;
    await send("DELETE", "/api/checklist").catch(() => (dismissed.value = false));
  }

  return { items, dismissed, done, shown, load, dismiss };
});
