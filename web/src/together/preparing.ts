// "Bianca is preparing a reply. Continue?": who else is at it, since when, and what I answered.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { now } from "@/kit/time";
import type { Who } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useCrowds } from "./crowds";
import { useLocks } from "./locks";

/** A reply that someone has begun: `since` then, `at` when it last changed. */
export type Begun = { person: number; name: string; since: string; at: string };
export type Preparing = Who & { since: string };

/** Who is there and has written so lately prepares a reply, though no key is pressed just now. */
const stillFor = 10 * 60_000;

export const usePreparing = defineStore("preparing", () => {
  const crowds = useCrowds();
  const locks = useLocks();
  const answered = reactive(new Map<string, Set<number>>());
  const begun = reactive(new Map<string, Begun[]>());

  /** Replies of colleagues that are begun there, as one who knows of texts tells it. Whose was sent or dropped may be
   * asked about again when she begins another. */
  function learn(place: string, replies: Begun[]): void {
    for (const { person } of begun.get(place) ?? [])
      if (!replies.some((one) => one.person === person)) answered.get(place)?.delete(person);
    begun.set(place, replies);
  }

  /** Colleagues who write a reply there, hold the place to write one, or are there with one that they have begun. */
  function others(place: string): Preparing[] {
    const found = new Map<number, Preparing>();
    const add = (id: number, name: string, since: string): void => {
      const known = found.get(id);
      if (!known || since < known.since) found.set(id, { id, name, since });
    };
    const here = crowds.on(place).filter(({ doing }) => doing !== "left");
    for (const one of here) if (one.doing === "writing_reply") add(one.person, one.name, one.since);
    const holder = locks.other(place);
    if (holder) add(holder.id, holder.name, crowds.lock(place)?.since ?? new Date(now.value).toISOString());
    for (const { person, name, since, at } of begun.get(place) ?? []) {
      const isHere = here.some((one) => one.person === person);
      if (isHere && now.value - Date.parse(at) < stillFor) add(person, name, since);
    }
    return [...found.values()];
  }

  /** Whom I was not asked about yet. */
  function unasked(place: string): Preparing | null {
    const known = answered.get(place);
    return others(place).find((one) => !known?.has(one.id)) ?? null;
  }

  function goOn(place: string): void {
    const known = answered.get(place) ?? new Set<number>();
    for (const one of others(place)) known.add(one.id);
    answered.set(place, known);
  }

  onPersonGone(() => {
    answered.clear();
    begun.clear();
  });

  return { learn, others, unasked, goOn };
});
