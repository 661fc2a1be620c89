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
    labels.value.filter((one) => isOf(one, department)).toSorted((a, b) => a.name.localeCompare(b.name));
  const byId = computed(() => new Map(labels.value.map((one) => [one.id, one])));
  const isOf = (one: Label, department?: number): boolean =>
    one.into === null && !one.removed && (department === undefined || one.department === department);
  const findLabel = (name: string, department?: number): Label | null =>
    labels.value.find((one) => one.name === name && isOf(one, department)) ?? null;

  /** What a label has become: itself, what it was merged into, null where it was deleted. */
  function standing(one: Label): Label | null {
    const next = one.into === null ? null : byId.value.get(one.into);
    if (next) return standing(next);
    return one.removed ? null : one;
  }
  /** Labels that a row tells as they are called now; of one that is not known yet, the row's word counts. */
  function named(worn: Map<number, string>): Map<number, string> {
    const now = new Map<number, string>();
    for (const [id, name] of worn) {
      const known = byId.value.get(id);
      const one = known ? standing(known) : { id, name };
      if (one) now.set(one.id, one.name);
    }
    return now;
  }
  /** What the label of this name, or of this former name, is called now. */
  function called(name: string): string {
    const same = labels.value.filter((one) => one.name.toLowerCase() === name.toLowerCase() && !one.removed);
    const known = same.find((one) => one.into === null) ?? same[0];
    return (known && standing(known)?.name) ?? name;
  }

  function learn(found: Found): void {
    for (const one of found.inboxes ?? []) {
      const known = inboxes.get(one.id);
      if (!known || known.version <= one.version) inboxes.set(one.id, one);
    }
    if (found.statuses) statuses.value = merged(statuses.value, found.statuses, (one) => one.key);
    if (found.labels) labels.value = merged(labels.value, found.labels.filter(isNews), (one) => String(one.id));
  }
  const isNews = (one: Label) => one.version >= (byId.value.get(one.id)?.version ?? 0);
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
    const told = [fact.data.label, ...(fact.data.labels ?? [])];
    const whole = told.filter((one): one is Label => one?.version !== undefined);
    if (whole.length > 0) learn({ labels: whole });
  });

  return { inboxes, statuses, labels, all, inbox, status, label: findLabel, labelsOf, named, called, learn, forgetAll };
});

function merged<T>(known: T[], found: T[], key: (one: T) => string): T[] {
  const byKey = new Map(known.map((one) => [key(one), one]));
  for (const one of found) byKey.set(key(one), one);
  return [...byKey.values()];
}
