// Replies that colleagues have begun: who, and since when; the text is asked for when someone wants to read it.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { get } from "@/live/api";
import { useConnection } from "@/live/connection";
import type { ColleagueDraft, DraftText, TicketState } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { usePreparing } from "@/together/preparing";

export const useBegun = defineStore("begun", () => {
  const connection = useConnection();
  const preparing = usePreparing();
  const session = useSession();
  const begun = reactive(new Map<string, ColleagueDraft[]>());

  /** Of my colleagues, the one who wrote last first. */
  const of = (ticket: number): ColleagueDraft[] => begun.get(`ticket/${ticket}`) ?? [];

  const read = (ticket: number, person: number): Promise<DraftText> =>
    get<DraftText>(`/api/tickets/${ticket}/drafts/${person}`);

  function learn(place: string, drafts: ColleagueDraft[]): void {
    const theirs = drafts.filter(({ person }) => person !== session.me?.id);
    const sorted = theirs.toSorted((a, b) => b.at.localeCompare(a.at));
    begun.set(place, sorted);
    preparing.learn(place, sorted);
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (place.startsWith("ticket/")) learn(place, (state as TicketState).colleagues ?? []);
  });
  connection.onMessage("resumed", ({ place, colleagues }) => colleagues && learn(place, colleagues));
  connection.onMessage("passing", ({ place, words }) => {
    for (const { person, draft } of words) {
      const rest = (begun.get(place) ?? []).filter((one) => one.person !== person);
      learn(place, draft ? [draft, ...rest] : rest);
    }
  });
  connection.onMessage("gone", ({ place }) => learn(place, []));
  onPersonGone(() => begun.clear());

  return { of, read };
});
