// Messages of mine that a mail server refused or sent back: each waits here until I send it again or let it go.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { PersonState, Undelivered } from "@/live/types";

export const useUndelivered = defineStore("undelivered", () => {
  const connection = useConnection();
  const entries = reactive(new Map<number, Undelivered>());
  const heard = new Set<(one: Undelivered) => void>();
  const all = computed(() => [...entries.values()].toSorted((a, b) => b.message - a.message));
  const count = computed(() => entries.size);
  const has = (message: number): boolean => entries.has(message);

  function install(found: Undelivered[]): void {
    entries.clear();
    for (const one of found) entries.set(one.message, one);
  }
  async function load(): Promise<void> {
    install((await get<{ undelivered: Undelivered[] }>("/api/undelivered")).undelivered);
  }
  async function letGo({ message }: Undelivered): Promise<void> {
    await send("DELETE", `/api/undelivered/${message}`);
    entries.delete(message);
  }
  /** Called for each that comes while I am here. */
  function onNews(handler: (one: Undelivered) => void): () => void {
    heard.add(handler);
    return () => heard.delete(handler);
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (place.startsWith("person/")) install((state as PersonState).undelivered);
  });
  applies("delivery_failed", ({ data: { failed } }) => {
    if (!failed) return;
    const isNew = entries.get(failed.message)?.words !== failed.words;
    entries.set(failed.message, failed);
    if (isNew) for (const handler of heard) handler(failed);
  });
  // Its ticket went, came back or goes on as another: no news of a failure.
  applies("delivery_changed", ({ data: { undelivered, failed } }) => {
    if (failed) entries.set(failed.message, failed);
    else entries.delete(undelivered ?? 0);
  });
  applies("delivery_settled", ({ data }) => void entries.delete(data.undelivered ?? 0));
  const forgetAll = (): void => entries.clear();
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return { all, count, has, load, install, letGo, onNews, forgetAll };
});
