// A drawer of this browser that outlives the page: IndexedDB, or memory where the browser grants none
// or does not answer.
import { storeOpensWithin, within } from "./within";

export type Shelf<T extends { key: string }> = {
  all: () => Promise<T[]>;
  has: (key: string) => Promise<boolean>;
  put: (one: T) => Promise<void>;
  drop: (key: string) => Promise<void>;
};

export function memoryShelf<T extends { key: string }>(): Shelf<T> {
  const kept = new Map<string, string>();
  return {
    all: async () => [...kept.values()].map((text) => JSON.parse(text) as T),
    has: async (key) => kept.has(key),
    put: async (one) => void kept.set(one.key, JSON.stringify(one)),
    drop: async (key) => void kept.delete(key),
  };
}

/** `name` is the database's own, so that no other drawer's version stands in its way. */
export function browserShelf<T extends { key: string }>(name: string): Shelf<T> {
  if (typeof indexedDB === "undefined") return memoryShelf<T>();
  const spare = memoryShelf<T>();
  let opening: Promise<IDBDatabase> | null = null;

  async function ask<R>(mode: IDBTransactionMode, what: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> {
    const database = await (opening ??= within(storeOpensWithin, open(name, () => (opening = null))));
    const told = database.transaction(drawer, mode);
    const asked = what(told.objectStore(drawer));
    return new Promise((done, failed) => {
      told.oncomplete = () => done(asked.result);
      told.onerror = told.onabort = () => failed(told.error ?? new Error("not stored"));
    });
  }
  /** Where the browser refuses to store (no room, private window), this page's memory must do. */
  const either = <R>(first: Promise<R>, second: () => Promise<R>): Promise<R> => first.catch(second);

  return {
    all: async () => [...(await ask("readonly", (store) => store.getAll() as IDBRequest<T[]>).catch(() => [])), ...(await spare.all())],
    // What cannot be looked up was not taken away either.
    has: async (key) => (await spare.has(key)) || either(ask("readonly", (store) => store.count(key)).then(Boolean), async () => true),
    put: (one) => {
      // Vue's proxies can not be cloned.
      const plain = JSON.parse(JSON.stringify(one)) as T;
      return either(ask("readwrite", (store) => store.put(plain)).then(() => undefined), () => spare.put(plain));
    },
    drop: async (key) => {
      await spare.drop(key);
      await ask("readwrite", (store) => store.delete(key)).catch(() => undefined);
    },
  };
}

const drawer = "kept";

function open(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(drawer, { keyPath: "key" });
    asked.onerror = () => {
      closed();
      failed(asked.error ?? new Error("not opened"));
    };
    asked.onsuccess = () => {
      const database = asked.result;
      database.onclose = closed;
      database.onversionchange = () => {
        database.close();
        closed();
      };
      done(database);
    };
  });
}
