// What statuses and priorities are called: the built-in ones in the reader's language, others as their makers say.
import { keysOf } from "@/kit/keys";
import type { Status } from "@/live/types";

type Say = (key: string) => string;

export function statusName(status: Status | null, say: Say): string {
  if (!status) return "";
  return status.builtin ? say(`tickets.status.${status.key}`) : status.name;
}

/** A button's tip with the key that does the same; for triggers that cannot carry a tooltip of their own. */
export function withKeys(tip: string, action: string): string {
  const keys = keysOf(action);
  return keys ? `${tip} (${keys})` : tip;
}
