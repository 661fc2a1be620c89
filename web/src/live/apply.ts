// Facts come twice and out of order: in the answer to a write and in the stream. Each is applied once per place,
// and each value keeps the version that set it, so that every order ends in the same state.
import type { Fact } from "./types";

type Target = Record<string, unknown>;
type Handler = (fact: Fact) => void;

/** Remembers which version set each value of one object. */
export class Clock {
  /** The version of the newest whole state that was merged. */
  full = -1;
  private readonly keys = new Map<string, number>();

  /** Whether `version` is newer than what set `key`; if so it is noted as the one that did. */
  raise(key: string, version: number): boolean {
    if (version <= (this.keys.get(key) ?? this.full)) return false;
    this.keys.set(key, version);
    return true;
  }

  /** A whole state as of `version`: it wins wherever nothing newer is known. False: it was older. */
  merge(target: Target, state: Target, version: number): boolean {
    if (version <= this.full) return false;
    for (const [key, value] of Object.entries(state))
      if ((this.keys.get(key) ?? -1) <= version) target[key] = value;
    this.settle(version);
    return true;
  }

  set(target: Target, values: Target, version: number): string[] {
    const changed: string[] = [];
    for (const [key, value] of Object.entries(values)) {
      if (!this.raise(key, version)) continue;
      target[key] = value;
      changed.push(key);
    }
    return changed;
  }

  private settle(version: number): void {
    this.full = version;
    for (const [key, at] of this.keys) if (at <= version) this.keys.delete(key);
  }
}

/** What was applied of one place: everything up to `upTo`, and single facts beyond it. */
type Log = { upTo: number; beyond: Map<number, Fact> };

const logs = new Map<string, Log>();
const handlers = new Map<string, Set<Handler>>();
const listeners = new Set<Handler>();

/** `handler` is called once for every fact of this kind; with "*" for every fact of any kind. */
export function applies(kind: string, handler: Handler): () => void {
  if (kind === "*") {
    listeners.add(handler);
    return () => listeners.delete(handler);
  }
  const known = handlers.get(kind) ?? new Set<Handler>();
  handlers.set(kind, known.add(handler));
  return () => known.delete(handler);
}

/** Applies what is not known yet. `inStream`: these came by the place's stream, which misses none. */
export function applyFacts(facts: Fact[], inStream = false): void {
  for (const fact of facts) {
    const log = logOf(fact.place);
    const known = fact.version <= log.upTo || log.beyond.has(fact.version);
    if (!known) log.beyond.set(fact.version, fact);
    if (inStream) raise(log, fact.version);
    if (!known) run(fact);
  }
}

/** A snapshot of `place` as of `version` was installed by `install`; newer facts are put on top of it again. */
export function startOver(place: string, version: number, install: () => void): void {
  const log = logOf(place);
  log.upTo = version;
  raise(log, version);
  install();
  for (const fact of [...log.beyond.values()].toSorted((a, b) => a.version - b.version)) run(fact);
}

export function forget(place: string): void {
  logs.delete(place);
}
export function forgetAll(): void {
  logs.clear();
}

function logOf(place: string): Log {
  const log = logs.get(place) ?? { upTo: -1, beyond: new Map<number, Fact>() };
  logs.set(place, log);
  return log;
}

function raise(log: Log, version: number): void {
  log.upTo = Math.max(log.upTo, version);
  for (const at of log.beyond.keys()) if (at <= log.upTo) log.beyond.delete(at);
}

function run(fact: Fact): void {
  for (const listener of listeners) listener(fact);
  for (const handler of handlers.get(fact.kind) ?? []) handler(fact);
}
