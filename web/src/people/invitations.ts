import { defineStore } from "pinia";
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Invitation, NewInvitation, NewlyInvited } from "@/live/types";

export const useInvitations = defineStore("invitations", () => {
  const open = ref<Invitation[] | null>(null);
  /** Links are told once, when they are made: kept for as long as this page lives. */
  const links = ref<Record<number, string>>({});

  async function load() {
    open.value = (await get<{ invitations: Invitation[] }>("/api/invitations")).invitations;
  }

  async function invite(invitation: NewInvitation): Promise<NewlyInvited> {
    const made = await send<NewlyInvited>("POST", "/api/invitations", invitation);
    links.value[made.id] = made.link;
    // An older one to the same address is void from now on.
    open.value = [made, ...(open.value ?? []).filter((one) => one.email.toLowerCase() !== made.email.toLowerCase())];
    return made;
  }

  async function revoke(id: number) {
    await send("DELETE", `/api/invitations/${id}`);
    open.value = (open.value ?? []).filter((one) => one.id !== id);
  }

  return { open, links, load, invite, revoke };
});
