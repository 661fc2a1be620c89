// Which page stands at which address.
import type { RouteRecordRaw } from "vue-router";

declare module "vue-router" {
  interface RouteMeta {
    /** May be seen without being signed in. */
    open?: boolean;
    /** A key of the words, for the window's title. */
    title?: string;
  }
}

/** Pages outside the desk: sign-in, set-up, invitation, … Mark with meta {open: true} what needs no session. */
export const doors: RouteRecordRaw[] = [];

/** Pages inside the desk, beside the side bar: settings, held replies, … */
export const rooms: RouteRecordRaw[] = [
  { path: "held", component: () => import("@/conversations/HeldPage.vue"), meta: { title: "conversations.held.all" } },
];
