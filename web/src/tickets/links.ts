import type { RouteLocationNormalizedLoaded, RouteLocationRaw } from "vue-router";

/** The ticket beside the list that is shown now; null: the list alone. */
export function linkTo(now: RouteLocationNormalizedLoaded, ticket: number | null): RouteLocationRaw {
  if (now.name === "ticket") return ticket === null ? "/" : { name: "ticket", params: { ticket } };
  const { ticket: _, ...params } = now.params;
  return {
    ...(now.name ? { name: now.name } : {}),
    params: ticket === null ? { ...params, ticket: "" } : { ...params, ticket: String(ticket) },
    query: now.query,
  };
}
