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
  const isMine = await holds(thisWindow()).catch(() => true);
  if (!isMine) await holds(named()).catch(() => true);
}

/** Whether the name is this window's now, until it ends. */
function holds(name: string): Promise<boolean> {
  return new Promise((done, failed) => {
    const asked = navigator.locks.request(lockOf(name), { ifAvailable: true }, (lock) => {
      done(lock !== null);
      return lock === null ? undefined : new Promise(() => undefined);
    });
    void asked.then(undefined, failed);
  });
}

/** Null where the browser does not tell. */
export async function livingWindows(): Promise<Set<string> | null> {
  if (!navigator.locks) return null;
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name = "" }) => name.slice(kept.length + 1)));
}
