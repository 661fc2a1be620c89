// A text is kept in this browser with every key and on the server within two seconds. Where the same draft was
// written elsewhere both are kept: the newer is shown, the older is one click away.
import { defineStore } from "pinia";
import { reactive, watch } from "vue";
import { Problem, send } from "@/live/api";
import { useConnection } from "@/live/connection";
import type { Draft, DraftKind, TicketState } from "@/live/types";
import { useSession } from "@/people/session";
import { type Copy, type Older, copies } from "./copies";

export type Keeping = "kept" | "browser" | "nowhere";
export type Box = {
  body: string;
  /** The server's number of the draft this text grew from; 0: none. */
  number: number;
  /** When it last changed, by the server's clock; 0: never. */
  at: number;
  saved: boolean;
  older: Older[];
};

const pause = 1000;
const pauseAfterTrouble = 5000;

export const useDrafts = defineStore("drafts", () => {
  const connection = useConnection();
  const session = useSession();
  const boxes = reactive(new Map<string, Box>());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const inFlight = new Set<string>();
  /** Raised when a text was sent: what an autosave under way brings back is then of no interest. */
  const turns = new Map<string, number>();

  const keyOf = (ticket: number, kind: DraftKind) => `${ticket}:${kind}`;
  const mine = () => session.me?.id ?? 0;

  function box(ticket: number, kind: DraftKind): Box {
    const key = keyOf(ticket, kind);
    const there = boxes.get(key);
    if (there) return there;
    boxes.set(key, fromCopy(copies.read(mine(), key)));
    const made = boxes.get(key) as Box;
    for (const left of copies.adopt(mine(), key, connection.serverNow())) take(key, left);
    if (!made.saved) later(key, pause);
    return made;
  }

  function write(ticket: number, kind: DraftKind, body: string): void {
    const now = box(ticket, kind);
    if (now.body === body) return;
    change(keyOf(ticket, kind), body);
  }

  function change(key: string, body: string): void {
    const now = boxes.get(key) as Box;
    Object.assign(now, { body, at: connection.serverNow(), saved: false });
    store(key);
    later(key, pause);
  }

  /** Text comes back (undo, a held reply): what stood in the box meanwhile is kept beside it. */
  function give(ticket: number, kind: DraftKind, body: string): void {
    const now = box(ticket, kind);
    if (now.body !== body) putAside(now, now.body, now.at);
    change(keyOf(ticket, kind), body);
  }

  /** The newest of the texts put aside that is not the one on screen. */
  function other(ticket: number, kind: DraftKind): Older | null {
    const now = box(ticket, kind);
    // A text that mine begins with is in mine.
    return now.older.find((older) => !now.body.startsWith(older.body)) ?? null;
  }

  function swap(ticket: number, kind: DraftKind): void {
    const now = box(ticket, kind);
    const chosen = other(ticket, kind);
    if (!chosen) return;
    const rest = now.older.filter((older) => older.body !== chosen.body && older.body !== now.body);
    now.older = now.body.trim() ? [...rest, { body: now.body, at: now.at }] : rest;
    change(keyOf(ticket, kind), chosen.body);
  }

  function drop(ticket: number, kind: DraftKind): void {
    const now = box(ticket, kind);
    const dropped = other(ticket, kind);
    now.older = now.older.filter((older) => older !== dropped);
    store(keyOf(ticket, kind));
  }

  /** The server closed the draft with the sending; texts put aside stay. */
  function sent(ticket: number, kind: DraftKind): void {
    const key = keyOf(ticket, kind);
    const now = box(ticket, kind);
    stop(key);
    turns.set(key, turnOf(key) + 1);
    Object.assign(now, { body: "", number: 0, at: connection.serverNow(), saved: true });
    store(key);
  }

  /** The server closed the draft with a sending of other words; what stands in the box begins a new one. */
  function beginAnew(ticket: number, kind: DraftKind): void {
    const now = box(ticket, kind);
    Object.assign(now, { number: 0, saved: !now.body.trim() });
    if (!now.saved) later(keyOf(ticket, kind), pause);
  }

  function install(ticket: number, drafts: Draft[]): void {
    for (const kind of ["reply", "note"] as const) {
      box(ticket, kind);
      const theirs = drafts.find((draft) => draft.kind === kind);
      if (theirs) meet(keyOf(ticket, kind), theirs);
    }
  }

  function meet(key: string, theirs: Draft): void {
    const now = boxes.get(key) as Box;
    if (theirs.sibling && theirs.sibling.body !== now.body) putAside(now, theirs.sibling.body, Date.parse(theirs.sibling.at));
    if (theirs.number <= now.number && now.at > 0) return store(key);
    const at = Date.parse(theirs.at);
    now.number = theirs.number;
    if (theirs.body === now.body) now.saved = true;
    else if (now.saved || !now.body.trim()) Object.assign(now, { body: theirs.body, at, saved: true });
    else if (now.at >= at) {
      putAside(now, theirs.body, at);
      later(key, pause);
    } else {
      putAside(now, now.body, now.at);
      Object.assign(now, { body: theirs.body, at, saved: true });
    }
    store(key);
  }

  /** What another window of this browser left behind without having saved it. */
  function take(key: string, left: Copy): void {
    const now = boxes.get(key) as Box;
    for (const older of left.older) putAside(now, older.body, older.at);
    const isKnown = left.saved || left.body === now.body || !left.body.trim();
    if (isKnown) return store(key);
    if (!now.body.trim()) Object.assign(now, { body: left.body, at: left.at, saved: false });
    else putAside(now, left.body, left.at);
    store(key);
  }

  function putAside(now: Box, body: string, at: number): void {
    const known = now.older.some((older) => older.body === body);
    if (body.trim() && !known) now.older = [{ body, at }, ...now.older];
  }

  function store(key: string): void {
    copies.write(mine(), key, { ...(boxes.get(key) as Box) });
  }

  function later(key: string, ms: number): void {
    if (!timers.has(key)) timers.set(key, setTimeout(() => void save(key), ms));
  }
  function stop(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
  }

  async function save(key: string): Promise<void> {
    stop(key);
    const now = boxes.get(key) as Box;
    if (now.saved || connection.state !== "live") return;
    if (inFlight.has(key)) return later(key, pause);
    inFlight.add(key);
    const [turn, body] = [turnOf(key), now.body];
    try {
      const number = await put(key, body, now.number);
      if (turn !== turnOf(key)) return;
      Object.assign(now, { number, saved: now.body === body });
      store(key);
    } catch (problem) {
      if (turn === turnOf(key)) refused(key, problem);
    } finally {
      inFlight.delete(key);
      if (turn === turnOf(key) && !now.saved) later(key, pause);
    }
  }

  async function put(key: string, body: string, from: number): Promise<number> {
    const [ticket, kind] = key.split(":");
    const path = `/api/tickets/${ticket}/draft`;
    if (!body.trim() && from === 0) return 0;
    if (!body.trim()) return await send("DELETE", `${path}?kind=${kind}`).then(() => 0);
    const asked = { body, from, device: copies.tab(), kind };
    return (await send<{ draft: Draft }>("PUT", path, asked)).draft.number;
  }

  function refused(key: string, problem: unknown): void {
    const stale = problem instanceof Problem && problem.type === "draft-stale";
    const newer = stale ? (problem.extra.newer as Draft | null) : null;
    if (newer) meet(key, { ...newer, sibling: null });
    else if (stale) (boxes.get(key) as Box).number = 0;
    else later(key, pauseAfterTrouble);
  }

  /** What stands in the box is on the server once this has come back; refusals are told as ever. */
  async function saved(ticket: number, kind: DraftKind): Promise<void> {
    if (!box(ticket, kind).saved) await save(keyOf(ticket, kind));
  }

  function keeping(ticket: number, kind: DraftKind): Keeping {
    if (box(ticket, kind).saved) return "kept";
    return copies.works() ? "browser" : "nowhere";
  }

  function flush(): void {
    for (const [key, now] of boxes) if (!now.saved) void save(key);
  }

  function forgetAll(): void {
    for (const key of timers.keys()) stop(key);
    boxes.clear();
  }

  const turnOf = (key: string) => turns.get(key) ?? 0;

  watch(
    () => connection.state,
    (state) => state === "live" && flush(),
  );
  connection.onMessage("snapshot", (frame) => {
    if (!frame.place.startsWith("ticket/")) return;
    const state = frame.state as TicketState;
    install(state.ticket.id, state.drafts);
  });
  // In another life of the desk no number holds and every text is offered to it anew; signed out, none is mine.
  watch(
    () => connection.history,
    (now, former) => {
      if (!former) return;
      if (!now) return forgetAll();
      for (const one of boxes.values()) Object.assign(one, { number: 0, saved: !one.body.trim() });
    },
    { flush: "sync" },
  );

  return { box, write, give, other, swap, drop, sent, beginAnew, install, saved, keeping, flush, forgetAll };
});

function fromCopy(copy: Copy | null): Box {
  return copy ?? { body: "", number: 0, at: 0, saved: true, older: [] };
}
