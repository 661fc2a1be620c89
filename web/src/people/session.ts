// Who I am in this browser.
import { defineStore } from "pinia";
import { ref, watch } from "vue";
import { kept } from "@/kit/kept";
import { get, onSignedOut, send, statePerson } from "@/live/api";
import { applies } from "@/live/apply";
import type { Entered, Me } from "@/live/types";

type SessionStatus = "unknown" | "in" | "expired" | "out";

export const useSession = defineStore("session", () => {
  const me = ref<Me | null>(null);
  const status = ref<SessionStatus>("unknown");

  /** Somebody was signed in here when this browser last looked; a stranger is asked at the door first. */
  const isKnown = kept("known", false);

  function enter(who: Me): void {
    me.value = who;
    isKnown.value = true;
    status.value = "in";
  }

  async function signIn(email: string, password: string): Promise<Me> {
    const answer = await send<Entered>("POST", "/api/session", { email, password });
    enter(answer.me);
    return answer.me;
  }

  async function signOut(): Promise<void> {
    await send("DELETE", "/api/session").catch(() => undefined);
    me.value = null;
    status.value = "out";
    isKnown.value = false;
  }

  async function change(values: Partial<Pick<Me, "name" | "language" | "theme" | "hidden" | "alerts" | "mails">>): Promise<void> {
    enter(await send<Me>("PATCH", "/api/me", values));
  }

  const load = async (): Promise<void> => enter(await get<Me>("/api/me"));

  // The page stays as it is, with every text in it, until the same person signs in again.
  function expire(): void {
    status.value = me.value ? "expired" : "out";
    if (!me.value) isKnown.value = false;
  }
  onSignedOut(expire);
  watch(() => me.value?.id ?? null, statePerson, { flush: "sync" });
  applies("*", (fact) => {
    if (!me.value || fact.place !== `person/${me.value.id}` || !fact.data.set) return;
    Object.assign(me.value, fact.data.set);
  });

  return { me, status, isKnown, enter, expire, signIn, signOut, change, load };
});

/** What was one person's is no other's: called as soon as she is signed in no more. */
export function onPersonGone(forget: () => void): void {
  const session = useSession();
  watch(() => session.me?.id, (_, former) => former !== undefined && forget(), { flush: "sync" });
}
