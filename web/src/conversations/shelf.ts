// Where this browser keeps what must outlive it: its database, or where that is refused the older store, or nothing.
import { storeOpensWithin, within } from "@/kit/within";

export type Shelf = {
  /** All whose name begins so. */
  all: (start: string) => Promise<Map<string, unknown>>;
  /** Undefined takes away. Comes back once the browser has it: it may be killed then. */
  put: (values: ReadonlyMap<string, unknown>, durability?: IDBTransactionDurability) => Promise<void>;
};

const room = "drafts";
const formerly = "elbowroom.draft:";

/** Null: the browser refuses to store anything. */
export async function openShelf(): Promise<Shelf | null> {
  const old = attempt(oldShelf);
  const shelf = await within(storeOpensWithin, openDatabase()).catch(() => null);
  if (!shelf) return old;
  if (old) await takeOver(old, shelf).catch(() => undefined);
  return shelf;
}

async function takeOver(old: Shelf, shelf: Shelf): Promise<void> {
  const found = await old.all("");
  if (found.size === 0) return;
  // What is taken from there must be on the disk here first.
  await shelf.put(found, "strict");
  await old.put(new Map([...found.keys()].map((name) => [name, undefined])));
}

/** "relaxed": the system has it when the transaction is complete, which outlives the browser; a cut of the power costs
 * what the server does not have yet, which is two seconds. To wait for the disk with each key is ten times as slow. */
async function openDatabase(): Promise<Shelf> {
  const asked = indexedDB.open("elbowroom", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(room);
  const database = await answer(asked);
  database.onversionchange = () => database.close();
  return {
    async all(start) {
      const shelf = database.transaction(room).objectStore(room);
      const range = IDBKeyRange.bound(start, `${start}\uffff`);
      const [names, values] = await Promise.all([answer(shelf.getAllKeys(range)), answer(shelf.getAll(range))]);
      return new Map(names.map((name, at) => [String(name), values[at]]));
    },
    put(values, durability = "relaxed") {
      const going = database.transaction(room, "readwrite", { durability });
      const shelf = going.objectStore(room);
      for (const [name, value] of values)
        if (value === undefined) shelf.delete(name);
        else shelf.put(value, name);
      going.commit();
      return new Promise((done, failed) => {
        going.oncomplete = () => done();
        going.onerror = going.onabort = () => failed(going.error ?? new Error("not stored"));
      });
    },
  };
}

function oldShelf(): Shelf {
  localStorage.setItem(`${formerly}?`, "");
  localStorage.removeItem(`${formerly}?`);
  return {
    async all(start) {
      const names = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at) ?? "");
      const found = names.filter((name) => name.startsWith(formerly + start));
      return new Map(found.map((name) => [name.slice(formerly.length), read(name)]));
    },
    async put(values) {
      for (const [name, value] of values)
        if (value === undefined) localStorage.removeItem(formerly + name);
        else localStorage.setItem(formerly + name, JSON.stringify(value));
    },
  };
}

const read = (name: string): unknown => attempt(() => JSON.parse(localStorage.getItem(name) ?? "null") as unknown);

function answer<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error ?? new Error("refused"));
  });
}

export function attempt<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    return null;
  }
}
