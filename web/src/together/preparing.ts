// "Bianca is preparing a reply. Continue?": who else is at it, and what I answered.
import { defineStore } from "pinia";
import { reactive } from "vue";
import type { Who } from "@/live/types";
import { useCrowds } from "./crowds";
import { useLocks } from "./locks";

export const usePreparing = defineStore("preparing", () => {
  const crowds = useCrowds();
  const locks = useLocks();
  const answered = reactive(new Map<string, Set<number>>());

  /** Colleagues who write a reply there, or hold the place to write one. */
  function others(place: string): Who[] {
    const writing = crowds.on(place).filter((one) => one.doing === "writing_reply");
    const found = new Map(writing.map(({ person, name }) => [person, { id: person, name }]));
    const holder = locks.other(place);
    if (holder) found.set(holder.id, holder);
    return [...found.values()];
  }

  /** Whom I was not asked about yet. */
  function unasked(place: string): Who | null {
    const known = answered.get(place);
    return others(place).find((one) => !known?.has(one.id)) ?? null;
  }

  function goOn(place: string): void {
    const known = answered.get(place) ?? new Set<number>();
    for (const one of others(place)) known.add(one.id);
    answered.set(place, known);
  }

  const forget = (place: string) => void answered.delete(place);

  return { others, unasked, goOn, forget };
});
