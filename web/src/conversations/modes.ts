// Per ticket, which box is in front: the reply to the customer or the internal note.
import { defineStore } from "pinia";
import { reactive } from "vue";
import type { DraftKind } from "@/live/types";

export const useModes = defineStore("modes", () => {
  const modes = reactive(new Map<number, DraftKind>());
  const of = (ticket: number): DraftKind => modes.get(ticket) ?? "reply";
  const choose = (ticket: number, kind: DraftKind) => void modes.set(ticket, kind);
  return { of, choose };
});
