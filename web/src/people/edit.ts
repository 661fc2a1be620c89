import { computed, reactive, ref, type ComputedRef, type Ref } from "vue";
import { Problem } from "@/live/api";
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
  /** The desk's record, as it is by now: touched fields keep what was typed, with the newer value beside it. */
  load: (record: T, version: number) => void;
  /** After a save: the desk holds what the form shows. */
  saved: (record: T, version: number) => void;
  /** True when the problem was a stale form and is now shown beside its fields. */
  refused: (problem: Problem) => boolean;
  /** Runs `put`; once more where it was stale only in values that were not touched here. */
  insist: <R>(put: () => Promise<R>) => Promise<R>;
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
    version.value = at;
    for (const field of fields) meet(field, next[field], null, null);
  }

  /** What the desk holds by now in a field: shown at once, or beside what is typed there. */
  function meet(field: keyof T, value: T[keyof T], by: Who | null, at: string | null) {
    const apart = touched(field) && !same(value, mine[field]);
    const known = same(value, base.value[field]);
    base.value = { ...base.value, [field]: copy(value) };
    if (!apart) mine[field] = copy(value);
    else if (!known) newer.value = { ...newer.value, [field]: { value, by, at } };
  }

  function saved(next: T, at: number) {
    base.value = copy(next);
    for (const field of fields) mine[field] = copy(next[field]);
    version.value = Math.max(version.value, at);
    newer.value = {};
  }

  function refused(problem: Problem): boolean {
    if (problem.type !== "stale") return false;
    for (const [name, stale] of Object.entries((problem.extra["fields"] ?? {}) as Record<string, StaleField>)) {
      version.value = Math.max(version.value, stale.version);
      const field = name as keyof T;
      if (fields.includes(field)) meet(field, stale.value as T[keyof T], stale.by ?? null, stale.at ?? null);
    }
    return true;
  }

  async function insist<R>(put: () => Promise<R>): Promise<R> {
    try {
      return await put();
    } catch (problem) {
      if (!(problem instanceof Problem) || !refused(problem) || undecided.value) throw problem;
      return put();
    }
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

  return { mine, version, newer, changed, undecided, changes, load, saved, refused, insist, keepMine, takeTheirs, reset };
}
