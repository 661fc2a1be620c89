// Texts of mine whose ticket went out of my reach: to copy, until I let them go.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Stray } from "@/live/types";

export const useStrays = defineStore("strays", () => {
  const strays = ref<Stray[]>([]);

  /** Throws Problem. */
  async function load(): Promise<void> {
    strays.value = (await get<{ strays: Stray[] }>("/api/strays")).strays;
  }
  async function discard({ ticket, kind }: Stray): Promise<void> {
    await send("DELETE", `/api/strays/${ticket}?kind=${kind}`);
    strays.value = strays.value.filter((one) => one.ticket !== ticket || one.kind !== kind);
  }
  return { strays, load, discard };
});
