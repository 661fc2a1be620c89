// A department's labels as its managers keep them: how many tickets wear each, renamed, merged, deleted.
import { defineStore } from "pinia";
import { computed, ref, watch } from "vue";
import { get, Problem, send } from "@/live/api";
import type { CountedLabel, Label } from "@/live/types";
import { useInboxes } from "./inboxes";

export const useLabelSettings = defineStore("tickets.labelsettings", () => {
  const inboxes = useInboxes();
  const counts = ref(new Map<number, number>());
  const department = ref(0);
  const failed = ref(false);

  /** As they stand now, whoever changed them; the number is as of the last reading. */
  const all = computed(() => inboxes.labelsOf(department.value));
  const count = (id: number): number => counts.value.get(id) ?? 0;

  async function load(of: number): Promise<void> {
    department.value = of;
    failed.value = false;
    try {
      const found = await get<CountedLabel[]>(`/api/departments/${of}/labels`);
      if (department.value !== of) return;
      counts.value = new Map(found.map((one) => [one.id, one.tickets]));
      inboxes.learn({ labels: found });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      failed.value = true;
    }
  }
  // Another's change moves tickets from one label to another.
  watch(
    () => all.value.map(({ id }) => id).join(),
    (_, before) => before && department.value && void load(department.value),
  );

  const path = ({ id }: Label): string => `/api/labels/${id}`;
  const known = (problem: unknown): never => {
    const newer = problem instanceof Problem ? (problem.extra["label"] as Label | undefined) : undefined;
    if (newer) inboxes.learn({ labels: [newer] });
    throw problem;
  };
  const rename = async (one: Label, name: string): Promise<void> =>
    void (await send("PATCH", path(one), { name, from_version: one.version }).catch(known));
  const merge = async (one: Label, into: number): Promise<void> =>
    void (await send("POST", `${path(one)}/merge`, { into, from_version: one.version }).catch(known));
  const remove = async (one: Label): Promise<void> =>
    void (await send("DELETE", `${path(one)}?from_version=${one.version}`).catch(known));

  return { all, count, failed, load, rename, merge, remove };
});
