// The keys of an open ticket that change its values; replying has its own beside the box.
import { useI18n } from "vue-i18n";
import { useKeys } from "@/kit/keys";
import { useSession } from "@/people/session";
import { putAway } from "@/tickets/archive";
import { useChanges } from "@/tickets/changes";
import { useInboxes } from "@/tickets/inboxes";
import { opened } from "@/tickets/opened";

export function useTicketKeys(ticket: () => number, pane: { back: () => void; closed: () => boolean }): void {
  const changes = useChanges();
  const inboxes = useInboxes();
  const session = useSession();
  const { t } = useI18n();
  const when = () => !pane.closed();
  const resolve = (): void => {
    const resolved = inboxes.statuses.find((status) => status.queue === "resolved");
    if (resolved) void changes.change(ticket(), "status", resolved.key);
  };
  useKeys(
    {
      a: { label: "tickets.keys.assign", when, run: () => void (opened.owner = true) },
      i: { label: "tickets.keys.take", when, run: () => void changes.give(ticket(), session.me?.id ?? null) },
      l: { label: "tickets.keys.label", when, run: () => void (opened.label = true) },
      s: { label: "tickets.keys.status", when, run: () => void (opened.status = true) },
      e: { label: "tickets.keys.resolve", when, run: resolve },
      m: { label: "tickets.keys.move", when, run: () => void (opened.move = true) },
      y: { label: "tickets.keys.archive", when, run: () => void putAway(ticket(), t) },
      u: { label: "tickets.keys.back", run: pane.back },
    },
    "tickets.keys.ticket",
  );
}
