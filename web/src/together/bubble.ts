// The bubble: how many others are at work here, and whether one of them is news to me.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import type { Presence } from "@/live/types";
import { useCrowds } from "./crowds";

export const useBubble = defineStore("bubble", () => {
  const crowds = useCrowds();
  /** By place, whom I was shown when I last looked. */
  const known = reactive(new Map<string, Set<number>>());

  const isAtWork = ({ doing }: Presence): boolean => doing === "viewing" || doing.startsWith("writing");
  /** Others who view or write; idle and left do not count. */
  const atWork = (place: string): Presence[] => crowds.on(place).filter(isAtWork);
  const count = (place: string): number => atWork(place).length + crowds.more(place);
  const isNews = (place: string): boolean => atWork(place).some((one) => !known.get(place)?.has(one.person));

  /** I looked at who is here. */
  function look(place: string): void {
    known.set(place, new Set(here(place)));
  }
  const here = (place: string): number[] =>
    crowds.on(place).filter(({ doing }) => doing !== "left").map(({ person }) => person);
  const forget = (place: string): void => void known.delete(place);

  // Whoever left and comes again is a newcomer.
  const gone = computed(() =>
    [...known].flatMap(([place, people]) => {
      const there = new Set(here(place));
      return [...people].filter((one) => !there.has(one)).map((one) => [place, one] as const);
    }),
  );
  watch(gone, (left) => {
    for (const [place, one] of left) known.get(place)?.delete(one);
  });

  return { atWork, count, isNews, look, forget };
});
