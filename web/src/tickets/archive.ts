// Into the archive and out of it, with words on what came of it.
import { toast } from "@/kit/toast";
import { Problem } from "@/live/api";
import { useTickets } from "./tickets";

type Say = (key: string) => string;

/** Puts the ticket away; one that is put away comes back. */
export async function putAway(id: number, say: Say): Promise<void> {
  const tickets = useTickets();
  const isThere = tickets.ticket(id)?.archived === true;
  try {
    await (isThere ? tickets.unarchive(id) : tickets.archive(id));
    const back = { label: say("tickets.archive.bringBack"), onClick: () => void tickets.unarchive(id) };
    if (isThere) toast.done(say("tickets.archive.back"));
    else toast.done(say("tickets.archive.done"), { action: back });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    toast.fail(say("tickets.archive.failed"), { detail: problem.detail || problem.title });
  }
}
