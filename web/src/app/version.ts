// Whether the desk has another page than this one by now. This one works on meanwhile, and never loads itself anew
// unasked: only where she goes to a part of it that no server has any more.
import { defineStore } from "pinia";
import { ref } from "vue";
import type { Router } from "vue-router";
import { toast } from "@/kit/toast";
import { useConnection } from "@/live/connection";
import { say } from "./i18n";

export const useVersion = defineStore("version", () => {
  const isOld = ref(false);
  /** Named by its last script, as the server does; "" while the page is being worked on. */
  let own = "";

  function isFrom(scripts: string[]): void {
    own = scripts.findLast((one) => one.startsWith("/assets/")) ?? "";
  }

  // While servers are started anew one by one, old and new answer in turn: the one that we end up with is right.
  function hear(theirs: string | undefined): void {
    isOld.value = Boolean(own && theirs && own !== theirs);
  }

  /** Asks for the page itself. Where nobody answers, all stays as it was. */
  async function ask(): Promise<boolean> {
    const answer = await fetch("/", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) hear([...(await answer.text()).matchAll(/<script[^>]* src="(\/assets\/[^"]+)"/g)].at(-1)?.[1]);
    return isOld.value;
  }

  useConnection().onMessage("welcome", ({ page }) => hear(page));
  return { isOld, isFrom, ask };
});

/** A part that could not be fetched: of an older build than the desk's, or the network failed. */
export function mindMissingParts(router: Pick<Router, "onError">, load = (path: string) => location.assign(path)): void {
  const version = useVersion();
  const asked = new WeakMap<Error, Promise<boolean>>();
  window.addEventListener("vite:preloadError", ({ payload }) => asked.set(payload, version.ask()));
  router.onError(async (error, to) => {
    const isOld = await asked.get(error as Error);
    if (isOld) load(to.fullPath);
    else if (isOld === false) toast.fail(say("app.unreachable"));
  });
}
