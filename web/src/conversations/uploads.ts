// Files on their way into a reply. They stay with the ticket's box when another ticket is opened.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { Problem, send } from "@/live/api";
import type { Attachment } from "@/live/types";
import { onPersonGone } from "@/people/session";

export type Upload = {
  key: number;
  name: string;
  size: number;
  id: number | null;
  state: "going" | "ready" | "refused";
  words: string;
};

export const useUploads = defineStore("uploads", () => {
  const files = reactive(new Map<number, Upload[]>());
  let next = 1;

  const of = (ticket: number): readonly Upload[] => files.get(ticket) ?? [];
  const ready = (ticket: number) =>
    of(ticket).filter((file): file is Upload & { id: number } => file.id !== null);
  /** Each file has arrived; one that has not must go or be taken off before anything is sent. */
  const isWhole = (ticket: number) => of(ticket).every((file) => file.state === "ready");

  function add(ticket: number, file: Omit<Upload, "key">): Upload {
    const there = files.get(ticket) ?? [];
    files.set(ticket, there);
    const list = files.get(ticket) as Upload[];
    list.push({ ...file, key: next });
    next += 1;
    return list.at(-1) as Upload;
  }

  async function upload(ticket: number, file: File): Promise<void> {
    const { name, size } = file;
    const mine = add(ticket, { name, size, id: null, state: "going", words: "" });
    const form = new FormData();
    form.append("file", file, name);
    try {
      const { id } = await send<{ id: number }>("POST", "/api/uploads", form, { upload: true });
      Object.assign(mine, { id, state: "ready" });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      Object.assign(mine, { state: "refused", words: problem.detail || problem.title });
    }
  }

  function remove(ticket: number, key: number): void {
    files.set(ticket, (files.get(ticket) ?? []).filter((file) => file.key !== key));
  }
  const clear = (ticket: number) => void files.delete(ticket);

  /** The ticket goes on as another one; what is still on its way arrives there. */
  function carry(from: number, to: number): void {
    const all = [...of(to), ...of(from)] as Upload[];
    clear(from);
    if (all.length > 0) files.set(to, all);
  }

  function bringBack(ticket: number, attachments: Pick<Attachment, "id" | "name" | "size">[]): void {
    for (const { id, name, size } of attachments) add(ticket, { id, name, size, state: "ready", words: "" });
  }
  onPersonGone(() => files.clear());

  return { of, ready, isWhole, upload, remove, clear, carry, bringBack };
});
