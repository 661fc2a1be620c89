// Per ticket, which box is in front: the reply to the customer or the internal note.
import { defineStore } from "pinia";
import { reactive } from "vue";
import type { DraftKind } from "@/live/types";
import { onPersonGone } from "@/people/session";
import { useDrafts } from "./drafts";

export const useModes = defineStore("modes", () => {
  const drafts = useDrafts();
  const modes = reactive(new Map<number, DraftKind>());
  const hasText = (ticket: number, kind: DraftKind) => drafts.box(ticket, kind).body.trim() !== "";

  /** What she chose; until then the one that has a text of hers. */
  function of(ticket: number): DraftKind {
    const chosen = modes.get(ticket);
    if (chosen) return chosen;
    return hasText(ticket, "note") && !hasText(ticket, "reply") ? "note" : "reply";
  }
  const choose = (ticket: number, kind: DraftKind) => void modes.set(ticket, kind);
  onPersonGone(() => modes.clear());

  return { of, choose, hasText };
});
