// The colleagues that I share a department with, and the departments.
import { defineStore } from "pinia";
import { computed, reactive } from "vue";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Colleague, Department, DepartmentState, Person } from "@/live/types";
import { useSession } from "./session";

export const usePeople = defineStore("people", () => {
  const session = useSession();
  const people = reactive(new Map<number, Person>());
  const departments = reactive(new Map<number, Department>());

  const person = (id: number | null): Person | null => (id === null ? null : (people.get(id) ?? null));
  const colleagues = computed(() =>
    [...people.values()]
      .filter((one) => !one.disabled && one.id !== session.me?.id)
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  );
  /** Those who may work in a department, me included. */
  const inDepartment = (id: number): Person[] =>
    [...people.values()]
      .filter((one) => !one.disabled && one.departments.includes(id))
      .toSorted((a, b) => a.name.localeCompare(b.name));

  function learn(found: Person[]): void {
    for (const one of found) {
      const known = people.get(one.id);
      if (!known || known.version <= one.version) people.set(one.id, one);
    }
  }
  function learnDepartments(found: Department[]): void {
    for (const one of found) departments.set(one.id, one);
  }
  function forgetAll(): void {
    people.clear();
    departments.clear();
  }

  useConnection().onMessage("snapshot", (message) => {
    if (!message.place.startsWith("department/")) return;
    const state = message.state as DepartmentState;
    learn(state.people);
    learnDepartments([state.department]);
  });
  applies("*", (fact) => {
    const [kind, text] = fact.place.split("/");
    const id = Number(text);
    if (kind === "department" && fact.data.set) Object.assign(departments.get(id) ?? {}, fact.data.set);
    if (kind === "department" && fact.data.person) change(fact.data.person, id);
    if (fact.kind === "person_left" && fact.data.id) leave(fact.data.id, id);
    if (kind === "person" && fact.data.set) Object.assign(people.get(id) ?? {}, fact.data.set);
  });

  /** A department tells all of a person but where else she is. */
  function change(found: Colleague, department: number): void {
    const known = people.get(found.id);
    if (known && found.version < known.version) return;
    const inside = new Set([...(known?.departments ?? []), department]);
    people.set(found.id, { ...known, ...found, departments: [...inside] });
  }
  function leave(id: number, department: number): void {
    const known = people.get(id);
    if (!known || known.role === "administrator") return;
    known.departments = known.departments.filter((one) => one !== department);
    if (known.departments.length === 0) people.delete(id);
  }

  return { people, departments, person, colleagues, inDepartment, learn, learnDepartments, forgetAll };
});

export { initialsOf as initials } from "@/kit/initials";

/** The colour of someone who has none of her own (a customer): the same name, the same colour. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return sum % 12;
}
