// Texts of mine whose ticket went out of my reach: to copy, until I let them go.
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { get, Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Stray } from "@/live/types";
import { useSession } from "@/people/session";

const pause = 2_500; // a text is on the server two seconds after its last key

export const useStrays = defineStore("strays", () => {
  const strays = ref<Stray[]>([]);
  let isFollowing = false;
  let soon: ReturnType<typeof setTimeout> | undefined;

  /** Throws Problem. */
  async function load(): Promise<void> {
    strays.value = (await get<{ strays: Stray[] }>("/api/strays")).strays;
  }
  /** This text alone: of what else she has begun on the ticket nothing goes with it. */
  async function discard({ ticket, kind, aside }: Stray): Promise<void> {
    const which = aside === null ? "" : `&aside=${aside}`;
    await send("DELETE", `/api/strays/${ticket}?kind=${kind}${which}`);
    strays.value = strays.value.filter((one) => one.ticket !== ticket || one.kind !== kind || one.aside !== aside);
  }

  /** From now on they are looked for whenever a ticket goes or comes back. */
  function follow(): void {
    isFollowing = true;
    later(0);
  }
  function later(wait = pause): void {
    if (!isFollowing) return;
    clearTimeout(soon);
    soon = setTimeout(() => void load().catch(keepQuiet), wait);
  }
  function keepQuiet(problem: unknown): void {
    if (!(problem instanceof Problem)) throw problem;
  }
  watch(
    () => useSession().me?.id,
    (id) => {
      strays.value = [];
      if (id) later(0);
    },
  );
  useConnection().onMessage("gone", ({ place }) => place.startsWith("ticket/") && later());
  for (const kind of ["ticket_deleted", "ticket_restored"]) applies(kind, () => later());

  return { strays, load, discard, follow };
});
