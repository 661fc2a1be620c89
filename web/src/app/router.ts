import { nextTick } from "vue";
import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from "vue-router";
// The desk is in the first file, since nearly everybody wants it: forty small ones take longer.
import { closeLast } from "@/kit/back";
import { toast } from "@/kit/toast";
import { Problem } from "@/live/api";
import type { Doorway } from "@/live/types";
import { readDoorway } from "@/people/doors";
import { useSession } from "@/people/session";
import { useInboxes } from "@/tickets/inboxes";
import { useDesk } from "./desk";
import DeskPage from "./DeskPage.vue";
import { say } from "./i18n";
import { doors, rooms } from "./routes";
import Shell from "./Shell.vue";

export function makeRouter(): Router {
  const history = createWebHistory();
  let goesBack = false;
  history.listen((_to, _from, { direction }) => (goesBack = direction === "back"));
  const router = createRouter({
    history,
    routes: [
      ...doors,
      {
        path: "/",
        component: Shell,
        children: [
          { path: "", name: "home", component: DeskPage, beforeEnter: firstInbox },
          { path: "inbox/:inbox(\\d+)", redirect: (to) => `${to.path}/new` },
          {
            path: "inbox/:inbox(\\d+)/:queue(new|pending|resolved|all)/:ticket(\\d+)?",
            name: "inbox",
            component: DeskPage,
          },
          { path: "view/:view(mine|unowned|archive)/:ticket(\\d+)?", name: "view", component: DeskPage },
          { path: "folder/:folder(\\d+)/:ticket(\\d+)?", name: "folder", component: DeskPage },
          { path: "search/:ticket(\\d+)?", name: "search", component: DeskPage },
          { path: "ticket/:ticket(\\d+)", name: "ticket", component: DeskPage },
          ...rooms,
          { path: ":rest(.*)*", name: "nowhere", component: () => import("./NowherePage.vue") },
        ],
      },
    ],
  });
  router.beforeEach(() => {
    const wasBack = goesBack;
    goesBack = false;
    return !(wasBack && closeLast());
  });
  router.beforeEach(mayEnter);
  router.afterEach((to) => void nextTick(() => retitle(to)));
  return router;
}

function firstInbox() {
  const first = useInboxes().all[0];
  return first ? { name: "inbox", params: { inbox: first.id, queue: "new" } } : true;
}

async function mayEnter(to: RouteLocationNormalized) {
  const desk = useDesk();
  if (to.meta.open || desk.isReady) return true;
  try {
    if (!useSession().isKnown) {
      const doorway = await readDoorway();
      if (!doorway.signed_in) return door(doorway, to.fullPath);
    }
    await desk.load();
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 401) return door(await readDoorway().catch(() => locked), to.fullPath);
    toast.fail(say("app.unreachable"), { detail: problem.detail });
    return false;
  }
}

const locked: Doorway = { needed: false, demo: false, signed_in: false };

/** Where somebody who is not signed in goes. */
function door({ needed, demo }: Doorway, to: string) {
  useSession().status = "out";
  if (needed) return "/setup";
  const query = to === "/" ? {} : { to };
  return { path: demo ? "/demo" : "/sign-in", query };
}

function retitle(to: RouteLocationNormalized): void {
  if (to.meta.title) document.title = `${say(to.meta.title)} · Elbowroom`;
}
