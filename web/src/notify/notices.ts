// What I am told: where colleagues named me. Opening the ticket is reading it, on all my devices.
import { defineStore } from "pinia";
import { computed, reactive, ref, watch } from "vue";
import { Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Notice, PersonState } from "@/live/types";

export const useNotices = defineStore("notices", () => {
  const connection = useConnection();
  const entries = reactive(new Map<number, Notice>());
  /** Those that came while this page was there, for whoever says them aloud. */
  const came = ref<Notice | null>(null);

  const notices = computed(() => [...entries.values()].toSorted((a, b) => b.id - a.id));
  const count = computed(() => entries.size);
  const of = (ticket: number): Notice[] => notices.value.filter((one) => one.ticket === ticket);

  function install(found: Notice[]): void {
    entries.clear();
    for (const one of found) entries.set(one.id, one);
  }
  const forget = (ids: number[]): void => {
    for (const id of ids) entries.delete(id);
  };

  async function read(id: number): Promise<void> {
    await send("DELETE", `/api/notices/${id}`);
    forget([id]);
  }
  async function readAll(): Promise<void> {
    await send("DELETE", "/api/notices");
    entries.clear();
  }
  /** She has the ticket before her. Where the desk can't be told now, the next look tells it. */
  async function readOf(ticket: number): Promise<void> {
    const mine = of(ticket).map(({ id }) => id);
    if (mine.length === 0 || connection.state !== "live") return;
    await send("DELETE", `/api/notices?ticket=${ticket}`).then(
      () => forget(mine),
      (problem: unknown) => {
        if (!(problem instanceof Problem)) throw problem;
      },
    );
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    if (place.startsWith("person/")) install((state as PersonState).notices);
  });
  applies("notice_made", ({ data }) => {
    if (!data.told) return;
    entries.set(data.told.id, data.told);
    came.value = data.told;
  });
  applies("notice_read", ({ data }) => forget(data.notices ?? []));
  watch(() => connection.history, (_, before) => before && entries.clear(), { flush: "sync" });

  return { notices, count, came, of, install, read, readAll, readOf, forgetAll: () => entries.clear() };
});
