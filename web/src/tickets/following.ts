// Who gets a ticket's answers besides its requester: accepted, removed, and an address for someone who only called.
import { defineStore } from "pinia";
import { send } from "@/live/api";
import type { Answer, Customer, Ticket } from "@/live/types";
import { useTickets } from "./tickets";

export const useFollowing = defineStore("tickets.following", () => {
  const tickets = useTickets();

  const learn = async (answer: Promise<Answer<Ticket>>): Promise<void> => tickets.learn(await answer);
  /** Adds someone, or accepts who spoke up. */
  const add = (ticket: number, { email, name = "" }: { email: string; name?: string }): Promise<void> =>
    learn(send("PUT", `/api/tickets/${ticket}/followers`, { email, name }));
  const remove = (ticket: number, { id }: Customer): Promise<void> =>
    learn(send("DELETE", `/api/tickets/${ticket}/followers/${id}`));
  const giveAddress = (ticket: number, email: string): Promise<void> =>
    learn(send("PUT", `/api/tickets/${ticket}/requester`, { email }));

  return { add, remove, giveAddress };
});
