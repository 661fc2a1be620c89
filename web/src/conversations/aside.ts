// The texts beside a draft: which are shown, which the server does not have yet. Plain rules, without a store.
import type { Draft } from "@/live/types";
import type { Copy, Older } from "./copies";

/** Those that are not on screen; a text that mine begins with is in mine. */
export const aside = (now: Copy): Older[] => now.older.filter(({ body }) => !now.body.startsWith(body));

export function putAside(now: Copy, body: string, at: number): void {
  const isKnown = now.older.some((older) => words(older.body) === words(body));
  if (body.trim() && !isKnown) now.older = [{ id: null, body, at }, ...now.older];
}

/** What only this browser has put aside. */
export const unsent = (now: Copy): string[] =>
  now.older
    .filter(({ id, body }) => id === null && words(body) !== words(now.body))
    .map(({ body }) => body)
    .slice(0, most);

/** The server's texts, and those of mine that were not among what it was `told`. */
export function learnAside(now: Copy, theirs: Draft["siblings"], told: string[] = []): void {
  now.dropped = now.dropped.filter((id) => theirs.some((one) => one.id === id));
  const kept = theirs
    .filter(({ id }) => !now.dropped.includes(id))
    .map(({ id, body, at }) => ({ id, body, at: Date.parse(at) }));
  const known = new Set([...told, ...kept.map(({ body }) => body)].map(words));
  const mine = now.older.filter(({ id, body }) => id === null && !known.has(words(body)));
  now.older = [...mine, ...kept].toSorted((a, b) => b.at - a.at);
}

/** As many as one request may bring. */
const most = 20;
const words = (text: string): string => text.trim().replace(/\s+/g, " ");
