// Colleagues' held replies in the departments that I manage: to read, so that none is forgotten.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Awaiting, ManagersState } from "@/live/types";
import { useSession } from "@/people/session";

export const useAwaiting = defineStore("awaiting", () => {
  const connection = useConnection();
  const session = useSession();
  const entries = reactive(new Map<number, Awaiting>());

  /** The longest waiting first; my own stand among my held replies. */
  const waiting = computed(() =>
    [...entries.values()].filter((one) => one.author.id !== session.me?.id).toSorted((a, b) => a.at.localeCompare(b.at)),
  );
  const count = computed(() => waiting.value.length);
  const isManager = computed(() => session.me !== null && session.me.role !== "agent");

  function forget(department: number): void {
    for (const one of entries.values()) if (one.department === department) entries.delete(one.id);
  }
  const forgetAll = (): void => entries.clear();

  connection.onMessage("snapshot", ({ place, state }) => {
    if (!place.startsWith("managers/")) return;
    forget(Number(place.split("/")[1]));
    for (const one of (state as ManagersState).waiting) entries.set(one.id, one);
  });
  connection.onMessage("gone", ({ place }) => {
    if (place.startsWith("managers/")) forget(Number(place.split("/")[1]));
  });
  applies("held_changed", ({ place, data }) => {
    const known = entries.get(data.held ?? 0);
    if (data.awaiting) entries.set(data.awaiting.id, data.awaiting);
    else if (known?.department === Number(place.split("/")[1])) entries.delete(known.id);
  });
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return { waiting, count, isManager, forgetAll };
});
