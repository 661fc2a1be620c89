// Which rows a list holds, and in which order. Plain rules, the same as the server's.
import type { Priority, Queue, Row } from "@/live/types";

export type Sort =
  | "-last_message_at"
  | "last_message_at"
  | "-created_at"
  | "created_at"
  | "-priority";
export type OwnerFilter = "any" | "mine" | "none" | number;
export type Filters = {
  owner: OwnerFilter;
  status: string | null;
  priority: Priority | null;
  label: string | null;
};
export type Spec =
  | { kind: "inbox"; inbox: number; queue: Queue | "all" }
  | { kind: "folder"; inbox: number; folder: number }
  | { kind: "view"; view: "mine" | "unowned" | "archive" }
  | { kind: "search"; text: string };
/** The values that decide a row's place. */
export type SortKey = Pick<Row, "id" | "priority" | "created_at" | "last_message_at">;

export const noFilters: Filters = { owner: "any", status: null, priority: null, label: null };
export const sorts: Sort[] = [
  "-last_message_at",
  "last_message_at",
  "-created_at",
  "created_at",
  "-priority",
];
const weight: Record<Priority, number> = { low: 0, normal: 1, high: 2, urgent: 3 };

export function belongs(row: Row, spec: Spec, filters: Filters, me: number): boolean {
  const isPutAway = spec.kind === "view" && spec.view === "archive";
  return !row.deleted && row.merged_into === null && row.archived === isPutAway && inSpec(row, spec, me) && passes(row, filters, me);
}

function inSpec(row: Row, spec: Spec, me: number): boolean {
  if (spec.kind === "inbox")
    return row.inbox === spec.inbox && (spec.queue === "all" || row.queue === spec.queue);
  if (spec.kind === "folder") return row.inbox === spec.inbox && row.folder === spec.folder;
  if (spec.kind === "view" && spec.view === "archive") return true;
  if (spec.kind === "search" || row.queue === "resolved") return false;
  return row.owner === (spec.view === "mine" ? me : null);
}

function passes(row: Row, filters: Filters, me: number): boolean {
  return (
    ownerIs(row.owner, filters.owner, me) &&
    (filters.status === null || row.status === filters.status) &&
    (filters.priority === null || row.priority === filters.priority) &&
    (filters.label === null || row.labels.includes(filters.label))
  );
}

function ownerIs(owner: number | null, filter: OwnerFilter, me: number): boolean {
  if (filter === "any") return true;
  if (filter === "none") return owner === null;
  return owner === (filter === "mine" ? me : filter);
}

export function compare(a: SortKey, b: SortKey, sort: Sort): number {
  if (sort === "-priority")
    return weight[b.priority] - weight[a.priority] || b.id - a.id;
  const field = sort === "created_at" || sort === "-created_at" ? "created_at" : "last_message_at";
  const order = Date.parse(a[field]) - Date.parse(b[field]) || a.id - b.id;
  return sort.startsWith("-") ? -order : order;
}

export const sortKey = (row: Row): SortKey => ({
  id: row.id,
  priority: row.priority,
  created_at: row.created_at,
  last_message_at: row.last_message_at,
});

/** What the server is asked for. */
export function queryOf(spec: Spec, filters: Filters, sort: Sort): Record<string, string | number | null> {
  const owner = { any: null, mine: "me", none: "none" }[filters.owner as string] ?? filters.owner;
  const filtered = {
    owner: filters.owner === "any" ? null : owner,
    status: filters.status,
    priority: filters.priority,
    label: filters.label,
    sort,
  };
  if (spec.kind === "inbox")
    return { ...filtered, inbox: spec.inbox, queue: spec.queue === "all" ? null : spec.queue };
  if (spec.kind === "folder") return { ...filtered, folder: spec.folder };
  if (spec.kind === "view" && spec.view === "archive") return { ...filtered, archive: "true" };
  if (spec.kind === "view")
    return { ...filtered, owner: spec.view === "mine" ? "me" : "none", queue: "new,pending" };
  return filtered;
}

export const specKey = (spec: Spec, filters: Filters, sort: Sort): string =>
  JSON.stringify([spec, filters, sort]);
