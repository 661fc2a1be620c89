// Commands on their way. Each keeps its key and lies in this browser until its answer is here: made while the desk is
// out of reach it waits, goes once and in order when the page has caught up, and tells what became of it.
import { defineStore } from "pinia";
import { computed, reactive, ref, watch } from "vue";
import { browserShelf, memoryShelf, type Shelf } from "@/kit/shelf";
import { Problem, send } from "./api";
import { useConnection } from "./connection";

/** What is asked. `note` holds plain values for whoever takes the outcome, also after a reload. */
export type Asked<N = unknown> = {
  /** Who takes the outcome: see `takes`. */
  kind: string;
  /** Commands of one place go one after the other. */
  place: string;
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  /** A later command of the same slot stands for one that never left. */
  slot?: string;
  note: N;
};
export type Waiting<N = unknown> = Asked<N> & {
  key: string;
  person: number;
  epoch: string | null;
  /** Milliseconds; rises from one command to the next. */
  at: number;
  state: "waiting" | "going";
  /** How often it left: once it did, it may have arrived. */
  tries: number;
  /** It did not go at once, so it is shown among those that wait. */
  waited: boolean;
};
export type Outcome = { is: "done"; answer: unknown } | { is: "refused"; problem: Problem } | { is: "waits" } | { is: "back" };
export type Told = { item: Waiting; is: "done" | "refused"; words: string };
type Taker = { done: (item: Waiting, answer: unknown) => void; refused: (item: Waiting, problem: Problem) => string | void };
type Call = { person: number; key?: string; is?: "done" | "refused"; answer?: unknown; problem?: object };

const tryAgainAfter = 5_000;
const told = 20;
/** A desk that fails at a command this often will not do better: it must not bar the way of the next. */
const enough = 3;

export const useQueue = defineStore("queue", () => {
  const connection = useConnection();
  const items = reactive<Waiting[]>([]);
  /** What became of those that had waited, the newest first. */
  const results = reactive<Told[]>([]);
  const person = ref(0);
  const takers = new Map<string, Taker>();
  const asking = new Map<string, (outcome: Outcome) => void>();
  const running = new Map<string, Promise<void>>();
  let shelf: Shelf<Waiting> = memoryShelf<Waiting>();
  let others: BroadcastChannel | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  let last = 0;

  const waiting = computed(() => items.filter((one) => one.waited));
  const of = (place: string) => items.filter((one) => one.place === place);
  /** The newest command of the slot that has no answer yet. */
  const inSlot = (slot: string) => items.findLast((one) => one.slot === slot) ?? null;
  const mayGo = () => connection.state === "live";

  /** Whose commands these are from now on; what she left waiting in this browser is there again. */
  async function open(who: number, kept?: Shelf<Waiting>): Promise<void> {
    if (person.value === who && !kept) return;
    close();
    person.value = who;
    shelf = kept ?? browserShelf<Waiting>("elbowroom.waiting");
    if (typeof BroadcastChannel !== "undefined") {
      others = new BroadcastChannel("elbowroom.waiting");
      others.onmessage = ({ data }: MessageEvent<Call>) => void heard(data);
    }
    await refresh(true);
  }

  function close(): void {
    person.value = 0;
    others?.close();
    others = null;
    clearTimeout(again);
    for (const answer of asking.values()) answer({ is: "waits" });
    asking.clear();
    items.length = results.length = 0;
  }

  /** Reads what this browser keeps of hers. `first`: also what an earlier page left on its way. */
  async function refresh(first = false): Promise<void> {
    const who = person.value;
    const kept = (await shelf.all()).filter((one) => one.person === who && (first || one.waited));
    if (who !== person.value) return;
    const known = new Set(items.map(({ key }) => key));
    for (const one of kept) if (!known.has(one.key)) items.push({ ...one, state: "waiting", waited: true });
    items.sort((a, b) => a.at - b.at);
    runAll();
  }

  /** Another window of this browser said what became of a command. */
  async function heard(said: Call): Promise<void> {
    if (said.person !== person.value) return;
    const item = items.find(({ key }) => key === said.key);
    if (!said.is) {
      if (item && item.state === "waiting") forget(item);
      return refresh();
    }
    if (!item) return;
    if (said.is === "done") finish(item, { is: "done", answer: said.answer });
    else finish(item, { is: "refused", problem: Object.assign(new Problem("", "", "", 0), said.problem) });
  }

  /** Resolves with its answer, or at once with "waits" where it cannot go by now. */
  function submit(asked: Asked): Promise<Outcome> {
    const before = asked.slot ? inSlot(asked.slot) : null;
    const at = (last = Math.max(Date.now(), last + 1));
    const stay = { key: crypto.randomUUID(), person: person.value, epoch: connection.epoch, at };
    const item = reactive<Waiting>({ ...asked, ...stay, state: "waiting", tries: 0, waited: false });
    if (before && before.state === "waiting" && before.tries === 0) {
      drop(before);
      settle(before, { is: "back" });
    }
    items.push(item);
    return new Promise((answer) => {
      asking.set(item.key, answer);
      if (!mayGo()) return void rest(item);
      void shelf.put(item);
      void run(item.place);
    });
  }

  /** It does not go by now: kept, and only then shown and said to whoever asked. */
  async function rest(item: Waiting): Promise<void> {
    item.state = "waiting";
    await shelf.put({ ...item, waited: true });
    if (!items.includes(item) || item.state !== "waiting") return;
    item.waited = true;
    call({ person: item.person });
    settle(item, { is: "waits" });
  }

  const restAll = async (all: Waiting[]): Promise<void> => void (await Promise.all(all.map(rest)));

  function runAll(): void {
    for (const place of new Set(items.map((one) => one.place))) void run(place);
  }

  function run(place: string): Promise<void> {
    const now = running.get(place);
    if (now) return now;
    const begun = inTurn(place).finally(() => {
      running.delete(place);
      // Submitted between its last look and now.
      if (of(place).some((one) => !one.waited)) void run(place);
    });
    running.set(place, begun);
    return begun;
  }

  async function inTurn(place: string): Promise<void> {
    for (;;) {
      const next = items.find((one) => one.place === place);
      if (!next) return;
      if (!mayGo() || !takers.has(next.kind)) return restAll(of(place).filter((one) => !one.waited));
      if (await alone(`elbowroom.${next.person}.${place}`, () => safely(next))) continue;
      await restAll(of(place));
      clearTimeout(again);
      again = setTimeout(() => mayGo() && runAll(), tryAgainAfter);
      return;
    }
  }

  /** Where something of the page breaks over it the next goes on; what the browser keeps of it goes with the next page. */
  async function safely(item: Waiting): Promise<boolean> {
    try {
      return await go(item);
    } catch (broken) {
      forget(item);
      settle(item, { is: "waits" });
      reportError(broken);
      return true;
    }
  }

  /** False: no answer came, it stays as it is. */
  async function go(item: Waiting): Promise<boolean> {
    if (!items.includes(item)) return true;
    // Another window had it in its turn, or took it back.
    if (item.waited && !(await shelf.has(item.key))) return forget(item), true;
    if (item.epoch && connection.epoch && item.epoch !== connection.epoch) {
      end(item, { is: "refused", problem: new Problem("resync", "The desk has another history now", "", 409) });
      return true;
    }
    Object.assign(item, { state: "going", tries: item.tries + 1 });
    // A page that comes after this one must know that it may have arrived. What goes at once does not wait for that.
    const kept = shelf.put(item);
    if (item.waited) await kept;
    const outcome = await send<unknown>(item.method, item.path, item.body, { key: item.key }).then(
      (answer) => ({ is: "done", answer }) as const,
      (problem: unknown) => {
        if (problem instanceof Problem) return { is: "refused", problem } as const;
        throw problem;
      },
    );
    const isLater = outcome.is === "refused" && (isUnanswered(outcome.problem) || (outcome.problem.status >= 500 && item.tries < enough));
    if (!isLater) end(item, outcome);
    return !isLater;
  }

  function end(item: Waiting, outcome: Outcome & { is: "done" | "refused" }): void {
    drop(item);
    if (outcome.is === "done") call({ person: item.person, key: item.key, is: "done", answer: outcome.answer });
    else call({ person: item.person, key: item.key, is: "refused", problem: { ...outcome.problem, message: outcome.problem.message } });
    finish(item, outcome);
  }

  function finish(item: Waiting, outcome: Outcome & { is: "done" | "refused" }): void {
    forget(item);
    const taker = takers.get(item.kind);
    let words = "";
    try {
      if (outcome.is === "done") taker?.done(item, outcome.answer);
      else words = taker?.refused(item, outcome.problem) ?? (outcome.problem.detail || outcome.problem.title);
    } finally {
      if (item.waited) {
        results.unshift({ item, is: outcome.is, words });
        results.splice(told);
      }
      settle(item, outcome);
    }
  }

  /** What has not left yet is taken back; what may have arrived is not: its answer decides. */
  async function takeBack(key: string): Promise<Waiting | null> {
    const item = items.find((one) => one.key === key);
    if (!item || item.state === "going" || item.tries > 0) return null;
    const isMine = await alone(`elbowroom.${item.person}.${item.place}`, async () => {
      if (item.state === "going" || item.tries > 0 || !(await shelf.has(key))) return false;
      await shelf.drop(key);
      return true;
    });
    if (!isMine) return null;
    forget(item);
    call({ person: item.person, key });
    settle(item, { is: "back" });
    return item;
  }

  /** Renews what has not left yet, as when an earlier command of the slot came through. */
  function amend(slot: string, how: (item: Waiting) => void): void {
    for (const item of items)
      if (item.slot === slot && item.tries === 0) {
        how(item);
        void shelf.put(item);
      }
  }

  function takes(kind: string, taker: Taker): void {
    takers.set(kind, taker);
    if (items.some((one) => one.kind === kind)) runAll();
  }
  const forgetResults = () => void (results.length = 0);

  function drop(item: Waiting): void {
    forget(item);
    void shelf.drop(item.key);
  }
  function forget(item: Waiting): void {
    const at = items.findIndex(({ key }) => key === item.key);
    if (at >= 0) items.splice(at, 1);
  }
  function settle(item: Waiting, outcome: Outcome): void {
    asking.get(item.key)?.(outcome);
    asking.delete(item.key);
  }
  function call(what: Call): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel, not a window
    others?.postMessage(JSON.parse(JSON.stringify(what)));
  }

  watch(
    () => connection.state,
    (state) => state === "live" && runAll(),
  );

  return { items, waiting, results, person, of, inSlot, open, close, submit, takeBack, amend, takes, forgetResults };
});

/** No answer, a server that is not up, or nobody signed in: it may go later as it is. */
const isUnanswered = ({ type, status }: Problem) => type === "offline" || later.has(status);
const later = new Set([401, 429, 502, 503, 504]);

/** One window at a time; without the browser's locks the command's key alone makes it one effect. */
function alone<T>(name: string, what: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks ? (locks.request(name, what) as Promise<T>) : what();
}
