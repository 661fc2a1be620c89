// What others did on a ticket since I opened it: kept in this window alone, until I leave.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { get } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Fact } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { isTold } from "./telling";

export type Entry = { fact: Fact; isRead: boolean };
type Log = { upTo: number | null; entries: Entry[] };
const most = 200;

export const useActivity = defineStore("activity", () => {
  const session = useSession();
  const connection = useConnection();
  const logs = reactive(new Map<string, Log>());

  /** The newest first. */
  const of = (place: string): Entry[] => logs.get(place)?.entries ?? [];
  const unread = (place: string): number => of(place).filter((entry) => !entry.isRead).length;
  /** What this person did here last, as far as I was there. */
  const lastBy = (place: string, person: number): Fact | null =>
    of(place).find(({ fact }) => fact.by?.id === person)?.fact ?? null;

  function open(place: string): void {
    if (!logs.has(place)) logs.set(place, { upTo: null, entries: [] });
  }
  const leave = (place: string): void => void logs.delete(place);
  function read(place: string): void {
    for (const entry of of(place)) entry.isRead = true;
  }

  function note(fact: Fact): void {
    const log = logs.get(fact.place);
    if (!log) return;
    if (fact.version > (log.upTo ?? -1)) log.upTo = fact.version;
    const known = log.entries.some((entry) => entry.fact.version === fact.version);
    if (known || fact.by?.id === session.me?.id || !isTold(fact)) return;
    log.entries = [...log.entries, { fact, isRead: false }]
      .toSorted((a, b) => b.fact.version - a.fact.version)
      .slice(0, most);
  }

  /** The first state is where the log begins; a later one may have passed over what I should have heard. */
  async function reached(place: string, version: number): Promise<void> {
    const log = logs.get(place);
    if (!log) return;
    const from = log.upTo;
    log.upTo = Math.max(from ?? 0, version);
    if (from === null || version <= from) return;
    const { facts } = await get<{ facts: Fact[] }>(`/api/tickets/${place.split("/")[1]}/facts?after=${from}`);
    for (const fact of facts) if (fact.version <= version) note(fact);
  }

  applies("*", note);
  connection.onMessage("snapshot", ({ place, version }) => {
    if (logs.has(place)) void reached(place, version).catch(() => undefined);
  });
  onPersonGone(() => logs.clear());

  return { of, unread, lastBy, open, leave, read };
});
