// Saved replies: my departments' and my own, always as they stand now.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Answer, DepartmentState, PersonState, SavedReply } from "@/live/types";

export type Filled = { customer: string; ticket: string; agent: string };

export const useSaved = defineStore("saved", () => {
  const connection = useConnection();
  const saved = reactive(new Map<number, SavedReply>());
  const gone = new Set<number>();
  const all = computed(() => [...saved.values()].toSorted((a, b) => a.name.localeCompare(b.name)));
  const of = (department: number | null) => all.value.filter((one) => one.department === department);

  /** What the ticket's department has, and mine; those whose name begins with the text stand first. */
  function fitting(text: string, department: number | undefined): SavedReply[] {
    const wanted = fold(text);
    const there = all.value.filter((one) => one.department === null || one.department === department);
    const begins = there.filter(({ name }) => fold(name).startsWith(wanted));
    const holds = there.filter((one) => !begins.includes(one) && fold(`${one.name} ${one.body}`).includes(wanted));
    return [...begins, ...holds].slice(0, 50);
  }

  function learn(one: SavedReply): void {
    if (!gone.has(one.id) && (saved.get(one.id)?.version ?? -1) <= one.version) saved.set(one.id, one);
  }
  function forget(id: number): void {
    gone.add(id);
    saved.delete(id);
  }
  function install(found: SavedReply[], department: number | null): void {
    const named = new Set(found.map(({ id }) => id));
    for (const one of of(department)) if (!named.has(one.id)) saved.delete(one.id);
    for (const one of found) learn(one);
  }

  const plain = ({ id, department, name, body, version }: SavedReply): SavedReply => ({ id, department, name, body, version });
  async function make(asked: Pick<SavedReply, "name" | "body" | "department">): Promise<void> {
    learn(plain(await send<Answer<SavedReply>>("POST", "/api/saved-replies", asked)));
  }
  async function change(id: number, from_version: number, values: Partial<Pick<SavedReply, "name" | "body">>): Promise<SavedReply> {
    const after = plain(await send<Answer<SavedReply>>("PATCH", `/api/saved-replies/${id}`, { from_version, ...values }));
    learn(after);
    return after;
  }
  async function remove(id: number): Promise<void> {
    await send("DELETE", `/api/saved-replies/${id}`);
    forget(id);
  }

  connection.onMessage("snapshot", ({ place, state }) => {
    const [kind, id] = place.split("/");
    if (kind === "person") install((state as PersonState).saved, null);
    if (kind === "department") install((state as DepartmentState).saved, Number(id));
  });
  applies("saved_reply_changed", ({ data }) => {
    if (data.saved) learn(data.saved);
  });
  applies("saved_reply_removed", ({ data }) => forget(data.id ?? 0));
  function forgetAll(): void {
    saved.clear();
    gone.clear();
  }
  watch(() => connection.history, (_, former) => former && forgetAll(), { flush: "sync" });

  return { all, of, fitting, make, change, remove, install, forgetAll };
});

const fold = (text: string): string => text.trim().toLocaleLowerCase();

/** The text with what its placeholders stand for. */
export const filled = (body: string, values: Filled): string =>
  body.replaceAll(/\{(customer|ticket|agent)\}/g, (_, name: keyof Filled) => values[name]);

/** What is typed after a slash at the beginning of the caret's line; null where there is none. */
export function slashAt(text: string, caret: number): { from: number; words: string } | null {
  if (caret < 1) return null;
  const from = text.lastIndexOf("\n", caret - 1) + 1;
  const line = text.slice(from, caret);
  return /^\/[^/\n]{0,40}$/.test(line) ? { from, words: line.slice(1) } : null;
}
