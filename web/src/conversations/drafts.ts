// A text is kept in this browser with every key and on the server within two seconds. Where the same draft was
// written elsewhere both are kept: the newer is shown, the older is one click away.
import { defineStore } from "pinia";
import { computed, reactive, watch } from "vue";
import { Problem, send } from "@/live/api";
import { applies } from "@/live/apply";
import { useConnection } from "@/live/connection";
import type { Draft, DraftKind, Recipients, TicketState } from "@/live/types";
import { useSession } from "@/people/session";
import { aside, learnAside, putAside, unsent } from "./aside";
import { type Copy, type Older, copies, leftBehind } from "./copies";

export type Keeping = "kept" | "browser" | "nowhere";
/** `number`: the server's of the draft this text grew from; 0: none. `at`: when it last changed by the server's clock. */
export type Box = Copy;

const pause = 1000;
const pauseAfterTrouble = 5000;

export const useDrafts = defineStore("drafts", () => {
  const connection = useConnection();
  const session = useSession();
  const boxes = reactive(new Map<string, Box>());
  /** What this browser had kept is in the box. */
  const brought = new Map<string, Promise<void>>();
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
    boxes.set(key, { body: "", number: 0, at: 0, saved: true, older: [], dropped: [], recipients: null });
    const made = boxes.get(key) as Box;
    brought.set(key, bring(key, made));
    return made;
  }

  async function bring(key: string, into: Box): Promise<void> {
    const { own, left, soon } = await copies.find(mine(), key, connection.serverNow());
    if (boxes.get(key) !== into) return;
    if (own && into.at === 0) Object.assign(into, own, into.recipients && { recipients: into.recipients });
    else if (own) take(key, own);
    for (const one of left) take(key, one);
    if (!into.saved) later(key, pause);
    if (soon) setTimeout(() => boxes.get(key) === into && void bring(key, into), leftBehind);
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

  /** To whom this reply goes; null: as always. */
  function address(ticket: number, recipients: Recipients | null): void {
    box(ticket, "reply").recipients = recipients;
    store(keyOf(ticket, "reply"));
  }

  /** The ticket goes on as another one: what is written here is written there, to those who were chosen here. */
  function carry(from: number, to: number): void {
    for (const kind of ["reply", "note"] as const) {
      const now = box(from, kind);
      if (now.recipients) address(to, now.recipients);
      for (const older of now.older) putAside(box(to, kind), older.body, older.at);
      if (now.body.trim()) give(to, kind, now.body);
      sent(from, kind);
      now.older = [];
      store(keyOf(from, kind));
    }
  }

  /** Her other texts for this box, the newest first. */
  const others = (ticket: number, kind: DraftKind): Older[] => aside(box(ticket, kind));

  /** It changes places with what is in front. */
  function swap(ticket: number, kind: DraftKind, chosen: Older): void {
    const now = box(ticket, kind);
    now.older = now.older.filter((older) => older.body !== chosen.body);
    putAside(now, now.body, now.at);
    change(keyOf(ticket, kind), chosen.body);
  }

  function drop(ticket: number, kind: DraftKind, dropped: Older): void {
    const now = box(ticket, kind);
    now.older = now.older.filter((older) => older.body !== dropped.body);
    if (dropped.id !== null) now.dropped.push(dropped.id);
    store(keyOf(ticket, kind));
    void sayDropped(keyOf(ticket, kind));
  }

  /** The server closed the draft with the sending; texts put aside stay but for those that went along. */
  function sent(ticket: number, kind: DraftKind): void {
    const key = keyOf(ticket, kind);
    const now = box(ticket, kind);
    stop(key);
    turns.set(key, turnOf(key) + 1);
    const older = now.older.filter((one) => !now.body.trim().startsWith(one.body.trim()));
    Object.assign(now, { body: "", number: 0, at: connection.serverNow(), older, recipients: null });
    rest(key, "");
  }

  /** The server closed the draft with a sending of other words; what stands in the box begins a new one. */
  function beginAnew(ticket: number, kind: DraftKind): void {
    const now = box(ticket, kind);
    Object.assign(now, { number: 0, saved: !now.body.trim() });
    if (!now.saved) later(keyOf(ticket, kind), pause);
  }

  /** What the server has of hers on the ticket. */
  async function install(ticket: number, drafts: Draft[]): Promise<void> {
    for (const kind of ["reply", "note"] as const) {
      const now = box(ticket, kind);
      const key = keyOf(ticket, kind);
      await brought.get(key);
      if (boxes.get(key) !== now) continue;
      homeless.delete(key);
      if (!now.saved) later(key, pause);
      const theirs = drafts.find((draft) => draft.kind === kind);
      if (theirs) meet(key, theirs);
      else learnAside(now, []);
      void sayDropped(key);
    }
  }

  function meet(key: string, theirs: Draft): void {
    const now = boxes.get(key) as Box;
    learnAside(now, theirs.siblings);
    if (theirs.number <= now.number && now.at > 0) return store(key);
    const at = Date.parse(theirs.at);
    now.number = theirs.number;
    if (theirs.body === now.body) now.saved = true;
    else if (now.saved || !now.body.trim()) Object.assign(now, { body: theirs.body, at, saved: true });
    else if (now.at >= at || now.body.startsWith(theirs.body)) putAside(now, theirs.body, at);
    else {
      putAside(now, now.body, now.at);
      Object.assign(now, { body: theirs.body, at, saved: true });
    }
    if (now.saved) rest(key, theirs.body);
    else later(key, pause);
    store(key);
  }

  /** What another window of this browser left behind without having saved it. */
  function take(key: string, left: Copy): void {
    const now = boxes.get(key) as Box;
    for (const older of left.older.filter(({ id }) => id === null)) putAside(now, older.body, older.at);
    const isKnown = left.saved || left.body === now.body || !left.body.trim();
    const number = Math.max(now.number, left.number);
    const recipients = now.recipients ?? left.recipients;
    if (left.body.trim() && left.body === now.body) now.recipients = recipients;
    if (!isKnown && !now.body.trim()) Object.assign(now, { body: left.body, number, at: left.at, recipients });
    else if (!isKnown) putAside(now, left.body, left.at);
    if (!isKnown || unsent(now).length > 0) now.saved = false;
    store(key);
  }

  function store(key: string): void {
    copies.write(mine(), key, boxes.get(key) as Box);
  }

  /** The server has `body`; is anything left to be told? */
  function rest(key: string, body: string): void {
    const now = boxes.get(key) as Box;
    now.saved = now.body === body && unsent(now).length === 0;
    store(key);
    if (!now.saved) later(key, pause);
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
    const now = boxes.get(key);
    if (!now || now.saved || connection.state !== "live" || isTakenNowhere(key)) return;
    if (inFlight.has(key)) return later(key, pause);
    inFlight.add(key);
    const [turn, body, texts] = [turnOf(key), now.body, unsent(now)];
    try {
      const kept = await put(key, body, now.number, texts);
      if (turn !== turnOf(key)) return;
      now.number = kept?.number ?? 0;
      if (kept) learnAside(now, kept.siblings, texts);
      rest(key, body);
    } catch (problem) {
      if (turn === turnOf(key)) refused(key, problem);
    } finally {
      inFlight.delete(key);
      if (turn === turnOf(key) && !now.saved && !isTakenNowhere(key)) later(key, pause);
    }
  }

  async function put(key: string, body: string, from: number, texts: string[]): Promise<Draft | null> {
    const [ticket, kind] = key.split(":");
    const path = `/api/tickets/${ticket}/draft`;
    if (!body.trim() && texts.length === 0)
      return from === 0 ? null : await send("DELETE", `${path}?kind=${kind}`).then(() => null);
    const asked = { body, from, device: copies.tab(), kind, aside: texts };
    return (await send<{ draft: Draft }>("PUT", path, asked)).draft;
  }

  function refused(key: string, problem: unknown): void {
    if (problem instanceof Problem && problem.type === "merged") return void merged.add(ticketOf(key));
    if (problem instanceof Problem && problem.status === 404) return void homeless.add(key);
    const stale = problem instanceof Problem && problem.type === "draft-stale";
    const newer = stale ? (problem.extra.newer as Draft | null) : null;
    if (newer) meet(key, newer);
    else if (stale) (boxes.get(key) as Box).number = 0;
    else later(key, pauseAfterTrouble);
  }

  /** What she threw away here goes on the server too, as soon as it can be told. */
  async function sayDropped(key: string): Promise<void> {
    const now = boxes.get(key);
    if (!now || connection.state !== "live") return;
    for (const id of now.dropped.slice()) {
      const told = send("DELETE", `/api/tickets/${key.split(":")[0]}/draft/aside/${id}`);
      await told.catch(() => undefined);
    }
  }

  /** What stands in the box is on the server once this has come back; refusals are told as ever. */
  async function saved(ticket: number, kind: DraftKind): Promise<void> {
    if (!box(ticket, kind).saved) await save(keyOf(ticket, kind));
  }

  /** Texts that an earlier page could not save any more, also of tickets that nobody opens here again. */
  async function saveLeft(): Promise<void> {
    const who = mine();
    for (const key of await copies.unsaved(who)) {
      if (who !== mine()) return;
      const [ticket, kind] = [ticketOf(key), key.split(":")[1] as DraftKind];
      box(ticket, kind);
      await brought.get(key);
      await saved(ticket, kind);
    }
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
    for (const key of boxes.keys()) turns.set(key, turnOf(key) + 1);
    boxes.clear();
    brought.clear();
    merged.clear();
    homeless.clear();
  }

  /** Of a ticket that went out of sight before the server had any of it, the text lies in this browser alone. */
  const homeless = reactive(new Set<string>());
  const hereAlone = computed(() =>
    [...homeless].flatMap((key) => {
      const { body, at } = boxes.get(key) as Box;
      return body.trim() ? [{ ticket: ticketOf(key), kind: key.split(":")[1] as DraftKind, body, at }] : [];
    }),
  );

  /** Of these the server keeps no text; what is in the box goes along to the other ticket. */
  const merged = new Set<number>();
  const isTakenNowhere = (key: string) => merged.has(ticketOf(key)) || homeless.has(key);
  const ticketOf = (key: string) => Number(key.split(":")[0]);
  applies("ticket_unmerged", ({ place }) => void merged.delete(Number(place.split("/")[1])));
  const turnOf = (key: string) => turns.get(key) ?? 0;

  watch(
    () => connection.state,
    (state) => state === "live" && flush(),
  );
  connection.onMessage("snapshot", (frame) => {
    if (!frame.place.startsWith("ticket/")) return;
    const state = frame.state as TicketState;
    void install(state.ticket.id, state.drafts);
  });
  // None of these is whoever's comes next; nor what the page still asked for when nobody was signed in.
  watch(() => session.me?.id, forgetAll, { flush: "sync" });
  // In another life of the desk no number holds and every text is offered to it anew.
  watch(
    () => connection.history,
    (now, former) => {
      if (!former) return;
      if (!now) return;
      for (const one of boxes.values()) {
        const older = one.older.map((each) => ({ ...each, id: null }));
        Object.assign(one, { number: 0, older, dropped: [], saved: !one.body.trim() && older.length === 0 });
      }
    },
    { flush: "sync" },
  );

  return { box, write, give, address, carry, others, swap, drop, sent, beginAnew, install, saved, saveLeft, hereAlone, keeping, flush, forgetAll };
});
