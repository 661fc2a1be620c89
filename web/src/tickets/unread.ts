// What I have not opened since a customer wrote. Kept in this browser: it is a reading mark, not a fact of the desk.
import type { Row } from "@/live/types";
import { kept } from "@/kit/kept";

const most = 3_000;
const opened = kept<Record<string, number>>("opened", {});

export const isUnread = (row: Row): boolean =>
  row.preview_by === "customer" && row.queue !== "resolved" && row.head > (opened.value[row.id] ?? 0);

export function markRead(row: Row): void {
  if ((opened.value[row.id] ?? -1) >= row.head) return;
  opened.value[row.id] = row.head;
  const ids = Object.keys(opened.value);
  for (const id of ids.slice(0, Math.max(0, ids.length - most))) delete opened.value[id];
}
