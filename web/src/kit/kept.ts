import { type Ref, ref, watch } from "vue";

const refs = new Map<string, Ref<unknown>>();

/** A value that this browser remembers. The same key is the same ref everywhere. */
export function kept<T>(key: string, first: T): Ref<T> {
  const known = refs.get(key);
  if (known) return known as Ref<T>;
  const made = ref(read(key, first)) as Ref<T>;
  watch(made, (value) => localStorage.setItem(`elbowroom.${key}`, JSON.stringify(value)), { deep: true });
  refs.set(key, made as Ref<unknown>);
  return made;
}

function read<T>(key: string, first: T): T {
  try {
    const text = localStorage.getItem(`elbowroom.${key}`);
    return text === null ? first : (JSON.parse(text) as T);
  } catch {
    return first;
  }
}
