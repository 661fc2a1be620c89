// Which page stands at which address.
import type { RouteRecordRaw } from "vue-router";

declare module "vue-router" {
  interface RouteMeta {
    /** May be seen without being signed in. */
    open?: boolean;
    /** A key of the words, for the window's title. */
    title?: string;
    /** Has no way to the navigation of its own; where that is hidden, the shell shows one. */
    bare?: boolean;
  }
}

/** Pages outside the desk: sign-in, set-up, invitation, … Mark with meta {open: true} what needs no session. */
export const doors: RouteRecordRaw[] = [
  { path: "/sign-in", component: () => import("./pages/SignInPage.vue"), meta: { open: true, title: "people.signIn.title" } },
  { path: "/reset", component: () => import("./pages/ResetPage.vue"), meta: { open: true, title: "people.reset.title" } },
  { path: "/reset/:token", props: true, component: () => import("./pages/NewPasswordPage.vue"), meta: { open: true, title: "people.reset.title" } },
  { path: "/invitation/:token", props: true, component: () => import("./pages/InvitationPage.vue"), meta: { open: true, title: "people.accept.title" } },
  { path: "/setup", component: () => import("./pages/setup/SetupPage.vue"), meta: { open: true, title: "people.setup.title" } },
  { path: "/demo", component: () => import("@/demo/WelcomePage.vue"), meta: { open: true, title: "demo.welcome.title" } },
  { path: "/demo/mail", component: () => import("@/demo/MailPage.vue"), meta: { open: true } },
];

/** Pages inside the desk, beside the side bar: settings, held replies, … */
export const rooms: RouteRecordRaw[] = [
  {
    path: "settings",
    component: () => import("./pages/SettingsPage.vue"),
    meta: { title: "people.settings.title" },
    children: [
      { path: "", name: "settings", component: () => import("./pages/MyAccountPage.vue") },
      { path: "account", name: "settings-account", component: () => import("./pages/MyAccountPage.vue") },
      { path: "saved-replies", name: "settings-saved", component: () => import("@/conversations/SavedPage.vue"), meta: { title: "conversations.saved.title" } },
      { path: "agents", component: () => import("@/people/AgentsPage.vue"), meta: { title: "people.agents.title" } },
      { path: "invitations", component: () => import("@/people/InvitationsPage.vue"), meta: { title: "people.invitations.title" } },
      { path: "departments", component: () => import("./pages/DepartmentsWithInboxes.vue"), meta: { title: "people.departments.title" } },
      { path: "inboxes", component: () => import("@/channels/InboxesPage.vue"), meta: { title: "channels.inboxes.title" } },
      { path: "labels", name: "settings-labels", component: () => import("@/tickets/LabelsPage.vue"), meta: { title: "tickets.labels.title" } },
      { path: "mailboxes", component: () => import("@/channels/MailboxesPage.vue"), meta: { title: "channels.mailboxes.title" } },
      { path: "mailboxes/:id(new|\\d+)", props: true, component: () => import("@/channels/MailboxPage.vue"), meta: { title: "channels.mailboxes.title" } },
      { path: "quarantine", component: () => import("@/channels/QuarantinePage.vue"), meta: { title: "channels.quarantine.title" } },
    ],
  },
  { path: "held/:id(\\d+)", props: ({ params }) => ({ id: Number(params["id"]) }), component: () => import("@/conversations/HeldPage.vue"), meta: { title: "conversations.held.title", bare: true } },
  { path: "bin", component: () => import("@/tickets/BinPage.vue"), meta: { title: "tickets.bin.title", bare: true } },
  { path: "held", component: () => import("@/conversations/HeldPage.vue"), meta: { title: "conversations.held.all", bare: true } },
  { path: "notices", component: () => import("@/notify/NoticesPage.vue"), meta: { title: "notify.title", bare: true } },
  { path: "undelivered", component: () => import("@/conversations/UndeliveredPage.vue"), meta: { title: "conversations.undelivered.title", bare: true } },
];
