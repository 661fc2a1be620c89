// Who holds a place. The server decides; here stands what this window was told: the fence it holds, and by whom it
// was taken away. A window that lost its hold takes none by itself, only when its person opens or takes again.
import { defineStore } from "pinia";
import { reactive, shallowReactive, watch } from "vue";
import { Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Lock, Who } from "@/live/types";
import { useSession } from "@/people/session";
import { useCrowds } from "./crowds";

/** `by` is null when it ended without anyone (the connection was cut for too long). */
export type Lost = { by: Who | null; at: string };

export const useLocks = defineStore("locks", () => {
  const session = useSession();
  const crowds = useCrowds();
  const connection = useConnection();
  const fences = reactive(new Map<string, number>());
  const losses = reactive(new Map<string, Lost>());
  const taking = shallowReactive(new Map<string, Promise<Who | null>>());

  const holder = (place: string): Who | null => crowds.lock(place)?.holder ?? null;
  const isMine = (place: string): boolean => fences.has(place) && !losses.has(place);
  const isTaking = (place: string): boolean => taking.has(place);
  const lost = (place: string): Lost | null => losses.get(place) ?? null;
  /** Someone else holds it. */
  const other = (place: string): Who | null => {
    const who = holder(place);
    return who && who.id !== session.me?.id ? who : null;
  };
  /** What a reply states: also a fence that a colleague took, so that the server holds the reply back. One that only
   * ran out (a cut, an idle while) took nothing from anybody. */
  const fence = (place: string): number | undefined =>
    losses.get(place)?.by === null ? undefined : fences.get(place);

  /** She asked for it, by opening or by *take*. Answers the holder when it is someone else. */
  async function take(place: string): Promise<Who | null> {
    const under = taking.get(place);
    if (under) return under;
    losses.delete(place);
    const asked = ask(place).finally(() => taking.delete(place));
    taking.set(place, asked);
    return asked;
  }

  /** At the first keystroke: courtesy, so a refusal or a cut says nothing. */
  async function takeQuietly(place: string): Promise<void> {
    if (isMine(place) || losses.has(place) || other(place) || taking.has(place)) return;
    await take(place).catch(() => undefined);
  }

  async function ask(place: string): Promise<Who | null> {
    try {
      const taken = await send<Lock>("POST", door(place));
      fences.set(place, taken.fence);
      return null;
    } catch (problem) {
      if (problem instanceof Problem && problem.type === "locked") return problem.extra.holder as Who;
      throw problem;
    }
  }

  async function release(place: string): Promise<void> {
    const held = isMine(place);
    forget(place);
    if (held) await send("DELETE", door(place)).catch(() => undefined);
  }

  /** Takes it from whoever has it. Answers who was quicker, if someone was. */
  async function force(place: string): Promise<Who | null> {
    await send("DELETE", `${door(place)}?force=true`);
    return take(place);
  }

  /** Its holder handed it over to this window. */
  function handed(place: string, under: number): void {
    fences.set(place, under);
    losses.delete(place);
  }

  /** I handed it over, or (`by` someone) let the time run out. */
  function gaveUp(place: string, by: Who | null, at: string): void {
    if (by && fences.has(place)) losses.set(place, { by, at });
    else forget(place);
  }

  function forget(place: string): void {
    fences.delete(place);
    losses.delete(place);
  }

  function forgetAll(): void {
    fences.clear();
    losses.clear();
  }

  applies("lock_forced", (fact) => {
    const mine = fact.data.former?.id === session.me?.id;
    const newer = (fences.get(fact.place) ?? Infinity) < (fact.data.fence ?? 0);
    if (mine && newer) losses.set(fact.place, { by: fact.by, at: fact.at });
  });

  /** After a cut the server may have given it on or let it go; what the crowd says then is what holds. */
  watch(
    () => [...fences.keys()].map((place) => [place, crowds.lock(place), connection.isCurrent(place)] as const),
    (places) => {
      for (const [place, lock, current] of places) if (current) compare(place, lock);
    },
  );

  function compare(place: string, lock: { holder: Who; fence: number } | null): void {
    const mine = fences.get(place);
    if (mine === undefined || losses.has(place) || taking.has(place)) return;
    if (lock && lock.holder.id === session.me?.id) fences.set(place, Math.max(mine, lock.fence));
    else if (lock && lock.fence > mine) losses.set(place, { by: lock.holder, at: at() });
    else if (!lock && !connection.settling) emptied(place, mine);
  }

  /** Nobody holds it: my own request may be ahead of the crowd, so wait for the crowd to have had its say. */
  function emptied(place: string, was: number): void {
    setTimeout(() => {
      const still = fences.get(place) === was && !crowds.lock(place) && connection.isCurrent(place);
      if (still && !losses.has(place)) losses.set(place, { by: null, at: at() });
    }, 2_000);
  }

  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  const at = () => new Date(connection.serverNow()).toISOString();

  return {
    holder, other, isMine, isTaking, lost, fence, take, takeQuietly, release, force, handed, gaveUp, forget, forgetAll,
  };
});

/** "ticket/42" → the door of its lock. */
function door(place: string): string {
  const [kind, id] = place.split("/");
  return `/api/${kind}s/${id}/lock`;
}
