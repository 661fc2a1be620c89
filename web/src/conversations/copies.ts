// The copy of a draft in this browser. Each window writes its own, so that two windows never write over each other.
export type Older = { body: string; at: number };
export type Copy = { body: string; number: number; at: number; saved: boolean; older: Older[] };

/** A window that lives and is connected saves sooner than this; an older copy was left behind. */
const leftBehind = 15_000;
let stores = true;
let own: string | null = null;

export const copies = {
  read(person: number, key: string): Copy | null {
    return parse(attempt(() => localStorage.getItem(name(person, key, copies.tab()))));
  },

  write(person: number, key: string, copy: Copy): void {
    const empty = !copy.body && copy.older.length === 0;
    const place = name(person, key, copies.tab());
    stores =
      attempt(() => {
        if (empty) localStorage.removeItem(place);
        else localStorage.setItem(place, JSON.stringify(copy));
        return true;
      }) ?? false;
  },

  /** Takes over what closed or crashed windows left; `now` in milliseconds. */
  adopt(person: number, key: string, now: number): Copy[] {
    const start = name(person, key, "");
    const mine = name(person, key, copies.tab());
    const found: Copy[] = [];
    for (const at of names().filter((each) => each.startsWith(start) && each !== mine)) {
      const copy = parse(attempt(() => localStorage.getItem(at)));
      if (copy && now - copy.at < leftBehind) continue;
      if (copy) found.push(copy);
      attempt(() => localStorage.removeItem(at));
    }
    return found.toSorted((a, b) => b.at - a.at);
  },

  /** False: the browser refuses to store (private window, full), so the server's copy is the only one. */
  works: () => stores,

  tab(): string {
    own ??= attempt(() => sessionStorage.getItem("elbowroom.window"));
    if (own) return own;
    const made = crypto.randomUUID();
    attempt(() => sessionStorage.setItem("elbowroom.window", made));
    return (own = made);
  },
};

const name = (person: number, key: string, tab: string) =>
  `elbowroom.draft:${person}:${key}:${tab}`;

const names = () =>
  attempt(() => Array.from({ length: localStorage.length }, (_, n) => localStorage.key(n) ?? "")) ?? [];

function parse(stored: string | null): Copy | null {
  if (!stored) return null;
  return attempt(() => JSON.parse(stored) as Copy);
}

function attempt<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    return null;
  }
}
