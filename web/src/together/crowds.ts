// Who is where, as the server last said it. A frame holds a place's whole crowd: the last one wins.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { useConnection } from "@/live/connection";
import type { Crowd, Doing, Lock, Presence } from "@/live/types";
import { useSession } from "@/people/session";

export type Whereabouts = { person: number; name: string; hue: number; place: string; doing: Doing; since: string };

const strength: Record<Doing, number> = {
  writing_reply: 4,
  writing_note: 3,
  viewing: 2,
  idle: 1,
  left: 0,
};
/** A little longer than a started server collects who is there. */
const settleFor = 6_000;

export const useCrowds = defineStore("crowds", () => {
  const session = useSession();
  const connection = useConnection();
  const crowds = reactive(new Map<string, Crowd>());
  /** What was said while the server was still collecting: not all of who is there. */
  const partial = new Map<string, Crowd>();
  const byStream = new Map<string, Set<string>>();

  /** Everyone at `place` but me, one entry a person, the strongest first. */
  function on(place: string): Presence[] {
    return merged(crowds.get(place)?.people ?? []).filter((one) => one.person !== session.me?.id);
  }
  const more = (place: string): number => crowds.get(place)?.more ?? 0;
  const lock = (place: string): Lock | null => crowds.get(place)?.lock ?? null;

  const everywhere = computed(() => {
    const found = new Map<number, Whereabouts>();
    for (const { place, people } of crowds.values())
      for (const one of people) {
        const known = found.get(one.person);
        if (!known || isNearer({ ...one, place }, known)) found.set(one.person, { ...one, place });
      }
    return found;
  });
  /** Where each person is now. */
  const colleagues = (): Map<number, Whereabouts> => everywhere.value;

  function hear(stream: string, heard: Crowd[]): void {
    const known = byStream.get(stream) ?? new Set();
    byStream.set(stream, known);
    for (const crowd of heard) {
      known.add(crowd.place);
      put(crowd);
    }
  }

  /** All that the stream can see: what it does not name is empty, unless the server is still collecting. */
  function hearAll(stream: string, heard: Crowd[], settling: boolean): void {
    const before = byStream.get(stream) ?? new Set<string>();
    byStream.set(stream, new Set());
    hear(stream, heard);
    const named = byStream.get(stream) ?? new Set<string>();
    const missing = [...before].filter((place) => !named.has(place));
    if (!settling) return clear(stream, missing);
    const then = missing.map((place) => [place, crowds.get(place)] as const);
    setTimeout(() => {
      const unheard = then.filter(([place, crowd]) => crowds.get(place) === crowd);
      clear(stream, unheard.map(([place]) => place));
    }, settleFor);
  }

  function clear(stream: string, places: string[]): void {
    for (const place of places) {
      const elsewhere = [...byStream].some(([other, seen]) => other !== stream && seen.has(place));
      if (!elsewhere || stream === place) crowds.delete(place);
    }
  }

  /** A server that has just started does not know yet who is still there: nobody is gone until it does. */
  function put(crowd: Crowd): void {
    if (!connection.settling) return show(crowd);
    partial.set(crowd.place, crowd);
    const heard = new Set(crowd.people.map(({ person }) => person));
    const before = crowds.get(crowd.place)?.people.filter(({ person }) => !heard.has(person)) ?? [];
    show({ ...crowd, people: [...crowd.people, ...before] });
  }

  watch(
    () => connection.settling,
    (is) => {
      if (is) return;
      for (const crowd of partial.values()) show(crowd);
      partial.clear();
    },
    { flush: "sync" },
  );

  function show(crowd: Crowd): void {
    if (crowd.people.length === 0 && crowd.more === 0 && !crowd.lock) crowds.delete(crowd.place);
    else crowds.set(crowd.place, crowd);
  }

  function forgetAll(): void {
    crowds.clear();
    partial.clear();
    byStream.clear();
  }

  connection.onMessage("crowd", (message) => hear(message.place, message.crowds));
  connection.onMessage("rows", ({ place, gone }) => {
    const left = gone.filter(({ why }) => why === "moved").map(({ id }) => `ticket/${id}`);
    clear(place, left);
    for (const one of left) byStream.get(place)?.delete(one);
  });
  connection.onMessage("snapshot", (message) =>
    hearAll(message.place, message.crowds, message.settling));
  connection.onMessage("resumed", (message) =>
    hearAll(message.place, message.crowds, message.settling));
  connection.onMessage("gone", ({ place }) => {
    clear(place, [place, ...(byStream.get(place) ?? [])]);
    byStream.delete(place);
  });

  return { on, more, lock, colleagues, forgetAll };
});

function merged(people: Presence[]): Presence[] {
  const strongest = new Map<number, Presence>();
  for (const one of people) {
    const known = strongest.get(one.person);
    if (!known || strength[one.doing] > strength[known.doing]) strongest.set(one.person, one);
  }
  return [...strongest.values()].toSorted(
    (a, b) => strength[b.doing] - strength[a.doing] || a.since.localeCompare(b.since),
  );
}

function isNearer(one: Whereabouts, known: Whereabouts): boolean {
  const more = strength[one.doing] - strength[known.doing];
  if (more !== 0) return more > 0;
  const inside = Number(one.place.startsWith("ticket/")) - Number(known.place.startsWith("ticket/"));
  return inside > 0 || (inside === 0 && one.since > known.since);
}
