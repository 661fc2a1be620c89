import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";

export type Quarantined = {
  id: number;
  mailbox: number | null;
  reason: string;
  size: number;
  at: string;
};

export const useQuarantine = defineStore("quarantine", () => {
  const all = ref<Quarantined[] | null>(null);

  async function load() {
    const answer = await get<Quarantined[] | { quarantine: Quarantined[] }>("/api/quarantine");
    all.value = Array.isArray(answer) ? answer : answer.quarantine;
  }

  async function remove(id: number) {
    await send("DELETE", `/api/quarantine/${id}`);
    all.value = (all.value ?? []).filter((one) => one.id !== id);
  }

  return { all, load, remove };
});

export const rawOf = (id: number) => `/api/quarantine/${id}/raw`;
