// Messages that are about something else go to a ticket of their own.
import { send } from "@/live/api";
import type { Answer, Message, Ticket } from "@/live/types";

/** That message and all after it. */
export const fromOn = (all: readonly Message[], number: number): number[] =>
  all.filter((one) => one.number >= number).map((one) => one.number);

/** One message at least stays, and none that is about to leave goes. */
export const maySplit = (all: readonly Message[], numbers: number[]): boolean => {
  const going = all.filter((one) => numbers.includes(one.number));
  return going.length > 0 && going.length < all.length && going.every((one) => one.state !== "waiting");
};

/** Returns the new ticket's number. */
export async function split(ticket: number, numbers: number[], subject: string): Promise<number> {
  const made = await send<Answer<Ticket>>("POST", `/api/tickets/${ticket}/split`, { numbers, subject });
  return made.id;
}
