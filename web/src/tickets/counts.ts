// How many tickets lie where. The server counts by (inbox, queue, owner); the page only sums.
import { defineStore } from "pinia";
import { reactive } from "vue";
import { useConnection } from "@/live/connection";
import type { Count, Counts, InboxState, Queue } from "@/live/types";

type Of = { inbox?: number; queue?: Queue; owner?: number | null; folder?: number };

export const useCounts = defineStore("counts", () => {
  const byInbox = reactive(new Map<number, Count[]>());
  const connection = useConnection();

  function learn(counts: Counts | null | undefined): void {
    if (counts) byInbox.set(counts.inbox, counts.counts);
  }
  /** Unresolved ones, unless a queue is named. */
  function count({ inbox, queue, owner, folder }: Of): number {
    const lists = inbox === undefined ? [...byInbox.values()] : [byInbox.get(inbox) ?? []];
    return lists
      .flat()
      .filter((one) => (queue ? one.queue === queue : one.queue !== "resolved"))
      .filter((one) => owner === undefined || one.owner === owner)
      .filter((one) => folder === undefined || one.folder === folder)
      .reduce((sum, one) => sum + one.n, 0);
  }

  connection.onMessage("snapshot", (message) => {
    if (message.place.startsWith("inbox/")) learn((message.state as InboxState).counts);
  });
  connection.onMessage("rows", (message) => learn(message.counts));
  connection.onMessage("resumed", (message) => learn(message.counts));
  connection.onMessage("gone", ({ place }) => {
    if (place.startsWith("inbox/")) byInbox.delete(Number(place.split("/")[1]));
  });

  return { learn, count, forgetAll: () => byInbox.clear() };
});
