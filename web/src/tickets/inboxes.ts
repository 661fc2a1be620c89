// What tickets lie in and are marked with: inboxes, statuses, labels.
import { defineStore } from "pinia";
import { computed, reactive, ref } from "vue";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { DepartmentState, Inbox, InboxState, Label, Status } from "@/live/types";

type Found = { inboxes?: Inbox[]; statuses?: Status[]; labels?: Label[] };

export const useInboxes = defineStore("tickets.inboxes", () => {
  const inboxes = reactive(new Map<number, Inbox>());
  const statuses = ref<Status[]>([]);
  const labels = ref<Label[]>([]);

  const all = computed(() => [...inboxes.values()].toSorted((a, b) => a.id - b.id));
  const inbox = (id: number | null | undefined): Inbox | null => inboxes.get(id ?? 0) ?? null;
  const status = (key: string): Status | null => statuses.value.find((one) => one.key === key) ?? null;
  /** The labels of a department, or of all that I may see. */
  const labelsOf = (department?: number): Label[] =>
    labels.value
      .filter((one) => department === undefined || one.department === department)
      .toSorted((a, b) => a.name.localeCompare(b.name));
  const findLabel = (name: string, department?: number): Label | null =>
    labelsOf(department).find((one) => one.name === name) ?? null;

  function learn(found: Found): void {
    for (const one of found.inboxes ?? []) {
      const known = inboxes.get(one.id);
      if (!known || known.version <= one.version) inboxes.set(one.id, one);
    }
    if (found.statuses) statuses.value = merged(statuses.value, found.statuses, (one) => one.key);
    if (found.labels) labels.value = merged(labels.value, found.labels, (one) => String(one.id));
  }
  function forgetAll(): void {
    inboxes.clear();
    statuses.value = [];
    labels.value = [];
  }

  useConnection().onMessage("snapshot", (message) => {
    if (message.place.startsWith("department/")) learn(message.state as DepartmentState);
    if (message.place.startsWith("inbox/")) learn({ inboxes: [(message.state as InboxState).inbox] });
  });
  applies("*", (fact) => {
    if (fact.data.inbox) learn({ inboxes: [fact.data.inbox] });
    const made = fact.data.label;
    if (made?.id !== undefined && made.colour !== undefined) learn({ labels: [made as Label] });
  });

  return { inboxes, statuses, labels, all, inbox, status, label: findLabel, labelsOf, learn, forgetAll };
});

function merged<T>(known: T[], found: T[], key: (one: T) => string): T[] {
  const byKey = new Map(known.map((one) => [key(one), one]));
  for (const one of found) byKey.set(key(one), one);
  return [...byKey.values()];
}
