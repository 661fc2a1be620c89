import type { Router } from "vue-router";
import { useDesk } from "../desk";

/** After somebody has signed in: nothing of whoever was here before remains, the guard opens the desk anew. */
export async function enterDesk(router: Router, to = "/"): Promise<void> {
  useDesk().leave();
  await router.push(to);
}

/** A path of this desk, from an address that anybody may have made up; home where it leads elsewhere. */
export function innerPath(wish: unknown): string {
  if (typeof wish !== "string" || !/^\/(?![/\\])/.test(wish)) return "/";
  return /^\/(sign-in|setup|reset|invitation|demo$)/.test(wish) ? "/" : wish;
}
