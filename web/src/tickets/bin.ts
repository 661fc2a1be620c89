// What was thrown away: read when the page is opened, followed by what is heard while it is.
import { defineStore } from "pinia";
import { ref } from "vue";
import { get, Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Bin, Binned } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useTickets } from "./tickets";

export const useBin = defineStore("bin", () => {
  const tickets = useTickets();
  const rows = ref<Binned[]>([]);
  const days = ref(30);
  const next = ref<string | null>(null);
  const isLoading = ref(false);
  const isLoaded = ref(false);
  const failed = ref("");
  let isShown = false;
  let turn = 0;

  async function load(after: string | null = null): Promise<void> {
    turn += 1;
    const mine = turn;
    isLoading.value = true;
    failed.value = "";
    try {
      const page = await get<Bin>("/api/bin", { after });
      if (mine !== turn) return;
      rows.value = after === null ? page.tickets : [...rows.value, ...page.tickets];
      [next.value, days.value, isLoaded.value] = [page.next, page.days, true];
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (mine === turn) failed.value = problem.detail || problem.title;
    } finally {
      if (mine === turn) isLoading.value = false;
    }
  }
  const loadMore = async (): Promise<void> => {
    if (next.value && !isLoading.value) await load(next.value);
  };

  /** Throws Problem where its days are over. */
  async function restore(id: number): Promise<void> {
    await tickets.restore(id);
    drop(id);
  }
  const drop = (id: number): void => void (rows.value = rows.value.filter((one) => one.id !== id));

  async function keepFor(wanted: number): Promise<void> {
    days.value = (await send<{ days: number }>("PATCH", "/api/bin", { days: wanted })).days;
  }

  function show(): void {
    isShown = true;
    void load();
  }
  const hide = (): void => void (isShown = false);

  let soon: ReturnType<typeof setTimeout> | undefined;
  function reloadSoon(): void {
    if (!isShown) return;
    clearTimeout(soon);
    soon = setTimeout(() => void load(), 200);
  }
  applies("bin_changed", ({ data }) => {
    days.value = data.days ?? days.value;
    reloadSoon();
  });
  useConnection().onMessage("rows", ({ rows: told, gone }) => {
    for (const one of told) drop(one.id);
    if (gone.some(({ why }) => why === "deleted")) reloadSoon();
  });
  onPersonGone(() => {
    turn += 1;
    [rows.value, next.value, isLoaded.value, failed.value] = [[], null, false, ""];
  });

  return { rows, days, next, isLoading, isLoaded, failed, load, loadMore, restore, keepFor, show, hide };
});
