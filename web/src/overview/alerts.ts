// What passes by in an open ticket: someone comes, begins to write, sends, notes, goes. Each is shown for some seconds.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { applies } from "@/live/apply";
import type { Doing, Presence, Who } from "@/live/types";
import { onPersonGone, useSession } from "@/people/session";
import { useCrowds } from "@/together/crowds";

export type What = "views" | "drafts" | "notes" | "replies" | "comments" | "edits" | "leaves";
export type Alert = { id: number; person: number; name: string; what: What };
export const shownFor = 6_000;
const work = new Set<What>(["drafts", "replies"]);

export const useAlerts = defineStore("alerts", () => {
  const session = useSession();
  const crowds = useCrowds();
  const alerts = reactive(new Map<string, Alert[]>());
  /** By open place, what each person did there when I looked last. */
  const before = reactive(new Map<string, Map<number, Doing>>());
  let last = 0;

  const of = (place: string): Alert[] => alerts.get(place) ?? [];

  function open(place: string): void {
    before.set(place, doings(place));
  }
  function leave(place: string): void {
    before.delete(place);
    alerts.delete(place);
  }

  const doings = (place: string): Map<number, Doing> =>
    new Map(crowds.on(place).map(({ person, doing }) => [person, doing]));

  function show(place: string, who: Who, what: What): void {
    const wanted = session.me?.alerts ?? "all";
    if (wanted === "none" || (wanted === "work" && !work.has(what)) || who.id === session.me?.id) return;
    last += 1;
    const alert = { id: last, person: who.id, name: who.name, what };
    // One line a person: what she does now takes the place of what she did a moment ago.
    alerts.set(place, [...of(place).filter(({ person }) => person !== who.id), alert]);
    setTimeout(() => dismiss(place, alert.id), shownFor);
  }
  function dismiss(place: string, id: number): void {
    const rest = of(place).filter((one) => one.id !== id);
    if (rest.length > 0) alerts.set(place, rest);
    else alerts.delete(place);
  }

  const seen = computed(() => [...before.keys()].map((place) => [place, crowds.on(place)] as const));
  watch(seen, (places) => {
    for (const [place, people] of places) compare(place, people);
  });

  function compare(place: string, people: Presence[]): void {
    const was = before.get(place);
    if (!was) return;
    for (const { person, name, doing } of people) {
      const what = change(was.get(person), doing);
      if (what) show(place, { id: person, name }, what);
    }
    before.set(place, doings(place));
  }

  applies("reply_submitted", ({ place, by }) => by && before.has(place) && show(place, by, "replies"));
  applies("note_added", ({ place, by }) => by && before.has(place) && show(place, by, "comments"));
  applies("note_edited", ({ place, by }) => by && before.has(place) && show(place, by, "edits"));
  onPersonGone(() => {
    before.clear();
    alerts.clear();
  });

  return { of, open, leave, dismiss };
});

/** Idle comes and goes unsaid, and so does the end of writing. */
function change(was: Doing | undefined, now: Doing): What | null {
  if (was === now) return null;
  if (now === "writing_reply") return "drafts";
  if (now === "writing_note") return "notes";
  if (now === "left") return was && was !== "left" ? "leaves" : null;
  return now === "viewing" && (was === undefined || was === "left") ? "views" : null;
}
