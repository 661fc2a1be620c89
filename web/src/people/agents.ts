// Everyone who works on this desk, for the administrator.
import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import type { Person } from "@/live/types";

export type AgentChanges = Partial<Pick<Person, "name" | "role" | "departments" | "disabled">>;

export const useAgents = defineStore("agents", () => {
  const all = ref<Person[] | null>(null);
  const sorted = computed(() =>
    (all.value ?? []).toSorted((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name)),
  );

  async function load() {
    all.value = (await get<{ people: Person[] }>("/api/people")).people;
  }

  async function change(id: number, from_version: number, changes: AgentChanges): Promise<Person> {
    const person = await send<Person>("PATCH", `/api/people/${id}`, { from_version, ...changes });
    all.value = (all.value ?? []).map((one) => (one.id === id ? person : one));
    return person;
  }

  applies("*", (fact) => {
    const known = all.value?.find((one) => fact.place === `person/${one.id}`);
    if (known && fact.data.set && known.version < fact.version) Object.assign(known, fact.data.set, { version: fact.version });
  });

  return { all, sorted, load, change };
});
