// Making and editing inboxes. What the page knows of them is tickets/inboxes.
import { send } from "@/live/api";
import type { Inbox } from "@/live/types";
import { useInboxes } from "@/tickets/inboxes";

export type LockMode = Inbox["lock_mode"];
export type MayForce = Inbox["may_force"];
export const lockModes: LockMode[] = ["advice", "write", "exclusive"];
export type InboxChanges = Partial<Pick<Inbox, "name" | "lock_mode" | "may_force" | "handover_for">>;
export type NewInbox = { department: number; name: string; lock_mode?: LockMode; may_force?: MayForce };

export async function addInbox(inbox: NewInbox): Promise<Inbox> {
  return learn(await send<Inbox>("POST", "/api/inboxes", inbox));
}

export async function changeInbox(id: number, from_version: number, changes: InboxChanges): Promise<Inbox> {
  return learn(await send<Inbox>("PATCH", `/api/inboxes/${id}`, { from_version, ...changes }));
}

function learn(inbox: Inbox): Inbox {
  useInboxes().learn({ inboxes: [inbox] });
  return inbox;
}
