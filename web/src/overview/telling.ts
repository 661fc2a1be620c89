// A fact as people say it: "Hanna set the priority to high". What is not said in words is not told.
import type { Customer, Fact } from "@/live/types";
import { usePeople } from "@/people/people";
import { useFolders } from "@/tickets/folders";
import { useInboxes } from "@/tickets/inboxes";

type Said = { key: string; values?: Record<string, unknown> };
export type Translate = (key: string, values: Record<string, unknown>) => string;
type Telling = (fact: Fact, t: Translate) => Said | null;

const plain = (key: string): Telling => () => ({ key });
const toldBy: Record<string, Telling> = {
  message_added: (fact) => ({ key: "overview.did.wrote", values: { name: fact.data.message?.author.name || fact.data.message?.author.email } }),
  reply_submitted: plain("overview.did.replied"),
  reply_withdrawn: plain("overview.did.withdrew"),
  reply_resent: plain("overview.did.resent"),
  reply_scheduled: plain("overview.did.scheduled"),
  reply_unscheduled: plain("overview.did.unscheduled"),
  forward_submitted: plain("overview.did.forwarded"),
  note_added: plain("overview.did.noted"),
  note_edited: plain("overview.did.editedNote"),
  field_changed: (fact, t) => fieldSaid(fact, t),
  owner_changed: (fact) => ownerSaid(fact),
  label_added: (fact) => ({ key: "overview.did.labelled", values: { label: fact.data.label?.name } }),
  label_removed: (fact) => ({ key: "overview.did.unlabelled", values: { label: fact.data.label?.name } }),
  follower_added: ({ data }) => ({ key: "overview.did.followed", values: { who: called(data.customer) } }),
  follower_removed: plain("overview.did.unfollowed"),
  requester_changed: ({ data }) => ({ key: "overview.did.addressed", values: { email: (data.set?.["requester"] as Customer | undefined)?.email ?? "" } }),
  ticket_moved: (fact) => ({ key: "overview.did.moved", values: { inbox: useInboxes().inbox(Number(fact.data.set?.["inbox"]))?.name ?? "" } }),
  ticket_archived: plain("overview.did.archived"),
  ticket_unarchived: plain("overview.did.unarchived"),
  ticket_deleted: plain("overview.did.deleted"),
  ticket_restored: plain("overview.did.restored"),
  ticket_merged: ({ data }) => (data.into === undefined ? { key: "overview.did.mergedHere", values: { id: data.source } } : { key: "overview.did.mergedInto", values: { id: data.into } }),
  ticket_unmerged: ({ data }) => ({ key: "overview.did.unmerged", values: { id: data.source ?? data.into } }),
  ticket_split: ({ data }) => (data.into === undefined ? { key: "overview.did.splitHere", values: { id: data.source } } : { key: "overview.did.splitInto", values: { id: data.into } }),
  lock_forced: (fact) => ({ key: "overview.did.forced", values: { former: fact.data.former?.name } }),
  lock_asked: (fact) => ({ key: "overview.did.asked", values: { former: fact.data.former?.name } }),
  lock_refused: (fact) => ({ key: "overview.did.refused", values: { to: fact.data.to?.name } }),
  lock_handed: (fact) => handedSaid(fact),
};

export const isTold = (fact: Fact): boolean => fact.kind in toldBy && (fact.by !== null || fact.kind === "message_added");

/** The whole sentence, in the page's language; "" for what is not told. */
export function sentence(fact: Fact, t: Translate): string {
  const said = toldBy[fact.kind]?.(fact, t);
  return said ? t(said.key, { name: fact.by?.name ?? "", ...said.values }) : "";
}

const called = (who: Fact["data"]["customer"]): string => (typeof who === "object" ? who.name || who.email : "");

function fieldSaid({ data }: Fact, t: Translate): Said | null {
  const to = data.set?.[data.field ?? ""];
  if (data.field === "subject") return { key: "overview.did.renamed", values: { to } };
  if (data.field === "priority") return { key: "overview.did.priority", values: { to: t(`tickets.priority.${String(to)}`, {}) } };
  if (data.field === "folder") {
    const folder = useFolders().name((to ?? null) as number | null);
    return { key: folder ? "overview.did.filed" : "overview.did.unfiled", values: { folder } };
  }
  return data.field === "status" ? { key: "overview.did.status", values: { to: statusName(String(to), t) } } : null;
}

function statusName(key: string, t: Translate): string {
  const status = useInboxes().statuses.find((one) => one.key === key);
  return status?.builtin ? t(`tickets.status.${key}`, {}) : (status?.name ?? key);
}

function ownerSaid({ by, data }: Fact): Said {
  const owner = data.set?.["owner"] as number | null | undefined;
  if (owner === by?.id) return { key: "overview.did.took" };
  if (owner === null || owner === undefined) return { key: "overview.did.letGo" };
  return { key: "overview.did.gave", values: { to: usePeople().person(owner)?.name ?? "" } };
}

function handedSaid({ data }: Fact): Said {
  const values = { former: data.former?.name, to: data.to?.name };
  if (data.why === "lapsed") return { key: "overview.did.lapsed", values };
  return { key: data.why === "left" ? "overview.did.passedOn" : "overview.did.handed", values };
}
