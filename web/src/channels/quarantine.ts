import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Quarantined } from "@/live/types";

export const useQuarantine = defineStore("quarantine", () => {
  const all = ref<Quarantined[] | null>(null);

  async function load() {
    all.value = await get<Quarantined[]>("/api/quarantine");
  }

  async function remove(id: number) {
    await send("DELETE", `/api/quarantine/${id}`);
    all.value = (all.value ?? []).filter((one) => one.id !== id);
  }

  return { all, load, remove };
});

export const rawOf = (id: number) => `/api/quarantine/${id}/raw`;
