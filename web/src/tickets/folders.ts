// Folders of inboxes: what lies in them lies in the inbox all the same.
import { defineStore } from "pinia";
import { computed, reactive } from "vue";
import { send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Answer, DepartmentState, Folder } from "@/live/types";
import { useSession } from "@/people/session";

export const useFolders = defineStore("tickets.folders", () => {
  const session = useSession();
  const folders = reactive(new Map<number, Folder>());

  const all = computed(() => [...folders.values()].toSorted((a, b) => a.name.localeCompare(b.name)));
  const folder = (id: number | null | undefined): Folder | null => folders.get(id ?? 0) ?? null;
  const name = (id: number | null): string => folder(id)?.name ?? "";
  const of = (inbox: number): Folder[] => all.value.filter((one) => one.inbox === inbox);
  /** Those who manage a department make its folders; of others I see none. */
  const mayChange = computed(() => (session.me?.role ?? "agent") !== "agent");

  function learn(found: Folder[]): void {
    for (const one of found) {
      const known = folders.get(one.id);
      if (!known || known.version <= one.version) folders.set(one.id, one);
    }
  }
  const make = async (inbox: number, wanted: string): Promise<Folder> =>
    keep(await send<Answer<Folder>>("POST", `/api/inboxes/${inbox}/folders`, { name: wanted }));
  const rename = async ({ id, version }: Folder, wanted: string): Promise<Folder> =>
    keep(await send<Answer<Folder>>("PATCH", `/api/folders/${id}`, { from_version: version, name: wanted }));
  async function remove({ id }: Folder): Promise<void> {
    await send("DELETE", `/api/folders/${id}`);
    folders.delete(id);
  }
  function keep(answer: Answer<Folder>): Folder {
    const { facts: _, ...made } = answer;
    learn([made]);
    return made;
  }

  useConnection().onMessage("snapshot", ({ place, state }) => {
    if (!place.startsWith("department/")) return;
    const { folders: found, inboxes } = state as DepartmentState;
    const named = new Set(found.map(({ id }) => id));
    const own = new Set(inboxes.map(({ id }) => id));
    for (const one of folders.values()) if (own.has(one.inbox) && !named.has(one.id)) folders.delete(one.id);
    learn(found);
  });
  applies("folder_changed", ({ data }) => data.folder && learn([data.folder]));
  applies("folder_removed", ({ data }) => folders.delete(data.id ?? 0));

  return { folders, all, folder, name, of, mayChange, learn, make, rename, remove, forgetAll: () => folders.clear() };
});
