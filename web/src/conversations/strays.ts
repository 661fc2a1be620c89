// Texts of mine whose ticket went out of my reach: to copy, until I let them go.
import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import { get, Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Stray } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useDrafts } from "./drafts";

/** `here`: the server has none of it, so it lies in this browser alone. */
export type StrayText = Omit<Stray, "why"> & { why: Stray["why"] | "here" };
const pause = 2_500; // a text is on the server two seconds after its last key

export const useStrays = defineStore("strays", () => {
  const drafts = useDrafts();
  const connection = useConnection();
  /** What the server has of them. */
  const kept = ref<Stray[]>([]);
  const hereAlone = computed<StrayText[]>(() =>
    drafts.hereAlone.map(({ at, ...one }) => ({ ...one, subject: "", aside: null, at: new Date(at).toISOString(), why: "here" })),
  );
  const strays = computed<StrayText[]>(() => [...hereAlone.value, ...kept.value]);
  let isFollowing = false;
  let soon: ReturnType<typeof setTimeout> | undefined;

  /** Throws Problem. */
  async function load(): Promise<void> {
    await drafts.saveLeft();
    kept.value = (await get<{ strays: Stray[] }>("/api/strays")).strays;
  }
  /** This text alone: of what else she has begun on the ticket nothing goes with it. */
  async function discard(stray: StrayText): Promise<void> {
    const { ticket, kind, aside } = stray;
    if (hereAlone.value.includes(stray)) return drafts.sent(ticket, kind);
    const which = aside === null ? "" : `&aside=${aside}`;
    await send("DELETE", `/api/strays/${ticket}?kind=${kind}${which}`);
    kept.value = kept.value.filter((one) => one.ticket !== ticket || one.kind !== kind || one.aside !== aside);
  }

  /** From now on they are looked for whenever a ticket goes or comes back, and the page is live again. */
  function follow(): void {
    isFollowing = true;
    later(0);
  }
  function later(wait = pause): void {
    if (!isFollowing || connection.state !== "live") return;
    clearTimeout(soon);
    soon = setTimeout(() => void load().catch(keepQuiet), wait);
  }
  function keepQuiet(problem: unknown): void {
    if (!(problem instanceof Problem)) throw problem;
  }
  onPersonGone(() => (kept.value = []));
  watch(
    () => connection.state,
    (state) => state === "live" && later(0),
  );
  connection.onMessage("gone", ({ place }) => place.startsWith("ticket/") && later());
  for (const kind of ["ticket_deleted", "ticket_restored"]) applies(kind, () => later());

  return { kept, strays, load, discard, follow };
});
