// The name of this window, and which others of this browser live. A browser that knows locks says it exactly: a lock
// ends with its window, however that ends.
import { attempt } from "./shelf";

const kept = "elbowroom.window";
const lockOf = (name: string) => `${kept}:${name}`;
let own: string | null = null;

/** The same through a reload, another one in every window. */
export function thisWindow(): string {
  own ??= attempt(() => sessionStorage.getItem(kept));
  return own ?? named();
}

function named(): string {
  const made = crypto.randomUUID();
  attempt(() => sessionStorage.setItem(kept, made));
  return (own = made);
}

/** A window that was duplicated carries the name of its first one until it looks. */
export async function claimName(): Promise<void> {
  if (!navigator.locks) return;
  if (!(await holds(thisWindow()))) await holds(named());
}

const holds = (name: string): Promise<boolean> =>
  new Promise((done) => {
    navigator.locks
      .request(lockOf(name), { ifAvailable: true }, (lock) => {
        done(lock !== null);
        return lock === null ? undefined : new Promise(() => undefined);
      })
      .catch(() => done(true));
  });

/** Null where the browser does not tell. */
export async function livingWindows(): Promise<Set<string> | null> {
  if (!navigator.locks) return null;
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name = "" }) => name.slice(kept.length + 1)));
}
