// The copy of a draft in this browser. Each window writes its own, so that two windows never write over each other.
import { ref } from "vue";
import type { Recipients } from "@/live/types";
import { type Shelf, openShelf } from "./shelf";
import { claimName, livingWindows, thisWindow } from "./windows";

/** `id`: the server's, of a text that is put aside there too. */
export type Older = { id: number | null; body: string; at: number };
/** `dropped`: texts aside that she threw away and the server may have still. `recipients`: those chosen for this text. */
export type Copy = {
  body: string; number: number; at: number; saved: boolean; older: Older[]; dropped: number[]; recipients: Recipients | null;
};
/** `soon`: some other copy may turn out to be left behind. */
export type Found = { own: Copy | null; left: Copy[]; soon: boolean };

/** Where it is not told which windows live: one that does saves sooner than this. */
export const leftBehind = 15_000;
const stores = ref(true);
const waiting = new Map<string, Copy>();
let shelf: Promise<Shelf | null> | null = null;
let writing = false;

export const copies = {
  /** This window's own, and what closed or crashed windows left; `now` in milliseconds. */
  async find(person: number, key: string, now: number): Promise<Found> {
    const open = await opened();
    const found = await open?.all(`${person}:${key}:`).catch(() => null);
    const living = await livingWindows().catch(() => null);
    const [left, taken]: [Copy[], string[]] = [[], []];
    let [own, soon]: [Copy | null, boolean] = [null, false];
    for (const [name, stored] of found ?? []) {
      const [window, copy] = [name.split(":").pop() ?? "", whole(stored)];
      if (window === thisWindow()) own = copy;
      else if (living ? living.has(window) : now - (copy?.at ?? 0) < leftBehind) soon ||= !living;
      else {
        if (copy) left.push(copy);
        taken.push(name);
      }
    }
    if (taken.length > 0) void open?.put(new Map(taken.map((name) => [name, undefined]))).catch(() => undefined);
    return { own, left: left.toSorted((a, b) => b.at - a.at), soon };
  },

  /** Keys of hers with a text that the server may lack, whichever window wrote it. */
  async unsaved(person: number): Promise<string[]> {
    const found = (await (await opened())?.all(`${person}:`).catch(() => null)) ?? [];
    const keys = [...found].flatMap(([name, stored]) => (whole(stored)?.saved === false ? name.split(":").slice(1, -1).join(":") : []));
    return [...new Set(keys)];
  },

  /** At once, and while one is on its way the newest of each goes next. */
  write(person: number, key: string, copy: Copy): void {
    waiting.set(`${person}:${key}`, JSON.parse(JSON.stringify(copy)) as Copy);
    if (!writing) void writeAll();
  },

  /** False: the browser refuses to store (private window, full), so the server's copy is the only one. */
  works: () => stores.value,

  tab: thisWindow,

  /** As after a reload. */
  reopen(): void {
    shelf = null;
    stores.value = true;
  },
};

async function opened(): Promise<Shelf | null> {
  shelf ??= Promise.all([openShelf(), claimName()]).then(([found]) => found);
  const found = await shelf;
  if (!found) stores.value = false;
  return found;
}

async function writeAll(): Promise<void> {
  writing = true;
  while (waiting.size > 0) {
    const values = new Map<string, Copy | undefined>();
    const open = await opened();
    for (const [place, copy] of waiting)
      values.set(`${place}:${thisWindow()}`, copy.body || copy.older.length > 0 ? copy : undefined);
    waiting.clear();
    stores.value = await (open ? put(open, values) : false);
  }
  writing = false;
}

async function put(open: Shelf, values: Map<string, Copy | undefined>): Promise<boolean> {
  const goes = (to: Shelf | null): Promise<boolean> =>
    Promise.resolve()
      .then(() => to?.put(values))
      .then(() => to !== null, () => false);
  if (await goes(open)) return true;
  shelf = null; // the browser closed it, as when someone clears its storage
  return goes(await opened());
}

/** What an older page has left has neither numbers nor what was dropped, nor whom it was for. */
function whole(stored: unknown): Copy | null {
  if (typeof stored !== "object" || stored === null || typeof (stored as Copy).body !== "string") return null;
  const copy = stored as Copy;
  return { ...copy, dropped: copy.dropped ?? [], recipients: copy.recipients ?? null, older: copy.older.map(numbered) };
}

const numbered = ({ id, body, at }: Older): Older => ({ id: id ?? null, body, at });
