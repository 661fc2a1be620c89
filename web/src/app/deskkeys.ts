import { useRouter } from "vue-router";
import { useKeys } from "@/kit/keys";
import { useInboxes } from "@/tickets/inboxes";
import { open } from "./opened";

/** The keys that work everywhere in the desk. */
export function useDeskKeys(): void {
  const router = useRouter();
  const inboxes = useInboxes();
  const toInbox = (): void => {
    const first = inboxes.all[0];
    if (first) void router.push({ name: "inbox", params: { inbox: first.id, queue: "new" } });
  };
  useKeys(
    {
      "$mod+k": { label: "app.palette.open", inText: true, run: () => (open.palette = !open.palette) },
      "/": { label: "app.search", run: () => void router.push({ name: "search" }) },
      c: { label: "app.newTicket", run: () => (open.newTicket = true) },
      "g i": { label: "app.go.inbox", run: toInbox },
      "g h": { label: "app.go.home", run: () => void router.push("/") },
      "g v": { label: "app.go.mine", run: () => void router.push({ name: "view", params: { view: "mine" } }) },
      "g u": { label: "app.go.unowned", run: () => void router.push({ name: "view", params: { view: "unowned" } }) },
      "g s": { label: "app.go.settings", run: () => void router.push("/settings") },
      "[Shift]+?": { label: "app.keys.open", run: () => (open.keys = true) },
    },
    "app.keys.everywhere",
  );
}
