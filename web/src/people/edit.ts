import { computed, reactive, ref, type ComputedRef, type Ref } from "vue";
import type { Problem } from "@/live/api";
import type { Who } from "@/live/types";

/** A value that the desk holds by now, while another one stands typed in the form. */
export type Newer = {
  value: unknown;
  by: Who | null;
  at: string | null;
};

export type Edit<T extends object> = {
  /** What stands in the form. */
  mine: T;
  /** The version the form is based on: goes out as `from_version`. */
  version: Ref<number>;
  newer: Ref<{ [K in keyof T]?: Newer }>;
  changed: ComputedRef<boolean>;
  undecided: ComputedRef<boolean>;
  changes: () => Partial<T>;
  /** The desk's record, again: touched fields keep what was typed. */
  load: (record: T, version: number) => void;
  /** After a save: the desk holds what the form shows. */
  saved: (record: T, version: number) => void;
  /** True when the problem was a stale form and is now shown beside its fields. */
  refused: (problem: Problem) => boolean;
  keepMine: (field: keyof T) => void;
  takeTheirs: (field: keyof T) => void;
  reset: () => void;
};

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const copy = <V>(value: V): V => JSON.parse(JSON.stringify(value)) as V;

type StaleField = {
  value: unknown;
  version: number;
  by?: Who | null;
  at?: string | null;
};

/** A form over one record of the desk. Nothing typed is overwritten by what arrives from elsewhere. */
export function useEdit<T extends object>(record: T, from: number): Edit<T> {
  const base = ref(copy(record)) as Ref<T>;
  const mine = reactive(copy(record)) as T;
  const version = ref(from);
  const newer = ref({}) as Ref<{ [K in keyof T]?: Newer }>;
  const fields = Object.keys(record) as (keyof T)[];

  const touched = (field: keyof T) => !same(mine[field], base.value[field]);
  const changed = computed(() => fields.some(touched));
  const undecided = computed(() => Object.keys(newer.value).length > 0);

  function changes(): Partial<T> {
    const out: Partial<T> = {};
    for (const field of fields) if (touched(field)) out[field] = copy(mine[field]);
    return out;
  }

  function load(next: T, at: number) {
    if (at < version.value) return;
    for (const field of fields) {
      // A touched field keeps its old base: only the desk may say whether it is stale.
      if (touched(field) && !same(next[field], mine[field])) continue;
      mine[field] = copy(next[field]);
      base.value[field] = copy(next[field]);
    }
    if (!changed.value) version.value = at;
  }

  function saved(next: T, at: number) {
    base.value = copy(next);
    for (const field of fields) mine[field] = copy(next[field]);
    version.value = Math.max(version.value, at);
    newer.value = {};
  }

  function refused(problem: Problem): boolean {
    if (problem.type !== "stale") return false;
    for (const [name, field] of Object.entries((problem.extra["fields"] ?? {}) as Record<string, StaleField>)) {
      const key = name as keyof T;
      version.value = Math.max(version.value, field.version);
      if (!fields.includes(key)) continue;
      const typed = touched(key) && !same(field.value, mine[key]);
      base.value = { ...base.value, [key]: copy(field.value) };
      if (typed) newer.value = { ...newer.value, [key]: { value: field.value, by: field.by ?? null, at: field.at ?? null } };
      else mine[key] = copy(field.value) as T[keyof T];
    }
    return true;
  }

  function keepMine(field: keyof T) {
    const rest = { ...newer.value };
    delete rest[field];
    newer.value = rest;
  }

  function takeTheirs(field: keyof T) {
    mine[field] = copy(base.value[field]);
    keepMine(field);
  }

  function reset() {
    for (const field of fields) mine[field] = copy(base.value[field]);
    newer.value = {};
  }

  return { mine, version, newer, changed, undecided, changes, load, saved, refused, keepMine, takeTheirs, reset };
}
