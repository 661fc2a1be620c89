// The ways in for someone who is not signed in: a forgotten password, an invitation, the first start.
import { ref } from "vue";
import { get, send } from "@/live/api";
import type { Doorway, Entered, First, Invited, Language } from "@/live/types";

/** Typed once: "forgot your password" finds the address that stood at the sign-in. */
export const doorEmail = ref("");

export const askReset = (email: string) => send("POST", "/api/resets", { email });
export const setPassword = (token: string, password: string) =>
  send("POST", `/api/resets/${encodeURIComponent(token)}`, { password });

const invitation = (token: string) => `/api/invitations/token/${encodeURIComponent(token)}`;
export const readInvitation = (token: string) => get<Invited>(invitation(token));
export const acceptInvitation = (token: string, name: string, password: string, language: Language) =>
  send<Entered>("POST", invitation(token), { name, password, language });

/** Asked before anything that a stranger would be refused. */
export const readDoorway = () => get<Doorway>("/api/setup");
export const setUp = (first: First) => send<Entered>("POST", "/api/setup", first);

export const isAddress = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text.trim());
