// Asking a holder to hand over: what is asked on a place, and what this window may answer.
import { defineStore } from "pinia";
import { computed, reactive } from "vue";
import { send } from "@/live/api";
import { applies } from "@/live/apply";
import type { Fact, Lock, Who } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { useCrowds } from "./crowds";
import { useLocks } from "./locks";

export type Asked = NonNullable<Lock["asked"]>;
/** What came of a request: told once, to who asked and to who held it. */
export type Outcome = { place: string; what: "given" | "lapsed" | "left" | "refused"; by: Who | null; isMine: boolean; draft: boolean };

export const useHandovers = defineStore("handovers", () => {
  const session = useSession();
  const crowds = useCrowds();
  const locks = useLocks();
  /** Places that this window asked for. */
  const waiting = reactive(new Set<string>());
  const listeners = new Set<(outcome: Outcome) => void>();

  const me = computed(() => session.me?.id);
  const asked = (place: string): Asked | null => crowds.lock(place)?.asked ?? null;
  /** I hold the place, and someone asks for it. */
  const ofMe = (place: string): Asked | null => (crowds.lock(place)?.holder.id === me.value ? asked(place) : null);
  const byMe = (place: string): Asked | null => (asked(place)?.by.id === me.value ? asked(place) : null);
  /** Somebody else holds it, and nobody asks for it yet. */
  const mayAsk = (place: string): boolean => locks.other(place) !== null && asked(place) === null;

  const door = (place: string): string => `/api/tickets/${place.split("/")[1]}/lock/request`;

  async function ask(place: string): Promise<void> {
    waiting.add(place);
    try {
      await send<Lock>("POST", door(place));
    } catch (problem) {
      waiting.delete(place);
      throw problem;
    }
  }

  async function takeBack(place: string): Promise<void> {
    waiting.delete(place);
    await send("DELETE", door(place));
  }

  const give = (place: string, note: string, draft: boolean): Promise<unknown> =>
    send("PUT", door(place), { answer: "give", note, draft });
  const refuse = (place: string): Promise<unknown> => send("PUT", door(place), { answer: "refuse" });

  /** The ticket is closed here: whoever goes does not wait any longer. */
  function leave(place: string): void {
    if (waiting.has(place)) void takeBack(place).catch(() => undefined);
  }

  function onOutcome(listener: (outcome: Outcome) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  applies("lock_handed", (fact) => {
    const { to, former, why, fence, draft } = fact.data;
    const mine = to?.id === me.value && waiting.delete(fact.place);
    if (mine && fence !== undefined) locks.handed(fact.place, fence);
    if (former?.id === me.value && former?.id !== to?.id) locks.gaveUp(fact.place, why === "lapsed" ? to ?? null : null, fact.at);
    if (mine || former?.id === me.value) tell(fact, why as Outcome["what"], mine, draft === true);
  });
  applies("lock_refused", (fact) => {
    if (fact.data.to?.id === me.value && waiting.delete(fact.place)) tell(fact, "refused", true, false);
  });

  function tell(fact: Fact, what: Outcome["what"], isMine: boolean, draft: boolean): void {
    const by = isMine ? (fact.data.former ?? fact.by) : (fact.data.to ?? fact.by);
    for (const listener of listeners) listener({ place: fact.place, what, by, isMine, draft });
  }
  onPersonGone(() => waiting.clear());

  return { asked, ofMe, byMe, mayAsk, ask, takeBack, give, refuse, leave, onOutcome };
});
