// The list that is shown. Rows move by themselves, but never under the pointer: what is new gathers until asked for.
import { defineStore } from "pinia";
import { computed, reactive, ref, shallowRef, watch } from "vue";
import { get, Problem } from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Gone, Hit, Listed, Queue, Row, Who } from "@/live/types";
import { useSession } from "@/people/session";
import { useCounts } from "./counts";
import { useInboxes } from "./inboxes";
import {
  belongs, compare, type Filters, noFilters, queryOf, type Sort, type SortKey, sortKey, type Spec, specKey,
} from "./order";
import { useTickets } from "./tickets";

/** What became of a row that is not in this list any more; it stays until it is dismissed. */
export type Note = { why: "resolved" | "reopened" | "pending" | "moved" | "deleted" | "merged" | "archived" | "assigned" | "changed"; by: Who | null; version: number };
/** How far a list was loaded: everything up to `end` is known. */
type Window = { end: SortKey | null; next: string | null };

const pageSize = 50;

export const useLists = defineStore("lists", () => {
  const tickets = useTickets();
  const session = useSession();
  const connection = useConnection();
  const counts = useCounts();
  const inboxes = useInboxes();

  const spec = shallowRef<Spec | null>(null);
  const filtered = ref<Filters>({ ...noFilters });
  /** A label that was renamed or merged is asked for by its name of now. */
  const filters = computed<Filters>(() => {
    const { label } = filtered.value;
    return label === null ? filtered.value : { ...filtered.value, label: inboxes.called(label) };
  });
  const sort = ref<Sort>("-last_message_at");
  const ids = ref<number[]>([]);
  const hits = reactive(new Map<number, string>());
  const notes = reactive(new Map<number, Note>());
  const cursor = ref<number | null>(null);
  const isLoading = ref(false);
  const failed = ref<Problem | null>(null);
  const isHeld = ref(false);
  const window = shallowRef<Window | null>(null);
  const windows = new Map<string, Window>();
  const keys = new Map<number, SortKey>();
  const gone = new Map<number, Gone & { inbox: number }>();
  const stale = new Set<number>();
  let turn = 0;

  const me = computed(() => session.me?.id ?? 0);
  const key = computed(() => (spec.value ? specKey(spec.value, filters.value, sort.value) : ""));
  const isFiltered = computed(() => JSON.stringify(filters.value) !== JSON.stringify(noFilters));
  const hasMore = computed(() => window.value !== null && window.value.next !== null);

  /** The rows that belong here by now, in order, within what was loaded. */
  const wanted = computed<number[]>(() => {
    const shown = spec.value;
    if (!shown || !window.value) return [];
    if (shown.kind === "search") return [...hits.keys()];
    const found = tickets.all.filter((row) => belongs(row, shown, filters.value, me.value)).map(sortKey);
    const own = new Set(found.map((one) => one.id));
    const noted = [...notes.keys()].filter((id) => !own.has(id)).map((id) => keys.get(id));
    const all = [...found, ...noted.filter((one) => one !== undefined)];
    const { end, next } = window.value;
    const within = next === null || end === null ? all : all.filter((one) => compare(one, end, sort.value) <= 0);
    return within.toSorted((a, b) => compare(a, b, sort.value)).map((one) => one.id);
  });
  /** Those that wait behind "3 new". */
  const newer = computed<number[]>(() => {
    const shown = new Set(ids.value);
    return wanted.value.filter((id) => !shown.has(id));
  });
  const rows = computed<Row[]>(() =>
    ids.value.map((id) => tickets.row(id)).filter((row) => row !== null),
  );

  /** Shows another list; one that was loaded before is there at once. */
  async function show(next: Spec, withFilters?: Filters, withSort?: Sort): Promise<void> {
    const before = key.value;
    spec.value = next;
    if (withFilters) filtered.value = { ...withFilters };
    if (withSort) sort.value = withSort;
    if (key.value === before && window.value) return;
    turn += 1;
    isLoading.value = false;
    failed.value = null;
    cursor.value = null;
    notes.clear();
    hits.clear();
    ids.value = [];
    isHeld.value = false;
    window.value = (isArchive(next) ? null : windows.get(key.value)) ?? null;
    if (window.value) settle();
    else await load();
  }

  async function load(): Promise<void> {
    const asked = spec.value;
    if (!asked) return;
    turn += 1;
    const mine = turn;
    isLoading.value = true;
    failed.value = null;
    try {
      if (asked.kind === "search") await search(asked.text, mine);
      else await loadPage(asked, null, Math.min(200, Math.max(pageSize, ids.value.length)), mine);
    } catch (problem) {
      if (mine === turn && problem instanceof Problem) failed.value = problem;
      else if (!(problem instanceof Problem)) throw problem;
    } finally {
      if (mine === turn) isLoading.value = false;
    }
  }

  async function loadPage(asked: Spec, after: string | null, limit: number, mine: number): Promise<void> {
    const query = { ...queryOf(asked, filters.value, sort.value), after, limit };
    const page = await get<Listed>("/api/tickets", query);
    if (mine !== turn) return;
    for (const row of page.tickets) learn(row);
    const last = page.tickets.at(-1);
    const end = last ? sortKey(last) : (window.value?.end ?? null);
    window.value = { end, next: page.next };
    windows.set(key.value, window.value);
    if (after === null) dropStale();
    settle(after !== null);
  }

  async function search(text: string, mine: number): Promise<void> {
    const page = text.trim() ? await get<{ tickets: Hit[] }>("/api/search", { q: text }) : { tickets: [] };
    if (mine !== turn) return;
    hits.clear();
    for (const { hit, ...row } of page.tickets) {
      learn(row);
      if (tickets.row(row.id)) hits.set(row.id, hit);
    }
    window.value = { end: null, next: null };
    settle();
  }

  async function loadMore(): Promise<void> {
    const shown = spec.value;
    const after = window.value?.next;
    if (!shown || !after || isLoading.value) return;
    isLoading.value = true;
    const mine = turn;
    try {
      await loadPage(shown, after, pageSize, mine);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    } finally {
      if (mine === turn) isLoading.value = false;
    }
  }

  /** Puts every row in its place. `keepOrder`: what is shown stays where it is, the rest follows. */
  function settle(keepOrder = false): void {
    if (!keepOrder) ids.value = wanted.value;
    else {
      const shown = new Set(ids.value);
      const last = ids.value.length;
      const rest = wanted.value.filter((id, at) => !shown.has(id) && at >= last - newer.value.length);
      ids.value = [...ids.value, ...rest];
    }
    rememberKeys();
  }
  function rememberKeys(): void {
    for (const id of ids.value) {
      const row = tickets.row(id);
      if (row && !notes.has(id)) keys.set(id, sortKey(row));
    }
  }

  /** While the pointer is over the list or it is scrolled, nothing in it moves. */
  function hold(held: boolean): void {
    isHeld.value = held;
    if (!held) settle();
  }

  function dismiss(id: number): void {
    notes.delete(id);
    ids.value = ids.value.filter((one) => one !== id);
  }

  function learn(row: Row): void {
    const last = gone.get(row.id);
    if (last && last.inbox === row.inbox && isOlder(row, last)) return;
    stale.delete(row.id);
    tickets.upsertRow(row);
  }

  function lose(inbox: number, lost: Gone): void {
    const row = tickets.row(lost.id);
    gone.set(lost.id, { ...lost, inbox });
    if (isArchive(spec.value)) reloadSoon(); // what is put away is told by no stream
    if (!row || row.inbox !== inbox || row.version > lost.version) return;
    if (ids.value.includes(row.id) && !isMine(row.id, lost.version)) {
      keys.set(row.id, keys.get(row.id) ?? sortKey(row));
      notes.set(row.id, { why: lost.why ?? "moved", by: lost.by ?? null, version: lost.version });
      Object.assign(row, lost.why === "archived" ? { archived: true } : { deleted: true });
    } else tickets.dropRow(row.id);
  }
  const isMine = (id: number, version: number): boolean => (tickets.mine.get(id) ?? 0) >= version;

  /** A stream that begins says nothing of what came before it: what was read, or is being read, may lack that. */
  function doubt(inbox: number): void {
    if (!spec.value) return;
    for (const row of tickets.all) if (row.inbox === inbox) stale.add(row.id);
    windows.clear();
    reloadSoon();
  }
  function dropStale(): void {
    for (const id of stale) tickets.dropRow(id);
    stale.clear();
  }
  /** Two labels became one: the list holds more than was asked for. */
  watch(
    () => [filtered.value.label, filters.value.label] as const,
    ([label, now], [former, before]) => label === former && now !== before && window.value && reloadSoon(),
  );
  let soon: ReturnType<typeof setTimeout> | undefined;
  function reloadSoon(): void {
    clearTimeout(soon);
    soon = setTimeout(() => (isLoading.value ? reloadSoon() : void load()), 50);
  }

  watch([wanted, () => [...tickets.mine.values()]], () => {
    if (!window.value || spec.value?.kind === "search") return;
    noteLeavers();
    if (!isHeld.value) settle();
  });

  /** Rows that left: mine go quietly, others' stay with a word about why. */
  function noteLeavers(): void {
    const shown = spec.value;
    if (!shown) return;
    for (const id of ids.value) {
      const row = tickets.row(id);
      const note = notes.get(id);
      const stays = row !== null && belongs(row, shown, filters.value, me.value);
      if (stays) notes.delete(id);
      else if (!row || isMine(id, note?.version ?? row.version)) dismiss(id);
      else if (!note) notes.set(id, { why: reason(row, shown), by: row.changed_by ?? null, version: row.version });
    }
  }

  /** Moves the cursor; returns the row it is on. */
  function move(by: number): number | null {
    const at = cursor.value === null ? -1 : ids.value.indexOf(cursor.value);
    const next = at < 0 ? 0 : Math.min(ids.value.length - 1, Math.max(0, at + by));
    cursor.value = ids.value[next] ?? null;
    return cursor.value;
  }

  const count = (inbox: number, queue: Queue): number => counts.count({ inbox, queue });

  connection.onMessage("rows", (message) => {
    const inbox = Number(message.place.split("/")[1]);
    for (const row of message.rows) learn(row);
    for (const one of message.gone) lose(inbox, one);
  });
  connection.onMessage("resumed", (message) => {
    if (!message.place.startsWith("inbox/")) return;
    const inbox = Number(message.place.split("/")[1]);
    for (const row of message.rows) learn(row);
    for (const one of message.gone) lose(inbox, one);
  });
  connection.onMessage("snapshot", (message) => {
    if (message.place.startsWith("inbox/")) doubt(Number(message.place.split("/")[1]));
  });

  connection.onMessage("gone", ({ place }) => {
    if (!place.startsWith("inbox/")) return;
    const inbox = Number(place.split("/")[1]);
    for (const row of tickets.all) if (row.inbox === inbox) tickets.dropRow(row.id);
    windows.clear();
    reloadSoon();
  });

  function forgetAll(): void {
    for (const map of [hits, notes, windows, keys, gone, stale]) map.clear();
    turn += 1;
    isLoading.value = false;
    window.value = null;
    ids.value = [];
    cursor.value = null;
  }

  return {
    spec, filters, sort, ids, rows, newer, notes, hits, cursor, isLoading, failed, isHeld, isFiltered, hasMore, me,
    window, show, load, loadMore, settle, hold, dismiss, move, count, forgetAll,
  };
});

const isArchive = (spec: Spec | null): boolean => spec?.kind === "view" && spec.view === "archive";

/** What went with this word is not brought back by a row from before; an archived row itself is of after it. */
function isOlder(row: Row, last: Gone): boolean {
  return row.archived && last.why === "archived" ? row.version < last.version : row.version <= last.version;
}

function reason(row: Row, spec: Spec): Note["why"] {
  if (row.deleted) return "deleted";
  if (row.merged_into !== null) return "merged";
  if (row.archived) return "archived";
  if (isArchive(spec)) return "changed";
  if (spec.kind === "folder" || (spec.kind === "inbox" && row.inbox !== spec.inbox)) return "moved";
  if (spec.kind === "view") return row.queue === "resolved" ? "resolved" : "assigned";
  if (spec.kind !== "inbox" || spec.queue === "all" || row.queue === spec.queue) return "changed";
  return ({ new: "reopened", pending: "pending", resolved: "resolved" } as const)[row.queue];
}
