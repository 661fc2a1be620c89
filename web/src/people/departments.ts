import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import { applies } from "@/live/apply";
import type { Department } from "@/live/types";
import { usePeople } from "./people";

export const useDepartments = defineStore("departments", () => {
  const all = ref<Department[] | null>(null);

  async function load() {
    all.value = (await get<{ departments: Department[] }>("/api/departments")).departments;
  }

  async function add(name: string): Promise<Department> {
    return keep(await send<Department>("POST", "/api/departments", { name }));
  }

  async function rename(id: number, from_version: number, name: string): Promise<Department> {
    return keep(await send<Department>("PATCH", `/api/departments/${id}`, { from_version, name }));
  }

  function keep({ id, name, version }: Department): Department {
    const department = { id, name, version };
    const rest = (all.value ?? []).filter((one) => one.id !== id);
    all.value = [...rest, department].toSorted((a, b) => a.id - b.id);
    usePeople().learnDepartments([department]);
    return department;
  }

  applies("*", (fact) => {
    const known = all.value?.find((one) => fact.place === `department/${one.id}`);
    if (known && fact.data.set && known.version < fact.version) Object.assign(known, fact.data.set, { version: fact.version });
  });

  return { all, load, add, rename };
});
