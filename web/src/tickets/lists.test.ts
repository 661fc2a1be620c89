import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { nextTick, toRaw } from "vue";
import { forgetAll } from "@/live/apply";
import { useConnection } from "@/live/connection";
import { random } from "@/live/random.testing";
import type { Gone, Me, Row } from "@/live/types";
import { FakeWire, welcome } from "@/live/wire.testing";
import { useSession } from "@/people/session";
import { useLists } from "./lists";
import { belongs, compare, noFilters, type Sort, type Spec } from "./order";
import { aRow } from "./rows.testing";
import { useTickets } from "./tickets";

const me = { id: 7, name: "Hanna" } as Me;
const bianca = { id: 8, name: "Bianca" };
const fresh: Spec = { kind: "inbox", inbox: 3, queue: "new" };
const archive: Spec = { kind: "view", view: "archive" };
const filed: Spec = { kind: "folder", inbox: 3, folder: 5 };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 2, minute)).toISOString();

let wire: FakeWire;
let served: Row[];
let n: number;

beforeEach(() => {
  vi.useFakeTimers();
  forgetAll();
  setActivePinia(createPinia());
  useSession().enter(me);
  n = 1;
  wire = new FakeWire();
  const connection = useConnection();
  useLists();
  connection.start({ tab: "t", open: () => wire });
  connection.watch("inbox/3");
  wire.opens();
  wire.hears(welcome());
  begin();
  vi.stubGlobal("fetch", (path: string) => Promise.resolve(Response.json(page(path))));
});
afterEach(() => {
  useConnection().stop();
  vi.useRealTimers();
});

const begin = () => {
  n = 1;
  wire.hears({
    type: "snapshot", place: "inbox/3", n, version: 1, crowds: [], settling: false,
    state: { inbox: { id: 3, name: "Support", version: 1 } as never, counts: { inbox: 3, counts: [] } },
  });
};
const rows = (list: Row[], gone: Gone[] = []) => {
  n += 1;
  wire.hears({ type: "rows", place: "inbox/3", n, rows: list.map((row) => ({ changed_by: null, ...row })), gone, counts: null });
};
function asked(query: URLSearchParams): Spec {
  if (query.has("archive")) return archive;
  if (query.has("folder")) return { kind: "folder", inbox: 3, folder: Number(query.get("folder")) };
  return { kind: "inbox", inbox: 3, queue: (query.get("queue") ?? "all") as "new" };
}
function page(path: string): unknown {
  const query = new URL(path, "http://desk").searchParams;
  const spec = asked(query);
  const sort = query.get("sort") as Sort;
  const all = served.filter((row) => belongs(row, spec, noFilters, me.id)).toSorted((a, b) => compare(a, b, sort));
  const after = Number(query.get("after") ?? 0);
  const end = after + Number(query.get("limit"));
  return { tickets: all.slice(after, end), next: end < all.length ? String(end) : null, total: all.length };
}
const many = (count: number) => Array.from({ length: count }, (_, id) => aRow(id + 1, { last_message_at: at(id) }));
const settled = async () => {
  await vi.advanceTimersByTimeAsync(100);
  await nextTick();
};
async function shown(spec: Spec = fresh) {
  const lists = useLists();
  await lists.show(spec, { ...noFilters }, "-last_message_at");
  await settled();
  return lists;
}

test("a list is in order, and a new row takes its place", async () => {
  served = many(3);
  const lists = await shown();
  expect(lists.ids).toEqual([3, 2, 1]);
  rows([aRow(9, { last_message_at: at(2), version: 4 })]);
  await settled();
  expect(lists.ids).toEqual([9, 3, 2, 1]);
});

describe("under the pointer", () => {
  test("nothing moves; what is new gathers until it is asked for", async () => {
    served = many(3);
    const lists = await shown();
    lists.hold(true);
    rows([aRow(9, { last_message_at: at(9) }), aRow(1, { version: 2, last_message_at: at(8) })]);
    await settled();
    expect(lists.ids).toEqual([3, 2, 1]);
    expect(lists.newer).toEqual([9]);
    lists.settle();
    expect(lists.ids).toEqual([9, 1, 3, 2]);
    expect(lists.newer).toEqual([]);
  });

  test("when the pointer leaves, the list puts itself in order", async () => {
    served = many(2);
    const lists = await shown();
    lists.hold(true);
    rows([aRow(9, { last_message_at: at(9) })]);
    lists.hold(false);
    expect(lists.ids).toEqual([9, 2, 1]);
  });
});

test("who archived it stays beside the row, and the archive has it", async () => {
  served = many(2);
  const lists = await shown();
  served = served.map((row) => (row.id === 2 ? Object.assign(row, { archived: true, version: 2 }) : row));
  rows([], [{ id: 2, version: 2, by: bianca, why: "archived" }]);
  await settled();
  expect(lists.ids).toEqual([2, 1]);
  expect(lists.notes.get(2)).toMatchObject({ why: "archived", by: bianca });
  await shown(archive);
  expect(lists.ids).toEqual([2]);
  rows([aRow(2, { version: 3, last_message_at: at(5) })]);
  await shown();
  expect(lists.ids).toEqual([2, 1]);
});

describe("a ticket that leaves the list", () => {
  test("resolved by a colleague it stays as a note, until dismissed", async () => {
    served = many(3);
    const lists = await shown();
    rows([{ ...aRow(2, { last_message_at: at(1) }), version: 2, queue: "resolved", status: "closed", changed_by: bianca }]);
    await settled();
    expect(lists.ids).toEqual([3, 2, 1]);
    expect(lists.notes.get(2)).toMatchObject({ why: "resolved", by: bianca });
    lists.dismiss(2);
    await settled();
    expect(lists.ids).toEqual([3, 1]);
  });

  test("resolved by me it just goes, whichever of answer and frame comes first", async () => {
    served = many(3);
    const lists = await shown();
    rows([{ ...aRow(2, { last_message_at: at(1) }), version: 2, queue: "resolved" }]);
    await settled();
    useTickets().mine.set(2, 2);
    await settled();
    expect(lists.ids).toEqual([3, 1]);
  });

  test("moved away: the note says who did it, and a late older row does not bring it back", async () => {
    served = many(3);
    const lists = await shown();
    rows([], [{ id: 2, version: 5, by: bianca, why: "moved" }]);
    rows([aRow(2, { version: 4, last_message_at: at(1) })]);
    await settled();
    expect(lists.notes.get(2)).toMatchObject({ why: "moved", by: bianca });
    lists.dismiss(2);
    await settled();
    expect(lists.ids).toEqual([3, 1]);
  });

  test("back again it is a plain row", async () => {
    served = many(3);
    const lists = await shown();
    rows([], [{ id: 2, version: 5, by: bianca, why: "moved" }]);
    await settled();
    rows([aRow(2, { version: 6, last_message_at: at(1) })]);
    await settled();
    expect(lists.notes.size).toBe(0);
    expect(lists.ids).toEqual([3, 2, 1]);
  });
});

test("beyond the last loaded row nothing is shown before its page is loaded", async () => {
  served = many(60);
  const lists = await shown();
  expect(lists.ids).toHaveLength(50);
  rows([aRow(2, { version: 2, last_message_at: at(1) })]);
  await settled();
  expect(lists.ids).toHaveLength(50);
  await lists.loadMore();
  await settled();
  expect(lists.ids).toEqual(served.map(({ id }) => id).toReversed());
  expect(lists.hasMore).toBe(false);
});

test("a list that was loaded is there again at once", async () => {
  served = many(3);
  const lists = await shown();
  await shown({ ...fresh, queue: "pending" });
  void lists.show(fresh);
  expect(lists.ids).toEqual([3, 2, 1]);
});

test("an answer for a list that is not shown any more changes nothing", async () => {
  served = many(3);
  const lists = await shown();
  void lists.show({ ...fresh, queue: "pending" }, { ...noFilters }, "-last_message_at");
  void lists.show(fresh, { ...noFilters }, "-last_message_at");
  await settled();
  expect(lists.ids).toEqual([3, 2, 1]);
  expect(lists.isLoading).toBe(false);
});

test("when the inbox begins anew, what went unheard is read again", async () => {
  served = many(3);
  const lists = await shown();
  served = [aRow(5, { version: 9, last_message_at: at(30) }), { ...(served[0] as Row), version: 3, subject: "New" }];
  begin();
  await settled();
  expect(lists.ids).toEqual([5, 1]);
  expect(lists.rows.at(-1)?.subject).toBe("New");
});

test("what came between the reading of a list and the first word of a stream is read as well", async () => {
  useConnection().watch("inbox/4");
  served = many(1);
  const lists = await shown();
  served = many(2);
  wire.hears({
    type: "snapshot", place: "inbox/4", n: 1, version: 1, crowds: [], settling: false,
    state: { inbox: { id: 4, name: "VIP", version: 1 } as never, counts: { inbox: 4, counts: [] } },
  });
  await settled();
  expect(lists.ids).toEqual([2, 1]);
});

test("an inbox that is mine no more takes its rows along", async () => {
  served = many(3);
  const lists = await shown();
  served = [];
  wire.hears({ type: "gone", place: "inbox/3", why: "rights", by: null });
  await settled();
  expect(lists.ids).toEqual([]);
  expect(useTickets().row(1)).toBeNull();
});

test("an answer that is older than the stream loses", async () => {
  served = many(2);
  const lists = useLists();
  const loading = lists.show(fresh, { ...noFilters }, "-last_message_at");
  rows([aRow(1, { version: 5, subject: "Later", last_message_at: at(9) })]);
  await loading;
  await settled();
  expect(lists.ids).toEqual([1, 2]);
  expect(lists.rows[0]?.subject).toBe("Later");
});

test.each(Array.from({ length: 60 }, (_, seed) => [seed]))("at rest the list is the server's, seed %i", async (seed) => {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  served = many(40);
  for (const row of served) row.queue = pick(["new", "pending"] as const);
  const lists = await shown();
  const later: (() => void)[] = [];
  for (let step = 0; step < 60; step += 1) {
    const row = change(next() < 0.15 ? aRow(100 + step, { version: 0 }) : pick(served), step);
    const { id, version, archived } = row;
    later.push(() => (archived ? rows([], [{ id, version, by: null, why: "archived" }]) : rows([row])));
    if (next() < 0.5) for (const say of later.splice(0)) say();
    if (next() < 0.2) lists.hold(next() < 0.5);
    if (next() < 0.15) await shown(pick([fresh, { ...fresh, queue: "pending" }, { ...fresh, queue: "all" }, archive, filed]));
    if (next() < 0.05) begin();
    if (next() < 0.3) await settled();
  }
  for (const say of later) say();
  for (const [spec, query] of [[fresh, "queue=new"], [filed, "folder=5"], [archive, "archive=true"]] as const) {
    await shown(spec);
    lists.hold(false);
    for (const id of lists.notes.keys()) lists.dismiss(id);
    await settled();
    const truth = (page(`/api/tickets?${query}&sort=-last_message_at&limit=500`) as { tickets: Row[] }).tickets;
    expect(lists.hasMore).toBe(false);
    const shownRows = structuredClone(toRaw(lists.rows).map(toRaw));
    for (const row of shownRows) delete row.changed_by; // told by the stream alone
    expect(shownRows).toEqual(truth);
  }

  function change(row: Row, step: number): Row {
    const changed = { ...row, version: row.version + 1 };
    if (next() < 0.5) changed.last_message_at = at(60 + step);
    if (next() < 0.5) changed.queue = pick(["new", "pending", "resolved"] as const);
    if (next() < 0.3) changed.folder = pick([null, 5, 6]);
    if (next() < 0.2) changed.archived = !changed.archived;
    changed.subject = `Step ${step}`;
    served = [...served.filter(({ id }) => id !== row.id), changed];
    return changed;
  }
});
