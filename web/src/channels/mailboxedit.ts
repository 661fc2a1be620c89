// One mailbox under edit, new or known.
import type { Problem } from "@/live/api";
import { type Edit, useEdit } from "@/people/edit";
import { type KnownMailbox, type Mailbox, useMailboxes } from "./mailboxes";
import { emptyMailbox, type MailForm, toMailbox } from "./mailform";

export type MailboxEdit = Pick<Edit<MailForm>, "mine" | "newer" | "undecided" | "keepMine" | "takeTheirs"> & {
  save: () => Promise<KnownMailbox>;
  refused: (problem: Problem) => boolean;
  /** The desk's record, again: what is not being edited follows it. */
  follow: (mailbox: KnownMailbox) => void;
};

export function useMailboxEdit(inbox: number, mailbox: KnownMailbox | undefined): MailboxEdit {
  const mailboxes = useMailboxes();
  const edit = useEdit<MailForm>(mailbox ? formOf(mailbox) : emptyMailbox(inbox), mailbox?.version ?? 0);

  const save = () => (mailbox ? edit.insist(() => put(mailbox.id)) : mailboxes.add(toMailbox(edit.mine)));

  async function put(id: number): Promise<KnownMailbox> {
    const whole = toMailbox(edit.mine);
    const names = Object.keys(edit.changes()).filter((name) => name !== "same_login") as (keyof Mailbox)[];
    // With one login for both, a change of the first is a change of the second.
    if (edit.mine.same_login && names.includes("incoming") && !names.includes("outgoing")) names.push("outgoing");
    const changes = Object.fromEntries(names.map((name) => [name, whole[name]]));
    const after = await mailboxes.change(id, edit.version.value, changes);
    edit.saved(formOf(after), after.version);
    return after;
  }

  return { ...edit, save, follow: (now) => edit.load(formOf(now), now.version) };
}

/** Passwords never come back from the desk: an empty one means the stored one. */
function formOf(known: KnownMailbox): MailForm {
  const { inbox, address, name, incoming, outgoing, start, undo_for, signature } = known;
  const same_login = incoming.kind === "imap" && incoming.user === outgoing.user;
  const days = known.days ?? 14;
  return {
    inbox, address, name, start, days, undo_for, signature, same_login,
    incoming: { ...incoming, password: "" },
    outgoing: { ...outgoing, password: "" },
  };
}
